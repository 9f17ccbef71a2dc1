import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/loop/random-stream.ts';
import { Side } from '../../../src/workload/streams/stream-plan.ts';
import type { ComponentSpec, PatternSpec } from '../../../src/workload/workload.ts';
import { NaivePages, scaled, upperHalves, walk } from './naive-generator.ts';
import { component, LINE_BYTES, LINES_PER_PAGE, only, part, streamRig } from './stream-rig.ts';

const COUNT = 3000;

/** Lines of the first accesses of a workload with one component, alone on a machine. */
function lines(spec: ComponentSpec, count = COUNT, seed = 1): number[] {
  return streamRig({ executors: only(part([spec])), seed })
    .take(0, Side.user, count)
    .map((access) => access.line);
}

/** The same from a sequence of virtual lines. */
function placed(virtual: Iterator<number>, count = COUNT): number[] {
  const pages = new NaivePages(LINES_PER_PAGE);
  return Array.from({ length: count }, () => pages.physical(virtual.next().value as number));
}

function* drawn(one: () => number): Generator<number> {
  for (;;) yield one();
}

const zipf = (exponentMilli: number): PatternSpec => ({ kind: 'zipf', exponentMilli });

/** Chi-square statistic as standard deviations from its mean. */
function chiSquareDeviation(counts: readonly number[], expected: readonly number[]): number {
  const statistic = counts.reduce((sum, count, at) => sum + (count - expected[at]!) ** 2 / expected[at]!, 0);
  return (statistic - counts.length + 1) / Math.sqrt(2 * (counts.length - 1));
}

