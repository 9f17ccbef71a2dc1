/**
 * Who waits in a channel, and whose fault that is: throttled by the own limit, or queueing behind the owner that is served
 * (docs/bandwidth.md, "Delays, and whose they are").
 *
 * Time is not given to every request but to waiters: the requests of one owner in one slot. It is given in advance, from a
 * grant to the end of its service, and afterwards for times in which the channel serves nobody.
 */
import {
  BWSLOT_HELD_PS,
  BWSLOT_IS_HELD,
  CHANNEL_BACKLOG,
  CHANNEL_BACKLOG_COUNT,
  CHANNEL_DELAYS,
  CHANNEL_HELD,
  CHANNEL_OWNERS,
  CHANNEL_OWNER_BYTES,
  CHANNEL_OWNER_SHIFT,
  CHANNEL_OWNER_THROTTLED,
  CHANNEL_OWNER_WAITER,
  CHANNEL_OWNER_WAITING,
  CHANNEL_SERVING,
  CHANNEL_SETTLED,
  CHANNEL_WAITERS,
  CHANNEL_WAITER_COUNT,
  TRAFFIC_FREE_WAITER,
  WAITER_COUNT,
  WAITER_DELAYS,
  WAITER_NEXT,
  WAITER_OWNER,
  WAITER_PLACE,
  WAITER_SLOT,
  WAITERS_KEPT,
} from './traffic-layout';

/** A request of `owner` begins to wait in `slot`. @returns the waiter that it belongs to. */
@inline
export function joinWaiters(traffic: usize, channel: usize, slot: usize, owner: u32): usize {
  const record: usize = load<u32>(channel, CHANNEL_OWNERS) + owner * CHANNEL_OWNER_BYTES;
  store<u32>(record, load<u32>(record, CHANNEL_OWNER_WAITING) + 1, CHANNEL_OWNER_WAITING);
  let waiter: usize = load<u32>(record, CHANNEL_OWNER_WAITER);
  // An owner that has changed its slot leaves its old requests with a waiter of their own.
  if (waiter === 0 || load<u32>(waiter, WAITER_SLOT) !== (slot as u32)) {
    waiter = addWaiter(traffic, channel, slot, owner, record);
  }
  store<u32>(waiter, load<u32>(waiter, WAITER_COUNT) + 1, WAITER_COUNT);
  return waiter;
}

/** There is a record for every request, and for the waiters that channels keep. */
function addWaiter(traffic: usize, channel: usize, slot: usize, owner: u32, record: usize): usize {
  const former: usize = load<u32>(record, CHANNEL_OWNER_WAITER);
  if (former !== 0 && load<u32>(former, WAITER_COUNT) === 0) removeWaiter(traffic, channel, former, record);
  const waiter: usize = load<u32>(traffic, TRAFFIC_FREE_WAITER);
  store<u32>(traffic, load<u32>(waiter, WAITER_NEXT), TRAFFIC_FREE_WAITER);
  store<u32>(waiter, 0, WAITER_COUNT);
  store<u32>(waiter, slot as u32, WAITER_SLOT);
  store<u32>(waiter, record as u32, WAITER_OWNER);
  const row = load<u32>(channel, CHANNEL_DELAYS) + ((owner << load<u32>(channel, CHANNEL_OWNER_SHIFT)) << 3);
  store<u32>(waiter, row, WAITER_DELAYS);
  const place = load<u32>(channel, CHANNEL_WAITER_COUNT);
  store<u32>(waiter, place, WAITER_PLACE);
  store<u32>(load<u32>(channel, CHANNEL_WAITERS) + (place << 2), waiter as u32);
  store<u32>(channel, place + 1, CHANNEL_WAITER_COUNT);
  store<u32>(record, waiter as u32, CHANNEL_OWNER_WAITER);
  return waiter;
}

/** A request of this waiter waits no longer. @returns the owner's counters. */
@inline
export function leaveWaiters(traffic: usize, channel: usize, waiter: usize): usize {
  const record: usize = load<u32>(waiter, WAITER_OWNER);
  store<u32>(record, load<u32>(record, CHANNEL_OWNER_WAITING) - 1, CHANNEL_OWNER_WAITING);
  const count = load<u32>(waiter, WAITER_COUNT) - 1;
  store<u32>(waiter, count, WAITER_COUNT);
  if (count === 0 && !isKept(channel, waiter, record)) removeWaiter(traffic, channel, waiter, record);
  return record;
}

/** Whether it stays in the list without requests: its owner is likely to come back. */
@inline
function isKept(channel: usize, waiter: usize, record: usize): bool {
  if (load<u32>(channel, CHANNEL_WAITER_COUNT) > (WAITERS_KEPT as u32)) return false;
  return load<u32>(record, CHANNEL_OWNER_WAITER) === (waiter as u32);
}

