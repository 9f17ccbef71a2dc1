/** The machine of a memory-trace study: one PE per tenant with private caches, a shared last level, no time. */
import type { CacheConfig, HierarchyConfig, PortConfig } from '../../memory/hierarchy-config.ts';
import type { CacheControlFeatures } from '../../memory/msc-config.ts';
import type { StudyCache, StudyHierarchy, StudyLlc } from '../../scenario/study/study-hierarchy.ts';
import { TraceStudyError } from './trace-study-error.ts';
import type { Convention, TraceStudyOptions } from './trace-study-options.ts';

/** Owner numbers below FIRST_OWNER stand for causes, so that the smallest table has room for a few tenants. */
const OWNER_CAPACITY_MIN = 8;

const LEVELS = ['l1i', 'l1d', 'l2'] as const;
type PrivateLevel = (typeof LEVELS)[number];

const LEVEL_NAMES = { l1i: 'L1I', l1d: 'L1D', l2: 'L2', llc: 'LLC' } as const;

/** One cache of the machine. */
export interface PlacedCache {
  readonly config: CacheConfig;
  /** The tenant whose own it is; undefined: shared by all. */
  readonly tenant: number | undefined;
}

export interface StudyLayout {
  readonly caches: readonly PlacedCache[];
  readonly config: HierarchyConfig;
  /** Index of the LLC; undefined: there is none. */
  readonly llc: number | undefined;
}

/**
 * Lay the machine out for the tenants of a study.
 * @throws TraceStudyError if accesses of some kind would have no cache, or the convention knows no writers.
 */
export function studyLayout(options: TraceStudyOptions): StudyLayout {
  const { hierarchy, tenants, seed } = options;
  const caches = placedCaches(options);
  const config: HierarchyConfig = {
    caches: caches.map((cache) => cache.config),
    ports: tenants.map((_, tenant) => portOf(hierarchy, tenant, tenants.length)),
    lineBytes: hierarchy.lineBytes,
    memoryLatencyPs: 0,
    physicalLines: hierarchy.memoryLines,
    writeBackBilledTo: 'owner',
    ownerCapacity: ownerCapacity(tenants.length),
    seed,
  };
  return { caches, config, llc: hierarchy.llc === undefined ? undefined : caches.length - 1 };
}

/** All L1I, then all L1D, then all L2, by tenant; then the LLC: every cache comes before the ones outside it. */
function placedCaches({ hierarchy, tenants, convention }: TraceStudyOptions): PlacedCache[] {
  const caches: PlacedCache[] = [];
  for (const level of LEVELS) {
    const cache = hierarchy[level];
    if (cache === undefined) continue;
    for (const tenant of tenants.keys()) {
      const outer = outerOf(hierarchy, level, tenant, tenants.length);
      caches.push({ config: cacheConfig(cache, `${level}-${tenant}`, LEVEL_NAMES[level], outer, convention), tenant });
    }
  }
  const { llc } = hierarchy;
  if (llc !== undefined) {
    refuseWriter(llc, convention);
    const plain = cacheConfig(llc, 'llc', LEVEL_NAMES.llc, undefined, convention);
    const config = { ...plain, writeHitOwner: llc.writeHitOwner, controls: controlsOf(llc) };
    caches.push({ config, tenant: undefined });
  }
  return caches;
}

/** Where stores are loads, nobody becomes the owner of what he writes. */
function refuseWriter({ writeHitOwner }: StudyLlc, convention: Convention): void {
  if (convention !== 'cachegrind' || writeHitOwner === 'allocator') return;
  throw new TraceStudyError(
    'llc.write_hit_owner: writer; expected allocator with the convention cachegrind, whose stores are loads' +
      ' (leave it out, or choose the convention lines)',
  );
}

function cacheConfig(
  cache: StudyCache,
  name: string,
  level: string,
  outer: number | undefined,
  convention: Convention,
): CacheConfig {
  const { sets, ways, policy, inclusion } = cache;
  const writePolicy = convention === 'cachegrind' ? 'ignored' : cache.writePolicy;
  return {
    ...{ name, level, sets, ways, policy, inclusion, writePolicy, outer },
    latencyPs: 0,
    writeHitOwner: 'allocator',
    flows: true,
    missClasses: true,
    controls: undefined,
  };
}

function controlsOf({ portions, portionKind, cmaxWidth, victimPreference }: StudyLlc): CacheControlFeatures {
  return {
    partidMax: 0xffff,
    pmgMax: 0xff,
    cpbmWd: portions,
    portionKind,
    cmaxWd: cmaxWidth,
    hasCmax: cmaxWidth > 0,
    hasSoftlim: cmaxWidth > 0,
    hasCmin: cmaxWidth > 0,
    cassocWd: 16,
    hasEndis: true,
    hasNfu: false,
    intpartidMax: undefined,
    outOfRange: 'default',
    reset: 'defaults',
    victimPreference,
  };
}

/** Index of the first cache of `levels` that exists, for a tenant. */
function firstOf(
  hierarchy: StudyHierarchy,
  levels: readonly PrivateLevel[],
  tenant: number,
  tenants: number,
): number | undefined {
  const level = levels.find((candidate) => hierarchy[candidate] !== undefined);
  const present = LEVELS.filter((candidate) => hierarchy[candidate] !== undefined);
  if (level !== undefined) return present.indexOf(level) * tenants + tenant;
  return hierarchy.llc === undefined ? undefined : present.length * tenants;
}

function outerOf(hierarchy: StudyHierarchy, level: PrivateLevel, tenant: number, tenants: number): number | undefined {
  return firstOf(hierarchy, level === 'l2' ? [] : ['l2'], tenant, tenants);
}

function portOf(hierarchy: StudyHierarchy, tenant: number, tenants: number): PortConfig {
  const fetch = firstOf(hierarchy, ['l1i', 'l2'], tenant, tenants);
  const data = firstOf(hierarchy, ['l1d', 'l2'], tenant, tenants);
  if (fetch !== undefined && data !== undefined) return { fetch, data };
  const [what, cache] = data === undefined ? ['data accesses', 'l1d'] : ['instruction fetches', 'l1i'];
  throw new TraceStudyError(`${what} have no cache; give ${cache}, l2 or llc`);
}

function ownerCapacity(tenants: number): number {
  let capacity = OWNER_CAPACITY_MIN;
  while (capacity < tenants + OWNER_CAPACITY_MIN / 2) capacity *= 2;
  return capacity;
}
