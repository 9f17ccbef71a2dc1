/**
 * Which way a miss may take: portions, CMAX, CASSOC, the priority ladder, then the replacement policy (A 3.5).
 *
 * Candidates are bytes of ones or zeros, 16 ways at a time. Where nothing is limited (the usual case) they are the
 * slot's way mask as it stands; only limits make the steps of the ladder necessary.
 */
import { groupOf, treeLevels, waysWithTag } from './cache-set';
import {
  CACHE_CANDIDATES,
  CACHE_GROUP_BYTES,
  CACHE_GROUPS,
  CACHE_INVALID,
  CACHE_OWNER_SLOTS,
  CACHE_POLICY,
  CACHE_RANDOM,
  CACHE_SET_PORTIONS,
  CACHE_SLOT_COUNT,
  CACHE_SLOT_PORTIONS,
  CACHE_SLOT_PRIORITIES,
  CACHE_SLOT_WAYS,
  CACHE_SLOTS,
  CACHE_UNUSUAL_SLOTS,
  FLAG_LADDER,
  FLAG_LIMITS,
  FLAG_STAMPED,
  NO_LINE,
  POLICY_FIFO,
  POLICY_LRU,
  POLICY_MRU,
  POLICY_RANDOM,
  POLICY_TREE_PLRU,
  PRIORITY_BELOW_MINIMUM,
  PRIORITY_NORMAL,
  RANKS,
  SLOT_ASSOCIATIVITY,
  SLOT_BYTES,
  SLOT_DISABLED,
  SLOT_GROWTH_LIMIT,
  SLOT_OCCUPANCY,
  SLOT_PORTION_BYTES,
  SLOT_SOFT,
  SLOTS,
  STAMPS,
  UNLIMITED,
} from './layout';
import { randomBelow } from './random';

/** The way that a line of this owner takes in a set, or -1: none, the miss is served uncached. */
@inline
export function victimFor(cache: usize, flags: u32, block: usize, set: u32, owner: u32): i32 {
  const slot = load<u8>(load<u32>(cache, CACHE_OWNER_SLOTS) + owner) as u32;
  if (load<u32>(cache, CACHE_SET_PORTIONS) !== 0 && !ownsPortionOf(cache, set, slot)) return -1;
  const groups = load<u32>(cache, CACHE_GROUPS);
  if (groups === 1 && (flags & FLAG_LIMITS) === 0 && load<u32>(cache, CACHE_POLICY) === POLICY_LRU) {
    return oldestOf16(cache, block, v128.load(load<u32>(cache, CACHE_SLOT_WAYS) + (slot << 4)));
  }
  return victimInGeneral(cache, flags, block, slot, groups);
}

/** The short way: 16 ways at most, LRU, no limits. An invalid way first, then the oldest. */
@inline
function oldestOf16(cache: usize, block: usize, candidates: v128): i32 {
  if (load<u64>(cache, CACHE_INVALID) !== 0) {
    const free = i8x16.bitmask(v128.and(candidates, waysWithTag(block, i32x4.splat(NO_LINE))));
    if (free !== 0) return ctz(free);
  }
  const keys = v128.and(candidates, i8x16.add(v128.load(block, RANKS), i8x16.splat(1)));
  const oldest = largestByte(keys);
  return oldest === 0 ? -1 : ctz(i8x16.bitmask(i8x16.eq(keys, i8x16.splat(oldest as u8))));
}

/** Whether a set is in a portion that the slot may allocate (portions made of sets). */
function ownsPortionOf(cache: usize, set: u32, slot: u32): bool {
  const portion = load<u16>(load<u32>(cache, CACHE_SET_PORTIONS) + (set << 1)) as u32;
  const bits = load<u8>(load<u32>(cache, CACHE_SLOT_PORTIONS) + slot * SLOT_PORTION_BYTES + (portion >> 3));
  return ((bits >> ((portion & 7) as u8)) & 1) !== 0;
}

