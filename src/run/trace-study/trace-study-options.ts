/** What a memory-trace study is made of, with all choices made. */
import type { PartitionSettings } from '../../memory/settings/partition-settings.ts';
import type { StudyHierarchy } from '../../scenario/study/study-hierarchy.ts';

export const CONVENTIONS = ['lines', 'cachegrind'] as const;
/**
 * How recorded accesses become accesses of caches, and how those count.
 *
 * - `lines`: every line that an access touches is an access of its own; a modify reads all of its lines, then writes them.
 * - `cachegrind`: as valgrind's cachegrind counts. A modify is one read; an access over a line boundary is one access, looks
 *   both lines up and misses at most once per cache; a size above that of a line is cut to it; there are no dirty lines.
 */
export type Convention = (typeof CONVENTIONS)[number];

export const INTERLEAVINGS = ['round-robin', 'instructions', 'sequential'] as const;
/**
 * In which order the tenants' accesses are made: one access each in turn; by their place in each tenant's instruction stream,
 * as if all ran at the same instructions per second; or one trace after another. Ties go by the order of the tenants, and a
 * tenant whose trace has ended is left out.
 */
export type Interleaving = (typeof INTERLEAVINGS)[number];

export const TENANTS_MAX = 64;

export interface StudyTenant {
  readonly name: string;
  /** The recorded memory trace. */
  readonly path: string;
  /** 0 to 65,535; tenants may share one. The label is PARTID, PMG 0, Non-secure. */
  readonly partid: number;
  /** Settings of the PARTID in the LLC; undefined: those after reset, which restrict nothing. */
  readonly settings: PartitionSettings | undefined;
}

/** Miss-ratio curves of each tenant's own references, in one pass. */
export interface CurveOptions {
  /** Exact, by Mattson's stack distances. */
  readonly exact: boolean;
  /** Estimated from this share of the lines (1/2^24 to 1); undefined: not. */
  readonly sampleRate: number | undefined;
}

export interface TraceStudyOptions {
  readonly tenants: readonly StudyTenant[];
  /** Format of the traces by name, or `auto` to recognise it. */
  readonly format: string;
  readonly hierarchy: StudyHierarchy;
  readonly convention: Convention;
  readonly interleaving: Interleaving;
  readonly curves: CurveOptions;
  /** Seed of the random replacement policy: 0 to 2^32 - 1. */
  readonly seed: number;
}
