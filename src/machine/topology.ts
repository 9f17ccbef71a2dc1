/**
 * A machine's topology with all choices made: which caches its PEs reach, in which order, and how far memory is.
 *
 * PEs are numbered from 0; neighbours share. A level is a row of caches of which each serves the same number of
 * neighbouring PEs, so that an L2 for 4 PEs is the L2 of a cluster, and an L3 for 32 PEs that of a die (a domain). From
 * the inside out there are at most L1I and L1D, L2, L3 and a system-level cache, each of them optional. Left out:
 * coherence traffic, distances inside a mesh, slices, and memory controllers (their place is beside `memory`).
 */
import type { HierarchyConfig, Inclusion, ReplacementPolicy, WritePolicy } from '../memory/hierarchy-config.ts';
import type { CacheControlFeatures } from '../memory/msc-config.ts';
import type { Provenance } from './provenance.ts';

/** From the inside out. */
export const LEVEL_KEYS = ['l1i', 'l1d', 'l2', 'l3', 'slc'] as const;
export type LevelKey = (typeof LEVEL_KEYS)[number];

/** As reports write them. */
export const LEVEL_NAMES: Readonly<Record<LevelKey, string>> = {
  l1i: 'L1I',
  l1d: 'L1D',
  l2: 'L2',
  l3: 'L3',
  slc: 'SLC',
};

export const PLACEMENTS = ['sequential', 'scattered'] as const;
/** Physical pages in the order of first touch: side by side, or by a fixed permutation all over memory. */
type Placement = (typeof PLACEMENTS)[number];

/** What the single figures of a topology may be; both ends allowed. */
export const TOPOLOGY_LIMITS = {
  frequencyMhz: { min: 100, max: 10_000 },
  lineBytes: { min: 16, max: 4096 },
  sets: { min: 1, max: 2 ** 24 },
  ways: { min: 1, max: 65_536 },
  latencyCycles: { min: 0, max: 10_000 },
  domains: { min: 1, max: 64 },
  memoryLatencyNs: { min: 0, max: 1_000_000 },
  pageSize: { min: 4096, max: 2 ** 30 },
  recorded: { min: 2 ** 20, max: 2 ** 40 },
  quantumNs: { min: 100, max: 1_000_000_000 },
  sampleIntervalNs: { min: 1000, max: 3_600_000_000_000 },
  scale: { min: 1, max: 4096 },
  /** CPBM_WD (A 2.3). */
  cpbmWd: { min: 0, max: 32_768 },
  /** CMAX_WD and CASSOC_WD. */
  fractionWd: { min: 0, max: 16 },
} as const;

export interface CacheSpec {
  readonly sets: number;
  readonly ways: number;
  readonly policy: ReplacementPolicy;
  readonly writePolicy: WritePolicy;
  readonly inclusion: Inclusion;
  /** From the request to the use of the data, in cycles of the PE. */
  readonly latencyCycles: number;
  readonly writeHitOwner: 'allocator' | 'writer';
  /** Keep the eviction flow matrix. */
  readonly flows: boolean;
  /** Tell cold misses from own evictions and interference. */
  readonly missClasses: boolean;
  /** What the cache implements of MPAM; undefined: it is no MSC. */
  readonly controls: CacheControlFeatures | undefined;
}

export interface LevelSpec {
  readonly key: LevelKey;
  /** How many neighbouring PEs share one cache. */
  readonly pes: number | 'all';
  /** What the caches are, in turn: cache n is `domains[n % domains.length]`. Usually one for all. */
  readonly domains: readonly CacheSpec[];
}

export interface MemorySpec {
  readonly latencyNs: number;
  /** A power of two. */
  readonly pageBytes: number;
  readonly placement: Placement;
  /** Physical memory for what each executor of a recorded memory trace touches, bytes. */
  readonly recordedBytes: number;
  readonly writeBackBilledTo: HierarchyConfig['writeBackBilledTo'];
}

export interface TopologySpec {
  /** Clock of every PE, MHz. */
  readonly frequencyMhz: number;
  /** A power of two, one for all caches. */
  readonly lineBytes: number;
  /** From the inside out; at least one. */
  readonly levels: readonly LevelSpec[];
  readonly memory: MemorySpec;
  /** How far PEs run ahead of each other, ns (design section 7). */
  readonly quantumNs: number;
  /** Samples are taken at its multiples, ns. */
  readonly sampleIntervalNs: number;
  /** Capacities are this many times smaller than those of the machine meant; 1: none is. */
  readonly scale: number;
  /** Where the figures come from; undefined: the scenario wrote them all. */
  readonly provenance: Provenance | undefined;
}

/** How many caches a level has in a machine of `peCount` PEs; the last one may serve fewer PEs than the others. */
export function cachesOf(level: Pick<LevelSpec, 'pes'>, peCount: number): number {
  return level.pes === 'all' ? 1 : Math.ceil(peCount / level.pes);
}
