/**
 * Lines that find a place and lines that leave one: who makes room, what becomes of copies further in, and where a line
 * goes that had to go (A 3.2). It carries the owner that it was stored with.
 */
import { changeOccupancy, increment, ownerRecord, slotOf } from './accounting';
import { refuse, remember, takeOver } from './attribution';
import { blockOf, findWay, groupOf, makeNewestOf16, setOf, touchFill, touchHit, waysWithTag } from './cache-set';
import {
  CACHE_FIRST_INNER,
  CACHE_FLAGS,
  CACHE_INVALID,
  CACHE_MEMORY,
  CACHE_NEXT_SIBLING,
  CACHE_OUTER,
  DIRTY,
  FLAG_EVICTOR_PAYS,
  FLAG_EXCLUSIVE,
  FLAG_INCLUSIVE,
  FLAG_PLAIN,
  FLAG_WRITER_OWNS,
  FLAG_WRITE_BACK,
  FLAG_WRITE_THROUGH,
  MEMORY_OWNER_BYTES,
  MEMORY_WRITE_BACKS,
  NO_LINE,
  OWNERS,
  OWNER_FILLS,
  OWNER_FILLS_INTO_INVALID,
  OWNER_INVALIDATED,
  OWNER_MASK,
  OWNER_RECEIVED,
  OWNER_TRANSFERRED,
  OWNER_WRITE_BACKS,
  SLOTS,
  TAGS,
} from './layout';
import { beyond } from './egress';
import { askMemory } from './outbox';
import { displacedLine, PLACED, placePlainly, placesPlainly, REFUSED } from './plain-cache';
import { victimFor } from './victim';

/** Put a line into a cache. @returns false if no way may be taken. */
export function place(cache: usize, flags: u32, block: usize, set: u32, line: u32, owner: u32, isDirty: bool): bool {
  if (placesPlainly(cache, flags, owner)) return placeInPlain(cache, block, line, owner, select(DIRTY, 0, isDirty));
  const way = allocate(cache, flags, block, set, line, owner);
  if (way >= 0) fill(cache, flags, block, way, line, owner, isDirty);
  return way >= 0;
}

/** Put a line into a plain cache, and send outward what makes room for it. @returns false if no way may be taken. */
function placeInPlain(cache: usize, block: usize, line: u32, owner: u32, dirt: u32): bool {
  const placed = placePlainly(cache, block, line, owner, dirt, load<u32>(cache, CACHE_OUTER));
  if (placed === PLACED) return true;
  if (placed === REFUSED) return false;
  passOn(cache, displacedLine, placed, true, owner);
  return true;
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
 * A line makes room for one of `evictor`. Caches inside an inclusive one lose their copies; dirty data, and everything
 * where the next outer cache is exclusive, goes outward.
 */
@inline
function evict(cache: usize, flags: u32, block: usize, way: i32, victim: u32, evictor: u32): void {
  const held = load<u16>(groupOf(cache, block, way) + ((way & 15) << 1), OWNERS) as u32;
  const owner = held & OWNER_MASK;
  takeOver(cache, victim, owner, evictor);
  let dirty = (held & DIRTY) !== 0;
  let sender = owner;
  if (flags & FLAG_INCLUSIVE) {
    const writer = dropInside(cache, victim, evictor);
    if (writer !== 0) dirty = true;
    if (writer !== 0 && flags & FLAG_WRITER_OWNS) sender = writer;
  }
  const outer = load<u32>(cache, CACHE_OUTER);
  if (!dirty && (outer === 0 || !(load<u32>(outer, CACHE_FLAGS) & FLAG_EXCLUSIVE))) return;
  // Emptied first: what follows further out may look for copies here.
  store<u32>(groupOf(cache, block, way) + ((way & 15) << 2), NO_LINE, TAGS);
  sendOutward(cache, victim, sender, dirty, evictor);
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

/** A line that is stored to becomes dirty and, as an option, the writer's; it stays where it is (A 3.2). */
export function markDirty(cache: usize, flags: u32, block: usize, way: i32, owner: u32): void {
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

/** A line leaves without another in its place. @returns its owner and dirty bit. */
export function removeLine(cache: usize, block: usize, way: i32, line: u32, history: u32): u32 {
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

/**
 * Back-invalidation: no cache inside may keep the line.
 * @returns the owner of a dirty copy, the innermost if there are several; 0 if none was dirty.
 */
function dropInside(cache: usize, line: u32, evictor: u32): u32 {
  let writer: u32 = 0;
  let inner: usize = load<u32>(cache, CACHE_FIRST_INNER);
  for (; inner !== 0; inner = load<u32>(inner, CACHE_NEXT_SIBLING)) {
    const block = blockOf(inner, setOf(inner, line));
    const way = findWay(inner, block, line);
    if (way >= 0) {
      const held = removeLine(inner, block, way, line, evictor);
      if (held & DIRTY) writer = held & OWNER_MASK;
    }
    const further = dropInside(inner, line, evictor);
    if (further !== 0) writer = further;
  }
  return writer;
}

/** A line leaves a cache for the next outer one, or for memory, under the owner it was stored with. */
function sendOutward(cache: usize, line: u32, owner: u32, dirty: bool, evictor: u32): void {
  if (dirty) increment(ownerRecord(cache, owner) + OWNER_WRITE_BACKS);
  passOn(cache, line, owner, dirty, evictor);
}

export function passOn(cache: usize, line: u32, owner: u32, dirty: bool, evictor: u32): void {
  const outer = load<u32>(cache, CACHE_OUTER);
  if (outer !== 0) {
    receive(outer, line, owner, dirty, evictor);
  } else if (dirty) {
    const billed = beyond(cache, load<u32>(cache, CACHE_FLAGS) & FLAG_EVICTOR_PAYS ? evictor : owner);
    increment(load<u32>(cache, CACHE_MEMORY) + billed * MEMORY_OWNER_BYTES + MEMORY_WRITE_BACKS);
    askMemory(cache, line, billed, true);
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

/** Whether all inclusive caches further out have the line: one that had no room for it keeps it out of those inside. */
function mayHold(cache: usize, line: u32): bool {
  for (let outer: usize = load<u32>(cache, CACHE_OUTER); outer !== 0; outer = load<u32>(outer, CACHE_OUTER)) {
    if (!(load<u32>(outer, CACHE_FLAGS) & FLAG_INCLUSIVE)) continue;
    if (findWay(outer, blockOf(outer, setOf(outer, line)), line) < 0) return false;
  }
  return true;
}
