/**
 * A machine's topology with all choices made: which caches its PEs reach, in which order, and how far memory is.
 *
 * PEs are numbered from 0; neighbours share. A level is a row of caches of which each serves the same number of
 * neighbouring PEs, so that an L2 for 4 PEs is the L2 of a cluster, and an L3 for 32 PEs that of a die (a domain). From
 * the inside out there are at most L1I and L1D, L2, L3 and a system-level cache, each of them optional. Memory is one for
 * the machine, or one for each domain. Left out: coherence traffic, distances inside a mesh, and slices.
 */
import type { HierarchyConfig, Inclusion, ReplacementPolicy, WritePolicy } from '../memory/hierarchy-config.ts';
import type { CacheControlFeatures, MonitorFeatures, MscFrontFeatures } from '../memory/msc-config.ts';
import type { MemoryBandwidthSpec, MemorySideSpec } from './bandwidth-spec.ts';
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
  /** CMAX_WD, CASSOC_WD and BWA_WD, and the widths of INTPRI and DSPRI. */
  fractionWd: { min: 0, max: 16 },
  bytesPerSecond: { min: 1e6, max: 1e14 },
  /** Each channel of a memory is a resource instance of its MSC (A 3.10). */
  channels: { min: 1, max: 16 },
  interleave: { min: 16, max: 2 ** 30 },
  turnaroundNs: { min: 0, max: 1_000_000 },
  starvationNs: { min: 0, max: 1_000_000_000 },
  portionNs: { min: 1, max: 1_000_000 },
  offsetLimit: { min: 0, max: 2 ** 20 },
  closedFormIntervalNs: { min: 1000, max: 1_000_000_000 },
  writeBufferLines: { min: 0, max: 1024 },
  /** MBW_WINWD is 1/256 us to 65,536 us. */
  windowNs: { min: 4, max: 65_535_000 },
  /** ChannelConfig.lineTime. */
  lineTime: { min: 1, max: 2 ** 47 },
  /** Resources of one MSC: RIS has 4 bits. */
  resources: { min: 1, max: 16 },
  /** BWPBM_WD (A 2.3). */
  bwpbmWd: { min: 0, max: 4096 },
  /** NUM_MON. */
  numMon: { min: 1, max: 65_535 },
  /** SCALE. */
  scaleBits: { min: 0, max: 31 },
  nrdyNs: { min: 0, max: 1_000_000_000 },
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
  /** Monitors of its MSC; undefined: none. */
  readonly monitors: MonitorFeatures | undefined;
  /** The registers in front of its MSC; undefined: the usual ones (FRONT_DEFAULTS), or plain ones where no MSC has more than controls. */
  readonly msc: MscFrontFeatures | undefined;
  /** Bandwidth control at the memory side of an outermost cache; undefined: none. */
  readonly memorySide: MemorySideSpec | undefined;
}

export interface LevelSpec {
  readonly key: LevelKey;
  /** How many neighbouring PEs share one cache. */
  readonly pes: number | 'all';
  /** All caches of the level are resources of one MSC, cache n its RIS n, instead of an MSC each (A 3.10). */
  readonly oneMsc: boolean;
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
  /** undefined: unlimited, and memory is no MSC. */
  readonly bandwidth: MemoryBandwidthSpec | undefined;
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
  /** Capacities and bandwidths are this many times smaller than those of the machine meant; 1: none is. */
  readonly scale: number;
  /** Where the figures come from; undefined: the scenario wrote them all. */
  readonly provenance: Provenance | undefined;
}

/** How many caches a level has in a machine of `peCount` PEs; the last one may serve fewer PEs than the others. */
export function cachesOf(level: Pick<LevelSpec, 'pes'>, peCount: number): number {
  return level.pes === 'all' ? 1 : Math.ceil(peCount / level.pes);
}
