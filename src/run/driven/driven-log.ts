/**
 * The events of a driven run: the rows, the commands that cause them, and the virtual time that they bear.
 *
 * A batch is published between two commands, when enough has gathered or when time crosses a multiple of 2^32 ns.
 */
import type { Block, Region } from '../../loop/block.ts';
import { EventRing } from '../../loop/event-ring.ts';
import { EventKind, timeHighOf } from '../../loop/event-row.ts';
import { NO_OWNER, Registry, type SideRow } from '../../schedule/registry.ts';
import { CommandCode } from '../codes.ts';
import type { EventBatch } from '../event-batch.ts';
import type { SampleRow } from '../samples.ts';
import type { BusCommandRow } from './bus-command-row.ts';

/**
 * Commands whose texts make one side row. A row for each would be half of what the store has to write while registers are
 * accessed.
 */
const COMMANDS_PER_ROW = 64;
/** Side rows that are published without waiting for a batch to be full. */
const SIDE_ROWS = 4096;

export interface LogOptions {
  /** Rows that are gathered before they are published. */
  readonly batchRows: number;
  readonly publish: (batch: EventBatch) => void;
}

export class DrivenLog {
  readonly ring: EventRing;
  readonly #options: LogOptions;
  readonly #registry = new Registry(() => NO_OWNER);
  #side: (SideRow | SampleRow | BusCommandRow)[] = [];
  /** Texts of the last commands, which are no row yet. */
  #texts: string[] = [];
  #nowNs = 0;
  #commands = 0;

  constructor(block: Block, region: Region, options: LogOptions) {
    this.#options = options;
    this.ring = new EventRing(block, region);
    this.ring.onFull = () => this.publish();
  }

  /** Virtual time, ns. */
  get nowNs(): number {
    return this.#nowNs;
  }

  /** Bring virtual time forward. A batch never spans a multiple of 2^32 ns. */
  setTime(timeNs: number): void {
    if (timeNs < this.#nowNs) throw new Error(`time went back: ${timeNs} ns after ${this.#nowNs} ns`);
    this.#nowNs = timeNs;
    const high = timeHighOf(timeNs);
    if (high !== this.ring.timeHigh) {
      this.publish();
      this.ring.timeHigh = high;
    }
    this.ring.timeLow = timeNs | 0;
  }

  /** Index of a name for what a PE executes: samples tell of threads. */
  thread(tid: number, comm: string): number {
    const thread = this.#registry.internThread(tid, comm);
    this.#side.push(...this.#registry.takeSideRows());
    return thread;
  }

  /** A command begins: what follows names it as its cause. */
  command(text: string, pe: number, el: number, world: number): void {
    const number = ++this.#commands;
    this.#texts.push(text);
    this.ring.causeSeq = 0;
    this.ring.causeSeq = this.ring.append(EventKind.command, el, world, CommandCode.busCommand, pe, number, 0, 0, 0, 0);
  }

  addSamples(rows: readonly SampleRow[]): void {
    for (const row of rows) this.#side.push(row);
  }

  /** A command is done that took no time. */
  endCommand(): void {
    if (this.#texts.length >= COMMANDS_PER_ROW) this.endTexts();
    this.publishIfFull();
  }

  /**
   * The texts so far are a row. To be called before time passes, so that all of them acted at one time; which texts make a row
   * must depend on the commands alone.
   */
  endTexts(): void {
    if (this.#texts.length === 0) return;
    const number = this.#commands - this.#texts.length + 1;
    this.#side.push({ kind: 'busCommand', number, timeNs: this.#nowNs, text: this.#texts.join('\n') });
    this.#texts = [];
  }

  /** Events are handed on together with the texts of their commands. */
  publishIfFull(): void {
    if (this.#texts.length > 0) return;
    if (this.ring.count >= this.#options.batchRows || this.#side.length >= SIDE_ROWS) this.publish();
  }

  /** Hand on what has gathered since the last batch. */
  publish(): void {
    const { ring } = this;
    if (ring.count === 0 && this.#side.length === 0) return;
    const { firstSeq, count, timeHigh, rows } = ring;
    this.#options.publish({ firstSeq, count, timeHigh, rows, side: this.#side });
    ring.drain();
    this.#side = [];
  }
}
