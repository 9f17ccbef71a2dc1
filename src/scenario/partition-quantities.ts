/** Settings of cache partitioning as people write them: portion bitmaps and fractions. */
import { z } from 'zod';
import { TOPOLOGY_LIMITS } from '../machine/topology.ts';
import type { ShareSetting } from '../memory/settings/partition-settings.ts';
import { parsePercentMilli } from './workload-quantities.ts';

const PORTIONS_MAX = TOPOLOGY_LIMITS.cpbmWd.max;
const MASK = /^0x[0-9a-fA-F_]+$/;
const PORTION_LIST = /^\d{1,5}(?:-\d{1,5})?(?:\s*,\s*\d{1,5}(?:-\d{1,5})?)*$/;
const FIELD = /^0x[0-9a-fA-F]{1,4}$/;
const FIELD_MAX = 0xffff;
/** A number up to here is more likely a percentage without its sign than a field. */
const LIKELY_PERCENT_MAX = 100;

/** The words of MPAMCFG_CPBM<n>, lowest portions first, as unsigned numbers; at least one. undefined: not a bitmap. */
export function parsePortions(input: unknown): readonly number[] | undefined {
  if (typeof input === 'number') return Number.isSafeInteger(input) && input >= 0 ? wordsOf(BigInt(input)) : undefined;
  if (typeof input === 'bigint') return input >= 0n ? wordsOf(input) : undefined;
  if (typeof input !== 'string') return undefined;
  const text = input.trim();
  const digits = text.replaceAll('_', '');
  if (MASK.test(text) && digits.length > 2) return wordsOf(BigInt(digits));
  return PORTION_LIST.test(text) ? wordsOfList(text) : undefined;
}

function wordsOf(mask: bigint): readonly number[] | undefined {
  if (mask >> BigInt(PORTIONS_MAX) !== 0n) return undefined;
  const hex = mask.toString(16);
  const words: number[] = [];
  for (let end = hex.length; end > 0; end -= 8) words.push(Number.parseInt(hex.slice(Math.max(0, end - 8), end), 16));
  return words;
}

/** `0-3,8` */
function wordsOfList(text: string): readonly number[] | undefined {
  const words = [0];
  for (const range of text.split(',')) {
    const [first = 0, last = first] = range.split('-').map(Number);
    if (first > last || last >= PORTIONS_MAX) return undefined;
    while (words.length <= last >>> 5) words.push(0);
    for (let portion = first; portion <= last; portion++) words[portion >>> 5]! |= 1 << (portion & 31);
  }
  return words.map((word) => word >>> 0);
}

/** A portion bitmap: a number, hex text of any width, or a list of portions. */
export function portionBitmap(description: string) {
  return z
    .unknown()
    .transform((input, context): readonly number[] => {
      const words = parsePortions(input);
      if (words !== undefined) return words;
      const message = `a mask such as 0x0f, or portions such as 0-3,8, up to portion ${PORTIONS_MAX - 1}`;
      context.issues.push({ code: 'custom', input, message });
      return z.NEVER;
    })
    .meta({ description, type: ['integer', 'string'], examples: ['0x00f', '0-3,8'] });
}

/** A share of a control: the percentage that is meant, or the register's field as it is. */
export function controlShare(description: string) {
  return z
    .unknown()
    .transform((input, context): ShareSetting => {
      const percentMilli = typeof input === 'string' ? parsePercentMilli(input) : undefined;
      if (percentMilli !== undefined && percentMilli <= 100_000) return { percentMilli };
      const field = typeof input === 'string' && FIELD.test(input) ? Number(input) : input;
      const isField = typeof field === 'number' && Number.isInteger(field) && field >= 0 && field <= FIELD_MAX;
      const isUnclear = typeof input === 'number' && input <= LIKELY_PERCENT_MAX;
      if (isField && !isUnclear) return { field };
      const message = `a percentage such as 12.5%, or the 16-bit field, 0x0000 to 0xffff`;
      const hint =
        isField && isUnclear ? `write ${input}% for a percentage, "0x${input.toString(16)}" for the field` : undefined;
      context.issues.push({ code: 'custom', input, message, params: { hint } });
      return z.NEVER;
    })
    .meta({ description, type: ['string', 'integer'], examples: ['50%', '0x7fff'] });
}
