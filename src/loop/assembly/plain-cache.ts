/**
 * The short way of a hit, for first-level caches as nearly all are: LRU, 16 ways at most, a power of two of sets, and stores
 * that make a line dirty (or are like loads) without changing its owner.
 *
 * What the loop needs to know of such a cache are four numbers. A caller keeps them in locals for a run of accesses, which
 * spares their loading at every access; and a hit is found, counted and put in order without a call.
 */
import {
  CACHE_FLAGS,
  CACHE_GROUPS,
  CACHE_INDEX_MASK,
  CACHE_LINES,
  CACHE_OWNERS,
  CACHE_POLICY,
  CACHE_SETS,
  DIRTY,
  FLAG_WRITE_BACK,
  FLAG_WRITE_THROUGH,
  FLAG_WRITER_OWNS,
  KIND_WRITE,
  OWNER_BYTES,
  OWNER_READS,
  OWNERS,
  POLICY_LRU,
  RANKS,
} from './layout';
import { makeNewestOf16, waysWithTag } from './cache-set';
import { increment } from './accounting';

/** Address of the sets of a plain cache; 0 for any other. */
export function plainLines(cache: usize): usize {
  const flags = load<u32>(cache, CACHE_FLAGS);
  const isPlain =
    load<u32>(cache, CACHE_GROUPS) === 1 &&
    load<u32>(cache, CACHE_POLICY) === POLICY_LRU &&
    (load<u32>(cache, CACHE_INDEX_MASK) !== 0 || load<u32>(cache, CACHE_SETS) === 1) &&
    (flags & (FLAG_WRITE_THROUGH | FLAG_WRITER_OWNS)) === 0;
  if (!isPlain) return 0;
  return load<u32>(cache, CACHE_LINES);
}

/** Sets - 1. */
@inline
export function plainMask(cache: usize): u32 {
  return load<u32>(cache, CACHE_INDEX_MASK);
}

@inline
export function plainOwners(cache: usize): usize {
  return load<u32>(cache, CACHE_OWNERS);
}

/** What a store adds to a line's owner. */
@inline
export function plainDirt(cache: usize): u32 {
  return load<u32>(cache, CACHE_FLAGS) & FLAG_WRITE_BACK ? DIRTY : 0;
}

/** Look a line up in a plain cache's sets. @returns whether it was there; if not, nothing has been counted or changed. */
@inline
export function hitsPlainly(
  lines: usize,
  mask: u32,
  owners: usize,
  dirt: u32,
  line: u32,
  kind: u32,
  owner: u32,
): bool {
  const block = lines + ((line & mask) << 7);
  const found = i8x16.bitmask(waysWithTag(block, i32x4.splat(line)));
  if (found === 0) return false;
  const way = ctz(found);
  makeNewestOf16(block, way);
  increment(owners + owner * OWNER_BYTES + OWNER_READS + (kind << 3));
  // Without a branch: whether an access is a store is hard to predict.
  const at = block + (way << 1);
  const held: u32 = load<u16>(at, OWNERS);
  store<u16>(at, (held | select(dirt, 0, kind === KIND_WRITE)) as u16, OWNERS);
  return true;
}
