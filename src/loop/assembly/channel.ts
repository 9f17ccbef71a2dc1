/**
 * A channel: requests come in, one at a time is served, and it is known since when and until when (docs/bandwidth.md).
 *
 * Models a resource with bandwidth: a memory channel, or the memory side of a cache, which has an MSC of its own in front of
 * it. The order is preference.ts, limits are regulator.ts, whose delay it is waiters.ts. Leaves out banks, rows, refresh and
 * the time of commands: a line takes its share of the bandwidth, and a change of direction what it costs.
 */
import { add } from './accounting';
import { becomeFirst, joinBacklog, leaveBacklog } from './backlog';
import { isDueAt } from './decisions';
import { requestDone } from './pe-waits';
import { chosenSlot, timeOfRelease } from './preference';
import { charge, updateUse } from './regulator';
import { freeRequest } from './request-pool';
import {
  BWSLOT_DEADLINE,
  BWSLOT_DOWNSTREAM,
  BWSLOT_FLAG_NONE,
  BWSLOT_FLAG_TRACKED,
  BWSLOT_FLAGS,
  BWSLOT_GRANTED,
  BWSLOT_HEAD,
  BWSLOT_HELD_PS,
  BWSLOT_LAST_DEADLINE,
  BWSLOT_TAIL,
  CHANNEL_BACKLOG_COUNT,
  CHANNEL_BUSY,
  CHANNEL_CLOCK,
  CHANNEL_COMING,
  CHANNEL_COMING_LAST,
  CHANNEL_DECISION,
  CHANNEL_DIRECTION,
  CHANNEL_FLAG_DSPRI,
  CHANNEL_FLAG_PASSES_ON,
  CHANNEL_FLAGS,
  CHANNEL_FRACTION,
  CHANNEL_FREE,
  CHANNEL_INDEX,
  CHANNEL_LINE_TIME,
  CHANNEL_OWNER_BYTES,
  CHANNEL_OWNER_READS,
  CHANNEL_OWNER_SERVICE,
  CHANNEL_OWNER_SLOT,
  CHANNEL_OWNERS,
  CHANNEL_RESIDENCE,
  CHANNEL_SERVED,
  CHANNEL_SERVING,
  CHANNEL_SETTLED,
  CHANNEL_STRIDES,
  CHANNEL_TURNAROUND,
  DIRECTION_NONE,
  GRANT_ARRIVAL,
  GRANT_BYTES,
  GRANT_CHANNEL,
  GRANT_COMPLETION,
  GRANT_TAG,
  GRANT_THROTTLED,
  GRANT_TIME,
  REQUEST_ARRIVAL,
  REQUEST_BEFORE,
  REQUEST_HELD_BEFORE,
  REQUEST_MEMORY,
  REQUEST_NEXT,
  REQUEST_NUMBER,
  REQUEST_OWNER,
  REQUEST_OWNER_RECORD,
  REQUEST_PE,
  REQUEST_PRIORITY,
  REQUEST_THROTTLED,
  REQUEST_TICKET,
  TRAFFIC_ARRIVALS,
  TRAFFIC_GRANTS,
  TRAFFIC_GRANT_COUNT,
} from './traffic-layout';
import { joinWaiters, leaveWaiters, settleIdleTime, waitBehind, waitForPresentLine } from './waiters';

/**
 * A request will arrive at a channel at a time (REQUEST_ARRIVAL) that may lie ahead: PEs run ahead of the channels. Those of
 * the same time arrive in the order of PEs, and those of one PE in the order made.
 */
export function announce(traffic: usize, channel: usize, request: usize): void {
  const time = load<i64>(request, REQUEST_ARRIVAL);
  const pe = load<u32>(request, REQUEST_PE);
  let before: usize = load<u32>(channel, CHANNEL_COMING_LAST);
  while (before !== 0 && isLater(before, time, pe)) before = load<u32>(before, REQUEST_BEFORE);
  let after: u32;
  if (before === 0) {
    after = load<u32>(channel, CHANNEL_COMING);
    store<u32>(channel, request as u32, CHANNEL_COMING);
  } else {
    after = load<u32>(before, REQUEST_NEXT);
    store<u32>(before, request as u32, REQUEST_NEXT);
  }
  if (after === 0) store<u32>(channel, request as u32, CHANNEL_COMING_LAST);
  else store<u32>(after, request as u32, REQUEST_BEFORE);
  store<u32>(request, before as u32, REQUEST_BEFORE);
  store<u32>(request, after, REQUEST_NEXT);
  isDueAt(traffic, channel, max(time, load<i64>(channel, CHANNEL_FREE)));
}

