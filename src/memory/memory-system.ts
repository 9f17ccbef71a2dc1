/**
 * The caches of one machine: made from a HierarchyConfig, living in the block, driven by the access loop.
 *
 * CONTRACT (being implemented): the members below are what other rooms may use.
 */
export interface OwnerCounters {
  readonly reads: number; readonly writes: number; readonly fetches: number;
  readonly readMisses: number; readonly writeMisses: number; readonly fetchMisses: number;
  readonly fills: number; readonly fillsIntoInvalid: number;
  readonly evictionsBy: number; readonly evicted: number; readonly invalidated: number;
  readonly writeBacks: number; readonly refused: number; readonly received: number;
  readonly occupancy: number; readonly transferred: number;
}

/** One line as a cache holds it. */
export interface LineState { readonly owner: number; readonly isDirty: boolean; readonly way: number }

export interface MemorySystemContract {
  /** The number of a (label, tenant) pair; the same pair has the same number. label as packed in arch/label.ts; tenant -1 = nobody's. Numbers start at FIRST_OWNER (3). */
  owner(label: number, tenant: number): number;
  readonly ownerCount: number; // ids below this are in use
  labelOf(owner: number): number;
  tenantOf(owner: number): number;
  /** One demand access. @returns the step that served it: 0.. = n-th cache on the way, steps.length-1.. see stepOf; STEP_MEMORY = memory. kind = KIND_* */
  access(port: number, line: number, kind: number, owner: number): number;
  /** Two lines of one straddling access (cachegrind: one access, one miss at most per level). */
  accessStraddling(port: number, line: number, nextLine: number, kind: number, owner: number): number;
  /** Buffer of ready accesses (layout.ts ACCESS_*), for memory-trace studies: fill `replayWords` and call replay(count). */
  readonly replayWords: Int32Array;
  readonly replayCapacity: number; // accesses
  replay(count: number): void;
  counters(cache: number, owner: number): OwnerCounters;
  occupancy(cache: number, owner: number): number;
  /** Lines of `victim` that fills of `evictor` replaced (or back-invalidated) in this cache. */
  flow(cache: number, evictor: number, victim: number): number;
  /** Misses of `requester` on lines with that history: HISTORY_NEVER, HISTORY_REFUSED, HISTORY_MOVED, or the owner who evicted it last. */
  missesBecauseOf(cache: number, requester: number, history: number): number;
  memoryCounters(owner: number): { readonly reads: number; readonly writes: number; readonly fetches: number; readonly writeBacks: number };
  /** The line as this cache holds it, or undefined. A way by way search: for tests and questions, not for the loop. */
  find(cache: number, line: number): LineState | undefined;
  /** Partitioning of a cache, or undefined if it has none. Implemented in memory/cache-controls.ts */
  controls(cache: number): unknown;
}
