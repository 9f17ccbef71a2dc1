/**
 * When the requests of a service arrive: whether or not anybody is ready for them (an open loop).
 */
import type { RandomStream } from '../../loop/random-stream.ts';

/** Hands out arrival times, ns since the run's start, never falling. */
export interface Arrivals {
  /** The next arrival; undefined when there are no more. */
  next(): number | undefined;
}

/** A Poisson process: times between arrivals are exponential and independent, in whole ns and at least 1. */
export function poissonArrivals(meanNs: number, random: RandomStream): Arrivals {
  let time = 0;
  return {
    next: () => {
      time += random.exponentialNs(meanNs);
      return time;
    },
  };
}

/** Times that are known beforehand. */
export function listedArrivals(timesNs: ArrayLike<number>): Arrivals {
  let at = 0;
  return { next: () => (at < timesNs.length ? timesNs[at++] : undefined) };
}

/** Counts arrivals by using them up: whoever serves them needs others of the same times. */
export class ArrivalCount {
  readonly #arrivals: Arrivals;
  #nextNs: number;

  constructor(arrivals: Arrivals) {
    this.#arrivals = arrivals;
    this.#nextNs = arrivals.next() ?? Number.POSITIVE_INFINITY;
  }

  /** How many there are at or before `timeNs`, which is finite, but for those that were counted before. */
  takeUpTo(timeNs: number): number {
    let count = 0;
    for (; this.#nextNs <= timeNs; count++) this.#nextNs = this.#arrivals.next() ?? Number.POSITIVE_INFINITY;
    return count;
  }
}
