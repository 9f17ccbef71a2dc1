/**
 * What an MSC (memory-system component) implements, with all choices made: the features that its ID registers tell, the
 * choices that the architecture leaves to implementations, and which resource each RIS is.
 *
 * Source: Arm IHI 0099 B.a (A 2.3 ID registers, 2.6 errors, 2.7 translation, 3.6, 3.7, 3.10, 4). A resource instance is a
 * cache, or a bandwidth resource (a memory channel, or the memory side of a cache), or both at once.
 */
export const PORTION_KINDS = ['ways', 'sets', 'way-groups'] as const;
/** What a portion of CPBM is: one way; an equal run of sets; an equal run of adjacent ways (A 3.3: the mapping is ID). */
export type PortionKind = (typeof PORTION_KINDS)[number];

/** What an MSC implements for all of its resources (A 2.3). */
export interface MscFeatures {
  /** Largest PARTID, 0 to 65535; the same in every PARTID space. */
  readonly partidMax: number;
  /** Largest PMG, 0 to 255. */
  readonly pmgMax: number;
  /** MPAMF_IDR.HAS_ENDIS, HAS_NFU. */
  readonly hasEndis: boolean;
  readonly hasNfu: boolean;
  /** INTPARTID_MAX, 0 to 65535; undefined: no PARTID narrowing. HAS_NFU must then be false (A 3.8). */
  readonly intpartidMax: number | undefined;
  /** Which valid PARTID a request with one above PARTID_MAX is processed as (A 2.6 code 2, A 3.12). */
  readonly outOfRange: 'default' | 'modulo';
  /** Settings of PARTIDs other than 0 after reset: as those of PARTID 0, or UNKNOWN, that is seeded random bits (A 2.8). */
  readonly reset: 'defaults' | 'poison';
}

/** What a cache, as a resource of an MSC, implements of cache partitioning (A 2.3); with what its MSC has for all. */
export interface CacheControlFeatures extends MscFeatures {
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
  /**
   * Which candidates go first, after invalid ways: lines of the lowest priority of the ladder, so that disabled PARTIDs lose
   * theirs before all others, then those above CMAX (A 3.5, 3.8; the default); or none, and the replacement policy decides.
   */
  readonly victimPreference: 'invalid' | 'ladder';
}

/** Bandwidth controls of a resource (MPAMF_MBW_IDR, A 2.3, 3.6). */
export interface BandwidthControlFeatures {
  /** BWA_WD, 1 to 16: width of MIN, MAX and STRIDEM1; 0 only without all three. */
  readonly bwaWd: number;
  readonly hasMin: boolean;
  readonly hasMax: boolean;
  /** MAX_LIM: `both` 00 (HARDLIM RW), `soft` 01 (HARDLIM RAZ/WI), `hard` 10 (HARDLIM RAO/WI). */
  readonly maxLimit: 'both' | 'soft' | 'hard';
  /** BWPBM_WD, 1 to 4096; 0: HAS_PBM is 0. */
  readonly bwpbmWd: number;
  readonly hasProp: boolean;
  /** WINDWR: MPAMCFG_MBW_WINWD may be written. */
  readonly windwr: boolean;
  /** Reset value of MPAMCFG_MBW_WINWD: the accounting window in 1/256 us, 1 to 2^24 - 1. */
  readonly winwd: number;
}

/** Priority partitioning of a resource (MPAMF_PRI_IDR, A 3.7). A width of 0: the field is not there. */
export interface PriorityFeatures {
  readonly intpriWd: number;
  readonly intpri0IsLow: boolean;
  readonly dspriWd: number;
  readonly dspri0IsLow: boolean;
}

/** What both kinds of monitors have in common (MPAMF_CSUMON_IDR, MPAMF_MBWUMON_IDR). */
interface MonitorTypeFeatures {
  /** NUM_MON, 1 to 65535. */
  readonly numMon: number;
  readonly hasCapture: boolean;
  readonly hasOfsr: boolean;
  readonly hasOflowLnkg: boolean;
  readonly hasOflowCapt: boolean;
  readonly hasCevntOflw: boolean;
  readonly noMatchPartid: boolean;
  readonly noMatchPmg: boolean;
}

export interface CsuFeatures extends MonitorTypeFeatures {
  readonly hasXcl: boolean;
  /** CSU_RO: MSMON_CSU cannot be written. */
  readonly isReadOnly: boolean;
}

