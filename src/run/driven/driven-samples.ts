/** Samples of a driven machine: at the end of every interval in which something happened, and at the end of the run. */
import type { Block } from '../../loop/block.ts';
import type { SampledExecution } from '../execution/sampled-execution.ts';
import { Sampler } from '../execution/sampler.ts';
import type { SampleRow } from '../samples.ts';

/** A run has one machine. */
const MACHINE = 0;

export class DrivenSamples {
  readonly #intervalNs: number;
  readonly #sampler: Sampler;
  #nextNs: number;
  /** Nothing has happened since the last sample. */
  #isQuiet = false;

  constructor(execution: SampledExecution, block: Block, intervalNs: number) {
    this.#intervalNs = intervalNs;
    this.#nextNs = intervalNs;
    this.#sampler = new Sampler(MACHINE, execution, block, []);
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
    return this.#sampler.take(nowNs);
  }
}
