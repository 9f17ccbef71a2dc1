/**
 * The buffer that the world-switch core appends event rows to, inside the machine's block.
 *
 * One row is appended by eight word stores; nothing is allocated. The engine empties the buffer (`drain`) between
 * steps, when it holds enough rows or when time crosses a multiple of 2^32 ns; a step may therefore append up to
 * `slackRows` rows beyond the wanted batch size without asking.
 */
import type { Block, BlockLayout, Region } from './block.ts';
import { packMeta, ROW_BYTES, ROW_WORDS } from './event-row.ts';

/**
 * Imported constants as constants of this module: the compiler folds the latter, but loads and checks the former at every
 * use, as it cannot know that an import will not change.
 */
const ROW_SHIFT = 31 - Math.clz32(ROW_WORDS);

/** The most rows that one step (one schedule event on one machine, with all its consequences) may append. */
const STEP_ROWS_MAX = 8192;

/** Reserve the buffer for batches of `batchRows` rows. */
export function reserveEventRing(layout: BlockLayout, batchRows: number): Region {
  return layout.reserve('event-ring', (batchRows + STEP_ROWS_MAX) * ROW_BYTES);
}

export class EventRing {
  /** All rows; the first `count` are in use. */
  readonly rows: Int32Array;
  count = 0;
  /** `seq` of row 0. The run's first event has seq 1. */
  firstSeq = 1;
  /** Current virtual time in ns, as two halves: time = timeHigh * 2^32 + (timeLow >>> 0). */
  timeHigh = 0;
  timeLow = 0;
  /** `seq` of the event that the next rows are consequences of; 0 for none. */
  causeSeq = 0;
  readonly #capacityRows: number;

  constructor(block: Block, region: Region) {
    this.rows = block.int32(region);
    this.#capacityRows = this.rows.length / ROW_WORDS;
  }

  /** The `seq` that the next appended row will get. */
  get nextSeq(): number {
    return this.firstSeq + this.count;
  }

  /**
   * Append one row at the current time with the current cause. Words as in event-row.ts.
   * @returns the row's seq.
   */
  append(
    kind: number,
    el: number,
    world: number,
    code: number,
    unit: number,
    subject: number,
    arg1: number,
    arg2: number,
    arg3: number,
    arg4: number,
  ): number {
    const rows = this.rows;
    const seq = this.firstSeq + this.count;
    const at = this.count << ROW_SHIFT;
    if (this.count >= this.#capacityRows) throw new Error(`event ring overrun: a step appended more rows than allowed`);
    rows[at] = this.timeLow;
    rows[at + 1] = packMeta(kind, el, world, code, unit);
    rows[at + 2] = this.causeSeq === 0 ? 0 : seq - this.causeSeq;
    rows[at + 3] = subject;
    rows[at + 4] = arg1;
    rows[at + 5] = arg2;
    rows[at + 6] = arg3;
    rows[at + 7] = arg4;
    this.count++;
    return seq;
  }

  /** Forget the rows after a consumer has read them; numbering goes on. */
  drain(): void {
    this.firstSeq += this.count;
    this.count = 0;
  }
}
