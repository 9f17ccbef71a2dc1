/**
 * Cache maintenance by address: clean, invalidate, or both, in all caches of the machine (DC CVAC, DC IVAC, DC CIVAC).
 *
 * A clean line stays where it is; its data goes to memory at once and is written into no other cache, so that nobody's line
 * has to make room. Where several caches hold it dirty the innermost copy is the newest, and one write goes to memory for
 * each outermost cache. Invalidation without cleaning loses what was stored.
 */
import { increment, ownerRecord } from './accounting';
import { blockOf, findWay, groupOf, setOf } from './cache-set';
import { beyond } from './egress';
import {
  CACHE_BYTES,
  CACHE_FIRST_INNER,
  CACHE_MEMORY,
  CACHE_NEXT_SIBLING,
  CACHE_OUTER,
  DIRTY,
  HISTORY_MOVED,
  MAINTAIN_CLEAN,
  MAINTAIN_INVALIDATE,
  MEMORY_OWNER_BYTES,
  MEMORY_WRITE_BACKS,
  OWNERS,
  OWNER_MASK,
  OWNER_WRITE_BACKS,
} from './layout';
import { meetAll } from './closed-form';
import { askMemory, closeOutbox, openOutbox } from './outbox';
import { removeLine } from './outward';
import { makeRequests, receiveAll } from './traffic';
import { TRAFFIC_CLOSED_FORM, TRAFFIC_FREE_REQUESTS, TRAFFIC_NOW, TRAFFIC_OUTBOX } from './traffic-layout';

/**
 * Maintain `count` lines from `first` on in the `cacheCount` caches whose records begin at `caches`.
 * @param traffic where writes to memory wait; 0: nowhere.
 * @returns lines done: fewer than `count` if there is no room for more writes at present.
 */
export function maintain(
  caches: usize,
  cacheCount: u32,
  traffic: usize,
  first: u32,
  count: u32,
  operation: u32,
): u32 {
  for (let done: u32 = 0; done < count; done++) {
    if (traffic === 0) maintainLine(caches, cacheCount, first + done, operation);
    else if (load<u32>(traffic, TRAFFIC_FREE_REQUESTS) < cacheCount) return done;
    else maintainInTraffic(caches, cacheCount, traffic, first + done, operation);
  }
  return count;
}

/** The same line where its data waits in channels, from the present time on. */
function maintainInTraffic(caches: usize, cacheCount: u32, traffic: usize, line: u32, operation: u32): void {
  const outbox: usize = load<u32>(traffic, TRAFFIC_OUTBOX);
  openOutbox(outbox);
  maintainLine(caches, cacheCount, line, operation);
  const outboxEnd = closeOutbox();
  if (outboxEnd === outbox) return;
  if (load<u32>(traffic, TRAFFIC_CLOSED_FORM)) {
    meetAll(outbox, outboxEnd);
    return;
  }
  const now = load<i64>(traffic, TRAFFIC_NOW);
  makeRequests(traffic, outbox, outboxEnd, 0, false, now);
  receiveAll(traffic, now + 1);
}

function maintainLine(caches: usize, cacheCount: u32, line: u32, operation: u32): void {
  const end = caches + cacheCount * CACHE_BYTES;
  for (let cache = caches; cache < end; cache += CACHE_BYTES) {
    if (load<u32>(cache, CACHE_OUTER) !== 0) continue;
    const writer = maintainInside(cache, line, operation);
    if (writer === 0 || (operation & MAINTAIN_CLEAN) === 0) continue;
    const billed = beyond(cache, writer);
    increment(load<u32>(cache, CACHE_MEMORY) + billed * MEMORY_OWNER_BYTES + MEMORY_WRITE_BACKS);
    askMemory(cache, line, billed, true);
  }
}

/** Maintain a line in a cache and in those inside it. @returns the owner of its innermost dirty copy, 0 if none was dirty. */
function maintainInside(cache: usize, line: u32, operation: u32): u32 {
  let writer: u32 = 0;
  let inner: usize = load<u32>(cache, CACHE_FIRST_INNER);
  for (; inner !== 0; inner = load<u32>(inner, CACHE_NEXT_SIBLING)) {
    const further = maintainInside(inner, line, operation);
    if (further !== 0) writer = further;
  }
  const block = blockOf(cache, setOf(cache, line));
  const way = findWay(cache, block, line);
  if (way < 0) return writer;
  const at = groupOf(cache, block, way) + ((way & 15) << 1);
  const held: u32 = load<u16>(at, OWNERS);
  const owner = held & OWNER_MASK;
  if (held & DIRTY && writer === 0) writer = owner;
  if (held & DIRTY && operation & MAINTAIN_CLEAN) {
    increment(ownerRecord(cache, owner) + OWNER_WRITE_BACKS);
    store<u16>(at, owner as u16, OWNERS);
  }
  if (operation & MAINTAIN_INVALIDATE) removeLine(cache, block, way, line, HISTORY_MOVED);
  return writer;
}
