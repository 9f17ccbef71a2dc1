/**
 * Mattson's inclusion property (T6): the histogram of one pass gives what an LRU cache of every size would miss. The judge
 * is a plain list per set, newest line first.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DistanceHistogram } from '../../../src/workload/miss-ratio-curve/distance-histogram.ts';
import { ExactCurve } from '../../../src/workload/miss-ratio-curve/exact-curve.ts';
import { FIRST_REFERENCE, StackDistances } from '../../../src/workload/miss-ratio-curve/stack-distances.ts';
import { WayCurve } from '../../../src/workload/miss-ratio-curve/way-curve.ts';

/** Misses of an LRU cache that is simulated directly. */
function lruMisses(stream: readonly number[], sets: number, ways: number): number {
  const stacks = Array.from({ length: sets }, (): number[] => []);
  let misses = 0;
  for (const line of stream) {
    const stack = stacks[line % sets]!;
    const at = stack.indexOf(line);
    if (at === -1) misses++;
    else stack.splice(at, 1);
    stack.unshift(line);
    stack.length = Math.min(stack.length, ways);
  }
  return misses;
}

/** Streams with locality: short walks from random starts, over few or many lines. */
const streams = fc
  .array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 30 }), fc.constantFrom(0, 1, 7)), {
    minLength: 1,
    maxLength: 60,
  })
  .map((walks) => walks.flatMap(([start, length, step]) => Array.from({ length }, (_, n) => start + n * step)));

describe('fully associative', () => {
  it('misses at every size what a directly simulated LRU cache of that size misses', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const curve = new ExactCurve();
        for (const line of stream) curve.touch(line);
        const sizes = Array.from({ length: curve.lines + 2 }, (_, size) => size);
        expect(curve.missesAt(sizes)).toEqual(sizes.map((size) => lruMisses(stream, 1, size)));
        expect([curve.references, curve.lines]).toEqual([stream.length, new Set(stream).size]);
      }),
      { numRuns: 60 },
    );
  });

  it('measures distances right however often its times run out', () => {
    const distances = new StackDistances();
    const stack: number[] = [];
    let state = 12_345;
    for (let reference = 0; reference < 60_000; reference++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      // Up to 2,500 lines: more than a quarter of the first 4,096 times.
      const line = 0xfffff000 - ((state >>> 8) % (1 + (reference % 2500)));
      const at = stack.indexOf(line);
      expect(distances.touch(line)).toBe(at === -1 ? FIRST_REFERENCE : at);
      if (at !== -1) stack.splice(at, 1);
      stack.unshift(line);
    }
    expect(distances.lines).toBe(stack.length);
  });

  it('knows the closed forms of a cyclic scan: all misses below the scan’s length, only first references from there on', () => {
    const curve = new ExactCurve();
    for (let reference = 0; reference < 10 * 5000; reference++) curve.touch(reference % 5000);
    expect(curve.missesAt([1, 4999, 5000, 100_000])).toEqual([50_000, 50_000, 5000, 5000]);
  });

  it('never misses more in a larger cache', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 5000 })), (distances) => {
        const histogram = new DistanceHistogram();
        for (const distance of distances) histogram.add(distance);
        const sizes = [0, 1, 10, 100, 1000, 5000, 5001, 10_000];
        const misses = histogram.missesAt(sizes);
        expect(misses).toEqual(
          sizes.map((size) => distances.filter((distance) => distance < 0 || distance >= size).length),
        );
        expect(misses).toEqual(misses.toSorted((a, b) => b - a));
      }),
    );
  });
});

describe('set-associative', () => {
  it('misses with every number of ways what a directly simulated LRU cache with as many ways misses', () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }), (stream, sets, ways) => {
        const curve = new WayCurve(sets, ways);
        for (const line of stream) curve.touch(line);
        expect(curve.misses()).toEqual(Array.from({ length: ways }, (_, way) => lruMisses(stream, sets, way + 1)));
      }),
      { numRuns: 60 },
    );
  });

  it('with one set is the fully associative curve', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const [ways, all] = [new WayCurve(1, 40), new ExactCurve()];
        for (const line of stream) {
          ways.touch(line);
          all.touch(line);
        }
        expect(ways.misses()).toEqual(all.missesAt(Array.from({ length: 40 }, (_, size) => size + 1)));
      }),
      { numRuns: 60 },
    );
  });
});
