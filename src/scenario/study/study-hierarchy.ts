/** The caches of a memory-trace study, with all choices made. */
import type { CacheConfig } from '../../memory/hierarchy-config.ts';
import type { CacheControlFeatures } from '../../memory/msc-config.ts';

/** Lines of memory for the traces' addresses, unless the hierarchy says otherwise: 1 GiB of 64-byte lines. */
export const DEFAULT_MEMORY_LINES = 2 ** 24;

/** Members as of the cache that it becomes; the convention `cachegrind` makes the write policy `ignored`. */
export type StudyCache = Pick<CacheConfig, 'sets' | 'ways' | 'policy' | 'writePolicy' | 'inclusion'>;

/** The last level, which the tenants share, and what it offers of MPAM cache partitioning. */
export interface StudyLlc
  extends StudyCache,
    Pick<CacheConfig, 'writeHitOwner'>,
    Pick<CacheControlFeatures, 'portionKind' | 'victimPreference'> {
  /** CPBM_WD: 1 to 32,768; 0: no portion partitioning. */
  readonly portions: number;
  /** CMAX_WD: 1 to 16; 0: neither CMAX nor CMIN. */
  readonly cmaxWidth: number;
}

/** Every tenant has its own L1I, L1D and L2; the LLC is shared. Any of them may be left out, but not all. */
export interface StudyHierarchy {
  /** Bytes of a line, the same in all caches: a power of two, 4 to 4096. */
  readonly lineBytes: number;
  readonly l1i: StudyCache | undefined;
  readonly l1d: StudyCache | undefined;
  readonly l2: StudyCache | undefined;
  readonly llc: StudyLlc | undefined;
  /** Lines of physical memory that the traces' pages are placed in. */
  readonly memoryLines: number;
}
