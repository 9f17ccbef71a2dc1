/**
 * An owner goes to another partition of a channel, and its requests that wait go along: each to its place by age
 * (docs/bandwidth.md, "Order"). Rare: PARTIDs are disabled, enabled or mapped, or get settings of their own.
 */
import { becomeFirst, joinBacklog, leaveBacklog } from './backlog';
import {
  BWSLOT_HEAD,
  BWSLOT_HELD_PS,
  BWSLOT_TAIL,
  CHANNEL_OWNER_SLOT,
  CHANNEL_OWNER_WAITING,
  REQUEST_ARRIVAL,
  REQUEST_HELD_BEFORE,
  REQUEST_NEXT,
  REQUEST_NUMBER,
  REQUEST_OWNER_RECORD,
} from './traffic-layout';

/** @param owner its record in the channel. */
export function moveOwnerTo(channel: usize, owner: usize, slot: usize): void {
  const former: usize = load<u32>(owner, CHANNEL_OWNER_SLOT);
  if (former === slot) return;
  store<u32>(owner, slot as u32, CHANNEL_OWNER_SLOT);
  if (load<u32>(owner, CHANNEL_OWNER_WAITING) === 0) return;
  const formerFirst = load<u32>(former, BWSLOT_HEAD);
  const first = load<u32>(slot, BWSLOT_HEAD);
  moveRequests(owner, former, slot);
  firstMayHaveChanged(channel, former, formerFirst);
  firstMayHaveChanged(channel, slot, first);
}

/** Take the requests of one owner out of the queue of a slot, and put them into that of another. */
function moveRequests(owner: usize, from: usize, to: usize): void {
  let staying: usize = 0;
  let moved: usize = 0;
  let request: usize = load<u32>(from, BWSLOT_HEAD);
  while (request !== 0) {
    const next: usize = load<u32>(request, REQUEST_NEXT);
    if (load<u32>(request, REQUEST_OWNER_RECORD) === (owner as u32)) {
      link(from, staying, next);
      insert(to, moved, request);
      keepThrottled(request, from, to);
      moved = request;
    } else staying = request;
    request = next;
  }
}

/** Put a request behind the older ones of a slot, of which `from` is one (0: none is known). */
function insert(slot: usize, from: usize, request: usize): void {
  let before = from;
  let after: usize = from === 0 ? load<u32>(slot, BWSLOT_HEAD) : load<u32>(from, REQUEST_NEXT);
  while (after !== 0 && isOlder(after, request)) {
    before = after;
    after = load<u32>(after, REQUEST_NEXT);
  }
  link(slot, before, request);
  link(slot, request, after);
}

/** `after` (0: none) follows `before` (0: the first one of the queue is meant). */
function link(slot: usize, before: usize, after: usize): void {
  if (before === 0) store<u32>(slot, after as u32, BWSLOT_HEAD);
  else store<u32>(before, after as u32, REQUEST_NEXT);
  if (after === 0) store<u32>(slot, before as u32, BWSLOT_TAIL);
}

function isOlder(request: usize, other: usize): bool {
  const arrival = load<i64>(request, REQUEST_ARRIVAL);
  const arrivalOfOther = load<i64>(other, REQUEST_ARRIVAL);
  if (arrival !== arrivalOfOther) return arrival < arrivalOfOther;
  return ((load<u32>(request, REQUEST_NUMBER) - load<u32>(other, REQUEST_NUMBER)) as i32) < 0;
}

/** How long it was throttled so far is told by the time that its slot was held: by another slot from now on. */
function keepThrottled(request: usize, from: usize, to: usize): void {
  const difference = load<i64>(to, BWSLOT_HELD_PS) - load<i64>(from, BWSLOT_HELD_PS);
  store<i64>(request, load<i64>(request, REQUEST_HELD_BEFORE) + difference, REQUEST_HELD_BEFORE);
}

/** @param first the request that was the first of the slot, 0: none. */
function firstMayHaveChanged(channel: usize, slot: usize, first: u32): void {
  const present = load<u32>(slot, BWSLOT_HEAD);
  if (present === first) return;
  if (present === 0) {
    leaveBacklog(channel, slot);
    return;
  }
  if (first === 0) joinBacklog(channel, slot);
  becomeFirst(channel, slot);
}
