/** The judge of one partition in one channel: its queue, its class, and until when it is held (docs/bandwidth.md, "Order"). */
import type { ChannelConfig } from '../../../src/memory/bandwidth-config.ts';
import type { BandwidthLimits } from '../../../src/memory/settings/bandwidth-slots.ts';
import { NaiveUsage } from './naive-usage.ts';

export interface NaiveRequest {
  readonly tag: number;
  readonly owner: number;
  readonly kind: 'read' | 'write';
  readonly line: number;
  /** At this channel, ps. */
  readonly arrivalPs: number;
  /** Of all arrivals at all channels, in order. */
  readonly arrivalNumber: number;
  /** What came from upstream. */
  readonly priority: number;
}

/** From the best to the worst. */
export const CLASSES = ['overdue', 'high', 'medium', 'low', 'none'] as const;
export type ServiceClass = (typeof CLASSES)[number];

export const NO_LIMITS: BandwidthLimits = {
  minimum: 0,
  maximum: 65536,
  isHard: false,
  stride: 0,
  priority: undefined,
  downstreamPriority: undefined,
  windowPs: 1,
};

/** The earliest time from `from` on at which something is true that stays true. */
function earliest(from: number, isTrue: (time: number) => boolean): number {
  if (isTrue(from)) return from;
  let step = 1;
  while (!isTrue(from + step)) step *= 2;
  let [no, yes] = [from, from + step];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (isTrue(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

export class NaivePartition {
  queue: NaiveRequest[] = [];
  limits = NO_LIMITS;
  /** By time slot: may a line begin in it; undefined: no MBW_PBM. */
  portions: readonly boolean[] | undefined;
  /** MBW_PROP: of the last request granted, and of the first one that waits. */
  lastDeadline = 0;
  deadline = 0;
  readonly usage: NaiveUsage;
  readonly #config: ChannelConfig;
  readonly #isDisabled: boolean;
  #lastGrantPs = Number.NEGATIVE_INFINITY;

  constructor(config: ChannelConfig, isDisabled: boolean) {
    this.#config = config;
    this.#isDisabled = isDisabled;
    this.usage = new NaiveUsage(config.window);
  }

  get isBacklogged(): boolean {
    return this.queue.length > 0;
  }

  isHeld(time: number): boolean {
    return !this.#isNone() && (this.#isAtHardLimit(time) || !this.#mayBegin(time));
  }

  /** From `from` on, if nothing is granted to it before. */
  notHeldFrom(from: number): number {
    if (this.#isNone()) return from;
    let time = earliest(from, (at) => !this.#isAtHardLimit(at));
    while (!this.#mayBegin(time)) time = (this.#slotNumber(time) + 1) * this.#config.portionPs;
    return time;
  }

  /** Of a partition with requests that is not held. */
  classAt(time: number): ServiceClass {
    const { starvationPs } = this.#config;
    const waitsSince = Math.max(this.queue[0]!.arrivalPs, this.#lastGrantPs);
    if (starvationPs > 0 && time - waitsSince >= starvationPs) return 'overdue';
    if (this.#isNone()) return 'none';
    if (this.usage.isBelowMinimum(time)) return 'high';
    return this.usage.isBelowMaximum(time) ? 'medium' : 'low';
  }

  /** Take out the first request. */
  grant(time: number, servicePs: number): NaiveRequest {
    this.usage.granted(time, servicePs);
    this.#lastGrantPs = time;
    this.lastDeadline = this.deadline;
    return this.queue.shift()!;
  }

  #isNone(): boolean {
    return this.#isDisabled || (this.portions !== undefined && !this.portions.includes(true));
  }

  #isAtHardLimit(time: number): boolean {
    return this.limits.isHard && !this.usage.isBelowMaximum(time);
  }

  #mayBegin(time: number): boolean {
    return this.portions === undefined || this.portions[this.#slotNumber(time) % this.portions.length]!;
  }

  #slotNumber(time: number): number {
    return Math.floor(time / this.#config.portionPs);
  }
}
