/**
 * An access on its way through the caches: look up, fetch from further out, make room, fill (A 3.2 to 3.5).
 *
 * Order of a miss: it is counted and classed, the line is fetched from the next outer cache, a way is chosen and its
 * line evicted, then it is filled. A request carries its own owner (label and tenant) outward; a line that leaves a
 * cache carries the owner it was stored with.
 */
import { increment, ownerRecord } from './accounting';
import { classify, refuse } from './attribution';
import { blockOf, findWay, makeNewestOf16, setOf, touchHit, waysWithTag } from './cache-set';
import {
  CACHE_FLAGS,
  CACHE_MEMORY,
  CACHE_OUTER,
  DIRTY,
  FLAG_EXCLUSIVE,
  FLAG_INCLUSIVE,
  FLAG_NO_WRITE_ALLOCATE,
  FLAG_PLAIN,
  FLAG_WRITE_BACK,
  FLAG_WRITE_THROUGH,
  HISTORY_MOVED,
  KIND_WRITE,
  MEMORY_OWNER_BYTES,
  MEMORY_READS,
  OWNER_MASK,
  OWNER_READS,
  OWNER_READ_MISSES,
  STEP_MEMORY,
  WAY_CACHE,
  WAY_LINES,
} from './layout';
import { beyond } from './egress';
import { askMemory } from './outbox';
import { markDirty, passOn, place, removeLine } from './outward';
import { hitsPlainly } from './plain-cache';

// What a demand access answers: the step that served it, and what came along.
const ANSWER_STEP: u32 = 0xf;
/** An inclusive cache on the way had no room: the caches inside must not hold the line either. */
const ANSWER_UNCACHED: u32 = 0x10;
/** The line left an exclusive cache; its owner there is in bits 30:16. */
const ANSWER_MOVED: u32 = 0x20;
const ANSWER_DIRTY: u32 = 0x40;
const ANSWER_OWNER_SHIFT: u32 = 16;

/**
 * One access, on its way out of a PE (layout, WAY_).
 * @returns the step that served it: 0 is the first cache on its way, STEP_MEMORY is memory.
 */
@inline
export function access(wayOut: usize, line: u32, kind: u32, owner: u32): u32 {
  if (load<u32>(wayOut, WAY_LINES) === 0) return accessFirst(load<u32>(wayOut, WAY_CACHE), line, kind, owner);
  if (hitsPlainly(wayOut, line, kind, owner)) return 0;
  return missFirst(load<u32>(wayOut, WAY_CACHE), line, kind, owner);
}

function accessFirst(cache: usize, line: u32, kind: u32, owner: u32): u32 {
  return demand(cache, line, kind, owner, true, 0) & ANSWER_STEP;
}

/** A plain first cache does not have the line. */
function missFirst(cache: usize, line: u32, kind: u32, owner: u32): u32 {
  const flags = load<u32>(cache, CACHE_FLAGS);
  const set = setOf(cache, line);
  const block = blockOf(cache, set);
  increment(ownerRecord(cache, owner) + OWNER_READS + (kind << 3));
  return miss(cache, flags, block, set, line, kind, owner, true, 0) & ANSWER_STEP;
}

/**
 * A demand access at one cache. A store `performs` until it is clear which cache takes it: further out it is only a
 * read for ownership.
 */
function demand(cache: usize, line: u32, kind: u32, owner: u32, performs: bool, step: u32): u32 {
  const flags = load<u32>(cache, CACHE_FLAGS);
  const set = setOf(cache, line);
  const block = blockOf(cache, set);
  increment(ownerRecord(cache, owner) + OWNER_READS + (kind << 3));
  const stores = performs && kind === KIND_WRITE;
  if (flags & FLAG_PLAIN) {
    const found = i8x16.bitmask(waysWithTag(block, i32x4.splat(line)));
    if (found === 0) return miss(cache, flags, block, set, line, kind, owner, performs, step);
    makeNewestOf16(block, ctz(found));
    if (stores) storeHit(cache, flags, block, ctz(found), line, owner, step);
    return step;
  }
  const way = findWay(cache, block, line);
  if (way < 0) return miss(cache, flags, block, set, line, kind, owner, performs, step);
  if (flags & FLAG_EXCLUSIVE && step > 0 && !stores) return moveInside(cache, block, way, line) | step;
  touchHit(cache, flags, block, way);
  if (stores) storeHit(cache, flags, block, way, line, owner, step);
  return step;
}

