/**
 * What each PE is doing, in the machine's block: four 32-bit words per PE.
 *
 * | word | content                                                                    |
 * |------|----------------------------------------------------------------------------|
 * | 0    | thread that runs there (index in the registry), or NO_THREAD if not known  |
 * | 1    | state bits (below)                                                         |
 * | 2    | low 32 bits of the time at which the present context began                 |
 * | 3    | unused, keeps the entry at 16 bytes                                        |
 *
 * 32 bits of the start are enough: the engine closes every context at each multiple of 2^31 ns.
 */
import type { Block, BlockLayout, Region } from '../loop/block.ts';

const WORDS = 4;
const THREAD = 0;
const STATE = 1;
const SINCE = 2;

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

  /** End the present context at `timeLow`. @returns how long it lasted, in ns, as an unsigned 32-bit number. */
  restart(pe: number, timeLow: number): number {
    const at = pe * WORDS + SINCE;
    const lastedNs = (timeLow - this.#words[at]!) >>> 0;
    this.#words[at] = timeLow;
    return lastedNs;
  }
}
