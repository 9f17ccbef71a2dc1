/** Samples of a driven machine: at the end of every interval in which something happened, and at the end of the run. */
import type { Block } from '../../loop/block.ts';
import { BandwidthSampler } from '../execution/bandwidth-sampler.ts';
import { type SampledExecution, Sampler } from '../execution/sampler.ts';
import type { SampleRow } from '../samples.ts';

/** A run has one machine. */
const MACHINE = 0;

export class DrivenSamples {
  readonly #intervalNs: number;
  readonly #sampler: Sampler;
  readonly #bandwidthSampler: BandwidthSampler | undefined;
  #nextNs: number;
  /** Nothing has happened since the last sample. */
  #isQuiet = false;

  constructor(execution: SampledExecution, block: Block, intervalNs: number) {
    const { channels } = execution.memory;
    this.#intervalNs = intervalNs;
    this.#nextNs = intervalNs;
    this.#sampler = new Sampler(MACHINE, execution, block, []);
    const words = new Uint32Array(block.memory.buffer);
    this.#bandwidthSampler = channels && new BandwidthSampler(MACHINE, execution, channels, words);
  }

  /** When the next sample is due, ns; Infinity: when something has happened. */
  get dueNs(): number {
    return this.#isQuiet ? Number.POSITIVE_INFINITY : this.#nextNs;
  }

  /** Something happens from now on. */
  wake(): void {
    this.#isQuiet = false;
  }

  /**
   * Time has come to `nowNs`, at most `dueNs`.
   * @param isQuiet from now on nothing happens by itself.
   * @returns the rows of a sample that is due.
   */
  reach(nowNs: number, isQuiet: boolean): readonly SampleRow[] {
    if (nowNs < this.#nextNs) return [];
    const rows = this.#isQuiet ? [] : this.take(nowNs);
    this.#isQuiet = isQuiet;
    this.#nextNs = (Math.floor(nowNs / this.#intervalNs) + 1) * this.#intervalNs;
    return rows;
  }

  /** All that changed since the last sample. */
  take(nowNs: number): readonly SampleRow[] {
    const rows = this.#sampler.take(nowNs);
    return this.#bandwidthSampler === undefined ? rows : [...rows, ...this.#bandwidthSampler.take(nowNs)];
  }
}
