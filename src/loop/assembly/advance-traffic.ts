/**
 * PEs in time where memory has channels: PEs and channels take turns in the order of time, so that requests come to the
 * channels exactly in that order (docs/bandwidth.md).
 *
 * A PE runs ahead as long as its accesses stay in the caches. When one makes requests, and another PE or a channel has
 * something to do before, the PE comes back to it when it is its turn. A PE that has to wait for memory is out of the heap
 * until the channel that ends the wait puts it back.
 */
import { execute } from './execute-access';
import { generate } from './generate';
import {
  ACCESS_BYTES,
  ACCESS_KIND,
  ACCESS_KIND_MASK,
  ACCESS_SERIAL,
  ADVANCED,
  EXECUTOR_IDLE,
  EXECUTOR_QUEUEING,
  EXECUTOR_STALLS,
  KIND_FETCH,
  NEEDS_ACCESSES,
  NEEDS_DRAIN,
  PE_BYTES,
  PE_EXECUTOR,
  PE_LEFT,
  PE_STREAM,
  PE_TRAFFIC,
  STEP_MEMORY,
  STREAM_ENDED,
  STREAM_HEAD,
  STREAM_KIND,
  STREAM_KIND_GENERATED,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_REQUEST_ENDS,
  STREAM_REQUEST_LEFT,
  STREAM_SERVICE,
  STREAM_TAIL,
  STREAM_WINDOW,
} from './layout';
import { closeOutbox, openOutbox } from './outbox';
import { addPe, delayFirst, firstPe, firstTime, removeFirst, staysFirst } from './pe-heap';
import { timeOf, waitForMemory, waitToSpanEnd } from './pe-waits';
import { countAccess, endRequest, takeRequest } from './service-requests';
import { decideNext, hasRoomFor, makeRequests } from './traffic';
import {
  PET_OUTBOX,
  PET_OUTBOX_END,
  PET_STATE,
  PET_WAITS_FOR_ALL,
  PET_WINDOW,
  TRAFFIC_HEAP_COUNT,
  TRAFFIC_NEXT,
  TRAFFIC_NOW,
  TRAFFIC_SPAN,
  WAITING_FOR_READS,
  WAITING_NOT,
  WAITING_TO_ASK,
  WAITING_TO_ASK_FOR_NOBODY,
} from './traffic-layout';

/** Run all `count` PEs, and the channels, to the end of the span. @returns as `advance`; to be called again after a need. */
export function advanceTraffic(traffic: usize, machine: usize, pes: usize, count: u32, spanEnd: i64): u32 {
  if (load<i64>(traffic, TRAFFIC_SPAN) !== spanEnd) enterSpan(traffic, pes, count, spanEnd);
  for (;;) {
    const peTime = firstTime(traffic);
    const decision = load<i64>(traffic, TRAFFIC_NEXT);
    if (decision < peTime) {
      if (decision >= spanEnd) break;
      decideNext(traffic);
      continue;
    }
    if (peTime >= spanEnd) break;
    const pe = firstPe(traffic);
    const need = runFirst(traffic, machine, pe, spanEnd);
    if (need !== ADVANCED) return need | (((pe - pes) as u32 / PE_BYTES) << 4);
  }
  for (let index: u32 = 0; index < count; index++) waitToSpanEnd(pes + index * PE_BYTES, spanEnd);
  store<i64>(traffic, spanEnd, TRAFFIC_NOW);
  return ADVANCED;
}

/** The PEs that have something to do in the span, each at its time. */
function enterSpan(traffic: usize, pes: usize, count: u32, spanEnd: i64): void {
  store<i64>(traffic, spanEnd, TRAFFIC_SPAN);
  store<u32>(traffic, 0, TRAFFIC_HEAP_COUNT);
  for (let index: u32 = 0; index < count; index++) {
    const pe = pes + index * PE_BYTES;
    if (load<i64>(pe, PE_LEFT) <= 0) continue;
    if (load<u32>(load<u32>(pe, PE_TRAFFIC), PET_STATE) < (WAITING_FOR_READS as u32)) addPe(traffic, timeOf(pe, spanEnd), pe);
  }
}

/** Let the first PE go on until it is over with the span, has to wait, or is no longer the first to make requests. */
function runFirst(traffic: usize, machine: usize, pe: usize, spanEnd: i64): u32 {
  const own: usize = load<u32>(pe, PE_TRAFFIC);
  const state = load<u32>(own, PET_STATE);
  if (state !== WAITING_NOT && !ask(traffic, pe, own, state, spanEnd)) return ADVANCED;
  const stream: usize = load<u32>(pe, PE_STREAM);
  if (stream === 0) {
    idle(load<u32>(pe, PE_EXECUTOR), load<i64>(pe, PE_LEFT));
    store<i64>(pe, 0, PE_LEFT);
    removeFirst(traffic);
    return ADVANCED;
  }
  store<u32>(own, max<u32>(load<u32>(stream, STREAM_WINDOW), 1), PET_WINDOW);
  for (;;) {
    const need = prepareAccess(machine, pe, stream, spanEnd);
    if (need !== ADVANCED) return need;
    if (load<i64>(pe, PE_LEFT) <= 0) break;
    makeAccess(pe, own, stream);
    if (load<u32>(own, PET_STATE) === WAITING_NOT) continue;
    const now = timeOf(pe, spanEnd);
    if (now > load<i64>(traffic, TRAFFIC_NEXT) || !staysFirst(traffic, now)) {
      delayFirst(traffic, now);
      return ADVANCED;
    }
    if (!ask(traffic, pe, own, WAITING_TO_ASK, spanEnd)) return ADVANCED;
  }
  removeFirst(traffic);
  return ADVANCED;
}

