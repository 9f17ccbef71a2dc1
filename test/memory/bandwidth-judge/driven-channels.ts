/** What the judge and the channels of the access loop have in common, so that one test can drive both: an open loop. */
import type { BandwidthLimits } from '../../../src/memory/settings/bandwidth-slots.ts';

export interface OfferedRequest {
  /** The outermost cache that it leaves. */
  readonly cache: number;
  readonly tag: number;
  readonly owner: number;
  readonly kind: 'read' | 'write';
  readonly line: number;
  readonly arrivalPs: number;
}

export interface Grant {
  readonly channel: number;
  readonly tag: number;
  /** At that channel. */
  readonly arrivalPs: number;
  readonly grantPs: number;
  /** Turnaround and service are over. */
  readonly completionPs: number;
  /** Arrival to grant: held, and while lines of anybody were served. */
  readonly throttledPs: number;
  readonly queuedPs: number;
}

/** What a channel did for an owner; ps and lines. */
export interface OwnerTotals {
  readonly reads: number;
  readonly writes: number;
  /** With turnaround. */
  readonly servicePs: number;
  readonly throttledPs: number;
  readonly waiting: number;
}

/** What a channel did. */
export interface ChannelTotals {
  /** With turnaround. */
  readonly busyPs: number;
  readonly served: number;
  /** Requests x ps in the channel, from arrival to completion. */
  readonly residencePs: number;
}

export interface DrivenChannels {
  /** Partition 0, that of disabled PARTIDs, is there from the start. */
  addPartition(channel: number): number;
  /** Settings act from the time on up to which the channels have served. */
  setLimits(channel: number, partition: number, limits: BandwidthLimits): void;
  setPortions(channel: number, partition: number, portions: readonly boolean[]): void;
  setOwner(channel: number, owner: number, partition: number): void;
  /** Requests are offered in the order of their times; those of the same time arrive in the order offered. */
  offer(request: OfferedRequest): void;
  /** All that is decided before a time; what is decided at that time may still be changed by what arrives then. */
  serveUntil(ps: number): void;
  /** Since the last call, in the order of the decisions. */
  takeGrants(): Grant[];
  counters(channel: number, owner: number): OwnerTotals;
  /** What requests of one owner waited for lines of another. */
  delayPs(channel: number, waiter: number, served: number): number;
  totals(channel: number): ChannelTotals;
}
