/**
 * An access on its way through the caches: look up, fetch from further out, make room, fill (A 3.2 to 3.5).
 *
 * Order of a miss: it is counted and classed, the line is fetched from the next outer cache, a way is chosen and its line
 * evicted, then it is filled. A request carries its own owner (label and tenant) outward; a line that leaves a cache carries
 * the owner it was stored with.
 */
import { changeOccupancy, increment, ownerRecord, slotOf } from './accounting';
import { blockOf, findWay, groupOf, makeNewestOf16, setOf, touchFill, touchHit, waysWithTag } from './cache-set';
import {
  CACHE_CAUSES,
  CACHE_FIRST_INNER,
  CACHE_FLAGS,
  CACHE_FLOWS,
  CACHE_HISTORY,
  CACHE_INVALID,
  CACHE_MEMORY,
  CACHE_NEXT_SIBLING,
  CACHE_OUTER,
  CACHE_OWNER_SHIFT,
  DIRTY,
  FLAG_EVICTOR_PAYS,
  FLAG_EXCLUSIVE,
  FLAG_INCLUSIVE,
  FLAG_NO_WRITE_ALLOCATE,
  FLAG_PLAIN,
  FLAG_WRITE_BACK,
  FLAG_WRITE_THROUGH,
  FLAG_WRITER_OWNS,
  HISTORY_MOVED,
  HISTORY_REFUSED,
  KIND_WRITE,
  MEMORY_OWNER_BYTES,
  MEMORY_READS,
  MEMORY_WRITE_BACKS,
  NO_LINE,
  OWNER_EVICTED,
  OWNER_FILLS,
  OWNER_FILLS_INTO_INVALID,
  OWNER_INVALIDATED,
  OWNER_MASK,
  OWNER_READ_MISSES,
  OWNER_READS,
  OWNER_RECEIVED,
  OWNER_REFUSED,
  OWNER_TRANSFERRED,
  OWNER_WRITE_BACKS,
  OWNERS,
  SLOTS,
  STEP_MEMORY,
  TAGS,
  WAY_CACHE,
  WAY_LINES,
} from './layout';
import { hitsPlainly, PLACED, placePlainly, placesPlainly, REFUSED, victim } from './plain-cache';
import { victimFor } from './victim';

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
  return missInPlain(cache, flags, block, set, line, kind, owner, true, 0) & ANSWER_STEP;
}

/**
 * A demand access at one cache. A store `performs` until it is clear which cache takes it: further out it is only a read
 * for ownership.
 */
