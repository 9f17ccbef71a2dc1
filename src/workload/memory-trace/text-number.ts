/**
 * Numbers of up to 64 bits in ASCII text, read from bytes without making strings or BigInts.
 *
 * All scans rely on one promise of LineDecoder: the last byte of what it hands out is a line feed, and no text looked for
 * here contains one.
 */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const COMMA = 0x2c;
export const DIGIT_0 = 0x30;
/** Sets the bit that tells small from capital letters. */
export const LOWER_CASE = 0x20;
const LOWER_X = 0x78;

const TWO_32 = 2 ** 32;
/** 16 hex digits fill 64 bits; 20 decimal digits are enough for them. */
const HEX_DIGITS_MAX = 16;
const DECIMAL_DIGITS_MAX = 20;
/** Decimal digits whose value fits a signed word in any case. */
const WORD_DIGITS = 9;

const HEX_VALUE = hexValues();

function hexValues(): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (let digit = 0; digit < 16; digit++) {
    const character = digit.toString(16);
    values[character.charCodeAt(0)] = digit;
    values[character.toUpperCase().charCodeAt(0)] = digit;
  }
  return values;
}

/** Each method reads at a place, leaves the value in `low` and `high`, and says where the number ends; -1 if there is none. */
export class TextNumber {
  /** Bits 31:0, as a signed or unsigned word, and bits 63:32. */
  low = 0;
  high = 0;

  hex(bytes: Uint8Array, at: number): number {
    let low = 0;
    let high = 0;
    let i = at;
    for (let digit = HEX_VALUE[bytes[i]]; digit >= 0; digit = HEX_VALUE[bytes[++i]]) {
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
    }
    this.low = low;
    this.high = high;
    return i === at || i - at > HEX_DIGITS_MAX ? -1 : i;
  }

  decimal(bytes: Uint8Array, at: number): number {
    let low = 0;
    let high = 0;
    let i = at;
    let digit = bytes[i] - DIGIT_0;
    for (; digit >= 0 && digit <= 9 && i < at + WORD_DIGITS; digit = bytes[++i] - DIGIT_0) low = low * 10 + digit;
    for (; digit >= 0 && digit <= 9; digit = bytes[++i] - DIGIT_0) {
      const next = low * 10 + digit;
      low = next >>> 0;
      high = high * 10 + Math.floor(next / TWO_32);
    }
    this.low = low;
    this.high = high;
    return i === at || i - at > DECIMAL_DIGITS_MAX || high >= TWO_32 ? -1 : i;
  }

  /** Hex digits, with or without 0x. */
  prefixedHex(bytes: Uint8Array, at: number): number {
    return this.hex(bytes, hasHexPrefix(bytes, at) ? at + 2 : at);
  }

  /** Hex digits after 0x, else decimal ones. */
  hexOrDecimal(bytes: Uint8Array, at: number): number {
    return hasHexPrefix(bytes, at) ? this.hex(bytes, at + 2) : this.decimal(bytes, at);
  }

  /** The value if it is at most 2^32 - 1; else Infinity. */
  get word(): number {
    return this.high === 0 ? this.low >>> 0 : Number.POSITIVE_INFINITY;
  }
}

function hasHexPrefix(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === DIGIT_0 && (bytes[at + 1] | LOWER_CASE) === LOWER_X;
}

/** First place at or after `at` that is neither space nor tab. */
export function skipBlanks(bytes: Uint8Array, at: number): number {
  let i = at;
  while (bytes[i] === SPACE || bytes[i] === TAB) i++;
  return i;
}

/** The line feed that ends the line, if only blanks (and a carriage return) lie between; else -1. */
export function endOfLine(bytes: Uint8Array, at: number): number {
  if (bytes[at] === LF) return at;
  let i = skipBlanks(bytes, at);
  if (bytes[i] === CR) i++;
  return bytes[i] === LF ? i : -1;
}