describe('walks through a region', () => {
  it('sequential touches each line once per element, line after line, and starts again', () => {
    const spec = component('sequential', 3 * LINE_BYTES, { elementBytes: 32 });
    expect(lines(spec, 9)).toEqual([0, 0, 1, 1, 2, 2, 0, 0, 1]);
  });

  it('loop touches each line once', () => {
    expect(lines(component('loop', 3 * LINE_BYTES), 7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it('a region that ends inside a line has that line, too', () => {
    expect(lines(component('loop', 2 * LINE_BYTES + 1), 4)).toEqual([0, 1, 2, 0]);
    expect(lines(component('uniform', 1), 4)).toEqual([0, 0, 0, 0]);
  });

  it('an element larger than a line is a line', () => {
    const rig = streamRig({
      executors: only(part([component('sequential', 48, { elementBytes: 64 })])),
      lineBytes: 16,
    });
    expect(rig.take(0, Side.user, 4).map(({ line }) => line)).toEqual([0, 1, 2, 0]);
  });

  it('any stride wraps round the region, whatever the sizes', () => {
    const cases = fc.record({
      regionLines: fc.integer({ min: 1, max: 5000 }),
      strideBytes: fc.integer({ min: 1, max: 2 ** 20 }),
    });
    fc.assert(
      fc.property(cases, ({ regionLines, strideBytes }) => {
        const made = lines(component({ kind: 'strided', strideBytes }, regionLines * LINE_BYTES), 300);
        expect(made).toEqual(placed(walk(regionLines, LINE_BYTES, strideBytes), 300));
      }),
      { seed: 6, numRuns: 40 },
    );
  });

  it('places beyond 4 GiB are kept apart', () => {
    const bytes = 10 * 2 ** 30;
    const made = lines(component({ kind: 'strided', strideBytes: 3 * 2 ** 30 }, bytes), 20);
    expect(made).toEqual(placed(walk(bytes / LINE_BYTES, LINE_BYTES, 3 * 2 ** 30), 20));
    expect(new Set(made).size).toBe(10);
  });
});

describe('uniform accesses', () => {
  it.each([1, 7, 64, 1000])('draw one of %i lines from their own random stream', (regionLines) => {
    const next = upperHalves(5, 'addresses', 'guest', 0, 0, Side.user, 0, 0);
    const expected = placed(drawn(() => scaled(next(), regionLines)));
    expect(lines(component('uniform', regionLines * LINE_BYTES), COUNT, 5)).toEqual(expected);
  });

  it('touch all lines equally often', () => {
    const counts = new Array<number>(2 * LINES_PER_PAGE).fill(0);
    for (const line of lines(component('uniform', counts.length * LINE_BYTES), 100_000)) counts[line]!++;
    const expected = counts.map(() => 100_000 / counts.length);
    expect(Math.abs(chiSquareDeviation(counts, expected))).toBeLessThan(4);
  });
});

describe('a pointer chase', () => {
  it.each([1, 2, 3, 64, 1000])('visits all %i lines before it visits one again', (regionLines) => {
    const made = lines(component('pointer-chase', regionLines * LINE_BYTES), 3 * regionLines);
    const round = made.slice(0, regionLines);
    expect(new Set(round).size).toBe(regionLines);
    expect(made.slice(regionLines)).toEqual([...round, ...round]);
  });

  it('waits for each access before the next', () => {
    const rig = streamRig({ executors: only(part([component('pointer-chase', 640), component('uniform', 640)])) });
    const made = rig.take(0, Side.user, 200);
    expect(new Set(made.map(({ isSerial }) => isSerial))).toEqual(new Set([true, false]));
    const chase = streamRig({ executors: only(part([component('pointer-chase', 640)])) });
    expect(chase.take(0, Side.user, 50).every(({ isSerial }) => isSerial)).toBe(true);
  });

  it('is in no particular order', () => {
    const made = lines(component('pointer-chase', 60 * LINE_BYTES), 60);
    const steps = made.slice(1).map((line, at) => Math.abs(line - made[at]!));
    // A random cyclic order goes a third of the region on average.
    expect(steps.reduce((sum, step) => sum + step, 0) / steps.length).toBeGreaterThan(12);
  });
});

describe('zipf accesses', () => {
  it.each([
    [0, 200],
    [600, 200],
    [1000, 64],
    [1200, 333],
  ])('with exponent %i/1000 over %i lines: the k-th hottest line has a share of k^-s', (exponentMilli, regionLines) => {
    const count = 200_000;
    const counts = new Array<number>(Math.ceil(regionLines / LINES_PER_PAGE) * LINES_PER_PAGE).fill(0);
    for (const line of lines(component(zipf(exponentMilli), regionLines * LINE_BYTES), count)) counts[line]!++;
    const sorted = counts.sort((a, b) => b - a).slice(0, regionLines);
    const weights = sorted.map((_, rank) => (rank + 1) ** (-exponentMilli / 1000));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    sorted.forEach((hits, rank) => {
      const expected = (count * weights[rank]!) / total;
      // Sorting moves neighbours of nearly the same weight past each other: five deviations of a count.
      expect(Math.abs(hits - expected)).toBeLessThan(5 * Math.sqrt(expected) + 5);
    });
  });

  it('spreads the hot lines over the region', () => {
    const counts = new Map<number, number>();
    for (const line of lines(component(zipf(1000), 64 * LINE_BYTES), 50_000)) {
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
    const hottest = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8);
    const places = hottest.map(([line]) => line).sort((a, b) => a - b);
    expect(places.at(-1)! - places[0]!).toBeGreaterThan(20);
  });
});

describe('stores', () => {
  it.each([0, 1, 250, 999, 1000])('are %i of a thousand accesses', (writesPerThousand) => {
    const rig = streamRig({ executors: only(part([component('uniform', 6400, { writesPerThousand })])) });
    const writes = rig.take(0, Side.user, 50_000).filter(({ kind }) => kind === 'write').length;
    const share = writesPerThousand / 1000;
    expect(Math.abs(writes - 50_000 * share)).toBeLessThanOrEqual(4 * Math.sqrt(50_000 * share * (1 - share)));
  });

  it('do not change which lines are walked', () => {
    const walked = (writesPerThousand: number) => lines(component('sequential', 6400, { writesPerThousand }), 500);
    expect(walked(300)).toEqual(walked(0));
  });
});

describe('mixtures', () => {
  it('choose components by weight, each going its own way', () => {
    const data = (name: string) => ({ name, bytes: 64 * LINES_PER_PAGE, sharing: 'vcpu' }) as const;
    const rig = streamRig({
      executors: only(
        part([
          component('loop', 0, { region: data('a'), weight: 1 }),
          component('loop', 0, { region: data('b'), weight: 2, writesPerThousand: 1000 }),
          component('pointer-chase', 0, { region: data('c'), weight: 5 }),
        ]),
      ),
    });
    const made = rig.take(0, Side.user, 40_000);
    const shares = [
      made.filter(({ kind, isSerial }) => kind === 'read' && !isSerial),
      made.filter(({ kind }) => kind === 'write'),
      made.filter(({ isSerial }) => isSerial),
    ];
    const counts = shares.map((share) => share.length);
    expect(Math.abs(chiSquareDeviation(counts, [5000, 10_000, 25_000]))).toBeLessThan(4);
    for (const share of shares.slice(0, 2)) {
      const start = share[0]!.line;
      expect(share.slice(0, 70).map(({ line }) => line - start)).toEqual(
        Array.from({ length: 70 }, (_, at) => at % LINES_PER_PAGE),
      );
    }
  });
});

describe('random numbers', () => {
  it('of the loop are those of pure-rand', () => {
    const start = randomStream(5, 'x');
    const words = Array.from({ length: 4 }, () => start.uint32());
    const next = upperHalves(5, 'x');
    // Outputs by the definition of the generator (Blackman, Vigna 2018) on whole 64-bit words.
    const rotate = (x: bigint, k: bigint) => BigInt.asUintN(64, (x << k) | (x >> (64n - k)));
    let a = BigInt(words[0]!) | (BigInt(words[1]!) << 32n);
    let b = BigInt(words[2]!) | (BigInt(words[3]!) << 32n);
    for (let i = 0; i < 100; i++) {
      expect(next()).toBe(Number(BigInt.asUintN(64, a + b) >> 32n));
      const c = a ^ b;
      a = rotate(a, 24n) ^ c ^ BigInt.asUintN(64, c << 16n);
      b = rotate(c, 37n);
    }
  });
});
