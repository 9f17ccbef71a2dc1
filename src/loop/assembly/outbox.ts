/**
 * The requests to memory that the present access makes: collected on its way through the caches, in the order made, and
 * sent to the channels when it is over (docs/bandwidth.md, "The way of a request").
 *
 * Closed, nothing is collected: accesses without time, and machines whose memory has no channels.
 */
import { CACHE_ROUTE } from './layout';
import {
  OUTBOX_ENTRIES,
  OUTBOX_ENTRY_BYTES,
  OUTBOX_LINE,
  OUTBOX_OWNER,
  OUTBOX_ROUTE,
  REQUEST_IS_WRITE,
} from './traffic-layout';

/** Where the next request goes; 0: closed. */
let next: usize = 0;
let end: usize = 0;

@inline
export function openOutbox(outbox: usize): void {
  next = outbox;
  end = outbox + OUTBOX_ENTRIES * OUTBOX_ENTRY_BYTES;
}

/** @returns the end of what was collected. */
@inline
export function closeOutbox(): usize {
  const last = next;
  next = 0;
  return last;
}

/** Whether requests are collected at all. */
@inline
export function isCollecting(): bool {
  return next !== 0;
}

/** An outermost cache reads a line from memory, or writes one to it, on the bill of `owner`. */
@inline
export function askMemory(cache: usize, line: u32, owner: u32, isWrite: bool): void {
  if (next !== 0) collect(cache, line, owner, isWrite);
}

function collect(cache: usize, line: u32, owner: u32, isWrite: bool): void {
  if (next === end) unreachable();
  store<u32>(next, line, OUTBOX_LINE);
  store<u32>(next, owner | select(REQUEST_IS_WRITE, 0, isWrite), OUTBOX_OWNER);
  store<u32>(next, load<u32>(cache, CACHE_ROUTE), OUTBOX_ROUTE);
  next += OUTBOX_ENTRY_BYTES;
}
