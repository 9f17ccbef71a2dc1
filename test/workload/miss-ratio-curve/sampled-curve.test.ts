/** Sampled miss-ratio curves (SHARDS): exact at rate 1, close at 0.01, and honest about how close. */
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/loop/random-stream.ts';
import { comparisonSizes, curveError } from '../../../src/workload/miss-ratio-curve/curve-error.ts';
import { ExactCurve } from '../../../src/workload/miss-ratio-curve/exact-curve.ts';
import { SampledCurve } from '../../../src/workload/miss-ratio-curve/sampled-curve.ts';

/** Half of the references go to a hot tenth of the lines, half to a scan of all of them. */
function mixedStream(lines: number, references: number, seed: number): number[] {
  const random = randomStream(seed, 'sampled-curve-test');
  return Array.from({ length: references }, (_, at) => (at % 2 === 0 ? random.below(lines / 10) : (at >> 1) % lines));
}

function curvesOf(stream: readonly number[], rate: number): { exact: ExactCurve; sampled: SampledCurve } {
  const exact = new ExactCurve();
  const sampled = new SampledCurve(rate);
  for (const line of stream) {
    exact.touch(line);
    sampled.touch(line);
  }
  return { exact, sampled };
}

const ratios = (curve: ExactCurve, sizes: readonly number[]): number[] =>
  curve.missesAt(sizes).map((misses) => misses / curve.references);

describe('a sampled miss-ratio curve', () => {
  it('at rate 1 is the exact one, with no error', () => {
    const { exact, sampled } = curvesOf(mixedStream(1000, 20_000, 1), 1);
    const sizes = [1, 10, 100, 500, 1000, 2000];
    const points = sampled.at(sizes);
    expect(points.map(({ missRatio }) => missRatio)).toEqual(ratios(exact, sizes));
    expect(points.map(({ standardError }) => standardError)).toEqual([0, 0, 0, 0, 0, 0]);
    expect([sampled.sampledLines, sampled.sampledReferences]).toEqual([exact.lines, exact.references]);
  });

  it('is within 0.02 of the exact one at rate 0.01, and within 0.05 at 0.001 (T10)', () => {
    const stream = mixedStream(200_000, 2_000_000, 2);
    for (const [rate, tolerance] of [
      [0.01, 0.02],
      [0.001, 0.05],
    ] as const) {
      const { exact, sampled } = curvesOf(stream, rate);
      const sizes = comparisonSizes(exact.lines);
      const estimated = sampled.at(sizes).map(({ missRatio }) => missRatio);
      const { meanAbsolute } = curveError(ratios(exact, sizes), estimated);
      expect(meanAbsolute).toBeLessThanOrEqual(tolerance);
      expect(sampled.sampledLines / exact.lines / rate).toBeCloseTo(1, 0);
    }
  });

  it('states a standard error that its errors agree with', () => {
    // At these sizes every size has a true error; about two thirds of them are within one standard error.
    const sizes = [25_000, 50_000, 100_000, 150_000];
    let within2 = 0;
    let all = 0;
    for (let seed = 0; seed < 12; seed++) {
      // Other lines, so that other ones are sampled.
      const stream = mixedStream(200_000, 500_000, seed).map((line) => line + seed * 1_000_003);
      const { exact, sampled } = curvesOf(stream, 0.01);
      const truth = ratios(exact, sizes);
      for (const [at, { missRatio, standardError }] of sampled.at(sizes).entries()) {
        expect(standardError).toBeGreaterThan(0);
        expect(standardError).toBeLessThan(0.1);
        all++;
        if (Math.abs(missRatio - truth[at]!) <= 2 * standardError) within2++;
      }
    }
    expect(within2 / all).toBeGreaterThan(0.8);
  });

  it('of nothing is nothing', () => {
    const sampled = new SampledCurve(0.01);
    expect(sampled.at([1, 100])).toEqual([
      { missRatio: 0, standardError: 0 },
      { missRatio: 0, standardError: 0 },
    ]);
    expect(curveError([], [])).toEqual({ meanAbsolute: 0, largest: 0 });
    expect(comparisonSizes(0)).toEqual([]);
  });

  it('compares at evenly spaced sizes that end with the footprint', () => {
    expect(comparisonSizes(10, 5)).toEqual([2, 4, 6, 8, 10]);
    expect(comparisonSizes(3, 256)).toEqual([1, 2, 3]);
    expect(curveError([0.5, 0.25], [0.25, 0.75])).toEqual({ meanAbsolute: 0.375, largest: 0.5 });
  });
});
