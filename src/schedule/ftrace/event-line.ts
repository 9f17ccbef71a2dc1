/**
 * The part that all event lines of ftrace text have in common:
 *
 *     COMM-TID    (TGID) [CPU] flags seconds.fraction: event: body
 *
 * as printed by the kernel's `trace` file (kernel/trace/trace_output.c) and by `trace-cmd report`. The TGID column
 * (option record-tgid) and the flags column may be missing; TGID may be dashes. COMM may hold spaces, dashes, colons,
 * slashes and brackets. The fraction has one to nine digits.
 *
 * Leaves out: latency format, function tracers, and clocks that are printed without a decimal point.
 */

import { EMPTY_HASH, hashStep } from './byte-names.ts';
import {
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  DASH,
  DIGIT_0,
  DOT,
  decimal,
  INT32_MAX,
  isDigit,
  PAREN_CLOSE,
  PAREN_OPEN,
  SPACE,
  skipSpaces,
  skipWord,
} from './bytes.ts';

/** COMM is padded on the left to this width: usually the dash before the TID comes right after. */
const COMM_COLUMN_BYTES = 16;
/** `-------)` and `4194304)` are eight characters. No column is scanned further than it can be, as lines may be hostile. */
const TGID_COLUMN_BYTES_MAX = 16;
/** Five in today's kernels. */
const FLAGS_COLUMN_BYTES_MAX = 16;
/** Event names are C identifiers of at most some 60 characters. */
const NAME_BYTES_MAX = 128;
const FRACTION_DIGITS_MAX = 9;
const NOT_FOUND = -1;
/** Nanoseconds per unit of the last digit, by number of digits. */
const NS_BY_FRACTION_DIGITS = Int32Array.from([0, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1]);

/** The fields of the line parsed last. Ranges are indexes into that line's bytes. */
export class EventLine {
  /** COMM with its padding. */
  commFrom = 0;
  commTo = 0;
  tid = 0;
  cpu = 0;
  /** Time on the recording's clock; two integers, as a clock of many days in ns exceeds 2^53. */
  seconds = 0;
  nanoseconds = 0;
  nameFrom = 0;
  nameTo = 0;
  /** Of the name, as ByteNames wants it. */
  nameHash = 0;
  bodyFrom = 0;
  #tgidFrom = 0;
  #tgidTo = 0;
  #value = 0;

  /** True if bytes[from..to) is an event line; only then the fields are valid. */
  parse(bytes: Uint8Array, from: number, to: number): boolean {
    this.commFrom = from;
    const usual = from + COMM_COLUMN_BYTES;
    if (usual < to && bytes[usual] === DASH && this.#parseFrom(bytes, usual)) return true;
    // COMM may contain dashes: it ends at the first one that all the other columns follow.
    for (let at = from; at < to; at++) {
      if (bytes[at] === DASH && this.#parseFrom(bytes, at)) return true;
    }
    return false;
  }

  /** Process id; -1 where the line has no TGID column or dashes in it. */
  tgid(bytes: Uint8Array): number {
    return decimal(bytes, this.#tgidFrom, this.#tgidTo);
  }

  /** `-TID (TGID) `, and what follows. */
  #parseFrom(bytes: Uint8Array, dash: number): boolean {
    const tidTo = this.#number(bytes, dash + 1);
    if (tidTo === NOT_FOUND) return false;
    this.commTo = dash;
    this.tid = this.#value;
    let next = skipSpaces(bytes, tidTo);
    this.#tgidFrom = this.#tgidTo = next;
    if (bytes[next] === PAREN_OPEN) next = this.#parseTgid(bytes, skipSpaces(bytes, next + 1));
    return next !== NOT_FOUND && bytes[next] === BRACKET_OPEN && this.#parseCpu(bytes, next + 1);
  }

  /** `123) ` or `-----) `. Returns where the next column begins, or NOT_FOUND. */
  #parseTgid(bytes: Uint8Array, at: number): number {
    const end = skipWord(bytes, at, at + TGID_COLUMN_BYTES_MAX, PAREN_CLOSE);
    if (bytes[end] !== PAREN_CLOSE) return NOT_FOUND;
    this.#tgidFrom = at;
    this.#tgidTo = end;
    return skipSpaces(bytes, end + 1);
  }

  /** `CPU] flags ` after the opening bracket, and what follows. */
  #parseCpu(bytes: Uint8Array, at: number): boolean {
    const end = this.#number(bytes, at);
    if (end === NOT_FOUND || bytes[end] !== BRACKET_CLOSE) return false;
    this.cpu = this.#value;
    const next = skipSpaces(bytes, end + 1);
    // No flag of the first column (irqs-off) is a digit.
    if (isDigit(bytes[next])) return this.#parseTime(bytes, next);
    return this.#parseTime(bytes, skipSpaces(bytes, skipWord(bytes, next, next + FLAGS_COLUMN_BYTES_MAX)));
  }

  #parseTime(bytes: Uint8Array, at: number): boolean {
    const point = this.#number(bytes, at);
    if (point === NOT_FOUND || bytes[point] !== DOT) return false;
    this.seconds = this.#value;
    const end = this.#number(bytes, point + 1);
    if (end === NOT_FOUND || bytes[end] !== COLON || end - point - 1 > FRACTION_DIGITS_MAX) return false;
    this.nanoseconds = this.#value * NS_BY_FRACTION_DIGITS[end - point - 1];
    return this.#parseName(bytes, skipSpaces(bytes, end + 1));
  }

  #parseName(bytes: Uint8Array, at: number): boolean {
    let hash = EMPTY_HASH;
    let end = at;
    for (let byte = bytes[end]; byte > SPACE && byte !== COLON; byte = bytes[++end]) hash = hashStep(hash, byte);
    this.nameFrom = at;
    this.nameTo = end;
    this.nameHash = hash;
    this.bodyFrom = skipSpaces(bytes, end + 1);
    return bytes[end] === COLON && end > at && end - at <= NAME_BYTES_MAX;
  }

  /** Reads the number at `at` into #value. Returns its end, or NOT_FOUND if there is none or it exceeds 2^31 - 1. */
  #number(bytes: Uint8Array, at: number): number {
    let value = 0;
    let end = at;
    for (let digit = bytes[end] - DIGIT_0; digit >= 0 && digit <= 9; digit = bytes[++end] - DIGIT_0) {
      value = value * 10 + digit;
      if (value > INT32_MAX) return NOT_FOUND;
    }
    this.#value = value;
    return end === at ? NOT_FOUND : end;
  }
}
