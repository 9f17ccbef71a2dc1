/** The identities of design section 7 (T12): they hold after any accesses and settings, whatever the configuration. */
import type { CacheConfig, HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import type { MemorySystem } from '../../src/memory/memory-system.ts';

interface Identity {
  readonly what: string;
  readonly left: number;
  readonly right: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Which identities do not hold, in words. */
export function brokenIdentities(system: MemorySystem, config: HierarchyConfig, owners: readonly number[]): string[] {
  const identities = config.caches.flatMap((cache, index) => [
    ...owners.flatMap((owner) => identitiesOfOwner(system, cache, index, owner, owners)),
    ...identitiesOfCache(system, cache, index, owners),
  ]);
  for (const owner of owners) identities.push(readsOfMemory(system, config, owner));
  return identities
    .filter(({ left, right }) => left !== right)
    .map(({ what, left, right }) => `${what}: ${left} and ${right}`);
}

function identitiesOfOwner(
  system: MemorySystem,
  cache: CacheConfig,
  index: number,
  owner: number,
  owners: readonly number[],
): Identity[] {
  const of = `in ${cache.name}, of owner ${owner}`;
  const c = system.counters(index, owner);
  const kept = c.fills - c.evicted - c.invalidated + c.transferred;
  const found = [
    { what: `fills - evicted - invalidated + transferred = occupancy ${of}`, left: kept, right: c.occupancy },
  ];
  if (cache.flows) {
    const byOwner = sum(owners.map((victim) => system.flow(index, owner, victim)));
    const ofOwner = sum(owners.map((evictor) => system.flow(index, evictor, owner)));
    const intoValid = c.fills - c.fillsIntoInvalid;
    found.push({
      what: `evictions summed over victims = fills into valid lines ${of}`,
      left: byOwner,
      right: intoValid,
    });
    found.push({ what: `evictions summed over evictors = evicted ${of}`, left: ofOwner, right: c.evicted });
  }
  if (cache.missClasses) {
    const byCause = sum([0, 1, 2, ...owners].map((history) => system.missesBecauseOf(index, owner, history)));
    const byKind = c.readMisses + c.writeMisses + c.fetchMisses;
    found.push({ what: `misses by cause = misses by kind ${of}`, left: byCause, right: byKind });
  }
  return found;
}

function identitiesOfCache(
  system: MemorySystem,
  cache: CacheConfig,
  index: number,
  owners: readonly number[],
): Identity[] {
  const all = owners.map((owner) => system.counters(index, owner));
  const held = sum(all.map((c) => c.occupancy));
  const fillsIntoInvalid = sum(all.map((c) => c.fillsIntoInvalid));
  const invalidated = sum(all.map((c) => c.invalidated));
  return [
    { what: `lines given = lines taken in ${cache.name}`, left: sum(all.map((c) => c.transferred)), right: 0 },
    { what: `lines beyond the capacity of ${cache.name}`, left: Math.max(0, held - cache.sets * cache.ways), right: 0 },
    {
      what: `fills into invalid ways - invalidated = held in ${cache.name}`,
      left: fillsIntoInvalid - invalidated,
      right: held,
    },
  ];
}

/** What misses in the last level is what memory serves. */
function readsOfMemory(system: MemorySystem, config: HierarchyConfig, owner: number): Identity {
  const misses = config.caches.map((cache, index) => {
    return cache.outer === undefined ? system.counters(index, owner).readMisses : 0;
  });
  const reads = system.memoryCounters(owner).reads;
  return {
    what: `reads of memory = read misses of the last level, of owner ${owner}`,
    left: reads,
    right: sum(misses),
  };
}
