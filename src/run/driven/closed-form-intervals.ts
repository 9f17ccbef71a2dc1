/**
 * Bandwidth in closed form on a driven machine: at the end of each interval the load is measured, and what requests wait in
 * the next one is set (docs/bandwidth.md, "Closed form"). Once nothing has been asked for in several of them,
 * waits are what they are without load, and the intervals that follow would not change that: time passes them in one go.
 */
import type { ClosedForm } from '../../memory/closed-form/closed-form.ts';

const PS_PER_NS = 1000;
/** A latency shrinks to a quarter at most in an interval: from the longest wait, 0.1 s, to below 1 ns this often. */
const INTERVALS_TO_REST = 16;

export class ClosedFormIntervals {
  readonly #closedForm: ClosedForm;
  readonly #intervalNs: number;
  #nextNs: number;
  /** Intervals in which nothing was executed, since something was. */
  #quietIntervals = INTERVALS_TO_REST;

  constructor(closedForm: ClosedForm) {
    this.#closedForm = closedForm;
    this.#intervalNs = closedForm.intervalPs / PS_PER_NS;
    this.#nextNs = this.#intervalNs;
  }

  /** When the present interval ends, ns; Infinity if its end changes nothing. */
  get endNs(): number {
    return this.isResting ? Number.POSITIVE_INFINITY : this.#nextNs;
  }

  /** Nothing is asked for, and nothing waits. */
  get isResting(): boolean {
    return this.#quietIntervals >= INTERVALS_TO_REST;
  }

  /** Requests are made from now on. */
  wake(nowNs: number): void {
    if (this.isResting) this.#nextNs = (Math.floor(nowNs / this.#intervalNs) + 1) * this.#intervalNs;
    this.#quietIntervals = 0;
  }

  /** Time has come to `nowNs`, at most `endNs`. */
  reach(nowNs: number, isExecuting: boolean): void {
    if (nowNs < this.endNs) return;
    this.#closedForm.endInterval();
    this.#nextNs += this.#intervalNs;
    this.#quietIntervals = isExecuting ? 0 : this.#quietIntervals + 1;
  }
}
