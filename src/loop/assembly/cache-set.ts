/**
 * One cache set: where it is, whether it holds a line, and what a touch does to the order of its ways.
 *
 * A set is one block of 128 bytes for every 16 ways (layout.ts): four SIMD compares find a tag among 16, one SIMD
 * subtraction ages all of them. Padding ways hold no line and rank 255, so that no compare ever means them.
 */
import {
  CACHE_CLOCK,
  CACHE_GROUP_BYTES,
  CACHE_GROUPS,
  CACHE_INDEX_MASK,
  CACHE_LINES,
  CACHE_MAGIC,
  CACHE_POLICY,
  CACHE_SET_BYTES,
  CACHE_SETS,
  CACHE_WAYS,
  FLAG_STAMPED,
  POLICY_FIFO,
  POLICY_LRU,
  POLICY_MRU,
  POLICY_SRRIP,
  POLICY_TREE_PLRU,
  RANKS,
  STAMPS,
} from './layout';

/** RRPV of a line that is expected soon, and of one that was just filled (SRRIP, 2 bits). */
const RRPV_NEAR: u8 = 0;
const RRPV_LONG: u8 = 2;

/**
 * line mod sets. A power of two by mask; any other number by two multiplications (Lemire, Kaser, Kurz: Faster
 * remainder by direct computation, 2019), exact for 32-bit lines and sets. One set has mask 0 and magic 0.
 */
@inline
export function setOf(cache: usize, line: u32): u32 {
  const mask = load<u32>(cache, CACHE_INDEX_MASK);
  if (mask !== 0) return line & mask;
  const sets = load<u32>(cache, CACHE_SETS) as u64;
  const fraction = load<u64>(cache, CACHE_MAGIC) * (line as u64);
  const low = ((fraction & 0xffffffff) * sets) >> 32;
  return (((fraction >> 32) * sets + low) >> 32) as u32;
}

/** Address of a set's first group. */
@inline
export function blockOf(cache: usize, set: u32): usize {
  return load<u32>(cache, CACHE_LINES) + set * load<u32>(cache, CACHE_SET_BYTES);
}

/** Address of the group that a way is in. */
@inline
export function groupOf(cache: usize, block: usize, way: i32): usize {
  return way < 16 ? block : block + ((way as u32) >> 4) * load<u32>(cache, CACHE_GROUP_BYTES);
}

/** The ways of a group whose tag is `tag`, as one byte of ones or zeros each. */
@inline
export function waysWithTag(group: usize, tag: v128): v128 {
  const first = i16x8.narrow_i32x4_s(
    i32x4.eq(v128.load(group), tag),
    i32x4.eq(v128.load(group, 16), tag),
  );
  const second = i16x8.narrow_i32x4_s(
    i32x4.eq(v128.load(group, 32), tag),
    i32x4.eq(v128.load(group, 48), tag),
  );
  return i8x16.narrow_i16x8_s(first, second);
}

/** The way that holds a line, or -1. */
@inline
export function findWay(cache: usize, block: usize, line: u32): i32 {
  const tag = i32x4.splat(line);
  const found = i8x16.bitmask(waysWithTag(block, tag));
  if (found !== 0) return ctz(found);
  const groups = load<u32>(cache, CACHE_GROUPS);
  return groups === 1 ? -1 : findWayBeyond(cache, block, tag, groups);
}

/** The same for the groups after the first. */
function findWayBeyond(cache: usize, block: usize, tag: v128, groups: u32): i32 {
  const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
  for (let g: u32 = 1; g < groups; g++) {
    const found = i8x16.bitmask(waysWithTag(block + g * groupBytes, tag));
    if (found !== 0) return (g << 4) + ctz(found);
  }
  return -1;
}

/** What a hit does to the order of the ways. */
@inline
export function touchHit(cache: usize, flags: u32, block: usize, way: i32): void {
  if (load<u32>(cache, CACHE_POLICY) === POLICY_LRU && load<u32>(cache, CACHE_GROUPS) === 1) makeNewestOf16(block, way);
  else touchHitOther(cache, flags, block, way);
}

function touchHitOther(cache: usize, flags: u32, block: usize, way: i32): void {
  const policy = load<u32>(cache, CACHE_POLICY);
  if (policy === POLICY_LRU || policy === POLICY_MRU) makeNewest(cache, flags, block, way);
  else if (policy === POLICY_TREE_PLRU) pointAway(cache, block, way);
  else if (policy === POLICY_SRRIP) store<u8>(groupOf(cache, block, way) + (way & 15), RRPV_NEAR, RANKS);
}

/** What a fill does to it. */
@inline
export function touchFill(cache: usize, flags: u32, block: usize, way: i32): void {
  const policy = load<u32>(cache, CACHE_POLICY);
  if (policy === POLICY_LRU && load<u32>(cache, CACHE_GROUPS) === 1) makeNewestOf16(block, way);
  else if (policy === POLICY_LRU || policy === POLICY_MRU || policy === POLICY_FIFO)
    makeNewest(cache, flags, block, way);
  else if (policy === POLICY_TREE_PLRU) pointAway(cache, block, way);
  else if (policy === POLICY_SRRIP) store<u8>(groupOf(cache, block, way) + (way & 15), RRPV_LONG, RANKS);
}

/** Rank 0 for the way; those that were newer than it get one older. */
@inline
export function makeNewestOf16(block: usize, way: i32): void {
  const rank = load<u8>(block + way, RANKS);
  if (rank === 0) return;
  const ranks = v128.load(block, RANKS);
  v128.store(block, i8x16.sub(ranks, i8x16.lt_u(ranks, i8x16.splat(rank))), RANKS);
  store<u8>(block + way, 0, RANKS);
}

function makeNewest(cache: usize, flags: u32, block: usize, way: i32): void {
  const group = groupOf(cache, block, way);
  if (flags & FLAG_STAMPED) {
    const now = load<u64>(cache, CACHE_CLOCK) + 1;
    store<u64>(cache, now, CACHE_CLOCK);
    store<u64>(group + ((way & 15) << 3), now, STAMPS);
    return;
  }
  const rank = load<u8>(group + (way & 15), RANKS);
  if (rank === 0) return;
  const limit = i8x16.splat(rank);
  const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
  const end = block + load<u32>(cache, CACHE_SET_BYTES);
  for (let each = block; each < end; each += groupBytes) {
    const ranks = v128.load(each, RANKS);
    v128.store(each, i8x16.sub(ranks, i8x16.lt_u(ranks, limit)), RANKS);
  }
  store<u8>(group + (way & 15), 0, RANKS);
}

/**
 * Tree-PLRU: the nodes over 2^k ways lie like a heap, node 1 on top; node n is the n-th rank byte and holds the half to
 * take next, 0 for the lower one. A touch makes all nodes on the way's path point to the other half.
 */
function pointAway(cache: usize, block: usize, way: i32): void {
  let node: i32 = 1;
  for (let level = treeLevels(cache) - 1; level >= 0; level--) {
    const half = (way >> level) & 1;
    store<u8>(groupOf(cache, block, node) + (node & 15), (1 - half) as u8, RANKS);
    node = 2 * node + half;
  }
}

/** log2 of the number of leaves of the tree: the ways, rounded up to a power of two. */
export function treeLevels(cache: usize): i32 {
  return 32 - clz(load<u32>(cache, CACHE_WAYS) - 1);
}
