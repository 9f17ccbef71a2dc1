/**
 * When the MSCs of a driven machine are looked at, so that they tell in time what happens by itself: requests with labels out
 * of range, which are looked for at the end of every span, and what happens in monitors, which cost more to look at and say
 * by when.
 */
import type { Msc } from '../../memory/msc.ts';

export class MscWatch {
  readonly #mscs: readonly Msc[];
  /** The longest time that a monitor is not ready after its settings were written, ns. */
  readonly #settleNs: number;
  /** By MSC: nothing happens in its monitors before. */
  readonly #dueNs: number[];
  /** All monitors whose settings were written are ready again. */
  #settledNs = 0;

  constructor(mscs: readonly Msc[]) {
    this.#mscs = mscs;
    this.#settleNs = Math.max(0, ...mscs.map(({ config }) => config.front.nrdyNs));
    this.#dueNs = mscs.map(() => 0);
  }

  /** Time is about to pass; registers may have been written since it last did. */
  begin(nowNs: number): void {
    this.#settledNs = nowNs + this.#settleNs;
    for (const [index, msc] of this.#mscs.entries()) this.#dueNs[index] = msc.nextDueNs(nowNs);
  }

  /**
   * When something may happen in a monitor, ns; Infinity: never.
   * @param isQuiet no request is made or under way: counters stand still, and all that is left is settling.
   */
  dueNs(nowNs: number, isQuiet: boolean): number {
    if (isQuiet && nowNs >= this.#settledNs) return Number.POSITIVE_INFINITY;
    return this.#dueNs.reduce((earliest, dueNs) => Math.min(earliest, Math.ceil(dueNs)), Number.POSITIVE_INFINITY);
  }

  /** A span has ended. */
  reach(nowNs: number): void {
    for (const [index, msc] of this.#mscs.entries()) {
      if (nowNs < this.#dueNs[index]!) {
        msc.lookForErrors();
        continue;
      }
      msc.sync(nowNs);
      this.#dueNs[index] = msc.nextDueNs(nowNs);
    }
  }

  /** Time stops: all that has happened is told before anything else is. */
  end(nowNs: number): void {
    for (const msc of this.#mscs) msc.sync(nowNs);
  }
}
