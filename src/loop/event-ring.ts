/**
 * The buffer that the world-switch core appends event rows to, inside the machine's block.
 *
 * One row is appended by eight word stores; nothing is allocated. The engine empties the buffer (`drain`) between
 * steps, when it holds enough rows or when time crosses a multiple of 2^32 ns. A step has room for STEP_ROWS rows beyond
 * the wanted batch size; one that appends more (thousands of PEs come up at once) has `onFull` called in its middle.
 */
import type { Block, BlockLayout, Region } from './block.ts';
import { packMeta, ROW_BYTES, ROW_WORDS } from './event-row.ts';

/**
 * Imported constants as constants of this module: the compiler folds the latter, but loads and checks the former at every
 * use, as it cannot know that an import will not change.
 */
const WORDS_PER_ROW = ROW_WORDS;
const ROW_SHIFT = 31 - Math.clz32(ROW_WORDS);

/** `word & INDEX` is the word; it tells V8 that it is neither negative nor too large, which saves checks. */
const INDEX = 0x3fffffff;

/** Room for one step: a schedule event or a command with all its consequences on all machines, nearly always. */
const STEP_ROWS = 8192;

/** Reserve the buffer for batches of `batchRows` rows. */
export function reserveEventRing(layout: BlockLayout, batchRows: number): Region {
  return layout.reserve('event-ring', (batchRows + STEP_ROWS) * ROW_BYTES);
}

/** Fields are declared here and made in the constructor, so that V8 knows their type (see ProcessingElements). */
export class EventRing {
  /** All rows; the first `count` are in use. */
  declare readonly rows: Int32Array;
  /** `seq` of row 0. The run's first event has seq 1. */
  firstSeq = 1;
  /** Current virtual time in ns, as two halves: time = timeHigh * 2^32 + (timeLow >>> 0). */
  timeHigh = 0;
  timeLow = 0;
  /** `seq` of the event that the next rows are consequences of; 0 for none. */
  causeSeq = 0;
  declare private readonly words: Int32Array;
  /** Words of the block: of the first row, of the next one, and behind the last. */
  declare private readonly firstWord: number;
  declare private nextWord: number;
  declare private readonly endWord: number;
  /** Called when there is no room for another row; must drain. */
  declare onFull: () => void;

  constructor(block: Block, region: Region) {
    this.rows = block.int32(region);
    this.words = block.words;
    this.firstWord = region.byteOffset >> 2;
    this.nextWord = this.firstWord;
    this.endWord = this.firstWord + this.rows.length;
    this.onFull = () => {
      throw new Error('event ring overrun: nobody drains it');
    };
  }

  /** Rows in use. */
  get count(): number {
    return (this.nextWord - this.firstWord) >> ROW_SHIFT;
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
    this.appendTo(this.words, packMeta(kind, el, world, code, unit), subject, arg1, arg2, arg3, arg4);
    return this.firstSeq + this.count - 1;
  }

  /**
   * The same for a caller that has the meta word packed and the words of the ring's block (`Block.words`) in use: what
   * is already known of them need not be looked up and checked again.
   */
  appendTo(
    words: Int32Array,
    meta: number,
    subject: number,
    arg1: number,
    arg2: number,
    arg3: number,
    arg4: number,
  ): void {
    if (this.nextWord >= this.endWord) this.onFull();
    const at = this.nextWord & INDEX;
    words[at] = this.timeLow;
    words[at + 1] = meta;
    words[at + 2] = this.causeSeq === 0 ? 0 : this.nextSeq - this.causeSeq;
    words[at + 3] = subject;
    words[at + 4] = arg1;
    words[at + 5] = arg2;
    words[at + 6] = arg3;
    words[at + 7] = arg4;
    this.nextWord = at + WORDS_PER_ROW;
  }

  /** Forget the rows after a consumer has read them; numbering goes on. */
  drain(): void {
    this.firstSeq += this.count;
    this.nextWord = this.firstWord;
  }
}
