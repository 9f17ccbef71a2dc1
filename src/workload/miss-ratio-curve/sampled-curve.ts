/**
 * An estimated miss-ratio curve from a sample of the lines (Waldspurger, Park, Garthwaite, Ahmad: Efficient MRC construction
 * with SHARDS, FAST 2015): fixed-rate spatial sampling, with the correction that the paper calls SHARDS-adj.
 *
 * A line is in the sample if the hash of its number is below a threshold, so either all of its references count or none.
 * Distances are counted in sampled lines and stand for 1/rate times as many. The sample may have more or fewer references
 * than expected, because the lines that are referenced most weigh most; the difference is booked as hits of distance 0.
 *
 * How far off the estimate is: the sampled lines are dealt at random into 16 groups, and the spread of the groups' misses
 * gives the standard error (the random-groups method of survey sampling). It says what the choice of lines does, but not
 * that distances are resolved to 1/rate lines only, nor what a sample of a few lines cannot show.
 */
import { DistanceHistogram } from './distance-histogram.ts';
import { lineHash } from './line-hash.ts';
import { StackDistances } from './stack-distances.ts';

/** A line is sampled by the low bits of its hash, and grouped by the high ones. */
const SAMPLING_BITS = 24;
const GROUP_SHIFT = 28;
const GROUPS = 16;

/** Rates that can be told apart: 1/2^24 to 1. */
export const SAMPLE_RATE_MIN = 2 ** -SAMPLING_BITS;

export interface EstimatedPoint {
  readonly missRatio: number;
  /** Estimated standard error of the miss ratio. */
  readonly standardError: number;
}

export class SampledCurve {
  /** The rate in use: the one asked for, rounded to 1/2^24. */
  readonly rate: number;
  readonly #threshold: number;
  readonly #distances = new StackDistances();
  readonly #groups = Array.from({ length: GROUPS }, () => new DistanceHistogram());
  #references = 0;

  /** @param rate share of the lines to look at: SAMPLE_RATE_MIN to 1. */
  constructor(rate: number) {
    this.#threshold = Math.max(1, Math.round(rate * 2 ** SAMPLING_BITS));
    this.rate = this.#threshold / 2 ** SAMPLING_BITS;
  }

  /** All references, in the sample or not. */
  get references(): number {
    return this.#references;
  }

  /** Distinct lines in the sample. */
  get sampledLines(): number {
    return this.#distances.lines;
  }

  get sampledReferences(): number {
    return this.#groups.reduce((sum, group) => sum + group.references, 0);
  }

  /**
   * Reference a line (0 to 2^32 - 1).
   * @param key another number of the line that decides, hashed, whether it is in the sample (0 to 2^32 - 1): for line numbers
   *   that depend on more than the stream itself.
   */
  touch(line: number, key = line): void {
    this.#references++;
    const hash = lineHash(key);
    if ((hash & (2 ** SAMPLING_BITS - 1)) >= this.#threshold) return;
    this.#groups[hash >>> GROUP_SHIFT].add(this.#distances.touch(line));
  }

  /** Miss ratios of fully associative LRU caches of the given sizes (lines, ascending), in that order. */
  at(sizes: readonly number[]): EstimatedPoint[] {
    const sampledSizes = sizes.map((size) => Math.ceil(size * this.rate));
    const missesByGroup = this.#groups.map((group) => group.missesAt(sampledSizes));
    const expected = Math.max(1, this.#references * this.rate);
    return sizes.map((_, at) => {
      const misses = missesByGroup.map((group) => group[at]);
      const total = misses.reduce((sum, count) => sum + count, 0);
      return {
        missRatio: Math.min(1, total / expected),
        standardError: standardErrorOfSum(misses, this.rate) / expected,
      };
    });
  }
}

/** Of the sum of independent random groups that together are the share `rate` of everything. */
function standardErrorOfSum(groups: readonly number[], rate: number): number {
  const mean = groups.reduce((sum, value) => sum + value, 0) / groups.length;
  const squares = groups.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt((1 - rate) * squares * (groups.length / (groups.length - 1)));
}
