/**
 * What each PE is doing, in the machine's block: four 32-bit words per PE.
 *
 * | word | content                                                                    |
 * |------|----------------------------------------------------------------------------|
 * | 0    | thread that runs there (index in the registry), or NO_THREAD if not known  |
 * | 1    | state bits (below)                                                         |
 * | 2, 3 | time at which the present context began: low and high 32 bits              |
 */

import type { Block, BlockLayout, Region } from '../loop/block.ts';
import { joinTime } from '../loop/event-row.ts';

const WORDS = 4;
const THREAD = 0;
const STATE = 1;
const SINCE_LOW = 2;
const SINCE_HIGH = 3;

/** Bits of a PE's state. */
export const PeFlag = { inGuest: 1, vcpuLoaded: 2, guestInterrupted: 4, offline: 8, stopped: 16 } as const;

export function reservePeContexts(layout: BlockLayout, peCount: number): Region {
  return layout.reserve('running-contexts', peCount * WORDS * 4);
}

export class PeContexts {
  readonly #words: Int32Array;

  constructor(block: Block, region: Region) {
    this.#words = block.int32(region);
  }

  thread(pe: number): number {
    return this.#words[pe * WORDS + THREAD]!;
  }

  setThread(pe: number, thread: number): void {
    this.#words[pe * WORDS + THREAD] = thread;
  }

  has(pe: number, bit: number): boolean {
    return (this.#words[pe * WORDS + STATE]! & bit) !== 0;
  }

  set(pe: number, bit: number): void {
    this.#words[pe * WORDS + STATE]! |= bit;
  }

  clear(pe: number, bit: number): void {
    this.#words[pe * WORDS + STATE]! &= ~bit;
  }

  /** End the present context at a time, given in halves. @returns how long it lasted, in ns. */
  restart(pe: number, timeHigh: number, timeLow: number): number {
    const at = pe * WORDS;
    const sinceNs = joinTime(this.#words[at + SINCE_HIGH]!, this.#words[at + SINCE_LOW]!);
    this.#words[at + SINCE_LOW] = timeLow;
    this.#words[at + SINCE_HIGH] = timeHigh;
    return joinTime(timeHigh, timeLow) - sinceNs;
  }
}
