/**
 * The quantities of a scenario as people write them: times with a unit, 64-bit register values, names, counts.
 * Each is a zod schema whose output is what the program uses, and whose metadata describes the text to editors.
 */
import { z } from 'zod';
import type { RegisterValue } from '../arch/registers.ts';
import { hasControlCharacters } from '../schedule/visible-text.ts';
import { alternatives } from './suggest.ts';

/** Decimal digits of a unit below its ns. */
const DIGITS_OF_UNIT = { ns: 0, us: 3, ms: 6, s: 9, min: 9 } as const;
type TimeUnit = keyof typeof DIGITS_OF_UNIT;
/** Minutes are seldom meant. */
const UNITS_TO_SUGGEST: readonly TimeUnit[] = ['ns', 'us', 'ms', 's'];
const DURATION = /^(\d{1,16})(?:\.(\d{1,16}))?\s?(ns|us|ms|s|min)$/;
const REGISTER_MAX = 2n ** 64n - 1n;
const HEX_OR_DECIMAL = /^(?:0x[0-9a-fA-F_]{1,24}|\d{1,20})$/;

/** A time in integer ns from a text such as `250us`, or undefined. `0` needs no unit. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', unit = ''] = match;
  const digits = DIGITS_OF_UNIT[unit as TimeUnit];
  const unitNs = unit === 'min' ? 60n : 1n;
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > digits) return undefined;
  const ns = BigInt(whole + significant.padEnd(digits, '0')) * unitNs;
  return ns <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(ns) : undefined;
}

/** A time in integer ns, at least `minNs`. Give a default with `prefault('3ms')`. */
export function duration(description: string, minNs: number, maxNs: number) {
  const isAllowed = (ns: number): boolean => ns >= minNs && ns <= maxNs;
  return z
    .unknown()
    .transform((input, context): number => {
      const ns = typeof input === 'string' || input === 0 ? parseDuration(String(input)) : undefined;
      if (ns !== undefined && isAllowed(ns)) return ns;
      const range = `a time from ${formatDuration(minNs)} to ${formatDuration(maxNs)} in whole ns`;
      context.issues.push({ code: 'custom', input, message: range, params: { hint: durationHint(input, isAllowed) } });
      return z.NEVER;
    })
    .meta({ description, type: ['string', 'integer'], pattern: DURATION.source, examples: ['250us', '3ms', '1.5s'] });
}

/** The shortest exact text of a time: the largest unit in which it has at most three decimals. */
export function formatDuration(ns: number): string {
  for (const [unit, size] of [
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ] as const) {
    if (ns >= size && (ns * 1000) % size === 0) return `${ns / size}${unit}`;
  }
  return ns === 0 ? '0' : `${ns}ns`;
}

function durationHint(input: unknown, isAllowed: (ns: number) => boolean): string {
  const texts =
    typeof input === 'number' || typeof input === 'bigint' ? UNITS_TO_SUGGEST.map((unit) => `${input}${unit}`) : [];
  const fitting = texts.filter((text) => isAllowed(parseDuration(text) ?? Number.NaN));
  if (fitting.length > 0) return `write a unit: ${alternatives(fitting)}`;
  return 'write a number and one of the units ns, us, ms, s, min';
}

/** A 64-bit register value, as signed halves: decimal or 0x hex, as a number or a text. */
export function registerValue(description: string) {
  return z
    .unknown()
    .transform((input, context): RegisterValue => {
      const value = exactInteger(input);
      if (value !== undefined && value >= 0n && value <= REGISTER_MAX) {
        return { lo: Number(BigInt.asIntN(32, value)), hi: Number(BigInt.asIntN(32, value >> 32n)) };
      }
      context.issues.push({ code: 'custom', input, message: 'a value from 0x0 to 0xffffffffffffffff' });
      return z.NEVER;
    })
    .meta({ description, type: ['integer', 'string'], examples: ['0x0000000100020002'] });
}

function exactInteger(input: unknown): bigint | undefined {
  if (typeof input === 'bigint') return input;
  if (typeof input === 'number') return Number.isSafeInteger(input) ? BigInt(input) : undefined;
  return typeof input === 'string' && HEX_OR_DECIMAL.test(input) ? BigInt(input.replaceAll('_', '')) : undefined;
}

/** An integer from `min` to `max`, both allowed. */
export function integer(description: string, min: number, max: number) {
  const range = `an integer from ${min} to ${max}`;
  return z.int(range).min(min, range).max(max, range).meta({ description });
}

const NO_CONTROL_CHARACTERS = 'text without control characters and without changes of direction';

/** A name that the author gives: usable in `--set` paths and in SQL without quoting surprises. */
const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

export const name = z
  .string()
  .regex(NAME_PATTERN, 'a name: letters, digits, - and _, at most 64, starting with a letter or digit');

/** Text that is printed as it is, with nothing in it that a terminal would obey. */
export function oneLine(text: z.ZodString): z.ZodString {
  return text.refine((value) => !hasControlCharacters(value), NO_CONTROL_CHARACTERS);
}

/** The same, in several lines. */
export function severalLines(text: z.ZodString): z.ZodString {
  return text.refine((value) => !hasControlCharacters(value.replaceAll(/[\n\t]/g, '')), NO_CONTROL_CHARACTERS);
}

/** A CPU number as a key. */
export const CPU_KEY_PATTERN = /^(0|[1-9]\d{0,3})$/;
