import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fractionMask,
  isWhole,
  maximumField,
  maximumNumerator,
  maximumRoundedDown,
  maximumRoundedUp,
  minimumField,
  minimumNumerator,
  minimumRoundedUp,
  smallestMaximumPercentMilli,
} from '../../src/arch/fractions.ts';

/** A 3.1: the raw value of a maximum control by target and width. */
const ARM_TABLE: readonly [percent: number, bits16: number, bits12: number, bits8: number, bits7: number][] = [
  [25, 0x3fff, 0x3ff, 0x3f, 0x1f],
  [50, 0x7fff, 0x7ff, 0x7f, 0x3f],
  [80, 0xcccb, 0xccb, 0xcb, 0x65],
  [100, 0xffff, 0xfff, 0xff, 0x7f],
];

const width = fc.integer({ min: 1, max: 16 });
const field = fc.integer({ min: 0, max: 0xffff });
const total = fc.integer({ min: 1, max: 2 ** 48 });

/** Whole-number division of BigInts, rounded up. */
const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

describe('fixed-point fractions', () => {
  it.each(ARM_TABLE)("a maximum of %i %% is the value of Arm's table at every width", (percent, ...raws) => {
    const fields = [16, 12, 8, 7].map((bits) => maximumField(percent * 1000, bits)! >> (16 - bits));
    expect(fields).toEqual(raws);
  });

  it('has the top bits of the 16-bit field and no others', () => {
    expect([0, 1, 4, 7, 8, 16].map(fractionMask)).toEqual([0, 0x8000, 0xf000, 0xfe00, 0xff00, 0xffff]);
  });

  it('half of 4 of 32 portions of 1 MB is 64 KB: CMAX 0x0fff (A 3.4)', () => {
    const lines = 0x100000 / 64;
    expect(maximumRoundedUp(0x0fff, 16, lines)).toBe(lines / 16);
    expect(maximumField(6250, 16)).toBe(0x0fff);
  });

  it('a maximum is the top of its band and a minimum the bottom: (raw + 1) / 2^w and raw / 2^w', () => {
    fc.assert(
      fc.property(width, field, total, (w, value, all) => {
        const raw = BigInt(value) >> BigInt(16 - w);
        const unit = 1n << BigInt(w);
        const lines = BigInt(all);
        expect(BigInt(maximumRoundedUp(value, w, all))).toBe(ceilDivide((raw + 1n) * lines, unit));
        expect(BigInt(maximumRoundedDown(value, w, all))).toBe(((raw + 1n) * lines) / unit);
        expect(BigInt(minimumRoundedUp(value, w, all))).toBe(ceilDivide(raw * lines, unit));
        expect(BigInt(maximumNumerator(value, w))).toBe(((raw + 1n) * 65536n) / unit);
        expect(BigInt(minimumNumerator(value, w))).toBe((raw * 65536n) / unit);
      }),
      { seed: 31 },
    );
  });

  it('the smallest maximum of a small cache still allows one line to grow into, and drops none below it', () => {
    // 16 ways at 1/256: no whole way, yet growth stops only once one is held, and one is already too much.
    expect(maximumRoundedUp(0, 8, 16)).toBe(1);
    expect(maximumRoundedDown(0, 8, 16)).toBe(0);
    expect(minimumRoundedUp(0, 8, 16)).toBe(0);
  });

  it('does not limit exactly when all implemented bits are ones', () => {
    fc.assert(
      fc.property(width, field, (w, value) => {
        expect(isWhole(value, w)).toBe((value & fractionMask(w)) === fractionMask(w));
      }),
      { seed: 32 },
    );
    expect(isWhole(0xfeff, 7)).toBe(true);
    expect(isWhole(0xfdff, 7)).toBe(false);
  });

  it('rounds a percentage down to the nearest maximum, and has none below 2^-w', () => {
    fc.assert(
      fc.property(width, fc.integer({ min: 0, max: 100_000 }), (w, percentMilli) => {
        const found = maximumField(percentMilli, w);
        // Thousandths of a percent that n steps of 2^-w are, times 2^w: whole numbers.
        const exceeds = (steps: number): boolean => steps * 100_000 > percentMilli * 2 ** w;
        if (found === undefined) {
          expect(exceeds(1)).toBe(true);
          expect(percentMilli).toBeLessThan(smallestMaximumPercentMilli(w));
          return;
        }
        expect(found & ~fractionMask(w)).toBe(0);
        const steps = found / 2 ** (16 - w) + 1;
        expect([exceeds(steps), steps === 2 ** w || exceeds(steps + 1)]).toEqual([false, true]);
      }),
      { seed: 33 },
    );
  });

  it.each([
    [0, 8, 0x0000],
    [25_000, 8, 0x4000],
    [33_333, 4, 0x5000],
    [50_000, 16, 0x8000],
    [99_999, 8, 0xff00],
    [100_000, 8, 0xff00],
    [100_000, 1, 0x8000],
  ])('a minimum of %i thousandths of a percent in %i bits is the field %i', (percentMilli, bits, expected) => {
    expect(minimumField(percentMilli, bits)).toBe(expected);
  });
});