@inline
function isLater(request: usize, time: i64, pe: u32): bool {
  const own = load<i64>(request, REQUEST_ARRIVAL);
  return own > time || (own === time && load<u32>(request, REQUEST_PE) > pe);
}

/** Requests that have come before `until` arrive. */
export function receiveUntil(traffic: usize, channel: usize, until: i64): void {
  let request: usize = load<u32>(channel, CHANNEL_COMING);
  while (request !== 0 && load<i64>(request, REQUEST_ARRIVAL) < until) {
    const next: usize = load<u32>(request, REQUEST_NEXT);
    arrive(traffic, channel, request, load<i64>(request, REQUEST_ARRIVAL));
    request = next;
  }
  store<u32>(channel, request as u32, CHANNEL_COMING);
  if (request === 0) store<u32>(channel, 0, CHANNEL_COMING_LAST);
  else store<u32>(request, 0, REQUEST_BEFORE);
}

/** A request comes to a channel at `now`. Times never decrease from call to call. */
function arrive(traffic: usize, channel: usize, request: usize, now: i64): void {
  settleIdleTime(channel, now);
  const owner: usize =
    load<u32>(channel, CHANNEL_OWNERS) + (load<u16>(request, REQUEST_OWNER) as u32) * CHANNEL_OWNER_BYTES;
  const slot: usize = load<u32>(owner, CHANNEL_OWNER_SLOT);
  joinWaiters(channel, owner);
  waitForPresentLine(channel, owner, now);
  const number = load<u32>(traffic, TRAFFIC_ARRIVALS);
  store<u32>(traffic, number + 1, TRAFFIC_ARRIVALS);
  store<u32>(request, number, REQUEST_NUMBER);
  store<u32>(request, owner as u32, REQUEST_OWNER_RECORD);
  store<i64>(request, load<i64>(slot, BWSLOT_HELD_PS), REQUEST_HELD_BEFORE);
  store<u32>(request, 0, REQUEST_NEXT);
  const tail: usize = load<u32>(slot, BWSLOT_TAIL);
  store<u32>(slot, request as u32, BWSLOT_TAIL);
  if (load<u32>(slot, BWSLOT_HEAD) !== 0) {
    store<u32>(tail, request as u32, REQUEST_NEXT);
    return;
  }
  store<u32>(slot, request as u32, BWSLOT_HEAD);
  becomeFirst(channel, slot);
  joinBacklog(channel, slot);
}

/** Serve the first request of one partition at `now`, or find out when one may be served. */
export function decide(traffic: usize, channel: usize, now: i64): void {
  receiveUntil(traffic, channel, now + 1);
  settleIdleTime(channel, now);
  const slot = chosenSlot(channel, now);
  if (slot === 0) {
    store<i64>(channel, min(timeOfRelease(channel, now), timeOfNext(channel)), CHANNEL_DECISION);
    return;
  }
  const request: usize = load<u32>(slot, BWSLOT_HEAD);
  const word = load<u32>(request, REQUEST_OWNER);
  const direction = word >> 16;
  const turnaround = turn(channel, direction);
  const service = nextService(channel);
  const end = now + turnaround + service;
  const owner: usize = load<u32>(request, REQUEST_OWNER_RECORD);
  leaveWaiters(channel, owner);
  add(owner + CHANNEL_OWNER_READS + (direction << 3), 1);
  add(owner + CHANNEL_OWNER_SERVICE, turnaround + service);
  add(channel + CHANNEL_BUSY, turnaround + service);
  add(channel + CHANNEL_SERVED, 1);
  add(channel + CHANNEL_RESIDENCE, end - load<i64>(request, REQUEST_ARRIVAL));
  const held = load<i64>(slot, BWSLOT_HELD_PS) - load<i64>(request, REQUEST_HELD_BEFORE);
  add(request + REQUEST_THROTTLED, held);
  if (load<u32>(traffic, TRAFFIC_GRANTS) !== 0) logGrant(traffic, channel, request, now, end, held);
  takeFirst(channel, slot, request, now, service);
  waitBehind(channel, word & 0xffff, turnaround + service);
  store<u32>(channel, word & 0xffff, CHANNEL_SERVING);
  store<i64>(channel, end, CHANNEL_SETTLED);
  store<i64>(channel, end, CHANNEL_FREE);
  const waits = load<u32>(channel, CHANNEL_BACKLOG_COUNT) !== 0;
  store<i64>(channel, waits ? end : max(end, timeOfNext(channel)), CHANNEL_DECISION);
  if (load<u32>(channel, CHANNEL_FLAGS) & CHANNEL_FLAG_PASSES_ON) {
    passOnward(traffic, channel, slot, request, now);
  } else {
    requestDone(traffic, request, now, turnaround, service);
    freeRequest(traffic, request);
  }
}