export interface MbwuFeatures extends MonitorTypeFeatures {
  readonly hasRwbw: boolean;
  /** Bits of MSMON_MBWU_L: 44 or 63; 0: HAS_LONG is 0. */
  readonly longBits: 0 | 44 | 63;
  /** SCALE, 0 to 31: with SCLEN the short counter shows bytes >> SCALE, rounded to nearest, halves up. */
  readonly scale: number;
}

/** Monitors of a resource (MPAMF_MSMON_IDR, A 4). */
export interface MonitorFeatures {
  readonly csu: CsuFeatures | undefined;
  readonly mbwu: MbwuFeatures | undefined;
}

/** PARTID translation (A 2.7): a direct table, BASE and MASK, or both. */
export interface TranslationFeatures {
  /** IN_PARTID_MAX or OUT_PARTID_MAX. */
  readonly partidMax: number;
  readonly hasDirect: boolean;
  readonly hasBaseMask: boolean;
}

/** One resource instance. */
export interface ResourceConfig {
  /** 0 to 15. */
  readonly ris: number;
  /** Index of the cache in HierarchyConfig.caches. */
  readonly cache: number | undefined;
  /** Index of the channel in HierarchyConfig.channels. */
  readonly channel: number | undefined;
  readonly cacheControls: CacheControlFeatures | undefined;
  readonly bandwidth: BandwidthControlFeatures | undefined;
  readonly priority: PriorityFeatures | undefined;
  readonly monitors: MonitorFeatures;
}

/** Deviations of real silicon (K section 4). The first three act as on NVIDIA T241, the last as on Arm CMN-650. */
export const MSC_QUIRKS = ['T241-MPAM-1', 'T241-MPAM-4', 'T241-MPAM-6', 'CMN-650-3642720'] as const;
export type MscQuirk = (typeof MSC_QUIRKS)[number];

/** What the MSC front has beyond its resources: ID values, errors, interrupts, and the choices of A 2.6 and A 4. */
export interface MscFrontFeatures {
  /** MPAMF_AIDR: v1.0 is 0x10, v1.1 is 0x11, v0.1 is 0x01. */
  readonly version: 'v0.1' | 'v1.0' | 'v1.1';
  /** MPAMF_IIDR. */
  readonly iidr: number;
  /** PARTID spaces that have a feature page: 2 (Secure, Non-secure) or 4 (SP4). */
  readonly spaces: 2 | 4;
  /** HAS_ESR; 32 bits, or 64 with HAS_EXTD_ESR. */
  readonly hasEsr: boolean;
  readonly hasExtdEsr: boolean;
  readonly hasErrMsi: boolean;
  readonly hasOflowSr: boolean;
  readonly hasOflwMsi: boolean;
  /** NO_HW_OFLW_INTR inverted: overflows raise an interrupt. */
  readonly hasOflowInterrupt: boolean;
  readonly hasLocalCaptEvnt: boolean;
  /** Wired interrupts: level, or edge. MSIs are always edge. */
  readonly interrupt: 'level' | 'edge';
  readonly ingress: TranslationFeatures | undefined;
  readonly egress: TranslationFeatures | undefined;
  /** HAS_DEFAULT_PARTID (MSC_DCTRL): PART_SEL.DEFAULT_PARTID selects the settings of out-of-range requests. */
  readonly hasDefaultPartid: boolean;
  /** Code 1 and code 5: the value of an out-of-range selector is stored and later accesses err, or it is not stored. */
  readonly outOfRangeSelector: 'stored' | 'dropped';
  /** Codes 8 to 10: reported, or RAZ/WI in silence. */
  readonly reportsRisErrors: boolean;
  /** Code 11. */
  readonly missingMonitor: 'fffffffe' | 'silent' | 'error';
  /** How long NRDY stays after a change of a monitor's settings, ns; 0: no settling, and NRDY is plain storage. */
  readonly nrdyNs: number;
  readonly quirks: readonly MscQuirk[];
}

export interface MscConfig {
  /** Unique in the machine: the cache's name, `mem-0` and so on, or that of the level whose caches are its resources, as `l3`. */
  readonly name: string;
  readonly features: MscFeatures;
  readonly front: MscFrontFeatures;
  /** By RIS, ascending; gaps are allowed, RIS 0 must be there. */
  readonly resources: readonly ResourceConfig[];
}
