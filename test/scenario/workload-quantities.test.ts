/** Sizes, percentages, rates, fractions and bitmaps as people write them. Expected values are worked out by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSize, parseSize } from '../../src/scenario/memory-size.ts';
import { parsePortions } from '../../src/scenario/partition-quantities.ts';
import { parsePercentMilli, parseRate } from '../../src/scenario/workload-quantities.ts';

describe('a size', () => {
  it.each([
    ['64B', 64],
    ['32KiB', 32_768],
    ['1.5MiB', 1_572_864],
    ['117 MiB', 122_683_392],
    ['1TiB', 1_099_511_627_776],
    ['0.001KiB', undefined],
    ['1.0001KiB', undefined],
    ['0.000001GiB', undefined],
    ['8MB', undefined],
    ['8', undefined],
    ['-1KiB', undefined],
    ['1e3KiB', undefined],
    ['9999999999999TiB', undefined],
  ])('%s is %s bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it('reads back exactly as it was printed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 44 }), (bytes) => {
        expect(parseSize(formatSize(bytes))).toBe(bytes);
      }),
    );
  });
});

describe('a percentage', () => {
  it.each([
    ['0%', 0],
    ['50%', 50_000],
    ['12.5 %', 12_500],
    ['6.25%', 6250],
    ['0.001%', 1],
    ['0.0001%', undefined],
    ['50', undefined],
    ['-5%', undefined],
    ['100%', 100_000],
    ['1000%', undefined],
  ])('%s is %s thousandths of a per cent', (text, milli) => {
    expect(parsePercentMilli(text)).toBe(milli);
  });
});

describe('a rate', () => {
  it.each([
    ['2000/s', 500_000],
    ['1/min', 60_000_000_000],
    ['1.5/ms', 666_667],
    ['3/s', 333_333_333],
    ['1000/us', 1],
    ['0.001/s', 1_000_000_000_000],
    ['0/s', undefined],
    ['0.0001/s', undefined],
    ['3000/us', undefined],
    ['2000', undefined],
    ['5/h', undefined],
  ])('%s is one in %s ns', (text, meanNs) => {
    expect(parseRate(text)).toBe(meanNs);
  });
});

describe('a portion bitmap', () => {
  it.each([
    [0x0f, [0x0f]],
    [0, [0]],
    ['0x0ff', [0xff]],
    ['0-3,8', [0x10f]],
    ['8', [0x100]],
    [' 31 , 32 ', [0x80000000, 1]],
    ['31,32', [0x80000000, 1]],
    ['30 , 33-34', [0x40000000, 6]],
    ['0x8000_0000', [0x80000000]],
    ['0x1_0000_0000_0000_0001', [1, 0, 1]],
    [2n ** 64n, [0, 0, 1]],
    [`0x${'f'.repeat(16)}`, [0xffffffff, 0xffffffff]],
    ['0x', undefined],
    ['3-1', undefined],
    ['32768', undefined],
    ['0-', undefined],
    [-1, undefined],
    [1.5, undefined],
    [-1n, undefined],
    [true, undefined],
    [undefined, undefined],
  ])('%s is the words %j', (input, words) => {
    expect(parsePortions(input)).toEqual(words);
  });

  it('may have any width up to 32768', () => {
    expect(parsePortions(`0x${'f'.repeat(8192)}`)).toEqual(Array(1024).fill(0xffffffff));
    expect(parsePortions('0-32767')).toEqual(Array(1024).fill(0xffffffff));
    expect(parsePortions(`0x1${'0'.repeat(8192)}`)).toBeUndefined();
  });

  it('is the same as a mask and as a list', () => {
    const portions = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(portions, (list) => {
        const mask = list.reduce((sum, portion) => sum + 2n ** BigInt(portion), 0n);
        const words = parsePortions(list.join(','));
        expect(parsePortions(`0x${mask.toString(16)}`)).toEqual(words);
        const found = words!.flatMap((word, index) =>
          Array.from({ length: 32 }, (_, bit) => bit)
            .filter((bit) => Math.floor(word / 2 ** bit) % 2 === 1)
            .map((bit) => 32 * index + bit),
        );
        expect(found).toEqual(list.toSorted((a, b) => a - b));
      }),
    );
  });
});
