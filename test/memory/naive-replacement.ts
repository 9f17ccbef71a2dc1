/**
 * The judge of the replacement policies: one set's order of eviction, as lists and trees of plain objects.
 *
 * The victim is asked for only when every candidate way holds a line; invalid ways go first, whatever the policy.
 */
import type { ReplacementPolicy } from '../../src/memory/hierarchy-config.ts';

/** What one set remembers for its replacement policy. */
export interface NaiveReplacement {
  /** A line was put into this way. */
  filled(way: number): void;
  /** The line in this way was hit, by a demand access or by a line that came from inside. */
  touched(way: number): void;
  /** Which of the candidates (not empty, ascending) goes. */
  victim(candidates: readonly number[]): number;
}

/** @param choose what the random policy takes: the judge follows the judged, and checks that it was a candidate. */
export function naiveReplacement(
  policy: ReplacementPolicy,
  ways: number,
  choose: (candidates: readonly number[]) => number,
): NaiveReplacement {
  switch (policy) {
    case 'lru':
      return ordered({ movesOnHit: true, takesNewest: false });
    case 'mru':
      return ordered({ movesOnHit: true, takesNewest: true });
    case 'fifo':
      return ordered({ movesOnHit: false, takesNewest: false });
    case 'tree-plru':
      return tree(ways);
    case 'srrip':
      return rereferenceIntervals();
    case 'random':
      return { filled() {}, touched() {}, victim: choose };
  }
}

function ordered(rule: { readonly movesOnHit: boolean; readonly takesNewest: boolean }): NaiveReplacement {
  let newestFirst: number[] = [];
  const moveToFront = (way: number): void => {
    newestFirst = [way, ...newestFirst.filter((other) => other !== way)];
  };
  return {
    filled: moveToFront,
    touched: rule.movesOnHit ? moveToFront : () => {},
    victim(candidates) {
      const among = newestFirst.filter((way) => candidates.includes(way));
      return rule.takesNewest ? among[0]! : among.at(-1)!;
    },
  };
}

/** A binary tree over the next power of two of ways; every node says which half goes next. */
function tree(ways: number): NaiveReplacement {
  let leaves = 1;
  while (leaves < ways) leaves *= 2;
  const nextIsUpper = new Map<string, boolean>();

  const touch = (way: number): void => {
    let [from, to] = [0, leaves];
    while (to - from > 1) {
      const middle = (from + to) / 2;
      nextIsUpper.set(`${from}-${to}`, way < middle);
      [from, to] = way < middle ? [from, middle] : [middle, to];
    }
  };
  return {
    filled: touch,
    touched: touch,
    victim(candidates) {
      let [from, to] = [0, leaves];
      while (to - from > 1) {
        const middle = (from + to) / 2;
        const lowerHasSome = candidates.some((way) => way >= from && way < middle);
        const upperHasSome = candidates.some((way) => way >= middle && way < to);
        const upperIsNext = nextIsUpper.get(`${from}-${to}`) ?? false;
        const takeUpper = lowerHasSome && upperHasSome ? upperIsNext : upperHasSome;
        [from, to] = takeUpper ? [middle, to] : [from, middle];
      }
      return from;
    },
  };
}

/** SRRIP-HP with 2 bits (Jaleel et al., ISCA 2010): inserted at 2, 0 at a hit, the first candidate at 3 goes. */
function rereferenceIntervals(): NaiveReplacement {
  const interval = new Map<number, number>();
  return {
    filled: (way) => void interval.set(way, 2),
    touched: (way) => void interval.set(way, 0),
    victim(candidates) {
      for (;;) {
        const distant = candidates.find((way) => interval.get(way) === 3);
        if (distant !== undefined) return distant;
        for (const way of candidates) interval.set(way, interval.get(way)! + 1);
      }
    },
  };
}
