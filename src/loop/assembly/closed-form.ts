/**
 * Accesses to memory in closed form: requests are counted and wait as long as their channel's table says (docs/bandwidth.md,
 * "Closed form"). Nothing queues; the tables are made anew from the counts by memory/closed-form/.
 */
import { add, increment } from './accounting';
import { execute } from './execute-access';
import {
  ACCESS_KIND,
  ACCESS_KIND_MASK,
  ACCESS_SERIAL,
  EXECUTOR_QUEUEING,
  EXECUTOR_STALLS,
  EXECUTOR_THROTTLED,
  EXECUTOR_WRITE_BUFFER,
  KIND_FETCH,
  PE_TRAFFIC,
  STEP_MEMORY,
  STREAM_WINDOW,
} from './layout';
import { closeOutbox, openOutbox } from './outbox';
import { channelOf } from './traffic';
import {
  CHANNEL_OWNER_BYTES,
  CHANNEL_OWNER_HELD,
  CHANNEL_OWNER_READS,
  CHANNEL_OWNER_WAIT,
  CHANNEL_OWNER_WRITES,
  CHANNEL_OWNERS,
  OUTBOX_ENTRY_BYTES,
  OUTBOX_LINE,
  OUTBOX_OWNER,
  OUTBOX_ROUTE,
  PET_SINCE,
  REQUEST_IS_WRITE,
  ROUTE_SIDE,
  TRAFFIC_OUTBOX,
  TRAFFIC_WRITE_BUFFER,
} from './traffic-layout';

/** What the reads of the present access wait, and of that for the limits of their partitions; and what its writes wait. */
let readWaits: i64 = 0;
let readHeld: i64 = 0;
let writeWaits: i64 = 0;

/** Make one access, and book what it costs with its wait for memory. @returns ps. */
@inline
export function executeInClosedForm(
  traffic: usize,
  pe: usize,
  stream: usize,
  executor: usize,
  entry: usize,
  now: i64,
): i64 {
  const outbox: usize = load<u32>(traffic, TRAFFIC_OUTBOX);
  openOutbox(outbox);
  const cost = execute(pe, stream, executor, entry, false);
  const end = closeOutbox();
  if (end === outbox) return cost;
  meetAll(outbox, end);
  return cost + bookWaits(traffic, pe, stream, executor, entry, now + cost);
}

/** Requests come to the channels on their way. What they wait is kept for bookWaits. */
export function meetAll(outbox: usize, end: usize): void {
  readWaits = 0;
  readHeld = 0;
  writeWaits = 0;
  for (let at = outbox; at < end; at += OUTBOX_ENTRY_BYTES) {
    const route: usize = load<u32>(at, OUTBOX_ROUTE);
    const side: usize = load<u32>(route, ROUTE_SIDE);
    const word = load<u32>(at, OUTBOX_OWNER);
    if (side !== 0) meet(side, word);
    meet(channelOf(route, load<u32>(at, OUTBOX_LINE)), word);
  }
}

/** @returns how long the PE waits, ps. */
function bookWaits(traffic: usize, pe: usize, stream: usize, executor: usize, entry: usize, now: i64): i64 {
  const word = load<u32>(entry, ACCESS_KIND);
  const isSerial = (word & ACCESS_SERIAL) !== 0 || (word & ACCESS_KIND_MASK) === KIND_FETCH;
  // Reads under way at the same time share their waits, as they share the latency.
  const window: i64 = isSerial ? 1 : max<u32>(load<u32>(stream, STREAM_WINDOW), 1);
  const forReads = readWaits / window;
  const throttled = readHeld / window;
  const forWrites = writeWaits === 0 ? 0 : waitForRoom(traffic, pe, now + forReads);
  add(executor + EXECUTOR_STALLS + (STEP_MEMORY << 3), forReads + forWrites);
  add(executor + EXECUTOR_THROTTLED, throttled);
  add(executor + EXECUTOR_QUEUEING, forReads - throttled);
  add(executor + EXECUTOR_WRITE_BUFFER, forWrites);
  return forReads + forWrites;
}

/** Each write fills its part of the write buffer for its wait; a PE whose buffer is full waits until it is not. */
function waitForRoom(traffic: usize, pe: usize, now: i64): i64 {
  const own: usize = load<u32>(pe, PE_TRAFFIC);
  const lines: i64 = max<u32>(load<u32>(traffic, TRAFFIC_WRITE_BUFFER), 1);
  const emptyAt = max(load<i64>(own, PET_SINCE), now) + writeWaits / lines;
  store<i64>(own, emptyAt, PET_SINCE);
  return max<i64>(emptyAt - now - writeWaits, 0);
}

/** A request comes to a channel. */
function meet(channel: usize, word: u32): void {
  const owner: usize = load<u32>(channel, CHANNEL_OWNERS) + (word & ~REQUEST_IS_WRITE) * CHANNEL_OWNER_BYTES;
  const wait: i64 = load<u32>(owner, CHANNEL_OWNER_WAIT);
  if (word & REQUEST_IS_WRITE) {
    increment(owner + CHANNEL_OWNER_WRITES);
    writeWaits += wait;
  } else {
    increment(owner + CHANNEL_OWNER_READS);
    readWaits += wait;
    readHeld += load<u32>(owner, CHANNEL_OWNER_HELD);
  }
}