function victimInGeneral(cache: usize, flags: u32, block: usize, slot: u32, groups: u32): i32 {
  const ways = load<u32>(cache, CACHE_SLOT_WAYS) + slot * (groups << 4);
  const candidates = load<u32>(cache, CACHE_CANDIDATES);
  for (let at: u32 = 0; at < groups << 4; at += 16) v128.store(candidates + at, v128.load(ways + at));
  if (flags & FLAG_LIMITS) {
    keepWithinLimits(cache, block, candidates, slot, groups);
    keepLowerPriorities(cache, block, candidates, slot, groups);
  }
  const free = firstInvalid(cache, block, candidates, groups);
  if (free >= 0) return free;
  if (flags & FLAG_LIMITS && flags & FLAG_LADDER && load<u32>(cache, CACHE_UNUSUAL_SLOTS) !== 0) {
    keepLowestPriority(cache, block, candidates, groups);
  }
  return choose(cache, flags, block, candidates, groups);
}

// ---- Filters ------------------------------------------------------------------------------------

/** CMAX and CASSOC: who is at its limit may only replace its own lines, or (SOFTLIM) take what nobody enabled holds. */
function keepWithinLimits(cache: usize, block: usize, candidates: usize, slot: u32, groups: u32): void {
  const record = load<u32>(cache, CACHE_SLOTS) + slot * SLOT_BYTES;
  const isAtMaximum = load<i32>(record, SLOT_OCCUPANCY) >= load<i32>(record, SLOT_GROWTH_LIMIT);
  const associativity = load<i32>(record, SLOT_ASSOCIATIVITY);
  const isAtAssociativity = associativity !== UNLIMITED && countOwnWays(cache, block, slot, groups) >= associativity;
  if (!isAtMaximum && !isAtAssociativity) return;
  const isSoft = !isAtAssociativity && load<u32>(record, SLOT_SOFT) !== 0;
  const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
  for (let g: u32 = 0; g < groups; g++) {
    const group = block + g * groupBytes;
    const invalid = waysWithTag(group, i32x4.splat(NO_LINE));
    const slots = v128.load(group, SLOTS);
    const own = i8x16.eq(slots, i8x16.splat(slot as u8));
    const disabled = i8x16.eq(slots, i8x16.splat(SLOT_DISABLED as u8));
    const allowed = isSoft ? v128.or(invalid, v128.or(own, disabled)) : v128.andnot(own, invalid);
    const at = candidates + (g << 4);
    v128.store(at, v128.and(v128.load(at), allowed));
  }
}

function countOwnWays(cache: usize, block: usize, slot: u32, groups: u32): i32 {
  const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
  let count: i32 = 0;
  for (let g: u32 = 0; g < groups; g++) {
    const group = block + g * groupBytes;
    const own = i8x16.eq(v128.load(group, SLOTS), i8x16.splat(slot as u8));
    count += popcnt(i8x16.bitmask(v128.andnot(own, waysWithTag(group, i32x4.splat(NO_LINE)))));
  }
  return count;
}

/** Drop the lines of owners whose priority is above the requester's. */
function keepLowerPriorities(cache: usize, block: usize, candidates: usize, slot: u32, groups: u32): void {
  const priority = load<u8>(load<u32>(cache, CACHE_SLOT_PRIORITIES) + slot);
  if (priority === PRIORITY_BELOW_MINIMUM) return;
  if (priority === PRIORITY_NORMAL && load<u32>(cache, CACHE_UNUSUAL_SLOTS) === 0) return;
  const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
  for (let g: u32 = 0; g < groups; g++) {
    const at = candidates + (g << 4);
    const allowed = i8x16.le_u(prioritiesOf(cache, block + g * groupBytes), i8x16.splat(priority));
    v128.store(at, v128.and(v128.load(at), allowed));
  }
}

