/** What a memory-trace study finds: one plain object. Lists by tenant are in the order of the tenants. */
import type { Inclusion, ReplacementPolicy } from '../../memory/hierarchy-config.ts';
import type { MemoryCounters, OwnerCounters } from '../../memory/owner-counters.ts';
import type { PartitionSettings } from '../../memory/settings/partition-settings.ts';
import type { TraceIssueName } from '../../workload/memory-trace/trace-issues.ts';
import type { CurveError } from '../../workload/miss-ratio-curve/curve-error.ts';
import type { EstimatedPoint } from '../../workload/miss-ratio-curve/sampled-curve.ts';
import type { Convention, Interleaving } from './trace-study-options.ts';

export interface TraceStudyResult {
  readonly convention: Convention;
  readonly interleaving: Interleaving;
  readonly lineBytes: number;
  readonly tenants: readonly TenantResult[];
  /** From the inside out. */
  readonly caches: readonly CacheResult[];
  /** What reached memory, by tenant. */
  readonly memory: readonly MemoryResult[];
}

export interface TenantResult {
  readonly name: string;
  readonly file: string;
  /** Format that the trace was read as. */
  readonly format: string;
  readonly partid: number;
  /** Of the PARTID in the LLC; undefined: as after reset. */
  readonly settings: PartitionSettings | undefined;
  /** Accesses in the trace, by kind. */
  readonly recorded: RecordedAccesses;
  /** As far as the format tells. */
  readonly instructions: number;
  /** What was wrong with the trace, by kind of issue. */
  readonly issues: readonly IssueResult[];
  readonly curve: CurveResult | undefined;
}

export interface RecordedAccesses {
  readonly reads: number;
  readonly writes: number;
  readonly fetches: number;
  readonly modifies: number;
}

export interface IssueResult {
  readonly kind: TraceIssueName;
  readonly count: number;
  /** The first of them: 1-based line or record (0: about none), and what it says. */
  readonly first: { readonly line: number; readonly text: string };
}

export interface CacheResult {
  /** `llc`, or `l1d-0` for the L1D of tenant 0. */
  readonly name: string;
  readonly level: string;
  readonly sets: number;
  readonly ways: number;
  readonly policy: ReplacementPolicy;
  readonly inclusion: Inclusion;
  /** Those whose accesses come here: the owner of a private cache, or all tenants. */
  readonly tenants: readonly CacheTenantResult[];
  /** Lines of the tenant of the column that fills of the tenant of the row evicted; in the order of `tenants`. */
  readonly evictions: readonly (readonly number[])[];
}

/** What a tenant did and had in a cache. */
export interface CacheTenantResult extends OwnerCounters {
  readonly tenant: string;
  readonly hits: number;
  readonly missClasses: MissClasses;
}

/** Misses by what became of the line before. They add up to all misses. */
export interface MissClasses {
  /** Never in this cache before. */
  readonly cold: number;
  /** Last evicted by the tenant itself. */
  readonly own: number;
  /** Last evicted by another tenant, in the order of the study's tenants; 0 at the tenant itself. */
  readonly interference: readonly number[];
  /** Not kept the last time, as no way could be taken. */
  readonly refused: number;
  /** Had moved to an inner cache (exclusive levels). */
  readonly moved: number;
}

/** Lines that memory served to a tenant, and write-backs billed to it. */
export interface MemoryResult extends MemoryCounters {
  readonly tenant: string;
}

/** Miss ratios of LRU caches that hold one tenant's references alone; every line of an access is a reference. */
export interface CurveResult {
  readonly references: number;
  /** Fully associative, exact. */
  readonly exact: ExactCurveResult | undefined;
  /** Fully associative, estimated from a sample of the lines. */
  readonly sampled: SampledCurveResult | undefined;
  /** With as many sets as the LLC and 1, 2, 3 ... ways, exact. */
  readonly byWays: WayCurveResult | undefined;
}

export interface ExactCurveResult {
  /** Distinct lines. */
  readonly footprintLines: number;
  readonly points: readonly { readonly lines: number; readonly misses: number; readonly missRatio: number }[];
}

export interface SampledCurveResult {
  /** Share of the lines that was looked at. */
  readonly rate: number;
  readonly sampledLines: number;
  readonly sampledReferences: number;
  /** At sizes that the sample resolves: 1/rate lines and more, or the footprint if that is less. */
  readonly points: readonly ({ readonly lines: number } & EstimatedPoint)[];
  /** Against the exact curve, at evenly spaced sizes up to the footprint; undefined if that was not computed. */
  readonly error: CurveError | undefined;
}

interface WayCurveResult {
  readonly sets: number;
  /** With 1 way, 2 ways, and so on. */
  readonly misses: readonly number[];
}
