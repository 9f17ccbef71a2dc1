/**
 * Which partition a channel serves next: class, priority, deadline, age (A 3.6, 3.7; docs/bandwidth.md, "Order").
 */
import { timeBelowMaximum, updateUse } from './regulator';
import { isInPortion, timeOfPortion } from './portions';
import {
  BWSLOT_DEADLINE,
  BWSLOT_FLAG_HARD,
  BWSLOT_FLAG_NONE,
  BWSLOT_FLAG_TRACKED,
  BWSLOT_FLAGS,
  BWSLOT_GRANTED,
  BWSLOT_HEAD,
  BWSLOT_IS_HELD,
  BWSLOT_MAXIMUM_USE,
  BWSLOT_MINIMUM_USE,
  BWSLOT_PORTIONS,
  BWSLOT_PRIORITY,
  BWSLOT_USED,
  BWSLOT_USED_MINIMUM,
  CHANNEL_BACKLOG,
  CHANNEL_BACKLOG_COUNT,
  CHANNEL_FLAG_INTPRI,
  CHANNEL_FLAGS,
  CHANNEL_HELD,
  CHANNEL_STARVATION,
  CHANNEL_STRIDES,
  CHANNEL_WINDOW,
  REQUEST_ARRIVAL,
  REQUEST_NUMBER,
  REQUEST_PRIORITY,
  WINDOW_DECAYING,
} from './traffic-layout';

/** Classes, as the upper half of a rank; the lower half is the priority. A held partition has rank 0. */
const CLASS_NONE: u32 = 1 << 16;
const CLASS_LOW: u32 = 2 << 16;
const CLASS_MEDIUM: u32 = 3 << 16;
const CLASS_HIGH: u32 = 4 << 16;
const CLASS_OVERDUE: u32 = 5 << 16;
const HELD: u32 = 0;

/** The slot of the backlog that is served at `now`, or 0: all are held. Notes which ones are. */
export function chosenSlot(channel: usize, now: i64): usize {
  const backlog: usize = load<u32>(channel, CHANNEL_BACKLOG);
  const end = backlog + (load<u32>(channel, CHANNEL_BACKLOG_COUNT) << 2);
  let best: usize = 0;
  let bestRank = HELD;
  let held: u32 = 0;
  for (let at = backlog; at < end; at += 4) {
    const slot: usize = load<u32>(at);
    const rank = rankOf(channel, slot, now);
    const isHeld = (rank === HELD) as u32;
    store<u32>(slot, isHeld, BWSLOT_IS_HELD);
    held += isHeld;
    if (rank > bestRank || (rank === bestRank && rank !== HELD && goesBefore(channel, slot, best))) {
      best = slot;
      bestRank = rank;
    }
  }
  store<u32>(channel, held, CHANNEL_HELD);
  return best;
}

function rankOf(channel: usize, slot: usize, now: i64): u32 {
  const head: usize = load<u32>(slot, BWSLOT_HEAD);
  const hasPriority = (load<u32>(channel, CHANNEL_FLAGS) & CHANNEL_FLAG_INTPRI) !== 0;
  const priority = hasPriority ? load<u32>(slot, BWSLOT_PRIORITY) : load<u32>(head, REQUEST_PRIORITY);
  const level = classOf(channel, slot, now);
  if (level === HELD) return HELD;
  return (isOverdue(channel, slot, head, now) ? CLASS_OVERDUE : level) | priority;
}

function classOf(channel: usize, slot: usize, now: i64): u32 {
  const flags = load<u32>(slot, BWSLOT_FLAGS);
  if (flags & BWSLOT_FLAG_NONE) return CLASS_NONE;
  if (load<u32>(slot, BWSLOT_PORTIONS) !== 0 && !isInPortion(channel, slot, now)) return HELD;
  if (!(flags & BWSLOT_FLAG_TRACKED)) return CLASS_MEDIUM;
  updateUse(channel, slot, now);
  const used = load<i64>(slot, BWSLOT_USED);
  const isAtMaximum = used >= load<i64>(slot, BWSLOT_MAXIMUM_USE);
  if (isAtMaximum && flags & BWSLOT_FLAG_HARD) return HELD;
  const isDecaying = load<u32>(channel, CHANNEL_WINDOW) === WINDOW_DECAYING;
  const usedOfMinimum = isDecaying ? load<i64>(slot, BWSLOT_USED_MINIMUM) : used;
  if (usedOfMinimum < load<i64>(slot, BWSLOT_MINIMUM_USE)) return CLASS_HIGH;
  return isAtMaximum ? CLASS_LOW : CLASS_MEDIUM;
}

/** Its first request has waited so long, and nothing of it was served so long (A 3.6, "Deviations"). */
@inline
function isOverdue(channel: usize, slot: usize, head: usize, now: i64): bool {
  const limit = load<i64>(channel, CHANNEL_STARVATION);
  if (limit === 0 || now - load<i64>(head, REQUEST_ARRIVAL) < limit) return false;
  return now - load<i64>(slot, BWSLOT_GRANTED) >= limit;
}

/** Among equals: the earlier deadline where there are any, then the earlier arrival. */
@inline
function goesBefore(channel: usize, slot: usize, other: usize): bool {
  if (load<u32>(channel, CHANNEL_STRIDES) !== 0) {
    const deadline = load<i64>(slot, BWSLOT_DEADLINE);
    const deadlineOfOther = load<i64>(other, BWSLOT_DEADLINE);
    if (deadline !== deadlineOfOther) return deadline < deadlineOfOther;
  }
  const head: usize = load<u32>(slot, BWSLOT_HEAD);
  const headOfOther: usize = load<u32>(other, BWSLOT_HEAD);
  const arrival = load<i64>(head, REQUEST_ARRIVAL);
  const arrivalOfOther = load<i64>(headOfOther, REQUEST_ARRIVAL);
  if (arrival !== arrivalOfOther) return arrival < arrivalOfOther;
  return ((load<u32>(head, REQUEST_NUMBER) - load<u32>(headOfOther, REQUEST_NUMBER)) as i32) < 0;
}

/** All of the backlog is held: when the first of it no longer is. */
export function timeOfRelease(channel: usize, now: i64): i64 {
  const backlog: usize = load<u32>(channel, CHANNEL_BACKLOG);
  const end = backlog + (load<u32>(channel, CHANNEL_BACKLOG_COUNT) << 2);
  let first = i64.MAX_VALUE;
  for (let at = backlog; at < end; at += 4) first = min(first, releaseOf(channel, load<u32>(at), now));
  return first;
}

/** Below its maximum, and then in the next of its time slots: use does not grow meanwhile. */
function releaseOf(channel: usize, slot: usize, now: i64): i64 {
  let time = now;
  const flags = load<u32>(slot, BWSLOT_FLAGS);
  if (flags & BWSLOT_FLAG_TRACKED && flags & BWSLOT_FLAG_HARD) {
    updateUse(channel, slot, now);
    if (load<i64>(slot, BWSLOT_USED) >= load<i64>(slot, BWSLOT_MAXIMUM_USE)) {
      time = timeBelowMaximum(channel, slot, now);
    }
  }
  return load<u32>(slot, BWSLOT_PORTIONS) !== 0 ? timeOfPortion(channel, slot, time) : time;
}