/** Of the candidates, those of the lowest priority that occurs. */
function keepLowestPriority(cache: usize, block: usize, candidates: usize, groups: u32): void {
  const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
  for (let priority: u8 = 1; priority <= (PRIORITY_BELOW_MINIMUM as u8); priority++) {
    let isThere = false;
    for (let g: u32 = 0; g < groups && !isThere; g++) {
      const same = i8x16.eq(prioritiesOf(cache, block + g * groupBytes), i8x16.splat(priority));
      isThere = v128.any_true(v128.and(v128.load(candidates + (g << 4)), same));
    }
    if (!isThere) continue;
    for (let g: u32 = 0; g < groups; g++) {
      const at = candidates + (g << 4);
      const same = i8x16.eq(prioritiesOf(cache, block + g * groupBytes), i8x16.splat(priority));
      v128.store(at, v128.and(v128.load(at), same));
    }
    return;
  }
}

/**
 * Priority of the occupant of each way of a group, 0 where there is none: the slots' priorities, looked up 16 at a
 * time.
 */
function prioritiesOf(cache: usize, group: usize): v128 {
  const table = load<u32>(cache, CACHE_SLOT_PRIORITIES);
  const count = load<u32>(cache, CACHE_SLOT_COUNT);
  const slots = v128.load(group, SLOTS);
  let priorities = i8x16.splat(0);
  for (let first: u32 = 0; first < count; first += 16) {
    // Lanes outside 0..15 come out as 0: those of other sixteens.
    const found = i8x16.swizzle(v128.load(table + first), i8x16.sub(slots, i8x16.splat(first as u8)));
    priorities = v128.or(priorities, found);
  }
  return v128.andnot(priorities, waysWithTag(group, i32x4.splat(NO_LINE)));
}

function firstInvalid(cache: usize, block: usize, candidates: usize, groups: u32): i32 {
  if (load<u64>(cache, CACHE_INVALID) === 0) return -1;
  const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
  for (let g: u32 = 0; g < groups; g++) {
    const invalid = waysWithTag(block + g * groupBytes, i32x4.splat(NO_LINE));
    const free = i8x16.bitmask(v128.and(v128.load(candidates + (g << 4)), invalid));
    if (free !== 0) return (g << 4) + ctz(free);
  }
  return -1;
}

// ---- Replacement --------------------------------------------------------------------------------

function choose(cache: usize, flags: u32, block: usize, candidates: usize, groups: u32): i32 {
  const policy = load<u32>(cache, CACHE_POLICY);
  if (policy === POLICY_RANDOM) return chooseAtRandom(cache, candidates, groups);
  if (policy === POLICY_TREE_PLRU) return chooseByTree(cache, block, candidates, groups);
  if (policy === POLICY_LRU || policy === POLICY_FIFO) {
    if (flags & FLAG_STAMPED) return chooseByStamp(cache, block, candidates, groups, true);
    return chooseByRank(cache, block, candidates, groups, 1, 0);
  }
  if (policy === POLICY_MRU) {
    if (flags & FLAG_STAMPED) return chooseByStamp(cache, block, candidates, groups, false);
    // Flipped, the newest has the largest key; no rank is 255, so that no candidate has key 0.
    return chooseByRank(cache, block, candidates, groups, 0, 0xff);
  }
  return chooseByPrediction(cache, block, candidates, groups);
}

/** The candidate with the largest key: (rank xor flip) + add, never 0. The lowest way among equals. */
function chooseByRank(cache: usize, block: usize, candidates: usize, groups: u32, add: u8, flip: u8): i32 {
  const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
  let best: u32 = 0;
  let way: i32 = -1;
  for (let g: u32 = 0; g < groups; g++) {
    const flipped = v128.xor(v128.load(block + g * groupBytes, RANKS), i8x16.splat(flip));
    const keys = v128.and(v128.load(candidates + (g << 4)), i8x16.add(flipped, i8x16.splat(add)));
    const largest = largestByte(keys);
    if (largest <= best) continue;
    best = largest;
    way = (g << 4) + ctz(i8x16.bitmask(i8x16.eq(keys, i8x16.splat(largest as u8))));
  }
  return way;
}

