/** The judge is judged: by hand-made examples of A 3.1 to 3.5, and by the recorded facts of a real address trace. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packLabel } from '../../src/arch/label.ts';
import type { ReplacementPolicy } from '../../src/memory/hierarchy-config.ts';
import { hasSharedData, sharedDataPath } from '../support/shared-data.ts';
import { cacheConfig, controlFeatures, machineConfig } from './machine-configs.ts';
import { MEMORY_STEP, NaiveHierarchy } from './naive-hierarchy.ts';
import { NaivePartitions } from './naive-partitions.ts';
import { naiveReplacement } from './naive-replacement.ts';

const OWNER = 3;
const label = (): number => packLabel(1, 1, 0);

describe('the naive replacement policies', () => {
  /** Four ways filled in order, then ways 0 and 2 hit, then way 0 hit: which of all four goes? */
  const victimAfterHits = (policy: ReplacementPolicy, candidates = [0, 1, 2, 3]): number => {
    const replacement = naiveReplacement(policy, 4, () => 3);
    for (const way of [0, 1, 2, 3]) replacement.filled(way);
    for (const way of [0, 2, 0]) replacement.touched(way);
    return replacement.victim(candidates);
  };

  it.each([
    ['lru', 1],
    ['mru', 0],
    ['fifo', 0],
    // The last touch was way 0: the root says upper half; there way 2 was touched last: way 3.
    ['tree-plru', 3],
    // Intervals 0 2 0 2: all age by one, and way 1 is the first at 3.
    ['srrip', 1],
    ['random', 3],
  ] as const)('%s takes the way that its definition says', (policy, way) => {
    expect(victimAfterHits(policy)).toBe(way);
  });

  it.each([
    ['lru', 3],
    ['mru', 2],
    ['fifo', 2],
    ['tree-plru', 3],
    ['srrip', 3],
  ] as const)('%s takes among the upper two ways what its definition says', (policy, way) => {
    expect(victimAfterHits(policy, [2, 3])).toBe(way);
  });
});

describe('the naive partitions', () => {
  it('turn fractions into the bands of A 3.1: the example of 6.25 % of a 1 MB cache', () => {
    // 16,384 lines in 16 ways, CMAX = 0x0fff: growth stops at 1,024 lines, priority drops above them.
    const features = controlFeatures({ cmaxWd: 16, hasCmax: true });
    const partitions = new NaivePartitions(features, 1024, 16);
    partitions.set(1, 1, { cmax: 0x0fff });
    const others = Array.from({ length: 16 }, (_, way) => (way < 4 ? '1/1' : '1/2'));
    const candidatesAt = (lines: number): number => {
      const occupancy = (partition: string): number => (partition === '1/1' ? lines : 5000);
      return partitions.candidates({ requester: '1/1', set: 0, holders: others, occupancy }).length;
    };
    expect(candidatesAt(1023)).toBe(16);
    expect(candidatesAt(1024)).toBe(4);
    expect(candidatesAt(1025)).toBe(4);
  });

  it('stop at the ceiling and drop above the floor where the fraction of the lines is not whole', () => {
    // 25 % of 10 lines: at 3 lines there is no growth any more, and 3 lines are more than 2.5.
    const features = controlFeatures({ cmaxWd: 2, hasCmax: true, hasSoftlim: true, victimPreference: 'ladder' });
    const partitions = new NaivePartitions(features, 1, 10);
    partitions.set(1, 1, { cmax: 0, softlim: false });
    const holders = ['1/1', '1/2', undefined, '1/2'];
    const from = (requester: string, lines: number): number[] => {
      const occupancy = (partition: string): number => (partition === '1/1' ? lines : 1);
      return partitions.candidates({ requester, set: 0, holders: holders.slice(0, 2), occupancy });
    };
    expect(from('1/1', 2)).toEqual([0, 1]);
    expect(from('1/1', 3)).toEqual([0]);
    expect(from('1/2', 2)).toEqual([0, 1]);
    expect(from('1/2', 3)).toEqual([0]);
  });
});

describe('the naive hierarchy', () => {
  it('keeps what King and the textbooks say of four lines in two ways, LRU', () => {
    const naive = new NaiveHierarchy(machineConfig([cacheConfig({ sets: 1, ways: 2 })]), label);
    const steps = [0, 1, 0, 2, 1, 0].map((line) => naive.access(0, line, 'read', OWNER));
    expect(steps).toEqual([MEMORY_STEP, MEMORY_STEP, 0, MEMORY_STEP, MEMORY_STEP, MEMORY_STEP]);
    expect(naive.caches[0]!.missesBecauseOf(OWNER, 0)).toBe(3);
    expect(naive.caches[0]!.missesBecauseOf(OWNER, OWNER)).toBe(2);
  });

  it.skipIf(!hasSharedData)(
    'has the misses, evictions and dirty evictions of a SPEC address trace alone in 4 ways',
    () => {
      const facts = JSON.parse(readFileSync(sharedDataPath('spec-addresses/facts.json'), 'utf8'));
      const trace = gunzipSync(readFileSync(sharedDataPath('spec-addresses/twolf.trace.gz'))).toString('latin1');
      const naive = new NaiveHierarchy(machineConfig([cacheConfig({ sets: 128, ways: 4 })]), label);
      for (const [, kind, address] of trace.matchAll(/^([ls]) 0x([0-9a-f]+)/gm)) {
        naive.access(0, Math.floor(Number.parseInt(address!, 16) / 64), kind === 's' ? 'write' : 'read', OWNER);
      }
      const cache = naive.caches[0]!;
      const { misses, evictions, dirty_lines_evicted, occupancy_end_lines } = facts.cases.solo_4_ways.twolf;
      expect(cache.counter('readMisses', OWNER) + cache.counter('writeMisses', OWNER)).toBe(misses);
      expect(cache.counter('evicted', OWNER)).toBe(evictions);
      expect(cache.counter('writeBacks', OWNER)).toBe(dirty_lines_evicted);
      expect(naive.memory(OWNER).writeBacks).toBe(dirty_lines_evicted);
      expect(cache.counter('occupancy', OWNER)).toBe(occupancy_end_lines);
    },
  );
});
