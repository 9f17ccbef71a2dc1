/** What a preset says of a machine like a real one: each figure with the mark of where it comes from. */
import type { MemoryBandwidthDraft } from '../bandwidth-draft.ts';
import type { MemorySharing } from '../bandwidth-spec.ts';
import type { Figure } from '../provenance.ts';
import type { LevelKey } from '../topology.ts';
import type { CacheDraft, ControlsDraft, LevelDraft, MemoryDraft, TopologyDraft } from '../topology-draft.ts';

/** Some of a draft's members, each with its mark. */
type Marked<T> = { readonly [Key in keyof T]?: Figure<NonNullable<T[Key]>> };

export interface MarkedCache extends Marked<Omit<CacheDraft, 'controls' | 'monitors' | 'msc' | 'memorySide'>> {
  readonly controls?: Marked<ControlsDraft>;
}

export interface MarkedLevel extends MarkedCache, Marked<Pick<LevelDraft, 'pes' | 'oneMsc'>> {
  readonly domains?: readonly MarkedCache[];
}

export interface MarkedTopology
  extends Marked<Pick<TopologyDraft, 'frequencyMhz' | 'lineBytes'>>,
    Readonly<Partial<Record<LevelKey, MarkedLevel>>> {
  readonly memory: Marked<Omit<MemoryDraft, keyof MemoryBandwidthDraft>>;
}

/** Memory's bandwidth, and bandwidth controls there or in front of it (A 2.3, 3.6): they are taken to be memory's. */
export interface BandwidthFigures {
  /** B_total. */
  readonly bytesPerSecond: Figure<number>;
  /** What has that bandwidth: the machine, or each domain of PEs that share a cache. */
  readonly per: Figure<MemorySharing>;
  /** Channels of each memory. */
  readonly channels: Figure<number>;
  readonly hasMin: Figure<boolean>;
  readonly hasMax: Figure<boolean>;
  /** MAX_LIM: which limits MBW_MAX offers. */
  readonly maxLimit: Figure<'none' | 'soft' | 'hard' | 'both'>;
  /** BWA_WD; 0 without MIN and MAX. */
  readonly bwaWd: Figure<number>;
  /** BWPBM_WD; 0: no bandwidth portions. */
  readonly bwpbmWd: Figure<number>;
  readonly hasProp: Figure<boolean>;
  readonly hasPri: Figure<boolean>;
  /** WINDWR, where the machine has it. */
  readonly windwr?: Figure<boolean>;
  /** INTPRI_WD, where there is priority partitioning. */
  readonly intpriWd?: Figure<number>;
  /** PARTIDs that the controls take in requests, and those that they tell apart inside, where these are not `partids`. */
  readonly requestPartids?: Figure<number>;
  readonly internalPartids?: Figure<number>;
}

/** Monitors (A 2.3, 4), for each shared cache and for each place that measures bandwidth, which is each channel of memory. */
export interface MonitorFigures {
  readonly csu: Figure<number>;
  readonly csuHasCapture: Figure<boolean>;
  readonly csuHasXcl: Figure<boolean>;
  readonly mbwu: Figure<number>;
  /** Bits of the widest counter; 0: none. */
  readonly mbwuBits: Figure<0 | 31 | 44 | 63>;
  readonly mbwuUnitBytes: Figure<number>;
  readonly mbwuHasRwbw: Figure<boolean>;
  readonly mbwuHasOverflow: Figure<boolean>;
  readonly mbwuHasCapture: Figure<boolean>;
}

export interface Preset {
  readonly name: string;
  /** Which machine it is like, for people. */
  readonly like: string;
  /** PARTID_MAX + 1 and PMG_MAX + 1 of the shared caches and of the PEs. */
  readonly partids: Figure<number>;
  readonly pmgs: Figure<number>;
  readonly sharedCaches: Figure<number>;
  readonly pesPerSharedCache: Figure<number>;
  /** Without what follows from the figures above: how many PEs share an L3, PARTID_MAX, PMG_MAX. */
  readonly topology: MarkedTopology;
  readonly bandwidth: BandwidthFigures;
  readonly monitors: MonitorFigures;
  /**
   * Deviations from the architecture that a model may switch on: those of MSC_QUIRKS are; what else is said here is in the
   * figures above, or, as memory nodes without CPUs, only recorded: there is no such thing in a topology.
   */
  readonly quirks: Figure<readonly string[]>;
}
