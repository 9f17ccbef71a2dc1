/**
 * Random orders of the lines of a region: any permutation, or one that is a single cycle.
 */
import type { RandomStream } from '../../loop/random-stream.ts';

/** 0 to count - 1 in random order, all orders equally likely (Fisher and Yates, as Durstenfeld 1964 does it in place). */
export function shuffledLines(count: number, random: RandomStream): Uint32Array {
  const lines = new Uint32Array(count);
  for (let line = 0; line < count; line++) lines[line] = line;
  for (let last = count - 1; last > 0; last--) swap(lines, last, random.below(last + 1));
  return lines;
}

/**
 * Fill `successors` so that following them visits every entry and then starts again (Sattolo 1986): all cycles are equally
 * likely. A random permutation would fall into cycles of different lengths.
 */
export function fillCycle(successors: Uint32Array, random: RandomStream): void {
  for (let entry = 0; entry < successors.length; entry++) successors[entry] = entry;
  for (let last = successors.length - 1; last > 0; last--) swap(successors, last, random.below(last));
}

function swap(values: Uint32Array, a: number, b: number): void {
  const value = values[a]!;
  values[a] = values[b]!;
  values[b] = value;
}
