/** The exact miss-ratio curve of a stream of lines, for fully associative LRU caches of every size, in one pass. */
import { DistanceHistogram } from './distance-histogram.ts';
import { StackDistances } from './stack-distances.ts';

export class ExactCurve {
  readonly #distances = new StackDistances();
  readonly #histogram = new DistanceHistogram();

  get references(): number {
    return this.#histogram.references;
  }

  /** Distinct lines so far: from this size on, only first references miss. */
  get lines(): number {
    return this.#distances.lines;
  }

  /** Reference a line (0 to 2^32 - 1). */
  touch(line: number): void {
    this.#histogram.add(this.#distances.touch(line));
  }

  /** Misses at the given sizes (lines, whole numbers, ascending), in that order. */
  missesAt(sizes: readonly number[]): number[] {
    return this.#histogram.missesAt(sizes);
  }
}
