/** Where recorded addresses come to lie: the same cache sets as by address, and never two tenants' lines in one place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColouredPlacement, colourPeriod } from '../../../src/workload/placement/coloured-placement.ts';

const TWO_TO_32 = 2n ** 32n;
/** Lines of 64-bit addresses have at most 62 bits, as lines have at least 4 bytes. */
const lineNumber = fc.bigInt({ min: 0n, max: 2n ** 62n - 1n });
/** Near each other, as programs have them, or anywhere. */
const lines = fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 300n }), lineNumber), { minLength: 1, maxLength: 60 });

function place(placement: ColouredPlacement, tenant: number, line: bigint): number {
  return placement.lineOf(tenant, Number(line % TWO_TO_32), Number(line / TWO_TO_32));
}

describe('placement by colour', () => {
  it('keeps the set index of every line in every cache, for any numbers of sets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 }),
        lines,
        (setCounts, used) => {
          const placement = new ColouredPlacement({ setCounts, physicalLines: 2 ** 31, tenants: 1 });
          for (const line of used) {
            const placed = place(placement, 0, line);
            for (const sets of setCounts) expect(placed % sets).toBe(Number(line % BigInt(sets)));
          }
        },
      ),
    );
  });

  it('gives different lines of one or several tenants different places, and the same line always the same', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.nat(2),
            lineNumber.map((line) => line % 5000n),
          ),
          { maxLength: 300 },
        ),
        (touches) => {
          const placement = new ColouredPlacement({ setCounts: [12, 8], physicalLines: 2 ** 24, tenants: 3 });
          const placeOf = new Map<string, number>();
          for (const [tenant, line] of touches) {
            const placed = place(placement, tenant, line);
            const key = `${tenant} ${line}`;
            expect(placeOf.get(key) ?? placed).toBe(placed);
            placeOf.set(key, placed);
          }
          expect(new Set(placeOf.values()).size).toBe(placeOf.size);
        },
      ),
    );
  });

  it('fills memory to the last frame before it says that memory is full', () => {
    const placement = new ColouredPlacement({ setCounts: [128], physicalLines: 512, tenants: 2 });
    const placed = [0n, 1n, 2n, 3n].flatMap((page) => [
      place(placement, 0, page * 64n),
      place(placement, 1, page * 64n),
    ]);
    expect(placed.toSorted((a, b) => a - b)).toEqual([0, 64, 128, 192, 256, 320, 384, 448]);
    expect([placement.pagesOf(0), placement.pagesOf(1)]).toEqual([4, 4]);
    expect(() => place(placement, 0, 400n * 64n)).toThrow(
      'memory is full: all 4 frames (of 64 lines) of one of 2 colours are in use, 8 of 8 altogether',
    );
  });

  it('says which numbers of sets have too long a common period', () => {
    expect(colourPeriod([64, 159_744], 2 ** 24)).toBe(159_744);
    expect(colourPeriod([3], 2 ** 24)).toBe(192);
    expect(() => colourPeriod([1021, 1031, 4096], 2 ** 24)).toThrow(
      /^caches of 1021, 1031, 4096 sets .* memory has 16777216/,
    );
  });
});
