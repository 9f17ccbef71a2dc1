/**
 * What a cache hierarchy is made of, with all choices made: plain numbers, ready to be laid out in the block.
 *
 * Caches form a tree whose root is memory: every cache names the next outer one. All caches of a machine have the same
 * line size, so that a line has one number everywhere. There is no coherence protocol between private caches: a store
 * in one does not invalidate copies in another.
 */

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

export const PORTION_KINDS = ['ways', 'sets', 'way-groups'] as const;
/** What a portion of CPBM is: one way; an equal run of sets; an equal run of adjacent ways (A 3.3: the mapping is ID). */
export type PortionKind = (typeof PORTION_KINDS)[number];

/** What one resource of an MSC implements of cache partitioning (A 2.3). */
export interface CacheControlFeatures {
  /** Largest PARTID, 0 to 65535; the same in every PARTID space. */
  readonly partidMax: number;
  /** Largest PMG, 0 to 255. */
  readonly pmgMax: number;
  /** CPBM_WD, 1 to 32768; 0: no portion partitioning. */
  readonly cpbmWd: number;
  readonly portionKind: PortionKind;
  /** CMAX_WD, 0 to 16: width of CMAX and CMIN; 0: neither. */
  readonly cmaxWd: number;
  readonly hasCmax: boolean;
  readonly hasSoftlim: boolean;
  readonly hasCmin: boolean;
  /** CASSOC_WD, 1 to 16; 0: no CASSOC. */
  readonly cassocWd: number;
  /** MPAMF_IDR.HAS_ENDIS, HAS_NFU. */
  readonly hasEndis: boolean;
  readonly hasNfu: boolean;
  /** INTPARTID_MAX, 0 to 65535; undefined: no PARTID narrowing. HAS_NFU must then be false (A 3.8). */
  readonly intpartidMax: number | undefined;
  /** Which valid PARTID a request with one above PARTID_MAX is processed as (A 2.6 code 2, A 3.12). */
  readonly outOfRange: 'default' | 'modulo';
  /** Settings of PARTIDs other than 0 after reset: as those of PARTID 0, or UNKNOWN, that is seeded random bits (A 2.8). */
  readonly reset: 'defaults' | 'poison';
  /**
   * Which candidates go first, after invalid ways: lines of the lowest priority of the ladder, so that disabled PARTIDs lose
   * theirs before all others, then those above CMAX (A 3.5, 3.8; the default); or none, and the replacement policy decides.
   */
  readonly victimPreference: 'invalid' | 'ladder';
}

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
  /** Largest number of distinct (label, tenant) pairs, a power of two, 8 to 32768. */
  readonly ownerCapacity: number;
  /** Seed of the random replacement policy and of poisoned settings. */
  readonly seed: number;
}
