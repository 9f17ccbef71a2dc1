/**
 * A hash of line numbers: the final mix of MurmurHash3 (Austin Appleby, public domain). Every bit of the result depends on
 * every bit of the line, and different lines have different hashes.
 */

/** @param line 0 to 2^32 - 1. @returns 0 to 2^32 - 1. */
export function lineHash(line: number): number {
  let mixed = line ^ (line >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