/** A store is performed here, or passed on. */
function storeHit(cache: usize, flags: u32, block: usize, way: i32, line: u32, owner: u32, step: u32): void {
  if (flags & FLAG_WRITE_BACK) markDirty(cache, flags, block, way, owner);
  else if (flags & FLAG_WRITE_THROUGH) fetch(cache, line, KIND_WRITE, owner, true, step);
}

/** An exclusive cache gives a line that is asked for to the caches inside. @returns the answer, without the step. */
function moveInside(cache: usize, block: usize, way: i32, line: u32): u32 {
  const held = removeLine(cache, block, way, line, HISTORY_MOVED);
  const dirty: u32 = held & DIRTY ? ANSWER_DIRTY : 0;
  return ANSWER_MOVED | dirty | ((held & OWNER_MASK) << ANSWER_OWNER_SHIFT);
}

function miss(
  cache: usize,
  flags: u32,
  block: usize,
  set: u32,
  line: u32,
  kind: u32,
  owner: u32,
  performs: bool,
  step: u32,
): u32 {
  increment(ownerRecord(cache, owner) + OWNER_READ_MISSES + (kind << 3));
  classify(cache, line, owner);
  const stores = performs && kind === KIND_WRITE;
  const isTransit = (flags & FLAG_EXCLUSIVE) !== 0 && step > 0;
  const passesStore = stores && (isTransit || (flags & FLAG_WRITE_THROUGH) !== 0);
  const answer = fetch(cache, line, kind, owner, passesStore, step);
  if (isTransit || (stores && flags & FLAG_NO_WRITE_ALLOCATE)) return answer;
  const performsHere = stores && (flags & FLAG_WRITE_BACK) !== 0;
  const isDirty = performsHere || (answer & ANSWER_DIRTY) !== 0;
  if (answer & ANSWER_UNCACHED) {
    refuse(cache, line, owner);
    if (isDirty) passOn(cache, line, owner, true, owner);
    return answer & (ANSWER_STEP | ANSWER_UNCACHED);
  }
  if (place(cache, flags, block, set, line, owner, isDirty && (flags & FLAG_WRITE_BACK) !== 0)) {
    if (isDirty && !(flags & FLAG_WRITE_BACK)) passOn(cache, line, owner, true, owner);
    return answer & ANSWER_STEP;
  }
  refuse(cache, line, owner);
  if (answer & ANSWER_MOVED) {
    passOn(cache, line, (answer >> ANSWER_OWNER_SHIFT) & OWNER_MASK, isDirty, owner);
  } else if (isDirty) {
    passOn(cache, line, owner, true, owner);
  }
  return (answer & ANSWER_STEP) | (flags & FLAG_INCLUSIVE ? ANSWER_UNCACHED : 0);
}

/** Ask the next outer cache, or memory: it reads the line, but for a store that no cache `performs` and that is a write. */
@inline
function fetch(cache: usize, line: u32, kind: u32, owner: u32, performs: bool, step: u32): u32 {
  const outer = load<u32>(cache, CACHE_OUTER);
  if (outer !== 0) return demand(outer, line, kind, owner, performs, step + 1);
  const sender = beyond(cache, owner);
  increment(load<u32>(cache, CACHE_MEMORY) + sender * MEMORY_OWNER_BYTES + MEMORY_READS + (kind << 3));
  askMemory(cache, line, sender, performs);
  return STEP_MEMORY;
}
