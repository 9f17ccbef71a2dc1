/**
 * Settings of a partition that act on a channel from now on (docs/bandwidth.md, "Used bandwidth"). What was used stays used;
 * a partition without MIN and MAX has used nothing.
 */
import { becomeFirst } from './backlog';
import { findNextDecision, isDueAt } from './decisions';
import { forgetUse, nextWindow, updateUse } from './regulator';
import {
  BANDWIDTH_SLOT_BYTES,
  BWSLOT_DEADLINE,
  BWSLOT_FLAG_HARD,
  BWSLOT_FLAG_STRIDE,
  BWSLOT_FLAG_TRACKED,
  BWSLOT_FLAGS,
  BWSLOT_HEAD,
  BWSLOT_LAST_DEADLINE,
  BWSLOT_MAXIMUM,
  BWSLOT_MAXIMUM_USE,
  BWSLOT_MINIMUM,
  BWSLOT_MINIMUM_USE,
  BWSLOT_STRIDE,
  BWSLOT_USED,
  BWSLOT_USED_AT,
  BWSLOT_USED_MINIMUM,
  BWSLOT_WINDOW,
  CHANNEL_BACKLOG_COUNT,
  CHANNEL_CLOCK,
  CHANNEL_DECISION,
  CHANNEL_FREE,
  CHANNEL_SLOT_COUNT,
  CHANNEL_SLOTS,
  CHANNEL_STRIDES,
  CHANNEL_WINDOW,
  MAXIMUM_WHOLE,
  TRAFFIC_NOW,
  WINDOW_DECAYING,
  WINDOW_FIXED,
  WINDOW_MOVING,
} from './traffic-layout';

/** MIN, MAX and HARDLIM of a slot, and its window in ps. */
export function limitUse(
  traffic: usize,
  channel: usize,
  slot: usize,
  minimum: u32,
  maximum: u32,
  isHard: bool,
  windowPs: f64,
): void {
  const now = load<i64>(traffic, TRAFFIC_NOW);
  const flags = load<u32>(slot, BWSLOT_FLAGS);
  if (flags & BWSLOT_FLAG_TRACKED) updateUse(channel, slot, now);
  const isTracked = minimum > 0 || maximum !== MAXIMUM_WHOLE;
  if (!isTracked || !(flags & BWSLOT_FLAG_TRACKED)) forgetUse(channel, slot);
  const kept = flags & ~(BWSLOT_FLAG_TRACKED | BWSLOT_FLAG_HARD);
  store<u32>(slot, kept | select(BWSLOT_FLAG_TRACKED, 0, isTracked) | select(BWSLOT_FLAG_HARD, 0, isHard), BWSLOT_FLAGS);
  store<i64>(slot, minimum, BWSLOT_MINIMUM);
  store<i64>(slot, maximum, BWSLOT_MAXIMUM);
  store<i64>(slot, windowPs as i64, BWSLOT_WINDOW);
  writeThresholds(channel, slot);
  const kind = load<u32>(channel, CHANNEL_WINDOW);
  if (kind === WINDOW_FIXED) store<i64>(slot, nextWindow(slot, now), BWSLOT_USED_AT);
  if (kind === WINDOW_MOVING) store<i64>(slot, now, BWSLOT_USED_AT);
  if (kind !== WINDOW_DECAYING) return;
  store<i64>(slot, now, BWSLOT_USED_AT);
  if (minimum === 0) store<i64>(slot, 0, BWSLOT_USED_MINIMUM);
  if (maximum === MAXIMUM_WHOLE) store<i64>(slot, 0, BWSLOT_USED);
}

/** floor(MIN x W), max(1, floor(MAX x W)); MAX of all ones is never reached (A 3.11). */
function writeThresholds(channel: usize, slot: usize): void {
  const window = load<i64>(slot, BWSLOT_WINDOW);
  const maximum = load<i64>(slot, BWSLOT_MAXIMUM);
  const unit: i64 = load<u32>(channel, CHANNEL_WINDOW) === WINDOW_DECAYING ? 16 : 0;
  store<i64>(slot, ((load<i64>(slot, BWSLOT_MINIMUM) * window) >> 16) << unit, BWSLOT_MINIMUM_USE);
  const most = max<i64>(1, (maximum * window) >> 16) << unit;
  store<i64>(slot, maximum === MAXIMUM_WHOLE ? i64.MAX_VALUE : most, BWSLOT_MAXIMUM_USE);
}

/** MBW_PROP of a slot: STRIDEM1 + 1, or 0 where EN is 0. A first request that has its deadline keeps it. */
export function setStride(channel: usize, slot: usize, stride: u32): void {
  const flags = load<u32>(slot, BWSLOT_FLAGS);
  const wasOn = (flags & BWSLOT_FLAG_STRIDE) !== 0;
  const isOn = stride !== 0;
  store<u32>(slot, (flags & ~BWSLOT_FLAG_STRIDE) | select(BWSLOT_FLAG_STRIDE, 0, isOn), BWSLOT_FLAGS);
  store<i64>(slot, max<u32>(stride, 1), BWSLOT_STRIDE);
  if (wasOn === isOn) return;
  const before = load<u32>(channel, CHANNEL_STRIDES);
  store<u32>(channel, isOn ? before + 1 : before - 1, CHANNEL_STRIDES);
  if (before === 0) beginDeadlines(channel);
}

/** The first partition has it enabled: the clock starts, and every request that is the first of its partition gets a deadline. */
function beginDeadlines(channel: usize): void {
  store<i64>(channel, 0, CHANNEL_CLOCK);
  let slot: usize = load<u32>(channel, CHANNEL_SLOTS);
  const end = slot + load<u32>(channel, CHANNEL_SLOT_COUNT) * BANDWIDTH_SLOT_BYTES;
  for (; slot < end; slot += BANDWIDTH_SLOT_BYTES) {
    store<i64>(slot, 0, BWSLOT_LAST_DEADLINE);
    store<i64>(slot, 0, BWSLOT_DEADLINE);
    if (load<u32>(slot, BWSLOT_HEAD) !== 0) becomeFirst(channel, slot);
  }
}

/** Settings of a channel have changed: who waits may be served now, or only later. */
export function reconsider(traffic: usize, channel: usize): void {
  if (load<u32>(channel, CHANNEL_BACKLOG_COUNT) === 0) return;
  const earliest = max(load<i64>(traffic, TRAFFIC_NOW), load<i64>(channel, CHANNEL_FREE));
  store<i64>(channel, i64.MAX_VALUE, CHANNEL_DECISION);
  isDueAt(traffic, channel, earliest);
  findNextDecision(traffic);
}
