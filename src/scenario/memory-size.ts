/** Sizes of memory as people write them: `64KiB`. Powers of 1024 only, so that nobody has to guess what a KB is. */
import { z } from 'zod';
import { alternatives } from './suggest.ts';

/** Binary digits of a unit above the byte's. */
const SHIFT_OF_UNIT = { B: 0, KiB: 10, MiB: 20, GiB: 30, TiB: 40 } as const;
type SizeUnit = keyof typeof SHIFT_OF_UNIT;
const SIZE = /^(\d{1,16})(?:\.(\d{1,6}))?\s?(B|KiB|MiB|GiB|TiB)$/;
/** What other programs call KiB, MiB, GiB. */
const OTHER_UNIT = /^\s*\d[\d.]*\s*(k|m|g|t)(i?b)?\s*$/i;

/** A size in bytes from a text such as `1.5MiB`, or undefined if it is none or no whole number of bytes. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', unit = ''] = match;
  const scaled = BigInt(whole + fraction) << BigInt(SHIFT_OF_UNIT[unit as SizeUnit]);
  const denominator = 10n ** BigInt(fraction.length);
  if (scaled % denominator !== 0n) return undefined;
  const bytes = scaled / denominator;
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : undefined;
}

/** The shortest exact text of a size: the largest unit in which it has at most three decimals. */
export function formatSize(bytes: number): string {
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB'] as const) {
    const size = 2 ** SHIFT_OF_UNIT[unit];
    // 125/8: a thousand, with less to overflow.
    if (bytes >= size && (bytes * 125) % (size / 8) === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}

/** A size in bytes from `min` to `max`, a multiple of `step`. */
export function memorySize(description: string, min: number, max: number, step = 1) {
  const isAllowed = (bytes: number): boolean => bytes >= min && bytes <= max && bytes % step === 0;
  return z
    .unknown()
    .transform((input, context): number => {
      const bytes = typeof input === 'string' ? parseSize(input) : undefined;
      if (bytes !== undefined && isAllowed(bytes)) return bytes;
      const of = step === 1 ? 'a size' : `a multiple of ${formatSize(step)}`;
      const range = `${of} from ${formatSize(min)} to ${formatSize(max)}`;
      context.issues.push({ code: 'custom', input, message: range, params: { hint: sizeHint(input, isAllowed) } });
      return z.NEVER;
    })
    .meta({ description, type: 'string', pattern: SIZE.source, examples: ['64KiB', '8MiB'] });
}

function sizeHint(input: unknown, isAllowed: (bytes: number) => boolean): string | undefined {
  if (typeof input === 'number' || typeof input === 'bigint') {
    const texts = Object.keys(SHIFT_OF_UNIT).map((unit) => `${input}${unit}`);
    const fitting = texts.filter((text) => isAllowed(parseSize(text) ?? Number.NaN));
    return fitting.length === 0 ? undefined : `write a unit: ${alternatives(fitting)}`;
  }
  const unit = typeof input === 'string' ? OTHER_UNIT.exec(input)?.[1]?.toUpperCase() : undefined;
  if (unit !== undefined) return `did you mean ${unit === 'K' ? 'KiB' : `${unit}iB`}?`;
  return SIZE.test(String(input)) ? undefined : 'write a number and one of the units B, KiB, MiB, GiB, TiB';
}
