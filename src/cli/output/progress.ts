/** One line on the terminal that tells how far a long work is. Silent when stderr is not a terminal. */
import type { ProgressListener } from '../../history/progress-listener.ts';
import { count, rate, seconds } from './format.ts';

const INTERVAL_MS = 200;
const CLEAR_LINE = '\r\u001b[2K';

/**
 * Draws at most five times a second. Call `progressed` as often as you like (it looks at the clock and no more), and
 * `finish` at the end.
 */
export class Progress implements ProgressListener {
  readonly #isShown = process.stderr.isTTY === true;
  readonly #verb: string;
  readonly #startedMs = performance.now();
  /** Virtual time at the end; 0 or Infinity while it is not known. */
  #endNs = 0;
  #drawnMs = 0;
  #hasLine = false;

  /** @param verb what is done to the virtual time, e.g. `simulated`. */
  constructor(verb: string) {
    this.#verb = verb;
  }

  planned(endNs: number): void {
    this.#endNs = endNs;
  }

  progressed(timeNs: number, events: number): void {
    if (!this.#isShown) return;
    const nowMs = performance.now();
    if (nowMs - this.#drawnMs < INTERVAL_MS) return;
    this.#drawnMs = nowMs;
    this.#hasLine = true;
    process.stderr.write(CLEAR_LINE + this.#line(timeNs, events, nowMs - this.#startedMs));
  }

  /** Take the line away. */
  finish(): void {
    if (this.#hasLine) process.stderr.write(CLEAR_LINE);
    this.#hasLine = false;
  }

  #line(timeNs: number, events: number, elapsedMs: number): string {
    const parts = [`${this.#verb}: ${seconds(Math.floor(timeNs / 1e6) * 1e6)}`];
    const endNs = this.#endNs;
    if (Number.isFinite(endNs) && endNs > 0) {
      const share = Math.min(1, timeNs / endNs);
      parts[0] += ` of ${seconds(Math.floor(endNs / 1e6) * 1e6)} (${Math.floor(share * 100)} %)`;
      if (share > 0) parts.push(`about ${Math.ceil((elapsedMs * (1 - share)) / share / 1000)} s left`);
    }
    parts.push(`${count(events)} events`, rate((events * 1000) / Math.max(1, elapsedMs)));
    return parts.join(', ').slice(0, (process.stderr.columns || 80) - 1);
  }
}
