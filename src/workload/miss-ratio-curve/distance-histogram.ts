/** How many references had which stack distance: from it come the misses of LRU caches of every size. */
import { FIRST_REFERENCE } from './stack-distances.ts';

export class DistanceHistogram {
  /** By distance. Float64: counts stay exact up to 2^53. */
  #counts = new Float64Array(64);
  #references = 0;

  /** All references added. */
  get references(): number {
    return this.#references;
  }

  /** @param distance 0 or more, or FIRST_REFERENCE: that one misses in caches of every size. */
  add(distance: number): void {
    this.#references++;
    if (distance === FIRST_REFERENCE) return;
    if (distance >= this.#counts.length) this.#growTo(distance);
    this.#counts[distance]++;
  }

  /** Misses of LRU caches of the given sizes (lines, whole numbers, ascending), in that order. */
  missesAt(sizes: readonly number[]): number[] {
    let hits = 0;
    let distance = 0;
    return sizes.map((size) => {
      const end = Math.min(size, this.#counts.length);
      for (; distance < end; distance++) hits += this.#counts[distance];
      return this.#references - hits;
    });
  }

  #growTo(distance: number): void {
    let length = this.#counts.length;
    while (length <= distance) length *= 2;
    const longer = new Float64Array(length);
    longer.set(this.#counts);
    this.#counts = longer;
  }
}
