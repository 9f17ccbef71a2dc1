/** Ready accesses, one after the other, without time: for memory-trace studies. */
import { blockOf, setOf } from './cache-set';
import { access, accessAfterPlainMiss, accessStraddling } from './hierarchy';
import { hitsPlainly, plainDirt, plainLines, plainMask, plainOwners } from './plain-cache';
import {
  ACCESS_BYTES,
  ACCESS_KIND,
  ACCESS_KIND_MASK,
  ACCESS_LINE,
  ACCESS_OWNER_SHIFT,
  ACCESS_PORT,
  ACCESS_STRADDLES,
  CACHE_FLAGS,
  CACHE_OUTER,
  FLAG_LARGE,
  KIND_FETCH,
  OWNER_MASK,
  PE_BYTES,
  PE_DATA_CACHE,
  PE_FETCH_CACHE,
} from './layout';

/** How far ahead sets are looked at. */
const AHEAD: u32 = 32;

/** Make `count` accesses from `first` on. The first of a straddling pair is not the last of a call. */
export function replay(pes: usize, first: usize, count: u32): void {
  const end = first + count * ACCESS_BYTES;
  for (let at = first; at < end; ) {
    const batchEnd = min(at + AHEAD * ACCESS_BYTES, end);
    lookAhead(pes, at, batchEnd);
    at = replayBatch(pes, at, batchEnd);
  }
}

/** @returns where it stopped: one beyond `end` if that cuts a straddling pair. */
function replayBatch(pes: usize, first: usize, end: usize): usize {
  let present: usize = 0;
  let lines: usize = 0;
  let mask: u32 = 0;
  let owners: usize = 0;
  let dirt: u32 = 0;
  let at = first;
  for (; at < end; at += ACCESS_BYTES) {
    const word = load<u32>(at, ACCESS_KIND);
    const kind = word & ACCESS_KIND_MASK;
    const cache = firstCache(pes, at, kind);
    if (cache !== present) {
      present = cache;
      lines = plainLines(cache);
      mask = plainMask(cache);
      owners = plainOwners(cache);
      dirt = plainDirt(cache);
    }
    const owner = (word >> ACCESS_OWNER_SHIFT) & OWNER_MASK;
    const line = load<u32>(at, ACCESS_LINE);
    if (word & ACCESS_STRADDLES) {
      at += ACCESS_BYTES;
      accessStraddling(cache, line, load<u32>(at, ACCESS_LINE), kind, owner);
    } else if (lines === 0) {
      access(cache, line, kind, owner);
    } else if (!hitsPlainly(lines, mask, owners, dirt, line, kind, owner)) {
      accessAfterPlainMiss(cache, line, kind, owner);
    }
  }
  return at;
}

@inline
function firstCache(pes: usize, at: usize, kind: u32): usize {
  const pe = pes + load<u32>(at, ACCESS_PORT) * PE_BYTES;
  return kind === KIND_FETCH ? load<u32>(pe, PE_FETCH_CACHE) : load<u32>(pe, PE_DATA_CACHE);
}

/** What keeps the loads of a look ahead from being optimised away. */
export let sink: u32 = 0;

/** Bring the sets of a large outermost cache near before they are needed: their misses in the host overlap. */
function lookAhead(pes: usize, first: usize, end: usize): void {
  let outermost = firstCache(pes, first, load<u32>(first, ACCESS_KIND) & ACCESS_KIND_MASK);
  while (load<u32>(outermost, CACHE_OUTER) !== 0) outermost = load<u32>(outermost, CACHE_OUTER);
  if (!(load<u32>(outermost, CACHE_FLAGS) & FLAG_LARGE)) return;
  let seen: u32 = 0;
  for (let at = first; at < end; at += ACCESS_BYTES) {
    const block = blockOf(outermost, setOf(outermost, load<u32>(at, ACCESS_LINE)));
    seen += load<u32>(block) + load<u32>(block, 64);
  }
  sink = seen;
}
