/** Who holds how much, and what that makes of a partition's priority. */
import {
  CACHE_FLAGS,
  CACHE_OWNER_SLOTS,
  CACHE_OWNERS,
  CACHE_SLOT_PRIORITIES,
  CACHE_SLOTS,
  CACHE_UNUSUAL_SLOTS,
  FLAG_LIMITS,
  OWNER_BYTES,
  OWNER_OCCUPANCY,
  PRIORITY_ABOVE_MAXIMUM,
  PRIORITY_BELOW_MINIMUM,
  PRIORITY_DISABLED,
  PRIORITY_NORMAL,
  SLOT_BYTES,
  SLOT_DISABLED,
  SLOT_DROP_LIMIT,
  SLOT_MINIMUM,
  SLOT_OCCUPANCY,
} from './layout';

/** Address of an owner's counters in a cache. */
@inline
export function ownerRecord(cache: usize, owner: u32): usize {
  return load<u32>(cache, CACHE_OWNERS) + owner * OWNER_BYTES;
}

@inline
export function slotOf(cache: usize, owner: u32): u32 {
  return load<u8>(load<u32>(cache, CACHE_OWNER_SLOTS) + owner) as u32;
}

@inline
export function increment(counter: usize): void {
  store<u64>(counter, load<u64>(counter) + 1);
}

@inline
export function add(counter: usize, amount: i64): void {
  store<i64>(counter, load<i64>(counter) + amount);
}

/** A line more (+1) or less (-1) for an owner and for its partition. */
@inline
export function changeOccupancy(cache: usize, owner: u32, change: i32): void {
  const record = ownerRecord(cache, owner);
  store<i64>(record, load<i64>(record, OWNER_OCCUPANCY) + change, OWNER_OCCUPANCY);
  const slot = slotOf(cache, owner);
  const partition = load<u32>(cache, CACHE_SLOTS) + slot * SLOT_BYTES;
  const lines = load<i32>(partition, SLOT_OCCUPANCY) + change;
  store<i32>(partition, lines, SLOT_OCCUPANCY);
  if (load<u32>(cache, CACHE_FLAGS) & FLAG_LIMITS) judge(cache, slot, lines - change, lines);
}

/** Bring a partition's priority up to date after its occupancy changed (A 3.5: `>` for the drop, `<` for the raise). */
function judge(cache: usize, slot: u32, before: i32, lines: i32): void {
  const at = load<u32>(cache, CACHE_SLOT_PRIORITIES) + slot;
  const old = load<u8>(at);
  const now = priorityOf(cache, slot, lines);
  store<u8>(at, now);
  const wasUnusual = before > 0 && old !== PRIORITY_NORMAL;
  const isUnusual = lines > 0 && now !== PRIORITY_NORMAL;
  const unusual = load<i32>(cache, CACHE_UNUSUAL_SLOTS) + (isUnusual as i32) - (wasUnusual as i32);
  store<i32>(cache, unusual, CACHE_UNUSUAL_SLOTS);
}

function priorityOf(cache: usize, slot: u32, lines: i32): u8 {
  if (slot === SLOT_DISABLED) return PRIORITY_DISABLED as u8;
  const partition = load<u32>(cache, CACHE_SLOTS) + slot * SLOT_BYTES;
  if (lines > load<i32>(partition, SLOT_DROP_LIMIT)) return PRIORITY_ABOVE_MAXIMUM as u8;
  return (lines < load<i32>(partition, SLOT_MINIMUM) ? PRIORITY_BELOW_MINIMUM : PRIORITY_NORMAL) as u8;
}

/** Make all priorities anew after limits, or the occupancies of slots, were set from outside. */
export function judgeAll(cache: usize, slots: u32): void {
  let unusual: i32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++) {
    const lines = load<i32>(load<u32>(cache, CACHE_SLOTS) + slot * SLOT_BYTES, SLOT_OCCUPANCY);
    const priority = priorityOf(cache, slot, lines);
    store<u8>(load<u32>(cache, CACHE_SLOT_PRIORITIES) + slot, priority);
    if (lines > 0 && priority !== PRIORITY_NORMAL) unusual++;
  }
  store<i32>(cache, unusual, CACHE_UNUSUAL_SLOTS);
}
