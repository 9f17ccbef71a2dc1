/** What the choices of one cache cannot be together, wherever they come from: topology, hierarchy of a study, library. */
import type { CacheConfig } from './hierarchy-config.ts';

export interface BrokenCacheRule {
  readonly member: 'writePolicy' | 'writeHitOwner';
  readonly value: string;
  /** What it may be, and because of what. */
  readonly allowed: string;
  readonly hint: string;
}

/** Every rule that a cache breaks; empty if it can be built. */
export function brokenCacheRules({
  inclusion,
  writePolicy,
  writeHitOwner,
}: Pick<CacheConfig, 'inclusion' | 'writePolicy' | 'writeHitOwner'>): readonly BrokenCacheRule[] {
  const broken: BrokenCacheRule[] = [];
  if (inclusion === 'inclusive' && writePolicy === 'write-through') {
    broken.push({
      member: 'writePolicy',
      value: writePolicy,
      allowed: 'write-back, write-through-allocate or ignored in an inclusive cache',
      hint: 'a store that misses would bring the line into the caches inside, and not into this one',
    });
  }
  if (writeHitOwner === 'writer' && writePolicy !== 'write-back') {
    broken.push({
      member: 'writeHitOwner',
      value: writeHitOwner,
      allowed: `allocator in a cache that is ${writePolicy}`,
      hint: 'stores are performed on the lines of write-back caches only',
    });
  }
  return broken;
}
