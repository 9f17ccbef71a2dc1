/**
 * What PEs wait for: reads under way that come back in order, as a reorder buffer retires them, and room in the write
 * buffer (docs/bandwidth.md, "The PE").
 *
 * A PE's own time is the end of the span minus what it has left of it. While it waits it is not in the heap; the grant that
 * ends the wait puts it back.
 */
import { add } from './accounting';
import { EXECUTOR_QUEUEING, EXECUTOR_STALLS, EXECUTOR_THROTTLED, EXECUTOR_WRITE_BUFFER, PE_EXECUTOR, PE_LEFT, PE_TRAFFIC, STEP_MEMORY } from './layout';
import { addPe } from './pe-heap';
import {
  BWSLOT_HELD_PS,
  CHANNEL_OWNER_SLOT,
  PET_CONTEXT,
  PET_KNOWN,
  PET_LATEST,
  PET_MADE,
  PET_NEEDED,
  PET_RETIRED,
  PET_SINCE,
  PET_STATE,
  PET_TICKETS,
  PET_TRAFFIC,
  PET_WAITS_FOR_ALL,
  PET_WINDOW,
  PET_WRITES,
  REQUEST_HELD_BEFORE,
  REQUEST_IS_WRITE,
  REQUEST_OWNER,
  REQUEST_OWNER_RECORD,
  REQUEST_PE,
  REQUEST_STARTED,
  REQUEST_THROTTLED,
  REQUEST_TICKET,
  TICKET_BYTES,
  TICKET_DONE,
  TICKET_MADE,
  TICKET_QUEUED,
  TICKET_REQUEST,
  TICKET_THROTTLED,
  TICKET_UNKNOWN,
  TICKETS,
  TRAFFIC_LATENCY,
  TRAFFIC_NOW,
  TRAFFIC_SPAN,
  TRAFFIC_WRITE_BUFFER,
  WAITING_FOR_READS,
  WAITING_FOR_WRITES,
  WAITING_NOT,
  WAITING_TO_ASK,
  WAITING_TO_ASK_FOR_NOBODY,
} from './traffic-layout';

/** A PE's time, in the span that ends at `spanEnd`. */
@inline
export function timeOf(pe: usize, spanEnd: i64): i64 {
  return spanEnd - load<i64>(pe, PE_LEFT);
}

/** A read that the PE has under way from now on. @returns the number of its ticket. */
@inline
export function takeTicket(own: usize, request: usize, now: i64): u32 {
  const number = load<u32>(own, PET_MADE);
  store<u32>(own, number + 1, PET_MADE);
  const ticket = ticketOf(own, number);
  store<i64>(ticket, TICKET_UNKNOWN, TICKET_DONE);
  store<i64>(ticket, now, TICKET_MADE);
  store<u32>(ticket, request as u32, TICKET_REQUEST);
  return number;
}

/** The PE's requests are made: let it wait as long as it must. @returns whether it may go on, perhaps at a later time. */
export function waitForMemory(pe: usize, own: usize): bool {
  const traffic: usize = load<u32>(own, PET_TRAFFIC);
  store<i64>(own, timeOf(pe, load<i64>(traffic, TRAFFIC_SPAN)), PET_SINCE);
  if (load<u32>(own, PET_WRITES) > load<u32>(traffic, TRAFFIC_WRITE_BUFFER)) {
    store<u32>(own, WAITING_FOR_WRITES, PET_STATE);
    return false;
  }
  return waitForReads(pe, own);
}

/** How many must come back before the next access may be made. */
function waitForReads(pe: usize, own: usize): bool {
  const now = load<i64>(own, PET_SINCE);
  const made = load<u32>(own, PET_MADE);
  const window = load<u32>(own, PET_WINDOW);
  retire(own, made, now);
  const underWay = made - load<u32>(own, PET_RETIRED);
  if (underWay === 0 || (underWay < window && load<u32>(own, PET_WAITS_FOR_ALL) === 0)) return true;
  store<u32>(own, load<u32>(own, PET_WAITS_FOR_ALL) !== 0 ? made : made - window + 1, PET_NEEDED);
  store<u32>(own, load<u32>(own, PET_RETIRED), PET_KNOWN);
  store<u32>(own, load<u32>(own, PET_RETIRED), PET_LATEST);
  store<u32>(own, WAITING_FOR_READS, PET_STATE);
  return resumeIfKnown(pe, own);
}

