/**
 * Reading ASCII out of a byte array without making strings.
 *
 * All of it relies on one promise of LineSplitter: the byte after a line is a line end (LF or CR). No text looked for
 * here contains one, so every scan stops there by itself and needs no bound.
 */

export const NUL = 0x00;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const PAREN_OPEN = 0x28;
export const PAREN_CLOSE = 0x29;
export const COMMA = 0x2c;
export const DASH = 0x2d;
export const DOT = 0x2e;
export const COLON = 0x3a;
export const BRACKET_OPEN = 0x5b;
export const BRACKET_CLOSE = 0x5d;

export const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
export const INT32_MAX = 0x7fffffff;
/** Decimal digits of INT32_MAX. */
const INT32_DIGITS = 10;

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** The text of bytes[from..to). What is not UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}

export function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_9;
}

export function startsAt(bytes: Uint8Array, at: number, literal: Uint8Array): boolean {
  for (let i = 0; i < literal.length; i++) {
    if (bytes[at + i] !== literal[i]) return false;
  }
  return true;
}

/** First place at or after `at` that is no space. */
export function skipSpaces(bytes: Uint8Array, at: number): number {
  let i = at;
  while (bytes[i] === SPACE) i++;
  return i;
}

/** First place at or after `at` that is no decimal digit. */
export function skipDigits(bytes: Uint8Array, at: number): number {
  let i = at;
  while (isDigit(bytes[i])) i++;
  return i;
}

/** End of the word at `at`: the next space, line end or `stop`; not after `limit`. */
export function skipWord(bytes: Uint8Array, at: number, limit: number, stop = SPACE): number {
  let i = at;
  while (i < limit && bytes[i] > SPACE && bytes[i] !== stop) i++;
  return i;
}

/** The decimal number in bytes[from..to), 0 to 2^31 - 1; -1 if it is empty, too large, or no number. */
export function decimal(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to || to - from > INT32_DIGITS) return -1;
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i] - DIGIT_0;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value <= INT32_MAX ? value : -1;
}
