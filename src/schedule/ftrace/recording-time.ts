/**
 * Times of a recording: absolute on the recording's clock, and relative to the run's start.
 *
 * A clock that has run for more than 104 days does not fit the 2^53 ns that a number holds exactly; lines come with
 * seconds and nanoseconds apart, and differences are taken before the two are put together.
 */

const NS_PER_S = 1e9;
/** From here on seconds * 10^9 exceeds 2^53. */
const EXACT_SECONDS = 9_007_199;
/** Divides 10^9, and any multiple of it below 2^62 is an exact number. */
const COARSE_NS = 512;

/** Absolute time in ns: exact up to 2^53 (104 days), beyond that rounded down to a multiple of 512 ns. */
export function absoluteNs(seconds: number, nanoseconds: number): number {
  const kept = seconds < EXACT_SECONDS ? nanoseconds : nanoseconds - (nanoseconds % COARSE_NS);
  return seconds * NS_PER_S + kept;
}

/** Turns a recording's times into ns since an origin, exactly. */
export class RelativeTime {
  readonly #seconds: number;
  readonly #nanoseconds: number;

  /** `originNs` as made by absoluteNs(). */
  constructor(originNs: number) {
    this.#nanoseconds = originNs % NS_PER_S;
    this.#seconds = (originNs - this.#nanoseconds) / NS_PER_S;
  }

  /** Exact if the result is within +-2^53; else only known to be outside. */
  of(seconds: number, nanoseconds: number): number {
    return (seconds - this.#seconds) * NS_PER_S + (nanoseconds - this.#nanoseconds);
  }
}