/** When the next request arrives that is known of. */
@inline
function timeOfNext(channel: usize): i64 {
  const request: usize = load<u32>(channel, CHANNEL_COMING);
  return request === 0 ? i64.MAX_VALUE : load<i64>(request, REQUEST_ARRIVAL);
}

/** What a change of direction takes, ps. The first request of a channel turns nothing around. */
@inline
function turn(channel: usize, direction: u32): i64 {
  const before = load<u32>(channel, CHANNEL_DIRECTION);
  store<u32>(channel, direction, CHANNEL_DIRECTION);
  return before === direction || before === DIRECTION_NONE ? 0 : load<i64>(channel, CHANNEL_TURNAROUND);
}

/** Whole ps of the next line; what is left over goes to those after it. */
@inline
function nextService(channel: usize): i64 {
  const due = load<i64>(channel, CHANNEL_FRACTION) + load<i64>(channel, CHANNEL_LINE_TIME);
  store<i64>(channel, due & 0xffff, CHANNEL_FRACTION);
  return due >> 16;
}

/** The first request of a slot is granted: the slot is charged, and its next request becomes the first. */
function takeFirst(channel: usize, slot: usize, request: usize, now: i64, service: i64): void {
  const flags = load<u32>(slot, BWSLOT_FLAGS);
  if (flags & BWSLOT_FLAG_TRACKED) {
    // Of class `none` nobody has asked what it used.
    if (flags & BWSLOT_FLAG_NONE) updateUse(channel, slot, now);
    charge(channel, slot, now, service);
  }
  store<i64>(slot, now, BWSLOT_GRANTED);
  if (load<u32>(channel, CHANNEL_STRIDES) !== 0) {
    const deadline = load<i64>(slot, BWSLOT_DEADLINE);
    store<i64>(slot, deadline, BWSLOT_LAST_DEADLINE);
    if (deadline > load<i64>(channel, CHANNEL_CLOCK)) store<i64>(channel, deadline, CHANNEL_CLOCK);
  }
  const next = load<u32>(request, REQUEST_NEXT);
  store<u32>(slot, next, BWSLOT_HEAD);
  if (next === 0) leaveBacklog(channel, slot);
  else becomeFirst(channel, slot);
}

/** The memory side of a cache has granted it: it goes on to its channel of memory at once. */
function passOnward(traffic: usize, channel: usize, slot: usize, request: usize, now: i64): void {
  if (load<u32>(channel, CHANNEL_FLAGS) & CHANNEL_FLAG_DSPRI) {
    store<u32>(request, load<u32>(slot, BWSLOT_DOWNSTREAM), REQUEST_PRIORITY);
  }
  const memory: usize = load<u32>(request, REQUEST_MEMORY);
  store<i64>(request, now, REQUEST_ARRIVAL);
  receiveUntil(traffic, memory, now + 1);
  arrive(traffic, memory, request, now);
  isDueAt(traffic, memory, max(now, load<i64>(memory, CHANNEL_FREE)));
}

function logGrant(traffic: usize, channel: usize, request: usize, now: i64, end: i64, held: i64): void {
  const count = load<u32>(traffic, TRAFFIC_GRANT_COUNT);
  store<u32>(traffic, count + 1, TRAFFIC_GRANT_COUNT);
  const grant: usize = load<u32>(traffic, TRAFFIC_GRANTS) + count * GRANT_BYTES;
  store<u32>(grant, load<u32>(request, REQUEST_TICKET), GRANT_TAG);
  store<u32>(grant, load<u32>(channel, CHANNEL_INDEX), GRANT_CHANNEL);
  store<i64>(grant, load<i64>(request, REQUEST_ARRIVAL), GRANT_ARRIVAL);
  store<i64>(grant, now, GRANT_TIME);
  store<i64>(grant, end, GRANT_COMPLETION);
  store<i64>(grant, held, GRANT_THROTTLED);
}
