/** Random traffic for one channel, and how the properties of arbiters are checked with it. */
import fc from 'fast-check';
import {
  type ChannelOptions,
  type Demand,
  LINE_PS,
  OneChannel,
  type PartitionOptions,
  type Service,
  THE_END,
} from './one-channel.ts';

/** Accounting window of most partitions: 20 lines. */
export const WINDOW_PS = 40_000;

/** A line that takes 2,000 ps, or no whole number of them, and a direction that costs nothing or something to change. */
export const channel = fc.record({
  lineTime: fc.oneof(fc.constant(LINE_PS * 65536), fc.integer({ min: 1500 * 65536, max: 2500 * 65536 })),
  turnaroundPs: fc.constantFrom(0, 0, 700),
});

/** Random traffic of so many partitions, about as much as the channel can serve, in bursts of up to eight lines. */
export function traffic(partitions: number): fc.Arbitrary<Demand[]> {
  const burst = fc.record({
    gapPs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12_000 })),
    partition: fc.nat(partitions - 1),
    lines: fc.integer({ min: 1, max: 8 }),
    kind: fc.constantFrom('read' as const, 'write' as const),
  });
  return fc.array(burst, { minLength: 1, maxLength: 60, size: 'max' }).map((bursts) => {
    let arrivalPs = 0;
    return bursts.flatMap(({ gapPs, partition, lines, kind }) => {
      arrivalPs += gapPs;
      return Array<Demand>(lines).fill({ partition, arrivalPs, kind });
    });
  });
}

/** Serve all of it. */
export function serve(
  options: ChannelOptions,
  partitions: readonly PartitionOptions[],
  demands: readonly Demand[],
): readonly Service[] {
  const driven = new OneChannel(options, partitions);
  driven.offer(demands);
  return driven.serveUntil(THE_END);
}

/** Check a property with random values: fixed seed, so that a failure can be repeated. */
export const property = <T extends [unknown, ...unknown[]]>(
  ...args: [...{ [K in keyof T]: fc.Arbitrary<T[K]> }, (...values: T) => void]
): void => fc.assert(fc.property<T>(...args), { seed: 36, numRuns: 150, endOnFailure: false });
