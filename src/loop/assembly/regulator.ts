/**
 * What a partition has used of a channel in its accounting window, and how long a limit holds it (A 3.6; docs/bandwidth.md,
 * "Used bandwidth").
 *
 * Use is brought up to date when somebody asks, so that time costs nothing. Partitions without MIN and MAX are not tracked.
 */
import {
  BANDWIDTH_SLOT_BYTES,
  BWSLOT_FLAG_TRACKED,
  BWSLOT_FLAGS,
  BWSLOT_MAXIMUM,
  BWSLOT_MAXIMUM_USE,
  BWSLOT_MINIMUM,
  BWSLOT_MINIMUM_USE,
  BWSLOT_NEWEST,
  BWSLOT_OLDEST,
  BWSLOT_USED,
  BWSLOT_USED_AT,
  BWSLOT_USED_MINIMUM,
  BWSLOT_WINDOW,
  CHANNEL_FREE_REMEMBERED,
  CHANNEL_NEW_REMEMBERED,
  CHANNEL_REMEMBERED_END,
  CHANNEL_SLOT_COUNT,
  CHANNEL_SLOTS,
  CHANNEL_WINDOW,
  MAXIMUM_WHOLE,
  REMEMBERED_BYTES,
  REMEMBERED_NEXT,
  REMEMBERED_TIME,
  REMEMBERED_USED,
  WINDOW_DECAYING,
  WINDOW_FIXED,
} from './traffic-layout';

/** Times below this, 70 s in ps, can be multiplied by any rate. */
const PRODUCT_SAFE: i64 = 1 << 46;

/** Bring the use of a tracked slot up to time `now`. */
@inline
export function updateUse(channel: usize, slot: usize, now: i64): void {
  const kind = load<u32>(channel, CHANNEL_WINDOW);
  if (kind === WINDOW_FIXED) beginWindow(slot, now);
  else if (kind === WINDOW_DECAYING) decay(slot, now);
  else if (now >= load<i64>(slot, BWSLOT_USED_AT)) forget(channel, slot, now);
}

/** Fixed windows begin at multiples of their length. */
@inline
function beginWindow(slot: usize, now: i64): void {
  if (now < load<i64>(slot, BWSLOT_USED_AT)) return;
  store<i64>(slot, 0, BWSLOT_USED);
  store<i64>(slot, nextWindow(slot, now), BWSLOT_USED_AT);
}

/** When the fixed window after the one that holds `now` begins. */
export function nextWindow(slot: usize, now: i64): i64 {
  const window = load<i64>(slot, BWSLOT_WINDOW);
  return (now / window + 1) * window;
}

/** Both levels sink at their rates, not below 0. */
function decay(slot: usize, now: i64): void {
  const elapsed = now - load<i64>(slot, BWSLOT_USED_AT);
  store<i64>(slot, now, BWSLOT_USED_AT);
  store<i64>(slot, sunk(load<i64>(slot, BWSLOT_USED), load<i64>(slot, BWSLOT_MAXIMUM), elapsed), BWSLOT_USED);
  const level = load<i64>(slot, BWSLOT_USED_MINIMUM);
  store<i64>(slot, sunk(level, load<i64>(slot, BWSLOT_MINIMUM), elapsed), BWSLOT_USED_MINIMUM);
}

@inline
function sunk(level: i64, rate: i64, elapsed: i64): i64 {
  if (elapsed >= PRODUCT_SAFE && level < elapsed) return 0;
  return max<i64>(level - elapsed * rate, 0);
}

/** Grants that are older than a moving window no longer count. */
function forget(channel: usize, slot: usize, now: i64): void {
  const window = load<i64>(slot, BWSLOT_WINDOW);
  let oldest: usize = load<u32>(slot, BWSLOT_OLDEST);
  while (oldest !== 0 && load<i64>(oldest, REMEMBERED_TIME) + window <= now) {
    store<i64>(slot, load<i64>(slot, BWSLOT_USED) - load<u32>(oldest, REMEMBERED_USED), BWSLOT_USED);
    const next: usize = load<u32>(oldest, REMEMBERED_NEXT);
    store<u32>(oldest, load<u32>(channel, CHANNEL_FREE_REMEMBERED), REMEMBERED_NEXT);
    store<u32>(channel, oldest as u32, CHANNEL_FREE_REMEMBERED);
    oldest = next;
  }
  store<u32>(slot, oldest as u32, BWSLOT_OLDEST);
  const expires = oldest === 0 ? i64.MAX_VALUE : load<i64>(oldest, REMEMBERED_TIME) + window;
  store<i64>(slot, expires, BWSLOT_USED_AT);
}

