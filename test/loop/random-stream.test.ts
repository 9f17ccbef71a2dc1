import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PurposePart, randomStream } from '../../src/loop/random-stream.ts';

const DRAWS = 200_000;
const draw = (count: number, one: () => number): number[] => Array.from({ length: count }, one);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** xoroshiro128+ (Blackman, Vigna 2018; constants 24, 16, 37) on whole 64-bit words, lower half of each sum. */
function* referenceGenerator(s0: bigint, s1: bigint): Generator<number> {
  const rotate = (x: bigint, k: bigint): bigint => BigInt.asUintN(64, (x << k) | (x >> (64n - k)));
  let [a, b] = [s0, s1];
  for (;;) {
    yield Number(BigInt.asUintN(32, a + b));
    const c = a ^ b;
    a = rotate(a, 24n) ^ c ^ BigInt.asUintN(64, c << 16n);
    b = rotate(c, 37n);
  }
}

/** The documented mixing, in whole numbers modulo 2^32. */
function referenceState(words: readonly number[]): { s0: bigint; s1: bigint } {
  const u32 = (x: bigint): bigint => BigInt.asUintN(32, x);
  const factors = [0x85ebca6bn, 0xc2b2ae35n, 0x27d4eb2fn, 0x165667b1n];
  const lane = [0x6d70616dn, 0x6c616220n, 0x510e527fn, 0x9b05688cn];
  for (const word of words) {
    for (let i = 0; i < 4; i++) lane[i] = lane[(i + 1) % 4]! ^ u32((lane[i]! ^ u32(BigInt(word))) * factors[i]!);
  }
  const final = (x: bigint): bigint => {
    let mixed = u32(x);
    mixed = u32((mixed ^ (mixed >> 16n)) * factors[0]!);
    mixed = u32((mixed ^ (mixed >> 13n)) * factors[1]!);
    return mixed ^ (mixed >> 16n);
  };
  const a = final(lane[0]! ^ u32(lane[0]! + lane[1]! + lane[2]! + lane[3]!));
  const b = final(lane[1]! + a);
  const c = final(lane[2]! + b);
  const d = final(lane[3]! + c);
  return { s0: (a << 32n) | b, s1: (c << 32n) | d };
}

describe('a random stream', () => {
  it('is xoroshiro128+ started from the documented mix of seed and purpose', () => {
    const { s0, s1 } = referenceState([1, 7, 0, 2, 2, 0x76, 0x6d, 1, -3, -1]); // seed 7, 'vm', -3
    const reference = referenceGenerator(s0, s1);
    const stream = randomStream(7, 'vm', -3);
    expect(draw(1000, () => stream.uint32())).toEqual(draw(1000, () => reference.next().value as number));
  });

  it('is the same for the same seed and purpose, and another one for any other', () => {
    const start = (seed: number, ...purpose: PurposePart[]): string => {
      const stream = randomStream(seed, ...purpose);
      return draw(4, () => stream.uint32()).join();
    };
    expect(start(1, 'guest', 0, 1)).toBe(start(1, 'guest', 0, 1));
    const starts = [start(1, 'vm', 1), start(1, 'vm1'), start(1, 'v', 'm', 1), start(2, 'vm', 1), start(1, 'vm', '1')];
    for (let tenant = 0; tenant < 20; tenant++) {
      for (let vm = 0; vm < 20; vm++)
        for (let vcpu = 0; vcpu < 20; vcpu++) starts.push(start(1, 'g', tenant, vm, vcpu));
    }
    starts.push(start(2 ** 32 + 1, 'g', 0, 0, 0), start(-1, 'g', 0, 0, 0));
    expect(new Set(starts).size).toBe(starts.length);
  });

  it('is not correlated with the stream of a neighbouring purpose', () => {
    const [a, b] = [randomStream(1, 'vcpu', 0), randomStream(1, 'vcpu', 1)];
    const products = draw(DRAWS, () => (a.uint32() / 2 ** 32 - 0.5) * (b.uint32() / 2 ** 32 - 0.5));
    // Standard deviation of the mean product: (1/12) / sqrt(DRAWS).
    expect(Math.abs(mean(products))).toBeLessThan((4 / 12) * DRAWS ** -0.5);
  });

  it('refuses a seed that is no whole number', () => {
    expect(() => randomStream(0.5)).toThrow(/0\.5 is not an integer/);
    expect(() => randomStream(1, Number.NaN)).toThrow(RangeError);
  });
});

