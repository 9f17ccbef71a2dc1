/** test/memory/bandwidth-judge with other seeds, more channels, and queues as long as the tolerance of T14 is for. */
import { describe, expect, it } from 'vitest';
import { judgeRandomTrials } from '../memory/bandwidth-judge/judged-trials.ts';
import {
  simulateQueue,
  waitOfBatches,
  waitOfExponentialService,
  waitOfSingleLines,
} from '../memory/bandwidth-judge/queueing.ts';

const off = (simulated: number, known: number): number => Math.abs(simulated / known - 1);

describe('random channels, partitions and traffic', () => {
  it.each([101, 102, 103, 104])('are served as the naive model serves them, seed %i', (seed) => {
    judgeRandomTrials({ steps: 250, changes: 'some' }, 10_000, seed);
    judgeRandomTrials({ steps: 250, changes: 'moves' }, 5000, seed);
    judgeRandomTrials({ steps: 250, changes: 'none' }, 5000, seed);
  });
});

describe('five million customers', () => {
  const FIVE_MILLION = { customers: 5_000_000, seed: 3, arrivals: 'poisson' } as const;

  it.each([0.5, 0.8, 0.9])('of a line each wait as in M/D/1 at a load of %f, within 2 percent', (load) => {
    const queue = simulateQueue({ ...FIVE_MILLION, load, meanLines: 1 });
    expect(queue.wrongWaits).toBe(0);
    expect(off(queue.meanWait, waitOfSingleLines(load))).toBeLessThan(0.02);
    expect(queue.residencePs).toBe(queue.integralPs);
  });

  // A channel serves a line in a fixed time; a customer of many lines is served in a time that is all but exponential.
  it.each([0.5, 0.8, 0.9])('of 50 lines on average wait as in M/M/1 at a load of %f, within 2 percent', (load) => {
    expect(off(waitOfBatches(load, 50), waitOfExponentialService(load))).toBeCloseTo(0.01, 9);
    const queue = simulateQueue({ ...FIVE_MILLION, customers: 2_000_000, load, meanLines: 50 });
    expect(queue.wrongWaits).toBe(0);
    expect(off(queue.meanWait, waitOfExponentialService(load))).toBeLessThan(0.02);
    expect(queue.residencePs).toBe(queue.integralPs);
  });
});
