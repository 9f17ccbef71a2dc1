/**
 * What a run measures per interval, beside its events: stored as side rows, so they are hashed, stored and verified with
 * them. Times are the end of the interval, ns. Counts are those of the interval unless they say otherwise.
 */
import type { MemoryCounters, OwnerCounters } from '../memory/owner-counters.ts';
import type { RequestStatistics } from '../workload/service/request-queue.ts';

export type SampleRow =
  | OwnerRow
  | CacheSampleRow
  | EvictionFlowRow
  | MissCauseRow
  | MemorySampleRow
  | ExecutorSampleRow
  | RequestSampleRow
  | ExecutorDelayRow
  | ChannelSampleRow
  | ChannelDelayRow
  | MonitorSampleRow;

/** A (label, tenant) pair that was met: what a line remembers. Told once, before it is used. */
interface OwnerRow {
  readonly kind: 'owner';
  readonly machine: number;
  readonly owner: number;
  readonly label: number;
  readonly tenant: number;
}

/** The counters of the interval, but for `occupancy`: lines held at its end. */
export interface CacheSampleRow extends OwnerCounters {
  readonly kind: 'cacheSample';
  readonly timeNs: number;
  readonly machine: number;
  readonly cache: number;
  readonly owner: number;
}
/** Only pairs with lines > 0. */
interface EvictionFlowRow {
  readonly kind: 'evictionFlow';
  readonly timeNs: number;
  readonly machine: number;
  readonly cache: number;
  readonly evictor: number;
  readonly victim: number;
  readonly lines: number;
}
/** Misses of `requester` by cause; `cause` is an owner (who evicted the line last), or 0 cold, 1 refused, 2 moved. */
interface MissCauseRow {
  readonly kind: 'missCause';
  readonly timeNs: number;
  readonly machine: number;
  readonly cache: number;
  readonly requester: number;
  readonly cause: number;
  readonly misses: number;
}
/** Lines that memory read and wrote, by who is billed. */
export interface MemorySampleRow extends MemoryCounters {
  readonly kind: 'memorySample';
  readonly timeNs: number;
  readonly machine: number;
  readonly owner: number;
}
/** What one thread (as vCPU in its guest, or on the host) executed. Times in ps. */
export interface ExecutorSampleRow {
  readonly kind: 'executorSample';
  readonly timeNs: number;
  readonly machine: number;
  /** Index of the thread in the registry, and where it ran: 'guest' or 'host'. */
  readonly thread: number;
  readonly world: 0 | 1;
  readonly instructions: number;
  readonly reads: number;
  readonly writes: number;
  readonly fetches: number;
  readonly computePs: number;
  readonly idlePs: number;
  /** By step of its way to memory: 7 caches at most, then memory (STEPS of loop/assembly/layout.ts). */
  readonly stallPs: readonly number[];
  readonly served: readonly number[];
}

/** Requests of a service. Only intervals in which there was one. */
export interface RequestSampleRow extends RequestStatistics {
  readonly kind: 'requestSample';
  readonly timeNs: number;
  readonly machine: number;
  readonly vm: number;
}

/**
 * Of a thread's stalls on memory: queueing of its reads in channels, throttling by their own limit, and waiting for room in
 * the write buffer, whoever's lines filled it. Only where there was any; booked when a wait is over.
 */
interface ExecutorDelayRow {
  readonly kind: 'executorDelay';
  readonly timeNs: number;
  readonly machine: number;
  readonly thread: number;
  readonly world: 0 | 1;
  readonly queuedPs: number;
  readonly throttledPs: number;
  readonly writeBufferPs: number;
}
/** What a channel served to one owner. Lines and ps of the interval; `waiting` at its end. */
export interface ChannelSampleRow {
  readonly kind: 'channelSample';
  readonly timeNs: number;
  readonly machine: number;
  readonly channel: number;
  readonly owner: number;
  readonly reads: number;
  readonly writes: number;
  /** Its lines in service, with turnarounds. */
  readonly servicePs: number;
  /** Its requests waited because their partition was held. */
  readonly throttledPs: number;
  /** Its requests waited while the channel served anybody: the sum of its delays. */
  readonly queuedPs: number;
  readonly waiting: number;
}
/** How long requests of `waiter` queued in a channel behind lines of `served`. Only pairs with ps > 0. */
interface ChannelDelayRow {
  readonly kind: 'channelDelay';
  readonly timeNs: number;
  readonly machine: number;
  readonly channel: number;
  readonly waiter: number;
  readonly served: number;
  readonly queuedPs: number;
}
/** What a monitor shows at the end of an interval, beside the exact truth. Only of monitors that the scenario watches. */
export interface MonitorSampleRow {
  readonly kind: 'monitorSample';
  readonly timeNs: number;
  readonly machine: number;
  /** Global number of the MSC. */
  readonly msc: number;
  readonly ris: number;
  readonly space: number;
  readonly instance: number;
  /** MonitorKind (loop/event-row.ts). */
  readonly monitor: number;
  /** The register: bytes, after scaling; of 63-bit counters rounded to what a double holds. */
  readonly value: number;
  readonly nrdy: number;
  /** What it stands for, exactly, at this moment: bytes that match the filter by the labels in the MSC ... */
  readonly exactBytes: number;
  /** ... and bytes of the tenants whose group the filter is meant for; null if the filter names no group. */
  readonly tenantBytes: number | null;
}