/** Chi-square statistic, as standard deviations from its mean. */
function chiSquareDeviation(counts: readonly number[], expected: readonly number[]): number {
  const statistic = counts.reduce((sum, count, at) => sum + (count - expected[at]!) ** 2 / expected[at]!, 0);
  const freedom = counts.length - 1;
  return (statistic - freedom) / Math.sqrt(2 * freedom);
}

describe('bounded draws', () => {
  it.each([2, 3, 7, 10, 1000])('below %i are uniform', (n) => {
    const stream = randomStream(3, 'below', n);
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < DRAWS; i++) counts[stream.below(n)]!++;
    expect(Math.abs(chiSquareDeviation(counts, new Array<number>(n).fill(DRAWS / n)))).toBeLessThan(4);
  });

  it('are integers in range for every bound up to 2^32', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.integer(), (n, seed) => {
        const stream = randomStream(seed, 'range');
        const values = draw(20, () => stream.below(n));
        return values.every((value) => Number.isInteger(value) && value >= 0 && value < n);
      }),
    );
    expect(randomStream(1, 'one').below(1)).toBe(0);
  });

  it('are true as often as the chance says', () => {
    const stream = randomStream(5, 'chance');
    const share = mean(draw(DRAWS, () => (stream.chance(333, 1000) ? 1 : 0)));
    expect(Math.abs(share - 0.333)).toBeLessThan(4 * Math.sqrt((0.333 * 0.667) / DRAWS));
    expect(draw(1000, () => (stream.chance(0, 5) ? 1 : 0))).not.toContain(1);
    expect(draw(1000, () => (stream.chance(5, 5) ? 1 : 0))).not.toContain(0);
  });

  it('follow weights, and never pick a weight of 0', () => {
    const weights = [0, 55, 0, 20, 15, 10, 0];
    const cumulative = weights.map((_, at) => weights.slice(0, at + 1).reduce((sum, weight) => sum + weight, 0));
    const stream = randomStream(9, 'weighted');
    const counts = weights.map(() => 0);
    for (let i = 0; i < DRAWS; i++) counts[stream.weighted(cumulative)]!++;
    for (const [at, weight] of weights.entries()) if (weight === 0) expect(counts[at]).toBe(0);
    const isUsed = (_: number, at: number): boolean => weights[at]! > 0;
    const expected = weights.map((weight) => (weight / 100) * DRAWS);
    expect(Math.abs(chiSquareDeviation(counts.filter(isUsed), expected.filter(isUsed)))).toBeLessThan(4);
  });
});

describe('an exponential time', () => {
  it.each([1, 3, 50, 2_000, 1_000_000, 2 ** 40])('of mean %i ns follows P(time > k) = e^(-k/mean)', (meanNs) => {
    const stream = randomStream(11, 'exponential', meanNs);
    const times = draw(DRAWS, () => stream.exponentialNs(meanNs)).sort((a, b) => a - b);
    expect(times.every((time) => Number.isInteger(time) && time >= 1)).toBe(true);

    // A whole number of ns, rounded up, is geometric: mean 1/p, variance (1-p)/p^2.
    const p = -Math.expm1(-1 / meanNs);
    const [lawMean, lawVariance] = [1 / p, (1 - p) / p ** 2];
    const variance = mean(times.map((time) => (time - lawMean) ** 2));
    expect(Math.abs(mean(times) - lawMean)).toBeLessThan(4 * Math.sqrt(lawVariance / DRAWS));
    // The fourth central moment of an exponential is nine variances squared.
    expect(Math.abs(variance / lawVariance - 1)).toBeLessThan(4 * Math.sqrt(8 / DRAWS) + 1e-9);

    // Kolmogorov-Smirnov at the last of equal times; 1.95 is the 0.1 % point.
    let distance = 0;
    for (let at = 0; at < DRAWS; at++) {
      if (times[at] === times[at + 1]) continue;
      distance = Math.max(distance, Math.abs((at + 1) / DRAWS - 1 + Math.exp(-times[at]! / meanNs)));
    }
    expect(distance * Math.sqrt(DRAWS)).toBeLessThan(1.95);
  });

  it('is 1 ns for a mean of 0, so that nothing stands still', () => {
    const stream = randomStream(1, 'zero');
    expect(new Set(draw(1000, () => stream.exponentialNs(0)))).toEqual(new Set([1]));
  });
});