function demand(cache: usize, line: u32, kind: u32, owner: u32, performs: bool, step: u32): u32 {
  const flags = load<u32>(cache, CACHE_FLAGS);
  const set = setOf(cache, line);
  const block = blockOf(cache, set);
  increment(ownerRecord(cache, owner) + OWNER_READS + (kind << 3));
  const stores = performs && kind === KIND_WRITE;
  if (flags & FLAG_PLAIN) {
    const found = i8x16.bitmask(waysWithTag(block, i32x4.splat(line)));
    if (found === 0) return missInPlain(cache, flags, block, set, line, kind, owner, performs, step);
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

/** A line that is stored to becomes dirty and, as an option, the writer's; it stays where it is (A 3.2). */
function markDirty(cache: usize, flags: u32, block: usize, way: i32, owner: u32): void {
  const group = groupOf(cache, block, way);
  const at = group + ((way & 15) << 1);
  const before = (load<u16>(at, OWNERS) as u32) & OWNER_MASK;
  if (before === owner || !(flags & FLAG_WRITER_OWNS)) {
    store<u16>(at, (before | DIRTY) as u16, OWNERS);
    return;
  }
  store<u16>(at, (owner | DIRTY) as u16, OWNERS);
  store<u8>(group + (way & 15), slotOf(cache, owner) as u8, SLOTS);
  changeOccupancy(cache, before, -1);
  changeOccupancy(cache, owner, 1);
  const loser = ownerRecord(cache, before);
  const winner = ownerRecord(cache, owner);
  store<i64>(loser, load<i64>(loser, OWNER_TRANSFERRED) - 1, OWNER_TRANSFERRED);
  store<i64>(winner, load<i64>(winner, OWNER_TRANSFERRED) + 1, OWNER_TRANSFERRED);
}

/** An exclusive cache gives a line that is asked for to the caches inside. @returns the answer's bits but for the step. */
function moveInside(cache: usize, block: usize, way: i32, line: u32): u32 {
  const held = removeLine(cache, block, way, line, HISTORY_MOVED);
  const dirty: u32 = held & DIRTY ? ANSWER_DIRTY : 0;
  return ANSWER_MOVED | dirty | ((held & OWNER_MASK) << ANSWER_OWNER_SHIFT);
}

/** A miss in a plain cache. What it fetches comes from a cache that is not exclusive, or from memory. */
function missInPlain(
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
  const answer = fetch(cache, line, kind, owner, false, step);
  const isDirty = performs && kind === KIND_WRITE && (flags & FLAG_WRITE_BACK) !== 0;
  if ((answer & ANSWER_UNCACHED) === 0 && place(cache, flags, block, set, line, owner, isDirty)) return answer;
  refuse(cache, line, owner);
  if (isDirty) passOn(cache, line, owner, true, owner);
  return answer;
}

/** Put a line into a plain cache, and send outward what makes room for it. @returns false if no way may be taken. */
function placeInPlain(cache: usize, block: usize, line: u32, owner: u32, dirt: u32): bool {
  const placed = placePlainly(cache, block, line, owner, dirt, load<u32>(cache, CACHE_OUTER));
  if (placed === PLACED) return true;
  if (placed === REFUSED) return false;
  passOn(cache, victim, placed, true, owner);
  return true;
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
  const way = allocate(cache, flags, block, set, line, owner);
  if (way >= 0) {
    fill(cache, flags, block, way, line, owner, isDirty && (flags & FLAG_WRITE_BACK) !== 0);
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

/** Ask the next outer cache, or memory. */
@inline
function fetch(cache: usize, line: u32, kind: u32, owner: u32, performs: bool, step: u32): u32 {
  const outer = load<u32>(cache, CACHE_OUTER);
  if (outer !== 0) return demand(outer, line, kind, owner, performs, step + 1);
  increment(load<u32>(cache, CACHE_MEMORY) + owner * MEMORY_OWNER_BYTES + MEMORY_READS + (kind << 3));
  return STEP_MEMORY;
}

/** Why this miss: the line was never here, was refused, moved, or whose fill took it away. */
@inline
function classify(cache: usize, line: u32, owner: u32): void {
  const history = load<u32>(cache, CACHE_HISTORY);
  if (history === 0) return;
  const last = load<u16>(history + (line << 1)) as u32;
  increment(load<u32>(cache, CACHE_CAUSES) + (((owner << load<u32>(cache, CACHE_OWNER_SHIFT)) + last) << 3));
}

@inline
function remember(cache: usize, line: u32, history: u32): void {
  const table = load<u32>(cache, CACHE_HISTORY);
  if (table !== 0) store<u16>(table + (line << 1), history as u16);
}

function refuse(cache: usize, line: u32, owner: u32): void {
  increment(ownerRecord(cache, owner) + OWNER_REFUSED);
  remember(cache, line, HISTORY_REFUSED);
}

/** Choose a way for a line of `owner` and empty it. @returns the way, or -1. */
@inline
function allocate(cache: usize, flags: u32, block: usize, set: u32, line: u32, owner: u32): i32 {
  const way = victimFor(cache, flags, block, set, owner);
  if (way < 0) return way;
  const victim = load<u32>(groupOf(cache, block, way) + ((way & 15) << 2), TAGS);
  const record = ownerRecord(cache, owner);
  increment(record + OWNER_FILLS);
  if (victim === NO_LINE) {
    increment(record + OWNER_FILLS_INTO_INVALID);
    store<u64>(cache, load<u64>(cache, CACHE_INVALID) - 1, CACHE_INVALID);
    changeOccupancy(cache, owner, 1);
  } else {
    evict(cache, flags, block, way, victim, owner);
  }
  return way;
}

/**
 * A line makes room for one of `evictor`. Its way counts as the evictor's from here on. Caches inside an inclusive one
 * lose their copies; dirty data, and everything where the next outer cache is exclusive, goes outward.
 */
@inline
function evict(cache: usize, flags: u32, block: usize, way: i32, victim: u32, evictor: u32): void {
  const held = load<u16>(groupOf(cache, block, way) + ((way & 15) << 1), OWNERS) as u32;
  const owner = held & OWNER_MASK;
  const flows = load<u32>(cache, CACHE_FLOWS);
  if (flows !== 0) increment(flows + (((evictor << load<u32>(cache, CACHE_OWNER_SHIFT)) + owner) << 3));
  increment(ownerRecord(cache, owner) + OWNER_EVICTED);
  remember(cache, victim, evictor);
  if (owner !== evictor) {
    changeOccupancy(cache, owner, -1);
    changeOccupancy(cache, evictor, 1);
  }
  let dirty = (held & DIRTY) !== 0;
  if (flags & FLAG_INCLUSIVE && dropInside(cache, victim, evictor)) dirty = true;
  const outer = load<u32>(cache, CACHE_OUTER);
  if (!dirty && (outer === 0 || !(load<u32>(outer, CACHE_FLAGS) & FLAG_EXCLUSIVE))) return;
  // Emptied first: what follows further out may look for copies here.
  store<u32>(groupOf(cache, block, way) + ((way & 15) << 2), NO_LINE, TAGS);
  sendOutward(cache, victim, owner, dirty, evictor);
}

/** Put the line into an emptied way whose occupancy is already counted. */
@inline
function fill(cache: usize, flags: u32, block: usize, way: i32, line: u32, owner: u32, isDirty: bool): void {
  const group = groupOf(cache, block, way);
  const lane = way & 15;
  store<u32>(group + (lane << 2), line, TAGS);
  store<u16>(group + (lane << 1), (owner | (isDirty ? DIRTY : 0)) as u16, OWNERS);
  store<u8>(group + lane, slotOf(cache, owner) as u8, SLOTS);
  touchFill(cache, flags, block, way);
}

/** A line leaves without another in its place. @returns its owner and dirty bit. */
function removeLine(cache: usize, block: usize, way: i32, line: u32, history: u32): u32 {
  const group = groupOf(cache, block, way);
  const held = load<u16>(group + ((way & 15) << 1), OWNERS) as u32;
  const owner = held & OWNER_MASK;
  store<u32>(group + ((way & 15) << 2), NO_LINE, TAGS);
  store<u64>(cache, load<u64>(cache, CACHE_INVALID) + 1, CACHE_INVALID);
  changeOccupancy(cache, owner, -1);
  increment(ownerRecord(cache, owner) + OWNER_INVALIDATED);
  remember(cache, line, history);
  return held;
}

/** Back-invalidation: no cache inside may keep the line. @returns whether a copy was dirty. */
function dropInside(cache: usize, line: u32, evictor: u32): bool {
  let dirty = false;
  for (let inner: usize = load<u32>(cache, CACHE_FIRST_INNER); inner !== 0; inner = load<u32>(inner, CACHE_NEXT_SIBLING)) {
    const block = blockOf(inner, setOf(inner, line));
    const way = findWay(inner, block, line);
    if (way >= 0 && removeLine(inner, block, way, line, evictor) & DIRTY) dirty = true;
    if (dropInside(inner, line, evictor)) dirty = true;
  }
  return dirty;
}

/** A line leaves a cache for the next outer one, or for memory, under the owner it was stored with. */
function sendOutward(cache: usize, line: u32, owner: u32, dirty: bool, evictor: u32): void {
  if (dirty) increment(ownerRecord(cache, owner) + OWNER_WRITE_BACKS);
  passOn(cache, line, owner, dirty, evictor);
}

function passOn(cache: usize, line: u32, owner: u32, dirty: bool, evictor: u32): void {
  const outer = load<u32>(cache, CACHE_OUTER);
  if (outer !== 0) {
    receive(outer, line, owner, dirty, evictor);
  } else if (dirty) {
    const billed = load<u32>(cache, CACHE_FLAGS) & FLAG_EVICTOR_PAYS ? evictor : owner;
    increment(load<u32>(cache, CACHE_MEMORY) + billed * MEMORY_OWNER_BYTES + MEMORY_WRITE_BACKS);
  }
}

/** A line comes from a cache inside: dirty, or any line where this cache is exclusive. */
function receive(cache: usize, line: u32, owner: u32, dirty: bool, evictor: u32): void {
  const flags = load<u32>(cache, CACHE_FLAGS);
  increment(ownerRecord(cache, owner) + OWNER_RECEIVED);
  const set = setOf(cache, line);
  const block = blockOf(cache, set);
  const dirt: u32 = dirty && flags & FLAG_WRITE_BACK ? DIRTY : 0;
  if (flags & FLAG_PLAIN) {
    const found = i8x16.bitmask(waysWithTag(block, i32x4.splat(line)));
    if (found === 0) {
      receiveNew(cache, flags, block, set, line, owner, dirty, evictor);
      return;
    }
    makeNewestOf16(block, ctz(found));
    const at = block + (ctz(found) << 1);
    store<u16>(at, ((load<u16>(at, OWNERS) as u32) | dirt) as u16, OWNERS);
    return;
  }
  const found = findWay(cache, block, line);
  if (found < 0) {
    receiveNew(cache, flags, block, set, line, owner, dirty, evictor);
    return;
  }
  touchHit(cache, flags, block, found);
  if (dirt !== 0) markDirty(cache, flags, block, found, owner);
  if (dirty && flags & FLAG_WRITE_THROUGH) passOn(cache, line, owner, true, evictor);
}

/** The same for a line that the cache does not have. */
function receiveNew(
  cache: usize,
  flags: u32,
  block: usize,
  set: u32,
  line: u32,
  owner: u32,
  dirty: bool,
  evictor: u32,
): void {
  const isDirty = dirty && (flags & FLAG_WRITE_BACK) !== 0;
  const isPlaced = mayHold(cache, line) && place(cache, flags, block, set, line, owner, isDirty);
  if (!isPlaced) refuse(cache, line, owner);
  if (dirty && (!isPlaced || flags & FLAG_WRITE_THROUGH)) passOn(cache, line, owner, true, evictor);
}

/** Put a line into a cache. @returns false if no way may be taken. */
function place(cache: usize, flags: u32, block: usize, set: u32, line: u32, owner: u32, isDirty: bool): bool {
  if (placesPlainly(cache, flags, owner)) return placeInPlain(cache, block, line, owner, select(DIRTY, 0, isDirty));
  const way = allocate(cache, flags, block, set, line, owner);
  if (way >= 0) fill(cache, flags, block, way, line, owner, isDirty);
  return way >= 0;
}

/** Whether all inclusive caches further out have the line: one that had no room for it keeps it out of those inside. */
function mayHold(cache: usize, line: u32): bool {
  for (let outer: usize = load<u32>(cache, CACHE_OUTER); outer !== 0; outer = load<u32>(outer, CACHE_OUTER)) {
    if (!(load<u32>(outer, CACHE_FLAGS) & FLAG_INCLUSIVE)) continue;
    if (findWay(outer, blockOf(outer, setOf(outer, line)), line) < 0) return false;
  }
  return true;
}

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
      increment(load<u32>(cache, CACHE_MEMORY) + owner * MEMORY_OWNER_BYTES + MEMORY_READS + (kind << 3));
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