function chooseByStamp(cache: usize, block: usize, candidates: usize, groups: u32, isOldest: bool): i32 {
  const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
  let best: u64 = 0;
  let way: i32 = -1;
  for (let g: u32 = 0; g < groups; g++) {
    let left = i8x16.bitmask(v128.load(candidates + (g << 4)));
    for (; left !== 0; left &= left - 1) {
      const lane = ctz(left);
      const stamp = load<u64>(block + g * groupBytes + (lane << 3), STAMPS);
      if (way >= 0 && (isOldest ? stamp >= best : stamp <= best)) continue;
      best = stamp;
      way = (g << 4) + lane;
    }
  }
  return way;
}

/** Each candidate with the same chance. */
function chooseAtRandom(cache: usize, candidates: usize, groups: u32): i32 {
  let count: u32 = 0;
  for (let g: u32 = 0; g < groups; g++) count += popcnt(i8x16.bitmask(v128.load(candidates + (g << 4))));
  if (count === 0) return -1;
  let skip = randomBelow(cache + CACHE_RANDOM, count);
  for (let g: u32 = 0; ; g++) {
    let left = i8x16.bitmask(v128.load(candidates + (g << 4)));
    const here: u32 = popcnt(left);
    if (skip >= here) {
      skip -= here;
      continue;
    }
    for (; skip > 0; skip--) left &= left - 1;
    return (g << 4) + ctz(left);
  }
}

/** Walk down the tree; a half without candidates is passed by, and no bit is changed. */
function chooseByTree(cache: usize, block: usize, candidates: usize, groups: u32): i32 {
  if (!hasCandidate(candidates, 0, groups << 4)) return -1;
  let node: i32 = 1;
  let first: u32 = 0;
  for (let level = treeLevels(cache) - 1; level >= 0; level--) {
    const span: u32 = 1 << level;
    let half = load<u8>(groupOf(cache, block, node) + (node & 15), RANKS) as u32;
    if (!hasCandidate(candidates, first + half * span, span)) half = 1 - half;
    first += half * span;
    node = 2 * node + (half as i32);
  }
  return first as i32;
}

function hasCandidate(candidates: usize, first: u32, count: u32): bool {
  for (let way = first; way < first + count; way++) {
    if (load<u8>(candidates + way) !== 0) return true;
  }
  return false;
}

/**
 * SRRIP-HP (Jaleel et al., ISCA 2010), 2 bits: take the first candidate that is predicted furthest; the candidates are
 * aged until there is one. Others' lines are not aged: a partition's misses do not shorten its neighbours' stay.
 */
function chooseByPrediction(cache: usize, block: usize, candidates: usize, groups: u32): i32 {
  const way = chooseByRank(cache, block, candidates, groups, 1, 0);
  if (way < 0) return -1;
  const oldest = load<u8>(groupOf(cache, block, way) + (way & 15), RANKS);
  const age = i8x16.splat(3 - oldest);
  if (oldest < 3) {
    const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
    for (let g: u32 = 0; g < groups; g++) {
      const group = block + g * groupBytes;
      const aged = i8x16.add(v128.load(group, RANKS), v128.and(age, v128.load(candidates + (g << 4))));
      v128.store(group, aged, RANKS);
    }
  }
  return way;
}

/** The largest of 16 unsigned bytes. */
@inline
export function largestByte(bytes: v128): u32 {
  let most = i8x16.max_u(bytes, i8x16.shuffle(bytes, bytes, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  most = i8x16.max_u(most, i8x16.shuffle(most, most, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  most = i8x16.max_u(most, i8x16.shuffle(most, most, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  most = i8x16.max_u(most, i8x16.shuffle(most, most, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
  return i8x16.extract_lane_u(most, 0) as u32;
}
