/**
 * Fixed-point fractions of MPAM control settings, to the bit (Arm IHI 0099 B.a 9.1.2; A 3.1).
 *
 * A fraction has its binary point above bit 15. Of width w only bits 15:16-w exist, so a value stands for a band of 2^-w.
 * Maximum controls (CMAX, CASSOC) act on the top of the band, (raw + 1) / 2^w; minimum controls (CMIN) on its bottom,
 * raw / 2^w. So a maximum can be all but never nothing, a minimum nothing but never all.
 *
 * Widths are 0 to 16. Totals (lines, ways) are integers up to 2^48; the results are exact.
 */

/** 100 %, in thousandths of a percent. */
export const PERCENT_MILLI_MAX = 100_000;

/** 100 % of what a fraction is of, as a numerator over 65536. */
export const WHOLE_NUMERATOR = 0x10000;

/** The bits of a fraction's 16-bit field that exist. */
export function fractionMask(width: number): number {
  return (0xffff << (16 - width)) & 0xffff;
}

/** True if the maximum that the field holds is 100 %: it does not limit. */
export function isWhole(field: number, width: number): boolean {
  return rawOf(field, width) + 1 === 1 << width;
}

/** The maximum that the field holds, over 65536: the top of its band, 1 to WHOLE_NUMERATOR. */
export function maximumNumerator(field: number, width: number): number {
  return (rawOf(field, width) + 1) * 2 ** (16 - width);
}

/** The minimum that the field holds, over 65536: the bottom of its band, 0 to 65535. */
export function minimumNumerator(field: number, width: number): number {
  return field & fractionMask(width);
}

/** The maximum's share of `total`, rounded up: from this count on there may be no growth (`>=`, A 3.5). */
export function maximumRoundedUp(field: number, width: number, total: number): number {
  const { whole, rest } = share(rawOf(field, width) + 1, width, total);
  return whole + Math.ceil(rest);
}

/** The maximum's share of `total`, rounded down: above this count the maximum is exceeded (`>`, A 3.5). */
export function maximumRoundedDown(field: number, width: number, total: number): number {
  const { whole, rest } = share(rawOf(field, width) + 1, width, total);
  return whole + Math.floor(rest);
}

/** The minimum's share of `total`, rounded up: below this count the minimum is not reached. */
export function minimumRoundedUp(field: number, width: number, total: number): number {
  const { whole, rest } = share(rawOf(field, width), width, total);
  return whole + Math.ceil(rest);
}

/**
 * The field whose maximum is nearest to a percentage without exceeding it, as in Arm's table (A 3.1).
 * @param percentMilli thousandths of a percent, 0 to PERCENT_MILLI_MAX, an integer.
 * @returns undefined if even the smallest maximum, 2^-width, is more than that.
 */
export function maximumField(percentMilli: number, width: number): number | undefined {
  const raw = steps(percentMilli, width) - 1;
  return raw < 0 ? undefined : raw << (16 - width);
}

/** The field whose minimum is nearest to a percentage without exceeding it; the largest is 1 - 2^-width. */
export function minimumField(percentMilli: number, width: number): number {
  const raw = Math.min(steps(percentMilli, width), (1 << width) - 1);
  return raw << (16 - width);
}

/** The smallest maximum that a width can express, 2^-width, in thousandths of a percent (not always whole). */
export function smallestMaximumPercentMilli(width: number): number {
  return PERCENT_MILLI_MAX / (1 << width);
}

function rawOf(field: number, width: number): number {
  return (field & 0xffff) >>> (16 - width);
}

function steps(percentMilli: number, width: number): number {
  return Math.floor((percentMilli * (1 << width)) / PERCENT_MILLI_MAX);
}

/** numerator / 2^width of total, as a whole part and a rest below `numerator`; no product exceeds 2^53. */
function share(numerator: number, width: number, total: number): { readonly whole: number; readonly rest: number } {
  const unit = 1 << width;
  const units = Math.floor(total / unit);
  return { whole: numerator * units, rest: (numerator * (total - units * unit)) / unit };
}
