/** A channel without limits is a queue with one server: known result T14, and every wait exactly as Lindley's recursion says. */
import { describe, expect, it } from 'vitest';
import { simulateQueue, waitOfBatches, waitOfSingleLines } from './queueing.ts';

const off = (simulated: number, known: number): number => Math.abs(simulated / known - 1);

describe('one channel, requests in the order of arrival', () => {
  it.each([
    [0.5, 0.5],
    [0.8, 2],
    [0.9, 4.5],
  ])('lets Poisson requests wait as in M/D/1 at a load of %f: %f services', (load, known) => {
    expect(waitOfSingleLines(load)).toBeCloseTo(known, 9);
    const queue = simulateQueue({ load, customers: 1_000_000, seed: 14, arrivals: 'poisson', meanLines: 1 });
    expect(queue.wrongWaits).toBe(0);
    expect(off(queue.meanWait, known)).toBeLessThan(0.02);
    expect(queue.residencePs).toBe(queue.integralPs);
  });

  it('lets geometric batches of lines wait as in M/G/1, on the way to M/M/1', () => {
    const queue = simulateQueue({ load: 0.5, customers: 400_000, seed: 14, arrivals: 'poisson', meanLines: 4 });
    expect(queue.wrongWaits).toBe(0);
    expect(off(queue.meanWait, waitOfBatches(0.5, 4))).toBeLessThan(0.02);
    expect(queue.residencePs).toBe(queue.integralPs);
  });

  it.each([0.5, 0.9, 1])('lets nobody wait where requests come at a fixed pace (D/D/1), at a load of %f', (load) => {
    const queue = simulateQueue({ load, customers: 10_000, seed: 14, arrivals: 'fixed', meanLines: 1 });
    expect(queue).toMatchObject({ meanWait: 0, wrongWaits: 0 });
    expect(queue.residencePs).toBe(queue.integralPs);
  });
});
