/** Accesses of two lines, as cachegrind counts them. */
import { increment, ownerRecord } from './accounting';
import { classify, refuse } from './attribution';
import { beyond } from './egress';
import { blockOf, findWay, setOf, touchHit } from './cache-set';
import {
  CACHE_FLAGS,
  CACHE_MEMORY,
  CACHE_OUTER,
  MEMORY_OWNER_BYTES,
  MEMORY_READS,
  OWNER_READS,
  OWNER_READ_MISSES,
  STEP_MEMORY,
  WAY_CACHE,
} from './layout';
import { place } from './outward';

/**
 * The two lines of one access, as cachegrind counts it: one access, and one miss at most, at each level; both lines are
 * touched at every level that it reaches, even if one of them was found. For caches that ignore stores.
 */
export function accessStraddling(wayOut: usize, line: u32, next: u32, kind: u32, owner: u32): u32 {
  let step: u32 = 0;
  for (let cache: usize = load<u32>(wayOut, WAY_CACHE); cache !== 0; cache = load<u32>(cache, CACHE_OUTER)) {
    increment(ownerRecord(cache, owner) + OWNER_READS + (kind << 3));
    const hasFirst = touchOrFill(cache, line, owner);
    const hasNext = touchOrFill(cache, next, owner);
    if (hasFirst && hasNext) return step;
    increment(ownerRecord(cache, owner) + OWNER_READ_MISSES + (kind << 3));
    step++;
    if (load<u32>(cache, CACHE_OUTER) === 0) {
      increment(load<u32>(cache, CACHE_MEMORY) + beyond(cache, owner) * MEMORY_OWNER_BYTES + MEMORY_READS + (kind << 3));
    }
  }
  return STEP_MEMORY;
}

function touchOrFill(cache: usize, line: u32, owner: u32): bool {
  const flags = load<u32>(cache, CACHE_FLAGS);
  const set = setOf(cache, line);
  const block = blockOf(cache, set);
  const found = findWay(cache, block, line);
  if (found >= 0) {
    touchHit(cache, flags, block, found);
    return true;
  }
  classify(cache, line, owner);
  if (!place(cache, flags, block, set, line, owner, false)) refuse(cache, line, owner);
  return false;
}