/** Reads whose data is there retire in order. */
@inline
function retire(own: usize, made: u32, now: i64): void {
  let retired = load<u32>(own, PET_RETIRED);
  for (; retired !== made; retired++) {
    const done = load<i64>(ticketOf(own, retired), TICKET_DONE);
    if (done === TICKET_UNKNOWN || done > now) break;
  }
  store<u32>(own, retired, PET_RETIRED);
}

/** If it is known of all needed reads when their data is there, the PE goes on at the latest of these times. */
function resumeIfKnown(pe: usize, own: usize): bool {
  const needed = load<u32>(own, PET_NEEDED);
  let known = load<u32>(own, PET_KNOWN);
  let latest = load<u32>(own, PET_LATEST);
  for (; known !== needed; known++) {
    const done = load<i64>(ticketOf(own, known), TICKET_DONE);
    if (done === TICKET_UNKNOWN) {
      store<u32>(own, known, PET_KNOWN);
      store<u32>(own, latest, PET_LATEST);
      return false;
    }
    if (done > load<i64>(ticketOf(own, latest), TICKET_DONE)) latest = known;
  }
  store<u32>(own, needed, PET_RETIRED);
  store<u32>(own, WAITING_NOT, PET_STATE);
  const ticket = ticketOf(own, latest);
  const done = load<i64>(ticket, TICKET_DONE);
  const since = load<i64>(own, PET_SINCE);
  // The channels may have been behind the PE when it began to wait: what it waits for was there before.
  if (done <= since) return true;
  bookStall(pe, done);
  const delay = done - load<i64>(ticket, TICKET_MADE);
  bookShares(pe, done - since, delay, load<i64>(ticket, TICKET_THROTTLED), load<i64>(ticket, TICKET_QUEUED));
  return true;
}

/** A channel of memory has granted a request at `now`: whoever made it hears when it is done, and may go on. */
@inline
export function requestDone(traffic: usize, request: usize, now: i64, turnaround: i64, service: i64): void {
  const pe: usize = load<u32>(request, REQUEST_PE);
  if (pe === 0) return;
  if (load<u32>(request, REQUEST_OWNER) & REQUEST_IS_WRITE) {
    writeGranted(traffic, pe, now);
  } else {
    // Data takes the memory's latency if it waits for nobody, and never less than its own transfer.
    const done = now + turnaround + max(service, load<u32>(traffic, TRAFFIC_LATENCY) as i64);
    readGranted(traffic, pe, request, now, done);
  }
}

function readGranted(traffic: usize, pe: usize, request: usize, now: i64, done: i64): void {
  const own: usize = load<u32>(pe, PE_TRAFFIC);
  const number = load<u32>(request, REQUEST_TICKET);
  if (((number - load<u32>(own, PET_CONTEXT)) as i32) < 0) return;
  const ticket = ticketOf(own, number);
  const throttled = load<i64>(request, REQUEST_THROTTLED);
  store<i64>(ticket, done, TICKET_DONE);
  store<i64>(ticket, throttled, TICKET_THROTTLED);
  store<i64>(ticket, now - load<i64>(request, REQUEST_STARTED) - throttled, TICKET_QUEUED);
  if (load<u32>(own, PET_STATE) !== WAITING_FOR_READS || load<u32>(own, PET_KNOWN) !== number) return;
  if (resumeIfKnown(pe, own)) goOn(traffic, pe);
}

function writeGranted(traffic: usize, pe: usize, now: i64): void {
  const own: usize = load<u32>(pe, PE_TRAFFIC);
  const writes = load<u32>(own, PET_WRITES) - 1;
  store<u32>(own, writes, PET_WRITES);
  if (load<u32>(own, PET_STATE) !== WAITING_FOR_WRITES || writes > load<u32>(traffic, TRAFFIC_WRITE_BUFFER)) return;
  const since = load<i64>(own, PET_SINCE);
  store<u32>(own, WAITING_NOT, PET_STATE);
  if (now > since) {
    bookStall(pe, now);
    bookWriteBuffer(pe, now - since);
    store<i64>(own, now, PET_SINCE);
  }
  if (waitForReads(pe, own)) goOn(traffic, pe);
}

