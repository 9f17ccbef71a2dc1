/** The identities of design section 7 (T12): they hold after any accesses and settings, whatever the configuration. */

import type { HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import type { MemorySystem } from '../../src/memory/memory-system.ts';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Which identities do not hold, in words. */
export function brokenIdentities(system: MemorySystem, config: HierarchyConfig, owners: readonly number[]): string[] {
  const broken: string[] = [];
  const equal = (what: string, left: number, right: number): void => {
    if (left !== right) broken.push(`${what}: ${left} and ${right}`);
  };
  config.caches.forEach((cache, index) => {
    const all = owners.map((owner) => ({ owner, ...system.counters(index, owner) }));
    for (const c of all) {
      const of = `in ${cache.name}, of owner ${c.owner}`;
      equal(
        `fills - evicted - invalidated + transferred = occupancy ${of}`,
        c.fills - c.evicted - c.invalidated + c.transferred,
        c.occupancy,
      );
      const evictedByOwner = sum(owners.map((victim) => system.flow(index, c.owner, victim)));
      equal(
        `evictions summed over victims = fills into valid lines ${of}`,
        evictedByOwner,
        c.fills - c.fillsIntoInvalid,
      );
      equal(`evictions = fills into valid lines ${of}`, c.evictionsBy, c.fills - c.fillsIntoInvalid);
      equal(`evicted = sum over evictors ${of}`, c.evicted, sum(owners.map((by) => system.flow(index, by, c.owner))));
      const causes = [0, 1, 2, ...owners].map((history) => system.missesBecauseOf(index, c.owner, history));
      equal(`misses by cause = misses by kind ${of}`, sum(causes), c.readMisses + c.writeMisses + c.fetchMisses);
    }
    equal(`lines given and taken in ${cache.name}`, sum(all.map((c) => c.transferred)), 0);
    const occupancy = sum(all.map((c) => c.occupancy));
    if (occupancy > cache.sets * cache.ways) broken.push(`${cache.name} holds ${occupancy} lines`);
  });
  for (const owner of owners) equal(`reads of memory = read misses of the last level, of ${owner}`, ...readsOf(owner));
  return broken;

  function readsOf(owner: number): [number, number] {
    const last = config.caches
      .map((cache, index) => ({ cache, index }))
      .filter(({ cache }) => cache.outer === undefined);
    const misses = last.map(({ index }) => system.counters(index, owner).readMisses);
    return [system.memoryCounters(owner).reads, sum(misses)];
  }
}
