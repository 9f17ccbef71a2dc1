/** Configurations for tests: plain machines from which a test names only what it is about. */
import type { CacheConfig, HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import type { CacheControlFeatures } from '../../src/memory/msc-config.ts';

/** Every control absent, PARTIDs 0 to 63. */
export function controlFeatures(given: Partial<CacheControlFeatures> = {}): CacheControlFeatures {
  return {
    partidMax: 63,
    pmgMax: 1,
    cpbmWd: 0,
    portionKind: 'ways',
    cmaxWd: 0,
    hasCmax: false,
    hasSoftlim: false,
    hasCmin: false,
    cassocWd: 0,
    hasEndis: false,
    hasNfu: false,
    intpartidMax: undefined,
    outOfRange: 'default',
    reset: 'defaults',
    victimPreference: 'invalid',
    ...given,
  };
}

/** An LRU write-back cache before memory, without partitioning, every account kept. */
export function cacheConfig(given: Partial<CacheConfig> & Pick<CacheConfig, 'sets' | 'ways'>): CacheConfig {
  return {
    name: 'cache',
    level: 'L3',
    policy: 'lru',
    writePolicy: 'write-back',
    inclusion: 'non-inclusive',
    outer: undefined,
    latencyPs: 1000,
    writeHitOwner: 'allocator',
    flows: true,
    missClasses: true,
    controls: undefined,
    ...given,
  };
}

/** One port at the first cache, unless said otherwise. */
export function machineConfig(caches: readonly CacheConfig[], given: Partial<HierarchyConfig> = {}): HierarchyConfig {
  return {
    caches,
    ports: [{ fetch: 0, data: 0 }],
    lineBytes: 64,
    memoryLatencyPs: 100_000,
    physicalLines: 1 << 16,
    writeBackBilledTo: 'owner',
    ownerCapacity: 64,
    seed: 1,
    ...given,
  };
}
