/**
 * The judge of "used bandwidth" (docs/bandwidth.md): what one partition has used of a channel in its accounting window.
 *
 * Windows remember grants and add up those that count; decaying levels are lowered when they are asked for. Times in ps; a
 * question is never about a time before the last grant. Written for clarity alone; shares no code with what it judges.
 */
import type { AccountingWindow } from '../../../src/memory/bandwidth-config.ts';

export interface UsageLimits {
  /** Numerators over 65536: 0 is no guarantee, 65536 no limit. */
  readonly minimum: number;
  readonly maximum: number;
  readonly windowPs: number;
}

type Limit = 'minimum' | 'maximum';

interface Use {
  readonly time: number;
  readonly ps: number;
}

/** What the kinds of windows do differently. */
interface Account {
  /** In 1/65536 ps, as far as that limit is concerned. */
  used(limit: Limit, time: number, limits: UsageLimits): bigint;
  add(use: Use, limits: UsageLimits): void;
  /** What was used stays used: carry it over to the new limits. */
  change(time: number, old: UsageLimits, limits: UsageLimits): void;
}

/** MIN or MAX, in 1/65536 ps. MAX is at least one ps. */
function thresholdOf(limit: Limit, limits: UsageLimits): bigint {
  const ps = (BigInt(limits[limit]) * BigInt(limits.windowPs)) / 65536n;
  return 65536n * (limit === 'maximum' && ps < 1n ? 1n : ps);
}

const total = (uses: readonly Use[]): bigint => 65536n * BigInt(uses.reduce((sum, { ps }) => sum + ps, 0));

/** Windows that begin for all at once; what counts is what was granted since the beginning of the present one. */
class FixedWindow implements Account {
  #uses: Use[] = [];
  /** After a change: grants from `from` on count until `until`, the next boundary of the new windows. */
  #carried = { from: 0, until: 0 };

  used(_limit: Limit, time: number, limits: UsageLimits): bigint {
    return total(this.#counted(time, limits));
  }

  add(use: Use, limits: UsageLimits): void {
    this.#uses = [...this.#counted(use.time, limits), use];
  }

  change(time: number, old: UsageLimits, { windowPs }: UsageLimits): void {
    this.#carried = { from: this.#start(time, old), until: (Math.floor(time / windowPs) + 1) * windowPs };
  }

  #counted(time: number, limits: UsageLimits): Use[] {
    const start = this.#start(time, limits);
    return this.#uses.filter((use) => use.time >= start);
  }

  #start(time: number, { windowPs }: UsageLimits): number {
    return time < this.#carried.until ? this.#carried.from : Math.floor(time / windowPs) * windowPs;
  }
}

/** A grant counts until it is as old as the window is long. */
class MovingWindow implements Account {
  #uses: Use[] = [];

  used(_limit: Limit, time: number, limits: UsageLimits): bigint {
    return total(this.#counted(time, limits));
  }

  add(use: Use, limits: UsageLimits): void {
    this.#uses = [...this.#counted(use.time, limits), use];
  }

  /** What had left the old window does not come back into a longer one. */
  change(time: number, old: UsageLimits): void {
    this.#uses = this.#counted(time, old);
  }

  #counted(time: number, { windowPs }: UsageLimits): Use[] {
    return this.#uses.filter((use) => time < use.time + windowPs);
  }
}

/**
 * Levels that grants raise, as long as they are below their limit, and time lowers at the rate of the limit; a limit that is
 * not there has none.
 */
class DecayingLevels implements Account {
  #levels = { minimum: 0n, maximum: 0n };
  #time = 0;

  used(limit: Limit, time: number, limits: UsageLimits): bigint {
    const left = this.#levels[limit] - BigInt(time - this.#time) * BigInt(limits[limit]);
    return left > 0n ? left : 0n;
  }

  add({ time, ps }: Use, limits: UsageLimits): void {
    const raised = (limit: Limit): bigint => {
      const level = this.used(limit, time, limits);
      return level < thresholdOf(limit, limits) ? level + 65536n * BigInt(ps) : level;
    };
    this.#levels = {
      minimum: limits.minimum > 0 ? raised('minimum') : 0n,
      maximum: limits.maximum < 65536 ? raised('maximum') : 0n,
    };
    this.#time = time;
  }

  change(time: number, old: UsageLimits, limits: UsageLimits): void {
    this.#levels = {
      minimum: limits.minimum > 0 ? this.used('minimum', time, old) : 0n,
      maximum: limits.maximum < 65536 ? this.used('maximum', time, old) : 0n,
    };
    this.#time = time;
  }
}

const accountOf = (window: AccountingWindow): Account => {
  if (window === 'fixed') return new FixedWindow();
  return window === 'moving' ? new MovingWindow() : new DecayingLevels();
};

/** Without MIN and MAX there is nothing to track, and nothing counts as used. */
const isTracked = ({ minimum, maximum }: UsageLimits): boolean => minimum > 0 || maximum < 65536;

export class NaiveUsage {
  readonly #window: AccountingWindow;
  #limits: UsageLimits = { minimum: 0, maximum: 65536, windowPs: 1 };
  #account: Account;

  constructor(window: AccountingWindow) {
    this.#window = window;
    this.#account = accountOf(window);
  }

  /** "used < MIN" at a time. */
  isBelowMinimum(time: number): boolean {
    return this.#limits.minimum > 0 && this.#isBelow('minimum', time);
  }

  /** "used < MAX" at a time. */
  isBelowMaximum(time: number): boolean {
    return this.#limits.maximum === 65536 || this.#isBelow('maximum', time);
  }

  granted(time: number, ps: number): void {
    if (isTracked(this.#limits)) this.#account.add({ time, ps }, this.#limits);
  }

  /** Other limits, from a time on. */
  change(time: number, limits: UsageLimits): void {
    if (isTracked(limits)) this.#account.change(time, this.#limits, limits);
    else this.#account = accountOf(this.#window);
    this.#limits = limits;
  }

  #isBelow(limit: Limit, time: number): boolean {
    return this.#account.used(limit, time, this.#limits) < thresholdOf(limit, this.#limits);
  }
}