/** A line of the slot is granted. Its use must be up to date. */
@inline
export function charge(channel: usize, slot: usize, now: i64, service: i64): void {
  const kind = load<u32>(channel, CHANNEL_WINDOW);
  if (kind === WINDOW_DECAYING) {
    raiseLevels(slot, service << 16);
    return;
  }
  store<i64>(slot, load<i64>(slot, BWSLOT_USED) + service, BWSLOT_USED);
  if (kind !== WINDOW_FIXED) remember(channel, slot, now, service);
}

/** What is granted at or above a threshold takes nothing from that level's future: excess is not paid back. */
function raiseLevels(slot: usize, use: i64): void {
  const used = load<i64>(slot, BWSLOT_USED);
  const isLimited = load<i64>(slot, BWSLOT_MAXIMUM) !== MAXIMUM_WHOLE;
  if (isLimited && used < load<i64>(slot, BWSLOT_MAXIMUM_USE)) store<i64>(slot, used + use, BWSLOT_USED);
  const usedOfMinimum = load<i64>(slot, BWSLOT_USED_MINIMUM);
  if (usedOfMinimum < load<i64>(slot, BWSLOT_MINIMUM_USE)) store<i64>(slot, usedOfMinimum + use, BWSLOT_USED_MINIMUM);
}

function remember(channel: usize, slot: usize, now: i64, service: i64): void {
  const grant = freeRecord(channel, now);
  store<u32>(grant, 0, REMEMBERED_NEXT);
  store<u32>(grant, service as u32, REMEMBERED_USED);
  store<i64>(grant, now, REMEMBERED_TIME);
  if (load<u32>(slot, BWSLOT_OLDEST) === 0) {
    store<u32>(slot, grant as u32, BWSLOT_OLDEST);
    store<i64>(slot, now + load<i64>(slot, BWSLOT_WINDOW), BWSLOT_USED_AT);
  } else store<u32>(load<u32>(slot, BWSLOT_NEWEST), grant as u32, REMEMBERED_NEXT);
  store<u32>(slot, grant as u32, BWSLOT_NEWEST);
}

/** There is one for every line that the longest window can hold. */
function freeRecord(channel: usize, now: i64): usize {
  const unused = load<u32>(channel, CHANNEL_NEW_REMEMBERED);
  if (load<u32>(channel, CHANNEL_FREE_REMEMBERED) === 0) {
    if (unused !== load<u32>(channel, CHANNEL_REMEMBERED_END)) {
      store<u32>(channel, unused + REMEMBERED_BYTES, CHANNEL_NEW_REMEMBERED);
      return unused;
    }
    forgetAll(channel, now);
  }
  const free: usize = load<u32>(channel, CHANNEL_FREE_REMEMBERED);
  if (free === 0) unreachable();
  store<u32>(channel, load<u32>(free, REMEMBERED_NEXT), CHANNEL_FREE_REMEMBERED);
  return free;
}

/** Slots that nobody asks for keep old grants: when there are no free records left, all give back what they can. */
function forgetAll(channel: usize, now: i64): void {
  let slot: usize = load<u32>(channel, CHANNEL_SLOTS);
  const end = slot + load<u32>(channel, CHANNEL_SLOT_COUNT) * BANDWIDTH_SLOT_BYTES;
  for (; slot < end; slot += BANDWIDTH_SLOT_BYTES) {
    if (load<u32>(slot, BWSLOT_FLAGS) & BWSLOT_FLAG_TRACKED) forget(channel, slot, now);
  }
}

/** Nothing was used: what is no longer tracked. */
export function forgetUse(channel: usize, slot: usize): void {
  if (load<u32>(slot, BWSLOT_OLDEST) !== 0) forget(channel, slot, i64.MAX_VALUE);
  store<i64>(slot, 0, BWSLOT_USED);
  store<i64>(slot, 0, BWSLOT_USED_MINIMUM);
}

/** The first time at which a slot at its maximum is below it, if nothing is granted to it. Its use must be up to date. */
export function timeBelowMaximum(channel: usize, slot: usize, now: i64): i64 {
  const kind = load<u32>(channel, CHANNEL_WINDOW);
  if (kind === WINDOW_FIXED) return load<i64>(slot, BWSLOT_USED_AT);
  const excess = load<i64>(slot, BWSLOT_USED) - load<i64>(slot, BWSLOT_MAXIMUM_USE);
  if (kind === WINDOW_DECAYING) return now + excess / load<i64>(slot, BWSLOT_MAXIMUM) + 1;
  let grant: usize = load<u32>(slot, BWSLOT_OLDEST);
  let left = excess - load<u32>(grant, REMEMBERED_USED);
  while (left >= 0) {
    grant = load<u32>(grant, REMEMBERED_NEXT);
    left -= load<u32>(grant, REMEMBERED_USED);
  }
  return load<i64>(grant, REMEMBERED_TIME) + load<i64>(slot, BWSLOT_WINDOW);
}
