/**
 * Timers, of which the earliest is wanted: the event queue of the simulated host and of the guest activity model. Every CPU
 * and every sleeping task has exactly one next moment, so nothing is ever queued twice and memory is bounded.
 */

/** The time of what is not going to happen, and of a timer that is not set. */
export const NEVER = Number.POSITIVE_INFINITY;

/**
 * A fixed set of timers as a tournament tree in one typed array. Setting a timer costs one comparison per level. Equal
 * times go to the lower index, always, which makes the order of events total.
 */
export class EarliestTime {
  /** Leaves are #leaf.., the parent of node n is n >> 1, node 1 is the earliest of all. */
  readonly #times: Float64Array;
  readonly #leaf: number;

  /** Timers 0..count-1, none of them set. */
  constructor(count: number) {
    this.#leaf = 2 ** (32 - Math.clz32(Math.max(count, 1) - 1));
    this.#times = new Float64Array(2 * this.#leaf).fill(NEVER);
  }

  /** The earliest time, or NEVER if no timer is set. */
  get timeNs(): number {
    return this.#times[1]!;
  }

  /** The lowest index among the timers that are set to the earliest time. */
  get index(): number {
    const times = this.#times;
    const earliest = times[1]!;
    let node = 1;
    while (node < this.#leaf) {
      node *= 2;
      if (times[node] !== earliest) node++;
    }
    return node - this.#leaf;
  }

  /** Set a timer; NEVER unsets it. */
  set(index: number, timeNs: number): void {
    const times = this.#times;
    let node = this.#leaf + index;
    times[node] = timeNs;
    while (node > 1) {
      const earlier = Math.min(times[node]!, times[node ^ 1]!);
      node >>= 1;
      if (times[node] === earlier) return;
      times[node] = earlier;
    }
  }
}
