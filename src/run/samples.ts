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
  | RequestSampleRow;

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
interface RequestSampleRow extends RequestStatistics {
  readonly kind: 'requestSample';
  readonly timeNs: number;
  readonly machine: number;
  readonly vm: number;
}