@inline
function goOn(traffic: usize, pe: usize): void {
  if (load<i64>(pe, PE_LEFT) > 0) addPe(traffic, timeOf(pe, load<i64>(traffic, TRAFFIC_SPAN)), pe);
}

/** The span is over: what a PE waits goes on in the next one. */
export function waitToSpanEnd(pe: usize, spanEnd: i64): void {
  if (load<u32>(load<u32>(pe, PE_TRAFFIC), PET_STATE) < (WAITING_FOR_READS as u32)) return;
  if (load<i64>(pe, PE_LEFT) > 0) bookStall(pe, spanEnd);
}

/**
 * The context of a PE has ended, between two spans: it waits no longer, and what it has under way is nobody's. Requests that
 * are still to be made are made when it is their turn.
 */
export function releasePe(pe: usize): void {
  const own: usize = load<u32>(pe, PE_TRAFFIC);
  if (own === 0) return;
  const state = load<u32>(own, PET_STATE);
  if (state === WAITING_TO_ASK) store<u32>(own, WAITING_TO_ASK_FOR_NOBODY, PET_STATE);
  if (state >= (WAITING_FOR_READS as u32)) {
    bookSharesSoFar(pe, own, state);
    store<u32>(own, WAITING_NOT, PET_STATE);
  }
  store<u32>(own, load<u32>(own, PET_MADE), PET_RETIRED);
  store<u32>(own, load<u32>(own, PET_MADE), PET_CONTEXT);
}

/** The wait is cut off: it is shared out as the delay of the read that is waited for is so far. */
function bookSharesSoFar(pe: usize, own: usize, state: u32): void {
  const now = load<i64>(load<u32>(own, PET_TRAFFIC), TRAFFIC_NOW);
  const wait = now - load<i64>(own, PET_SINCE);
  // Its last access may have taken it beyond the end of the span.
  if (wait <= 0) return;
  if (state === WAITING_FOR_WRITES) {
    bookWriteBuffer(pe, wait);
    return;
  }
  const ticket = ticketOf(own, load<u32>(own, PET_KNOWN));
  const request: usize = load<u32>(ticket, TICKET_REQUEST);
  const delay = now - load<i64>(ticket, TICKET_MADE);
  const slot: usize = load<u32>(load<u32>(request, REQUEST_OWNER_RECORD), CHANNEL_OWNER_SLOT);
  const heldHere = load<i64>(slot, BWSLOT_HELD_PS) - load<i64>(request, REQUEST_HELD_BEFORE);
  const throttled = min(load<i64>(request, REQUEST_THROTTLED) + heldHere, delay);
  bookShares(pe, wait, delay, throttled, delay - throttled);
}

/** Lines in the write buffer may be anybody's: waiting for room is no limit of the PE's own. */
function bookWriteBuffer(pe: usize, wait: i64): void {
  add(load<u32>(pe, PE_EXECUTOR) + EXECUTOR_WRITE_BUFFER, wait);
}

/** The PE has waited until `time`. */
function bookStall(pe: usize, time: i64): void {
  const traffic: usize = load<u32>(load<u32>(pe, PE_TRAFFIC), PET_TRAFFIC);
  const left = load<i64>(traffic, TRAFFIC_SPAN) - time;
  const executor: usize = load<u32>(pe, PE_EXECUTOR);
  add(executor + EXECUTOR_STALLS + (STEP_MEMORY << 3), load<i64>(pe, PE_LEFT) - left);
  store<i64>(pe, left, PE_LEFT);
}

/** Share a wait out in proportion to the delay of what was waited for; exactly specified double arithmetic. */
function bookShares(pe: usize, wait: i64, delay: i64, throttled: i64, queued: i64): void {
  if (throttled + queued === 0 || delay === 0) return;
  const executor: usize = load<u32>(pe, PE_EXECUTOR);
  const share = (wait as f64) / (delay as f64);
  // Neither is negative: the conversion rounds down.
  if (throttled !== 0) add(executor + EXECUTOR_THROTTLED, ((throttled as f64) * share) as i64);
  add(executor + EXECUTOR_QUEUEING, ((queued as f64) * share) as i64);
}

@inline
function ticketOf(own: usize, number: u32): usize {
  return load<u32>(own, PET_TICKETS) + (number & (TICKETS - 1)) * TICKET_BYTES;
}
