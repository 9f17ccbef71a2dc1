/** 64-bit counters of the block as doubles, exact to 2^53. `at` is the index of a counter's lower word. */

/** A counter that is never negative. */
export function counterAt(words: Uint32Array, at: number): number {
  return words[at]! + words[at + 1]! * 2 ** 32;
}

/** A counter that may be. */
export function signedCounterAt(words: Uint32Array, at: number): number {
  return words[at]! + (words[at + 1]! | 0) * 2 ** 32;
}
