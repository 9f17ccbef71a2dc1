/** Bandwidths as people write them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBandwidth, parseBandwidth } from '../../src/scenario/bandwidth-quantity.ts';

describe('a bandwidth', () => {
  it.each([
    ['25.6GB/s', 25_600_000_000],
    ['93.9 GB/s', 93_900_000_000],
    ['1.2TB/s', 1_200_000_000_000],
    ['400MB/s', 400_000_000],
    ['400MiB/s', 419_430_400],
    ['1GiB/s', 2 ** 30],
    ['0.5TiB/s', 2 ** 39],
    ['0.0000001MiB/s', undefined],
    ['0.000001MB/s', 1],
  ])('of %s is %s bytes a second', (text, bytes) => {
    expect(parseBandwidth(text)).toBe(bytes);
  });

  it.each(['25.6', '25.6GB', '25.6Gb/s', '25,6GB/s', '-1GB/s', '1e3MB/s', '1KB/s', '.5GB/s', '1GB/min', ''])(
    'is not %o',
    (text) => {
      expect(parseBandwidth(text)).toBeUndefined();
    },
  );

  it('is written in the unit that tells it shortest, and exactly', () => {
    expect([25.6e9, 1e12, 999e6, 2 ** 30, 1234].map(formatBandwidth)).toEqual(
      ['25.6GB/s', '1TB/s', '999MB/s', '1073741824B/s', '1234B/s'], //
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 14 / 1000 }), (thousands) => {
        const bytes = thousands * 1000;
        const text = formatBandwidth(bytes);
        expect(
          text.endsWith('B/s') && /\d$/.test(text.replace('B/s', ''))
            ? Number(text.replace('B/s', ''))
            : parseBandwidth(text),
        ).toBe(bytes);
      }),
    );
  });
});
