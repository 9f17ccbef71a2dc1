/**
 * What a cache hierarchy is made of, with all choices made: plain numbers, ready to be laid out in the block.
 *
 * Caches form a tree whose root is memory: every cache names the next outer one. All caches of a machine have the same
 * line size, so that a line has one number everywhere. There is no coherence protocol between private caches: a store
 * in one does not invalidate copies in another.
 */
import type { BandwidthConfig } from './bandwidth-config.ts';
import type { CacheControlFeatures, MscConfig } from './msc-config.ts';

export const REPLACEMENT_POLICIES = ['lru', 'tree-plru', 'fifo', 'mru', 'random', 'srrip'] as const;
/** How a victim is chosen among the candidates. `mru` takes the most recently used line; `srrip` is 2-bit SRRIP-HP. */
export type ReplacementPolicy = (typeof REPLACEMENT_POLICIES)[number];

export const WRITE_POLICIES = ['write-back', 'write-through', 'write-through-allocate', 'ignored'] as const;
/**
 * `write-back` allocates on store misses; `write-through` does not, `write-through-allocate` does; `ignored` treats stores
 * as loads and knows no dirty lines (cachegrind's model). An inclusive cache must not be `write-through`: a store that misses
 * would bring the line into the caches inside it, and not into itself.
 */
export type WritePolicy = (typeof WRITE_POLICIES)[number];

export const INCLUSIONS = ['inclusive', 'exclusive', 'non-inclusive'] as const;
/** How a cache relates to the caches inside it. First-level caches are `non-inclusive`. */
export type Inclusion = (typeof INCLUSIONS)[number];

export interface CacheConfig {
  /** Unique in the machine, e.g. `l1d-0`, `l3-0`. */
  readonly name: string;
  /** For reports and metrics, e.g. `L1D`, `L2`, `L3`, `SLC`. */
  readonly level: string;
  /** 1 to 2^24, any number. */
  readonly sets: number;
  /** 1 to 65536, any number. */
  readonly ways: number;
  readonly policy: ReplacementPolicy;
  readonly writePolicy: WritePolicy;
  readonly inclusion: Inclusion;
  /** Index of the next outer cache, which comes later in the list; undefined: memory. */
  readonly outer: number | undefined;
  /** From the request to the use of the data when this cache serves it, in ps. */
  readonly latencyPs: number;
  /** Who owns a line that a store, or a write-back from inside, hits (A 3.2). `writer` in a write-back cache only. */
  readonly writeHitOwner: 'allocator' | 'writer';
  /** Keep the eviction flow matrix. */
  readonly flows: boolean;
  /** Keep the history of every line, to tell cold misses from own evictions and interference: 2 bytes per line of memory. */
  readonly missClasses: boolean;
  /** Cache partitioning; undefined: the cache has none. */
  readonly controls: CacheControlFeatures | undefined;
}

/** Where a PE's accesses go first. Indexes into the caches. */
export interface PortConfig {
  readonly fetch: number;
  readonly data: number;
}

export interface HierarchyConfig {
  /** From the inside out: a cache's `outer` has a larger index. */
  readonly caches: readonly CacheConfig[];
  /** By PE of the machine. */
  readonly ports: readonly PortConfig[];
  /** Bytes of a line, a power of two, 4 to 4096. */
  readonly lineBytes: number;
  /** Latency of an access that memory serves, ps. */
  readonly memoryLatencyPs: number;
  /** Lines of physical memory: line numbers are 0 to physicalLines - 1, at most 2^32 - 1. */
  readonly physicalLines: number;
  /** Who is billed for a write-back to memory: the line's owner (its stored label), or whoever forced it (A 3.2). */
  readonly writeBackBilledTo: 'owner' | 'evictor';
  /** Bandwidth of memory; undefined: unlimited, and a request takes the latency alone. */
  readonly bandwidth?: BandwidthConfig | undefined;
  /**
   * The memory-system components: caches with controls first, in their order, then memories with controls or monitors.
   * Absent: one for each cache with controls, without monitors (impliedMscs).
   */
  readonly mscs?: readonly MscConfig[] | undefined;
  /** Largest number of distinct (label, tenant) pairs, a power of two, 8 to 32768. */
  readonly ownerCapacity: number;
  /** Seed of the random replacement policy and of poisoned settings. */
  readonly seed: number;
}
