/** Choices that no cache can have together are refused before anything is built. */
import { describe, expect, it } from 'vitest';
import { BlockLayout } from '../../src/loop/block.ts';
import type { CacheConfig } from '../../src/memory/hierarchy-config.ts';
import { reserveMemory } from '../../src/memory/memory-regions.ts';
import { cacheConfig, machineConfig } from './machine-configs.ts';

function reserve(given: Partial<CacheConfig>): unknown {
  const caches = [
    cacheConfig({ name: 'l2-0', sets: 2, ways: 2, outer: 1 }),
    cacheConfig({ name: 'l3-0', sets: 4, ways: 4, ...given }),
  ];
  return reserveMemory(new BlockLayout(), machineConfig(caches));
}

describe('a machine cannot be reserved', () => {
  it.each<[string, Partial<CacheConfig>, string]>([
    [
      'an inclusive cache that does not allocate on store misses',
      { inclusion: 'inclusive', writePolicy: 'write-through' },
      'cache l3-0: writePolicy: write-through; expected write-back, write-through-allocate or ignored in an inclusive cache',
    ],
    [
      'a writer as owner in a write-through cache',
      { writePolicy: 'write-through', writeHitOwner: 'writer' },
      'cache l3-0: writeHitOwner: writer; expected allocator in a cache that is write-through',
    ],
    [
      'a writer as owner where stores are loads',
      { writePolicy: 'ignored', writeHitOwner: 'writer' },
      'cache l3-0: writeHitOwner: writer; expected allocator in a cache that is ignored',
    ],
  ])('with %s', (_, given, words) => {
    expect(() => reserve(given)).toThrow(RangeError);
    expect(() => reserve(given)).toThrow(words);
  });

  it.each<Partial<CacheConfig>>([
    { inclusion: 'inclusive', writePolicy: 'write-through-allocate' },
    { inclusion: 'inclusive', writePolicy: 'ignored' },
    { inclusion: 'inclusive', writePolicy: 'write-back', writeHitOwner: 'writer' },
    { inclusion: 'non-inclusive', writePolicy: 'write-through' },
    { inclusion: 'exclusive', writePolicy: 'write-through' },
  ])('but it can with %o', (given) => {
    expect(() => reserve(given)).not.toThrow();
  });
});
