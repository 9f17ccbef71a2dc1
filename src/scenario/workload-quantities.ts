/** The quantities of workloads and of partitions as people write them: percentages, rates, numbers with a fraction. */
import { z } from 'zod';
import { EXPONENTIAL_MEAN_NS_MAX } from '../loop/random-stream.ts';

const PERCENT = /^(\d{1,3})(?:\.(\d{1,3}))?\s?%$/;
const RATE = /^(\d{1,12})(?:\.(\d{1,6}))?\s?\/\s?(us|ms|s|min)$/;
const NS_OF_UNIT = { us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n, min: 60_000_000_000n } as const;

/** Per cent in integer thousandths (12.5 % is 12,500) from a text such as `12.5%`, or undefined. Up to three decimals. */
export function parsePercentMilli(text: string): number | undefined {
  const match = PERCENT.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  return Number(whole + fraction.padEnd(3, '0'));
}

/** A percentage with at most one decimal, as an integer per thousand from `min` to `max`. */
export function perThousand(description: string, min: number, max: number) {
  return z
    .unknown()
    .transform((input, context): number => {
      const milli = typeof input === 'string' ? parsePercentMilli(input) : undefined;
      if (milli !== undefined && milli % 100 === 0 && milli >= min * 100 && milli <= max * 100) return milli / 100;
      const message = `a percentage from ${min / 10}% to ${max / 10}% with at most one decimal`;
      const hint = typeof input === 'number' && Number.isFinite(input) ? `write the sign: ${input}%` : undefined;
      context.issues.push({ code: 'custom', input, message, params: { hint } });
      return z.NEVER;
    })
    .meta({ description, type: 'string', pattern: PERCENT.source, examples: ['30%', '2.5%'] });
}

/** A number with a fraction, as an integer in units of `1 / denominator`, rounded to the nearest; both ends allowed. */
export function fixedPoint(description: string, min: number, max: number, denominator: number) {
  return z
    .unknown()
    .transform((input, context): number => {
      if (typeof input === 'number' && input >= min && input <= max) return Math.round(input * denominator);
      context.issues.push({ code: 'custom', input, message: `a number from ${min} to ${max}` });
      return z.NEVER;
    })
    .meta({ description, type: 'number', minimum: min, maximum: max });
}

/**
 * Mean time between events in whole ns, rounded to the nearest, from a rate such as `2000/s`; undefined for no rate, and for
 * means that no stream draws.
 */
export function parseRate(text: string): number | undefined {
  const match = RATE.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', unit = ''] = match;
  const rate = BigInt(whole + fraction);
  if (rate === 0n) return undefined;
  const unitNs = NS_OF_UNIT[unit as keyof typeof NS_OF_UNIT] * 10n ** BigInt(fraction.length);
  const meanNs = Number((2n * unitNs + rate) / (2n * rate));
  return meanNs >= 1 && meanNs <= EXPONENTIAL_MEAN_NS_MAX ? meanNs : undefined;
}

/** A rate of events as the mean time between them, ns. */
export function rate(description: string) {
  return z
    .unknown()
    .transform((input, context): number => {
      const meanNs = typeof input === 'string' ? parseRate(input) : undefined;
      if (meanNs !== undefined) return meanNs;
      const message = 'a rate from 0.001/s to 1000/us';
      const hint = typeof input === 'number' && input > 0 ? `write a unit: ${input}/s or ${input}/ms` : undefined;
      context.issues.push({ code: 'custom', input, message, params: { hint } });
      return z.NEVER;
    })
    .meta({ description, type: 'string', pattern: RATE.source, examples: ['2000/s', '1.5/ms'] });
}
