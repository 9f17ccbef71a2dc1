/** MBW_WINWD is microseconds in 16.8 fixed point (A 2.4; docs/bandwidth.md). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestWinwd, windowPs, winwdOf } from '../../src/arch/accounting-window.ts';

const US = 1_000_000;

describe('an accounting window', () => {
  it.each([
    [0x000100, 1 * US],
    [0x000080, US / 2],
    [0x000001, 3906], // 3906.25 ps
    [0xffff00, 65_535 * US],
    [0xffffff, 65_536 * US - 3907], // 3906.25 ps less than 65,536 us
    [0, 1], // no window is shorter
  ])('of %d in 1/256 us is %d ps', (winwd, ps) => {
    expect(windowPs(winwd)).toBe(ps);
  });

  it('in ns becomes the nearest value', () => {
    expect([winwdOf(10_000), winwdOf(4), winwdOf(5), winwdOf(6)]).toEqual([2560, 1, 1, 2]);
  });

  it('of the largest value for a length is not longer, that of the next value is (but for the end of the field)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4000, max: 2 ** 40 }), (ps) => {
        const winwd = largestWinwd(ps);
        expect(windowPs(winwd)).toBeLessThanOrEqual(ps);
        if (winwd < 0xffffff) expect(((winwd + 1) * US) / 256).toBeGreaterThan(ps);
      }),
    );
    expect(largestWinwd(Infinity)).toBe(0xffffff);
  });
});
