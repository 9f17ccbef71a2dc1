/**
 * Who waits in a channel, and whose fault that is: throttled by the own limit, or queueing behind the owner that is served
 * (docs/bandwidth.md, "Delays, and whose they are").
 *
 * Time is not given to every request but to owners, all whose requests wait in one slot. It is given in advance, from a grant
 * to the end of its service, and afterwards for times in which the channel serves nobody.
 */
import { add } from './accounting';
import {
  BWSLOT_HELD_PS,
  BWSLOT_IS_HELD,
  CHANNEL_BACKLOG,
  CHANNEL_BACKLOG_COUNT,
  CHANNEL_HELD,
  CHANNEL_OWNER_DELAYS,
  CHANNEL_OWNER_PLACE,
  CHANNEL_OWNER_SLOT,
  CHANNEL_OWNER_THROTTLED,
  CHANNEL_OWNER_WAITING,
  CHANNEL_SERVING,
  CHANNEL_SETTLED,
  CHANNEL_WAITERS,
  CHANNEL_WAITER_COUNT,
  WAITERS_KEPT,
} from './traffic-layout';

/** A request begins to wait. @param owner the record of its owner. */
@inline
export function joinWaiters(channel: usize, owner: usize): void {
  store<u32>(owner, load<u32>(owner, CHANNEL_OWNER_WAITING) + 1, CHANNEL_OWNER_WAITING);
  if (load<u32>(owner, CHANNEL_OWNER_PLACE) === 0) addWaiter(channel, owner);
}

function addWaiter(channel: usize, owner: usize): void {
  const count = load<u32>(channel, CHANNEL_WAITER_COUNT);
  store<u32>(load<u32>(channel, CHANNEL_WAITERS) + (count << 2), owner as u32);
  store<u32>(channel, count + 1, CHANNEL_WAITER_COUNT);
  store<u32>(owner, count + 1, CHANNEL_OWNER_PLACE);
}

/** A request waits no longer. Its owner stays in a short list without requests: it is likely to come back. */
@inline
export function leaveWaiters(channel: usize, owner: usize): void {
  const waiting = load<u32>(owner, CHANNEL_OWNER_WAITING) - 1;
  store<u32>(owner, waiting, CHANNEL_OWNER_WAITING);
  if (waiting === 0 && load<u32>(channel, CHANNEL_WAITER_COUNT) > (WAITERS_KEPT as u32)) removeWaiter(channel, owner);
}

function removeWaiter(channel: usize, owner: usize): void {
  const count = load<u32>(channel, CHANNEL_WAITER_COUNT);
  store<u32>(channel, count - 1, CHANNEL_WAITER_COUNT);
  const last: usize = load<u32>(channel, CHANNEL_WAITERS) + ((count - 1) << 2);
  const moved: usize = load<u32>(last);
  const place = load<u32>(owner, CHANNEL_OWNER_PLACE);
  store<u32>(load<u32>(channel, CHANNEL_WAITERS) + ((place - 1) << 2), moved as u32);
  store<u32>(moved, place, CHANNEL_OWNER_PLACE);
  store<u32>(owner, 0, CHANNEL_OWNER_PLACE);
}

/** One more request waits from `now` on: behind the line in service, if there is one, held or not. */
@inline
export function waitForPresentLine(channel: usize, owner: usize, now: i64): void {
  const ahead = load<i64>(channel, CHANNEL_SETTLED) - now;
  if (ahead > 0) add(load<u32>(owner, CHANNEL_OWNER_DELAYS) + (load<u32>(channel, CHANNEL_SERVING) << 3), ahead);
}

/** All that wait do so behind owner number `served` for `time` ps, but for those whose partition is held. */
export function waitBehind(channel: usize, served: u32, time: i64): void {
  if (load<u32>(channel, CHANNEL_HELD) !== 0) {
    waitBehindOrHeld(channel, served, time);
    return;
  }
  let at: usize = load<u32>(channel, CHANNEL_WAITERS);
  const end = at + (load<u32>(channel, CHANNEL_WAITER_COUNT) << 2);
  for (; at < end; at += 4) {
    const owner: usize = load<u32>(at);
    add(load<u32>(owner, CHANNEL_OWNER_DELAYS) + (served << 3), time * (load<u32>(owner, CHANNEL_OWNER_WAITING) as i64));
  }
}

/** The same where some are held: these are throttled. */
function waitBehindOrHeld(channel: usize, served: u32, time: i64): void {
  let at: usize = load<u32>(channel, CHANNEL_WAITERS);
  const end = at + (load<u32>(channel, CHANNEL_WAITER_COUNT) << 2);
  for (; at < end; at += 4) {
    const owner: usize = load<u32>(at);
    const amount = time * (load<u32>(owner, CHANNEL_OWNER_WAITING) as i64);
    if (load<u32>(load<u32>(owner, CHANNEL_OWNER_SLOT), BWSLOT_IS_HELD)) add(owner + CHANNEL_OWNER_THROTTLED, amount);
    else add(load<u32>(owner, CHANNEL_OWNER_DELAYS) + (served << 3), amount);
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
  if (load<u32>(channel, CHANNEL_BACKLOG_COUNT) !== 0) holdAll(channel, idle);
}

function holdAll(channel: usize, time: i64): void {
  let at: usize = load<u32>(channel, CHANNEL_WAITERS);
  const end = at + (load<u32>(channel, CHANNEL_WAITER_COUNT) << 2);
  for (; at < end; at += 4) {
    const owner: usize = load<u32>(at);
    add(owner + CHANNEL_OWNER_THROTTLED, time * (load<u32>(owner, CHANNEL_OWNER_WAITING) as i64));
  }
  let slots: usize = load<u32>(channel, CHANNEL_BACKLOG);
  const slotsEnd = slots + (load<u32>(channel, CHANNEL_BACKLOG_COUNT) << 2);
  for (; slots < slotsEnd; slots += 4) add(load<u32>(slots) + BWSLOT_HELD_PS, time);
}
