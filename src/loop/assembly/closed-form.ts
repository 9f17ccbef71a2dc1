/**
 * Accesses to memory in closed form: requests are counted and wait as long as their channel's table says (docs/bandwidth.md,
 * "Closed form"). Nothing queues; the tables are made anew from the counts by memory/closed-form/.
 */
import { increment } from './accounting';
import { execute } from './execute-access';
import {
  ACCESS_KIND,
  ACCESS_KIND_MASK,
  ACCESS_SERIAL,
  EXECUTOR_QUEUEING,
  EXECUTOR_STALLS,
  EXECUTOR_THROTTLED,
  KIND_FETCH,
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
  REQUEST_IS_WRITE,
  ROUTE_SIDE,
} from './traffic-layout';

/** What the reads of the present access wait: in all, and of that for the limit of their own partition. */
let waits: i64 = 0;
let held: i64 = 0;

/** Make one access, and book what it costs with its wait for memory. @returns ps. */
@inline
export function executeInClosedForm(outbox: usize, pe: usize, stream: usize, executor: usize, entry: usize): i64 {
  openOutbox(outbox);
  const cost = execute(pe, stream, executor, entry, false);
  const end = closeOutbox();
  return end === outbox ? cost : cost + waitFor(outbox, end, stream, executor, entry);
}

/** Requests come to the channels on their way; what they wait is in `waits` and `held`. */
export function meetAll(outbox: usize, end: usize): void {
  waits = 0;
  held = 0;
  for (let at = outbox; at < end; at += OUTBOX_ENTRY_BYTES) {
    const route: usize = load<u32>(at, OUTBOX_ROUTE);
    const side: usize = load<u32>(route, ROUTE_SIDE);
    const word = load<u32>(at, OUTBOX_OWNER);
    if (side !== 0) meet(side, word);
    meet(channelOf(route, load<u32>(at, OUTBOX_LINE)), word);
  }
}

function waitFor(outbox: usize, end: usize, stream: usize, executor: usize, entry: usize): i64 {
  meetAll(outbox, end);
  if (waits === 0) return 0;
  const word = load<u32>(entry, ACCESS_KIND);
  const isSerial = (word & ACCESS_SERIAL) !== 0 || (word & ACCESS_KIND_MASK) === KIND_FETCH;
  // Reads under way at the same time share their waits, as they share the latency.
  const window = isSerial ? 1 : max<u32>(load<u32>(stream, STREAM_WINDOW), 1);
  const wait = waits / window;
  const throttled = held / window;
  add(executor + EXECUTOR_STALLS + (STEP_MEMORY << 3), wait);
  add(executor + EXECUTOR_THROTTLED, throttled);
  add(executor + EXECUTOR_QUEUEING, wait - throttled);
  return wait;
}

/** A request comes to a channel. Writes are posted: nobody waits for them. */
function meet(channel: usize, word: u32): void {
  const owner: usize = load<u32>(channel, CHANNEL_OWNERS) + (word & ~REQUEST_IS_WRITE) * CHANNEL_OWNER_BYTES;
  if (word & REQUEST_IS_WRITE) {
    increment(owner + CHANNEL_OWNER_WRITES);
    return;
  }
  increment(owner + CHANNEL_OWNER_READS);
  waits += load<u32>(owner, CHANNEL_OWNER_WAIT);
  held += load<u32>(owner, CHANNEL_OWNER_HELD);
}

@inline
function add(counter: usize, amount: i64): void {
  store<i64>(counter, load<i64>(counter) + amount);
}
