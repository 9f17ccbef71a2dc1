/**
 * The short way through the usual cache (FLAG_PLAIN): what hierarchy.ts, cache-set.ts and victim.ts do, for LRU, at
 * most 16 ways, no limits that decide, and nothing to do in caches further in. Same result, a third of the
 * instructions.
 *
 * What a hit needs to know of a first-level cache lies together in the PE's record; a hit is found, counted and put in
 * order without a call.
 */
import { changeOccupancy, increment, ownerRecord, slotOf } from './accounting';
import { takeOver } from './attribution';
import { makeNewestOf16, waysWithTag } from './cache-set';
import {
  CACHE_FLAGS,
  CACHE_INVALID,
  CACHE_MEMORY,
  CACHE_OWNER_SLOTS,
  CACHE_SLOTS,
  CACHE_SLOT_WAYS,
  CACHE_UNUSUAL_SLOTS,
  DIRTY,
  FLAG_EVICTOR_PAYS,
  FLAG_LIMITS,
  FLAG_PLAIN,
  KIND_WRITE,
  MEMORY_OWNER_BYTES,
  MEMORY_WRITE_BACKS,
  NO_LINE,
  OWNERS,
  OWNER_BYTES,
  OWNER_FILLS,
  OWNER_FILLS_INTO_INVALID,
  OWNER_MASK,
  OWNER_READS,
  OWNER_WRITE_BACKS,
  RANKS,
  SLOTS,
  SLOT_ASSOCIATIVITY,
  SLOT_BYTES,
  SLOT_GROWTH_LIMIT,
  SLOT_OCCUPANCY,
  TAGS,
  UNLIMITED,
  WAY_DIRT,
  WAY_LINES,
  WAY_MASK,
  WAY_OWNERS,
} from './layout';
import { beyond } from './egress';
import { askMemory, isCollecting } from './outbox';
import { largestByte } from './victim';

/** What `placePlainly` answers when no way may be taken. */
export const REFUSED: u32 = 0xffffffff;
/** What it answers when nothing more is to be done. */
export const PLACED: u32 = 0xfffffffe;

/**
 * Whether a line of this owner can be placed the short way: a plain cache, and no limit that decides anything at
 * present.
 */
@inline
export function placesPlainly(cache: usize, flags: u32, owner: u32): bool {
  if ((flags & FLAG_PLAIN) === 0) return false;
  return (flags & FLAG_LIMITS) === 0 || !limitsDecide(cache, slotOf(cache, owner));
}

/**
 * Limits decide where the requester is at its maximum, has one for sets, or any line has another priority than most.
 * (Without such lines a requester of low priority has none itself, and one of high priority finds nobody above it.)
 */
function limitsDecide(cache: usize, slot: u32): bool {
  const record = load<u32>(cache, CACHE_SLOTS) + slot * SLOT_BYTES;
  return (
    load<i32>(cache, CACHE_UNUSUAL_SLOTS) !== 0 ||
    load<i32>(record, SLOT_OCCUPANCY) >= load<i32>(record, SLOT_GROWTH_LIMIT) ||
    load<i32>(record, SLOT_ASSOCIATIVITY) !== UNLIMITED
  );
}

/**
 * Look a line up in the plain first cache of a way out of a PE.
 * @returns whether it was there; if not, nothing has been counted or changed.
 */
@inline
export function hitsPlainly(wayOut: usize, line: u32, kind: u32, owner: u32): bool {
  const block = load<u32>(wayOut, WAY_LINES) + ((line & load<u32>(wayOut, WAY_MASK)) << 7);
  const found = i8x16.bitmask(waysWithTag(block, i32x4.splat(line)));
  if (found === 0) return false;
  const way = ctz(found);
  makeNewestOf16(block, way);
  increment(load<u32>(wayOut, WAY_OWNERS) + owner * OWNER_BYTES + OWNER_READS + (kind << 3));
  // Without a branch: whether an access is a store is hard to predict.
  const at = block + (way << 1);
  const held: u32 = load<u16>(at, OWNERS);
  store<u16>(at, (held | select(load<u32>(wayOut, WAY_DIRT), 0, kind === KIND_WRITE)) as u16, OWNERS);
  return true;
}

/**
 * Make room in a plain cache for a line of `owner`, and put it there.
 * @param dirt DIRTY for a line that comes dirty.
 * @returns PLACED, REFUSED, or the owner of a dirty line that made room: `displacedLine` has to go to the next outer
 * cache under it.
 */
@inline
export function placePlainly(cache: usize, block: usize, line: u32, owner: u32, dirt: u32, outer: usize): u32 {
  const slot: u32 = load<u8>(load<u32>(cache, CACHE_OWNER_SLOTS) + owner);
  const candidates = v128.load(load<u32>(cache, CACHE_SLOT_WAYS) + (slot << 4));
  const record = ownerRecord(cache, owner);
  const ranks = v128.load(block, RANKS);
  if (load<u64>(cache, CACHE_INVALID) !== 0) {
    const free = i8x16.bitmask(v128.and(candidates, waysWithTag(block, i32x4.splat(NO_LINE))));
    if (free !== 0) {
      increment(record + OWNER_FILLS);
      increment(record + OWNER_FILLS_INTO_INVALID);
      store<u64>(cache, load<u64>(cache, CACHE_INVALID) - 1, CACHE_INVALID);
      changeOccupancy(cache, owner, 1);
      putLine(block, ctz(free), line, owner | dirt, slot);
      makeNewestOf16(block, ctz(free));
      return PLACED;
    }
  }
  const keys = v128.and(candidates, i8x16.add(ranks, i8x16.splat(1)));
  const oldest = largestByte(keys);
  if (oldest === 0) return REFUSED;
  const way = ctz(i8x16.bitmask(i8x16.eq(keys, i8x16.splat(oldest as u8))));
  increment(record + OWNER_FILLS);
  const gone = load<u32>(block + (way << 2), TAGS);
  const held: u32 = load<u16>(block + (way << 1), OWNERS);
  takeOver(cache, gone, held & OWNER_MASK, owner);
  v128.store(block, i8x16.sub(ranks, i8x16.lt_u(ranks, i8x16.splat((oldest - 1) as u8))), RANKS);
  store<u8>(block + way, 0, RANKS);
  putLine(block, way, line, owner | dirt, slot);
  const writesBack = held >> 15;
  const victimRecord = ownerRecord(cache, held & OWNER_MASK);
  store<u64>(victimRecord, load<u64>(victimRecord, OWNER_WRITE_BACKS) + (writesBack as u64), OWNER_WRITE_BACKS);
  if (outer === 0) {
    const billed = beyond(cache, load<u32>(cache, CACHE_FLAGS) & FLAG_EVICTOR_PAYS ? owner : held & OWNER_MASK);
    const bill = load<u32>(cache, CACHE_MEMORY) + billed * MEMORY_OWNER_BYTES;
    store<u64>(bill, load<u64>(bill, MEMORY_WRITE_BACKS) + (writesBack as u64), MEMORY_WRITE_BACKS);
    if (isCollecting() && writesBack !== 0) askMemory(cache, gone, billed, true);
    return PLACED;
  }
  if (writesBack === 0) return PLACED;
  displacedLine = gone;
  return held & OWNER_MASK;
}

/** The dirty line that `placePlainly` sent away. */
export let displacedLine: u32 = 0;

@inline
function putLine(block: usize, way: u32, line: u32, held: u32, slot: u32): void {
  store<u32>(block + (way << 2), line, TAGS);
  store<u16>(block + (way << 1), held as u16, OWNERS);
  store<u8>(block + way, slot as u8, SLOTS);
}
