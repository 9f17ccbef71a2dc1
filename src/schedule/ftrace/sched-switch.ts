/**
 * The body of a sched_switch line, in its three layouts (K: include/trace/events/sched.h; trace-cmd: the sched_switch
 * plug-in of libtraceevent):
 *
 *     prev_comm=A prev_pid=1 prev_prio=120 prev_state=R+ ==> next_comm=B next_pid=2 next_prio=120     kernel
 *     prev_comm=A prev_pid=1 prev_prio=120 prev_state=64 next_comm=B next_pid=2 next_prio=120         old, raw
 *     A:1 [120] R+ ==> B:2 [120]                                                                      trace-cmd
 *
 * A comm is up to 15 bytes of anything, so it may look like a field. A field counts only if all that follows it does,
 * too; no comm is long enough to fake that.
 */
import { ascii, BRACKET_CLOSE, COLON, DASH, decimal, isDigit, SPACE, skipDigits, skipWord, startsAt } from './bytes.ts';

const PREV_COMM = ascii('prev_comm=');
const PREV_PID = ascii(' prev_pid=');
const PREV_PRIO = ascii(' prev_prio=');
const PREV_STATE = ascii(' prev_state=');
const ARROW = ascii(' ==>');
const NEXT_COMM = ascii(' next_comm=');
const NEXT_PID = ascii(' next_pid=');
const NEXT_PRIO = ascii(' next_prio=');
const PRIO_OPEN = ascii(' [');
/** All states together, as in `S|D|T|t|X|Z|P|I|N|w|W|K|+`, are no longer. */
const STATE_BYTES_MAX = 64;

/** The fields of the body parsed last. Ranges are indexes into that line's bytes. */
export class SchedSwitch {
  prevCommFrom = 0;
  prevCommTo = 0;
  prevTid = 0;
  stateFrom = 0;
  stateTo = 0;
  nextCommFrom = 0;
  nextCommTo = 0;
  nextTid = 0;

  /** True if bytes[from..to) is such a body; only then the fields are valid. */
  parse(bytes: Uint8Array, from: number, to: number): boolean {
    return startsAt(bytes, from, PREV_COMM)
      ? this.#parseFields(bytes, from + PREV_COMM.length, to)
      : this.#parseColons(bytes, from, to);
  }

  #parseFields(bytes: Uint8Array, from: number, to: number): boolean {
    this.prevCommFrom = from;
    let next = -1;
    for (let at = from; at < to && next === -1; at++) {
      if (bytes[at] === SPACE && startsAt(bytes, at, PREV_PID)) next = this.#parsePrev(bytes, at);
    }
    if (next === -1) return false;
    this.nextCommFrom = next;
    for (let at = next; at < to; at++) {
      if (bytes[at] === SPACE && startsAt(bytes, at, NEXT_PID) && this.#parseNext(bytes, at)) return true;
    }
    return false;
  }

  /** From ` prev_pid=` on. Returns where next_comm begins, or -1. */
  #parsePrev(bytes: Uint8Array, at: number): number {
    const tidFrom = at + PREV_PID.length;
    const tidTo = skipDigits(bytes, tidFrom);
    if (!startsAt(bytes, tidTo, PREV_PRIO)) return -1;
    const prioTo = skipSignedDigits(bytes, tidTo + PREV_PRIO.length);
    if (!startsAt(bytes, prioTo, PREV_STATE)) return -1;
    const stateFrom = prioTo + PREV_STATE.length;
    const stateTo = skipWord(bytes, stateFrom, stateFrom + STATE_BYTES_MAX);
    const next = startsAt(bytes, stateTo, ARROW) ? stateTo + ARROW.length : stateTo;
    if (!startsAt(bytes, next, NEXT_COMM)) return -1;
    this.prevCommTo = at;
    this.prevTid = decimal(bytes, tidFrom, tidTo);
    this.stateFrom = stateFrom;
    this.stateTo = stateTo;
    return this.prevTid === -1 ? -1 : next + NEXT_COMM.length;
  }

  #parseNext(bytes: Uint8Array, at: number): boolean {
    const tidFrom = at + NEXT_PID.length;
    const tidTo = skipDigits(bytes, tidFrom);
    if (!startsAt(bytes, tidTo, NEXT_PRIO)) return false;
    this.nextCommTo = at;
    this.nextTid = decimal(bytes, tidFrom, tidTo);
    return this.nextTid !== -1;
  }

  #parseColons(bytes: Uint8Array, from: number, to: number): boolean {
    for (let at = from; at < to; at++) {
      if (bytes[at] === SPACE && startsAt(bytes, at, ARROW) && this.#parseAround(bytes, from, at, to)) return true;
    }
    return false;
  }

  /** `A:1 [120] R` before the arrow at `arrow`, ` ==> `, `B:2 [120]` after it. */
  #parseAround(bytes: Uint8Array, from: number, arrow: number, to: number): boolean {
    let state = arrow;
    while (state > from && bytes[state - 1] !== SPACE) state--;
    const prevColon = colonBefore(bytes, from, state - 1);
    if (prevColon === -1 || state === arrow) return false;
    const next = arrow + ARROW.length + 1;
    let end = to;
    while (end > next && bytes[end - 1] === SPACE) end--;
    const nextColon = colonBefore(bytes, next, end);
    if (nextColon === -1) return false;
    this.prevCommFrom = from;
    this.prevCommTo = prevColon;
    this.prevTid = decimal(bytes, prevColon + 1, skipDigits(bytes, prevColon + 1));
    this.stateFrom = state;
    this.stateTo = arrow;
    this.nextCommFrom = next;
    this.nextCommTo = nextColon;
    this.nextTid = decimal(bytes, nextColon + 1, skipDigits(bytes, nextColon + 1));
    return this.prevTid !== -1 && this.nextTid !== -1;
  }
}

/** In `comm:tid [prio]`, which ends at `end`, the place of the colon; -1 if it is not of that form. */
export function colonBefore(bytes: Uint8Array, from: number, end: number): number {
  if (end <= from || bytes[end - 1] !== BRACKET_CLOSE) return -1;
  let at = end - 1;
  while (at > from && (isDigit(bytes[at - 1]) || bytes[at - 1] === DASH)) at--;
  const tidTo = at - PRIO_OPEN.length;
  if (tidTo <= from || !startsAt(bytes, tidTo, PRIO_OPEN)) return -1;
  at = tidTo;
  while (at > from && isDigit(bytes[at - 1])) at--;
  return at > from && at < tidTo && bytes[at - 1] === COLON ? at - 1 : -1;
}

function skipSignedDigits(bytes: Uint8Array, at: number): number {
  return skipDigits(bytes, bytes[at] === DASH ? at + 1 : at);
}
