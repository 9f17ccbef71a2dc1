/**
 * Requests on their way: from an outbox to the channel that they meet first, and from decision to decision
 * (docs/bandwidth.md, "The way of a request", "Order").
 */
import { announce, decide, receiveUntil } from './channel';
import { PE_TRAFFIC } from './layout';
import { findNextDecision } from './decisions';
import { takeTicket } from './pe-waits';
import { takeRequestRecord } from './request-pool';
import {
  CHANNEL_BYTES,
  CHANNEL_COMING,
  OUTBOX_ENTRY_BYTES,
  OUTBOX_LINE,
  OUTBOX_OWNER,
  OUTBOX_ROUTE,
  PET_WRITES,
  REQUEST_ARRIVAL,
  REQUEST_IS_WRITE,
  REQUEST_MEMORY,
  REQUEST_OWNER,
  REQUEST_PE,
  REQUEST_PRIORITY,
  REQUEST_STARTED,
  REQUEST_THROTTLED,
  REQUEST_TICKET,
  ROUTE_CHANNELS,
  ROUTE_COUNT,
  ROUTE_SHIFT,
  ROUTE_SIDE,
  TRAFFIC_CHANNEL_COUNT,
  TRAFFIC_CHANNELS,
  TRAFFIC_FREE_REQUESTS,
  TRAFFIC_GRANT_COUNT,
  TRAFFIC_GRANTS,
  TRAFFIC_GRANTS_MAX,
  TRAFFIC_HEAP_COUNT,
  TRAFFIC_NEXT,
  TRAFFIC_NEXT_CHANNEL,
  TRAFFIC_NOW,
  TRAFFIC_SPAN,
} from './traffic-layout';

/** Whether there is room in the queues for all requests of an outbox. */
@inline
export function hasRoomFor(traffic: usize, outbox: usize, outboxEnd: usize): bool {
  return load<u32>(traffic, TRAFFIC_FREE_REQUESTS) >= ((outboxEnd - outbox) as u32) / OUTBOX_ENTRY_BYTES;
}

/**
 * Make the requests of an outbox at `now`, for which there must be room.
 * @param pe who is to hear of them; 0: nobody.
 * @param waitsForReads false: the context that made them has ended, and only its writes still fill the PE's write buffer.
 */
export function makeRequests(
  traffic: usize,
  outbox: usize,
  outboxEnd: usize,
  pe: usize,
  waitsForReads: bool,
  now: i64,
): void {
  for (let entry = outbox; entry < outboxEnd; entry += OUTBOX_ENTRY_BYTES) {
    const word = load<u32>(entry, OUTBOX_OWNER);
    const request = takeRequestRecord(traffic);
    store<u32>(request, word, REQUEST_OWNER);
    if (word & REQUEST_IS_WRITE) {
      store<u32>(request, pe as u32, REQUEST_PE);
      if (pe !== 0) {
        const own: usize = load<u32>(pe, PE_TRAFFIC);
        store<u32>(own, load<u32>(own, PET_WRITES) + 1, PET_WRITES);
      }
    } else {
      store<u32>(request, waitsForReads ? (pe as u32) : 0, REQUEST_PE);
      if (waitsForReads) store<u32>(request, takeTicket(load<u32>(pe, PE_TRAFFIC), request, now), REQUEST_TICKET);
    }
    send(traffic, request, load<u32>(entry, OUTBOX_ROUTE), load<u32>(entry, OUTBOX_LINE), now);
  }
}

/** A new request goes to the memory side of the cache, if that is a channel, or to its channel of memory. */
@inline
function send(traffic: usize, request: usize, route: usize, line: u32, now: i64): void {
  const memory = channelOf(route, line);
  const side: usize = load<u32>(route, ROUTE_SIDE);
  store<u32>(request, memory as u32, REQUEST_MEMORY);
  store<u32>(request, 0, REQUEST_PRIORITY);
  store<i64>(request, now, REQUEST_STARTED);
  store<i64>(request, now, REQUEST_ARRIVAL);
  store<i64>(request, 0, REQUEST_THROTTLED);
  announce(traffic, side !== 0 ? side : memory, request);
}

/** Lines are interleaved among the channels of a memory. */
@inline
export function channelOf(route: usize, line: u32): usize {
  const count = load<u32>(route, ROUTE_COUNT);
  const channels: usize = load<u32>(route, ROUTE_CHANNELS);
  const number = line >> load<u32>(route, ROUTE_SHIFT);
  const channel = (count & (count - 1)) === 0 ? number & (count - 1) : number % count;
  return load<u32>(channels + (channel << 2));
}

/** The next decision is made. */
@inline
export function decideNext(traffic: usize): void {
  decide(traffic, load<u32>(traffic, TRAFFIC_NEXT_CHANNEL), load<i64>(traffic, TRAFFIC_NEXT));
  findNextDecision(traffic);
}

/**
 * Open loop: make all decisions before `until`.
 * @returns false if the log of grants is full before: take them out and call again.
 */
export function serve(traffic: usize, until: i64): bool {
  while (load<i64>(traffic, TRAFFIC_NEXT) < until) {
    if (load<u32>(traffic, TRAFFIC_GRANTS) !== 0) {
      if (load<u32>(traffic, TRAFFIC_GRANT_COUNT) === load<u32>(traffic, TRAFFIC_GRANTS_MAX)) return false;
    }
    decideNext(traffic);
  }
  bringUpTo(traffic, max(until, load<i64>(traffic, TRAFFIC_NOW)));
  return true;
}

/** All decisions before `now` are made. What has come before it waits, under the settings that it met. */
export function bringUpTo(traffic: usize, now: i64): void {
  receiveAll(traffic, now);
  store<i64>(traffic, now, TRAFFIC_NOW);
}

/** Requests that have come to any channel before `until` arrive. */
export function receiveAll(traffic: usize, until: i64): void {
  let channel: usize = load<u32>(traffic, TRAFFIC_CHANNELS);
  const end = channel + load<u32>(traffic, TRAFFIC_CHANNEL_COUNT) * CHANNEL_BYTES;
  for (; channel < end; channel += CHANNEL_BYTES) {
    if (load<u32>(channel, CHANNEL_COMING) !== 0) receiveUntil(traffic, channel, until);
  }
}

/** Leave the present span before its end: all decisions before `time` are made, and the next span begins there. */
export function leaveSpan(traffic: usize, time: i64): void {
  store<i64>(traffic, time, TRAFFIC_SPAN);
  store<u32>(traffic, 0, TRAFFIC_HEAP_COUNT);
  serve(traffic, time);
}

/** Open loop: a request that nobody waits for arrives now. All decisions before are made, and there must be room. */
export function offer(traffic: usize, route: usize, line: u32, ownerWord: u32, tag: u32): void {
  const request = takeRequestRecord(traffic);
  store<u32>(request, ownerWord, REQUEST_OWNER);
  store<u32>(request, 0, REQUEST_PE);
  store<u32>(request, tag, REQUEST_TICKET);
  const now = load<i64>(traffic, TRAFFIC_NOW);
  send(traffic, request, route, line, now);
  receiveAll(traffic, now + 1);
}