/**
 * See to it that an access is ready to be made: a request of the service to make it for, and accesses in the queue.
 * Without, the PE is idle, perhaps until the end of the span.
 * @returns ADVANCED, or what is needed first.
 */
@inline
function prepareAccess(machine: usize, pe: usize, stream: usize, spanEnd: i64): u32 {
  const service: usize = load<u32>(stream, STREAM_SERVICE);
  if (service !== 0 && load<u32>(stream, STREAM_REQUEST_ENDS) !== 0) {
    store<u32>(stream, 0, STREAM_REQUEST_ENDS);
    if (endRequest(service, stream, timeOf(pe, spanEnd))) return NEEDS_DRAIN;
  }
  while (service !== 0 && load<u32>(stream, STREAM_REQUEST_LEFT) === 0) {
    const left = load<i64>(pe, PE_LEFT);
    if (left <= 0) return ADVANCED;
    const need = takeRequest(service, stream, spanEnd - left);
    if (need < 0) return (-need) as u32;
    if (need > 0) idleFor(pe, min(need, left));
  }
  if (load<u32>(stream, STREAM_HEAD) !== load<u32>(stream, STREAM_TAIL)) return ADVANCED;
  if (load<i64>(pe, PE_LEFT) <= 0) return ADVANCED;
  if (load<u32>(stream, STREAM_KIND) === STREAM_KIND_GENERATED) generate(machine, stream);
  else if (load<u32>(stream, STREAM_ENDED)) idleFor(pe, load<i64>(pe, PE_LEFT));
  else return NEEDS_ACCESSES;
  return ADVANCED;
}

/** Make the next access. If it makes requests or waits for some, PET_STATE says so. */
@inline
function makeAccess(pe: usize, own: usize, stream: usize): void {
  const head = load<u32>(stream, STREAM_HEAD);
  const entry = load<u32>(stream, STREAM_QUEUE) + (head & load<u32>(stream, STREAM_QUEUE_MASK)) * ACCESS_BYTES;
  store<u32>(stream, head + 1, STREAM_HEAD);
  const outbox: usize = load<u32>(own, PET_OUTBOX);
  openOutbox(outbox);
  const cost = execute(pe, stream, load<u32>(pe, PE_EXECUTOR), entry, true);
  const outboxEnd = closeOutbox();
  store<i64>(pe, load<i64>(pe, PE_LEFT) - cost, PE_LEFT);
  const endsRequest = load<u32>(stream, STREAM_SERVICE) !== 0 && countAccess(stream, entry);
  if (endsRequest) store<u32>(stream, 1, STREAM_REQUEST_ENDS);
  if (outboxEnd === outbox && !endsRequest) return;
  const word = load<u32>(entry, ACCESS_KIND);
  const isSerial = (word & ACCESS_SERIAL) !== 0 || (word & ACCESS_KIND_MASK) === KIND_FETCH;
  store<u32>(own, (endsRequest || isSerial) as u32, PET_WAITS_FOR_ALL);
  store<u32>(own, outboxEnd as u32, PET_OUTBOX_END);
  store<u32>(own, WAITING_TO_ASK, PET_STATE);
}

/**
 * It is the first PE's turn: make its requests, and let it wait if it must.
 * @returns whether it goes on at once.
 */
function ask(traffic: usize, pe: usize, own: usize, state: u32, spanEnd: i64): bool {
  const outbox: usize = load<u32>(own, PET_OUTBOX);
  const outboxEnd: usize = load<u32>(own, PET_OUTBOX_END);
  if (!hasRoomFor(traffic, outbox, outboxEnd)) {
    waitForRoom(traffic, pe, spanEnd);
    return false;
  }
  const isWanted = state !== WAITING_TO_ASK_FOR_NOBODY;
  makeRequests(traffic, outbox, outboxEnd, pe, isWanted, timeOf(pe, spanEnd));
  store<u32>(own, WAITING_NOT, PET_STATE);
  if (!isWanted || waitForMemory(pe, own)) return true;
  removeFirst(traffic);
  return false;
}

/** All queues are full: the PE tries again after the next decision. */
function waitForRoom(traffic: usize, pe: usize, spanEnd: i64): void {
  const time = load<i64>(traffic, TRAFFIC_NEXT) + 1;
  const wait = time - timeOf(pe, spanEnd);
  const executor: usize = load<u32>(pe, PE_EXECUTOR);
  if (executor !== 0) {
    add(executor + EXECUTOR_STALLS + (STEP_MEMORY << 3), wait);
    add(executor + EXECUTOR_QUEUEING, wait);
  }
  store<i64>(pe, load<i64>(pe, PE_LEFT) - wait, PE_LEFT);
  delayFirst(traffic, time);
}

@inline
function idleFor(pe: usize, time: i64): void {
  idle(load<u32>(pe, PE_EXECUTOR), time);
  store<i64>(pe, load<i64>(pe, PE_LEFT) - time, PE_LEFT);
}

function idle(executor: usize, time: i64): void {
  if (executor !== 0 && time > 0) add(executor + EXECUTOR_IDLE, time);
}

@inline
function add(counter: usize, amount: i64): void {
  store<i64>(counter, load<i64>(counter) + amount);
}
