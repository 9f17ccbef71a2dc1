/**
 * PEs in time where memory has channels: PEs and channels take turns in the order of time (docs/bandwidth.md).
 *
 * The first PE runs until it has to wait for memory, or to the end of the span: ahead of the channels, which hear of its
 * requests early and receive them when it is their time. As no PE and no channel goes on while another one is behind it,
 * requests come to each channel exactly in the order of time. A PE that waits is out of the heap until the grant that ends
 * the wait puts it back.
 */
import { add } from './accounting';
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
import { addPe, delayFirst, firstPe, firstTime, removeFirst } from './pe-heap';
import { timeOf, waitForMemory, waitToSpanEnd } from './pe-waits';
import { countAccess, endRequest, takeRequest } from './service-requests';
import { bringUpTo, decideNext, hasRoomFor, makeRequests } from './traffic';
import {
  PET_OUTBOX,
  PET_OUTBOX_END,
  PET_STATE,
  PET_WAITS_FOR_ALL,
  PET_WINDOW,
  TRAFFIC_HEAP_COUNT,
  TRAFFIC_NEXT,
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
  bringUpTo(traffic, spanEnd);
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

/** Let the first PE go on until it is over with the span, or has to wait. */
function runFirst(traffic: usize, machine: usize, pe: usize, spanEnd: i64): u32 {
  const own: usize = load<u32>(pe, PE_TRAFFIC);
  const state = load<u32>(own, PET_STATE);
  if (state !== WAITING_NOT && !ask(traffic, pe, own, state, spanEnd)) return ADVANCED;
  const stream: usize = load<u32>(pe, PE_STREAM);
  if (stream === 0) {
    idleFor(pe, load<i64>(pe, PE_LEFT));
    removeFirst(traffic);
    return ADVANCED;
  }
  store<u32>(own, max<u32>(load<u32>(stream, STREAM_WINDOW), 1), PET_WINDOW);
  for (;;) {
    const need = prepareAccess(machine, pe, stream, spanEnd);
    if (need !== ADVANCED) return need;
    if (load<i64>(pe, PE_LEFT) <= 0) break;
    if (runAhead(pe, own, stream) && !ask(traffic, pe, own, WAITING_NOT, spanEnd)) return ADVANCED;
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
  if (service !== 0) {
    const need = prepareRequest(pe, stream, service, spanEnd);
    if (need !== ADVANCED) return need;
  }
  if (load<u32>(stream, STREAM_HEAD) !== load<u32>(stream, STREAM_TAIL)) return ADVANCED;
  if (load<i64>(pe, PE_LEFT) <= 0) return ADVANCED;
  if (load<u32>(stream, STREAM_KIND) === STREAM_KIND_GENERATED) generate(machine, stream);
  else if (load<u32>(stream, STREAM_ENDED)) idleFor(pe, load<i64>(pe, PE_LEFT));
  else return NEEDS_ACCESSES;
  return ADVANCED;
}

/** End the service's request whose accesses are made, and begin the next one: the PE is idle until one has arrived. */
function prepareRequest(pe: usize, stream: usize, service: usize, spanEnd: i64): u32 {
  if (load<u32>(stream, STREAM_REQUEST_ENDS) !== 0) {
    store<u32>(stream, 0, STREAM_REQUEST_ENDS);
    if (endRequest(service, stream, timeOf(pe, spanEnd))) return NEEDS_DRAIN;
  }
  while (load<u32>(stream, STREAM_REQUEST_LEFT) === 0) {
    const left = load<i64>(pe, PE_LEFT);
    if (left <= 0) return ADVANCED;
    const need = takeRequest(service, stream, spanEnd - left);
    if (need < 0) return (-need) as u32;
    if (need > 0) idleFor(pe, min(need, left));
  }
  return ADVANCED;
}

/**
 * Make accesses until the span is over, none is ready, or one of them makes requests or waits for those under way.
 * @returns true for the last of these.
 */
@inline
function runAhead(pe: usize, own: usize, stream: usize): bool {
  const executor: usize = load<u32>(pe, PE_EXECUTOR);
  const outbox: usize = load<u32>(own, PET_OUTBOX);
  const hasService = load<u32>(stream, STREAM_SERVICE) !== 0;
  const queue: usize = load<u32>(stream, STREAM_QUEUE);
  const mask = load<u32>(stream, STREAM_QUEUE_MASK);
  const tail = load<u32>(stream, STREAM_TAIL);
  let head = load<u32>(stream, STREAM_HEAD);
  let left = load<i64>(pe, PE_LEFT);
  while (left > 0 && head !== tail) {
    const entry = queue + (head++ & mask) * ACCESS_BYTES;
    openOutbox(outbox);
    left -= execute(pe, stream, executor, entry, true);
    const outboxEnd = closeOutbox();
    const endsRequest = hasService && countAccess(stream, entry);
    if (outboxEnd === outbox && !endsRequest) continue;
    store<i64>(pe, left, PE_LEFT);
    store<u32>(stream, head, STREAM_HEAD);
    store<u32>(own, outboxEnd as u32, PET_OUTBOX_END);
    if (endsRequest) store<u32>(stream, 1, STREAM_REQUEST_ENDS);
    store<u32>(own, (endsRequest || isSerial(entry)) as u32, PET_WAITS_FOR_ALL);
    return true;
  }
  store<i64>(pe, left, PE_LEFT);
  store<u32>(stream, head, STREAM_HEAD);
  return false;
}

/** Whether nothing may follow an access before it is done: a pointer chase, or a fetch. */
@inline
function isSerial(entry: usize): bool {
  const word = load<u32>(entry, ACCESS_KIND);
  return (word & ACCESS_SERIAL) !== 0 || (word & ACCESS_KIND_MASK) === KIND_FETCH;
}

/**
 * Make the requests of the first PE's present access, and let it wait if it must.
 * @param state of the PE: whether it had to wait for room, and whether its context has ended meanwhile.
 * @returns whether it goes on at once.
 */
function ask(traffic: usize, pe: usize, own: usize, state: u32, spanEnd: i64): bool {
  const outbox: usize = load<u32>(own, PET_OUTBOX);
  const outboxEnd: usize = load<u32>(own, PET_OUTBOX_END);
  if (!hasRoomFor(traffic, outbox, outboxEnd)) {
    if (state === WAITING_NOT) store<u32>(own, WAITING_TO_ASK, PET_STATE);
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

/** All queues are full: the PE tries again when the channels have come to its time, or after the next decision. */
function waitForRoom(traffic: usize, pe: usize, spanEnd: i64): void {
  const now = timeOf(pe, spanEnd);
  const time = max(load<i64>(traffic, TRAFFIC_NEXT) + 1, now);
  const wait = time - now;
  const executor: usize = load<u32>(pe, PE_EXECUTOR);
  if (executor !== 0) {
    add(executor + EXECUTOR_STALLS + (STEP_MEMORY << 3), wait);
    add(executor + EXECUTOR_QUEUEING, wait);
  }
  store<i64>(pe, load<i64>(pe, PE_LEFT) - wait, PE_LEFT);
  delayFirst(traffic, time);
}

function idleFor(pe: usize, time: i64): void {
  const executor: usize = load<u32>(pe, PE_EXECUTOR);
  if (executor !== 0) add(executor + EXECUTOR_IDLE, time);
  store<i64>(pe, load<i64>(pe, PE_LEFT) - time, PE_LEFT);
}
