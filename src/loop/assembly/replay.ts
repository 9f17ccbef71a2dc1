/** Ready accesses, one after the other, without time: for memory-trace studies. */
import { blockOf, setOf } from './cache-set';
import { access } from './hierarchy';
import { accessStraddling } from './straddling';
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
  KIND_READ,
  OWNER_MASK,
  WAY_CACHE,
} from './layout';
import { wayOutOf } from './way-out';

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
  let at = first;
  for (; at < end; at += ACCESS_BYTES) {
    const word = load<u32>(at, ACCESS_KIND);
    const kind = word & ACCESS_KIND_MASK;
    const wayOut = wayOutOf(pes, load<u32>(at, ACCESS_PORT), kind);
    const owner = (word >> ACCESS_OWNER_SHIFT) & OWNER_MASK;
    const line = load<u32>(at, ACCESS_LINE);
    if (word & ACCESS_STRADDLES) {
      at += ACCESS_BYTES;
      accessStraddling(wayOut, line, load<u32>(at, ACCESS_LINE), kind, owner);
    } else {
      access(wayOut, line, kind, owner);
    }
  }
  return at;
}

/** What keeps the loads of a look ahead from being optimised away. */
export let sink: u32 = 0;

/** Bring the sets of a large outermost cache near before they are needed: their misses in the host overlap. */
function lookAhead(pes: usize, first: usize, end: usize): void {
  let outermost: usize = load<u32>(wayOutOf(pes, load<u32>(first, ACCESS_PORT), KIND_READ), WAY_CACHE);
  while (load<u32>(outermost, CACHE_OUTER) !== 0) outermost = load<u32>(outermost, CACHE_OUTER);
  if (!(load<u32>(outermost, CACHE_FLAGS) & FLAG_LARGE)) return;
  let seen: u32 = 0;
  for (let at = first; at < end; at += ACCESS_BYTES) {
    const block = blockOf(outermost, setOf(outermost, load<u32>(at, ACCESS_LINE)));
    seen += load<u32>(block) + load<u32>(block, 64);
  }
  sink = seen;
}
