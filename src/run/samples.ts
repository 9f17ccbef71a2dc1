/**
 * What a run measures per interval, beside its events: stored as side rows, so they are hashed, stored and verified with
 * them. Times are the end of the interval, ns. Counts are those of the interval unless they say otherwise.
 */
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

export interface CacheSampleRow {
  readonly kind: 'cacheSample';
  readonly timeNs: number;
  readonly machine: number;
  readonly cache: number;
  readonly owner: number;
  readonly reads: number;
  readonly writes: number;
  readonly fetches: number;
  readonly readMisses: number;
  readonly writeMisses: number;
  readonly fetchMisses: number;
  readonly fills: number;
  readonly fillsIntoInvalid: number;
  readonly evictionsBy: number;
  readonly evicted: number;
  readonly invalidated: number;
  readonly writeBacks: number;
  readonly refused: number;
  readonly received: number;
  readonly transferred: number;
  /** Lines held at the end of the interval. */
  readonly occupancy: number;
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
export interface MemorySampleRow {
  readonly kind: 'memorySample';
  readonly timeNs: number;
  readonly machine: number;
  readonly owner: number;
  readonly reads: number;
  readonly writes: number;
  readonly fetches: number;
  readonly writeBacks: number;
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
/** Requests that a service finished in the interval. Latencies in ns. */
interface RequestSampleRow {
  readonly kind: 'requestSample';
  readonly timeNs: number;
  readonly machine: number;
  readonly vm: number;
  readonly requests: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
}