function removeWaiter(traffic: usize, channel: usize, waiter: usize, record: usize): void {
  const last = load<u32>(channel, CHANNEL_WAITER_COUNT) - 1;
  store<u32>(channel, last, CHANNEL_WAITER_COUNT);
  const list: usize = load<u32>(channel, CHANNEL_WAITERS);
  const moved: usize = load<u32>(list + (last << 2));
  const place = load<u32>(waiter, WAITER_PLACE);
  store<u32>(list + (place << 2), moved as u32);
  store<u32>(moved, place, WAITER_PLACE);
  if (load<u32>(record, CHANNEL_OWNER_WAITER) === (waiter as u32)) store<u32>(record, 0, CHANNEL_OWNER_WAITER);
  store<u32>(waiter, load<u32>(traffic, TRAFFIC_FREE_WAITER), WAITER_NEXT);
  store<u32>(traffic, waiter as u32, TRAFFIC_FREE_WAITER);
}

/** One more request waits from `now` on: behind the line in service, if there is one, held or not. */
@inline
export function waitForPresentLine(channel: usize, waiter: usize, now: i64): void {
  const ahead = load<i64>(channel, CHANNEL_SETTLED) - now;
  if (ahead > 0) add(load<u32>(waiter, WAITER_DELAYS) + (load<u32>(channel, CHANNEL_SERVING) << 3), ahead);
}

/** All that wait do so behind `owner` for `time` ps, but for those whose partition is held. */
export function waitBehind(channel: usize, owner: u32, time: i64): void {
  if (load<u32>(channel, CHANNEL_HELD) !== 0) {
    waitBehindOrHeld(channel, owner, time);
    return;
  }
  let at: usize = load<u32>(channel, CHANNEL_WAITERS);
  const end = at + (load<u32>(channel, CHANNEL_WAITER_COUNT) << 2);
  for (; at < end; at += 4) {
    const waiter: usize = load<u32>(at);
    add(load<u32>(waiter, WAITER_DELAYS) + (owner << 3), time * (load<u32>(waiter, WAITER_COUNT) as i64));
  }
}

/** The same where some are held: these are throttled. */
function waitBehindOrHeld(channel: usize, owner: u32, time: i64): void {
  let at: usize = load<u32>(channel, CHANNEL_WAITERS);
  const end = at + (load<u32>(channel, CHANNEL_WAITER_COUNT) << 2);
  for (; at < end; at += 4) {
    const waiter: usize = load<u32>(at);
    const amount = time * (load<u32>(waiter, WAITER_COUNT) as i64);
    if (load<u32>(load<u32>(waiter, WAITER_SLOT), BWSLOT_IS_HELD)) {
      add(load<u32>(waiter, WAITER_OWNER) + CHANNEL_OWNER_THROTTLED, amount);
    } else {
      add(load<u32>(waiter, WAITER_DELAYS) + (owner << 3), amount);
    }
  }
  let slots: usize = load<u32>(channel, CHANNEL_BACKLOG);
  const slotsEnd = slots + (load<u32>(channel, CHANNEL_BACKLOG_COUNT) << 2);
  for (; slots < slotsEnd; slots += 4) {
    const slot: usize = load<u32>(slots);
    if (load<u32>(slot, BWSLOT_IS_HELD)) add(slot + BWSLOT_HELD_PS, time);
  }
}

/** Up to `now` the channel has served nobody: it held all that wait. */
@inline
export function settleIdleTime(channel: usize, now: i64): void {
  const idle = now - load<i64>(channel, CHANNEL_SETTLED);
  if (idle <= 0) return;
  store<i64>(channel, now, CHANNEL_SETTLED);
  if (load<u32>(channel, CHANNEL_WAITER_COUNT) !== 0) holdAll(channel, idle);
}

function holdAll(channel: usize, time: i64): void {
  let at: usize = load<u32>(channel, CHANNEL_WAITERS);
  const end = at + (load<u32>(channel, CHANNEL_WAITER_COUNT) << 2);
  for (; at < end; at += 4) {
    const waiter: usize = load<u32>(at);
    add(load<u32>(waiter, WAITER_OWNER) + CHANNEL_OWNER_THROTTLED, time * (load<u32>(waiter, WAITER_COUNT) as i64));
  }
  let slots: usize = load<u32>(channel, CHANNEL_BACKLOG);
  const slotsEnd = slots + (load<u32>(channel, CHANNEL_BACKLOG_COUNT) << 2);
  for (; slots < slotsEnd; slots += 4) add(load<u32>(slots) + BWSLOT_HELD_PS, time);
}

@inline
function add(counter: usize, amount: i64): void {
  store<i64>(counter, load<i64>(counter) + amount);
}
