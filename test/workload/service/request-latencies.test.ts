import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/loop/random-stream.ts';
import { RequestLatencies } from '../../../src/workload/service/request-latencies.ts';

describe('request latencies', () => {
  it('give percentiles within 0.1 %, and the rest exactly', () => {
    const random = randomStream(1, 'latencies');
    const values = Array.from({ length: 20_000 }, () => random.exponentialNs(3_000_000));
    const latencies = new RequestLatencies();
    for (const value of values) latencies.record(value);
    const taken = latencies.take();
    values.sort((a, b) => a - b);
    const at = (share: number): number => values[Math.ceil(share * values.length) - 1]!;
    expect(taken.requests).toBe(20_000);
    expect(taken.meanNs).toBe(Math.round(values.reduce((sum, value) => sum + value, 0) / values.length));
    expect(taken.maxNs).toBe(values.at(-1));
    for (const [percentile, share] of [
      ['p50Ns', 0.5],
      ['p90Ns', 0.9],
      ['p99Ns', 0.99],
      ['p999Ns', 0.999],
    ] as const) {
      expect(Math.abs(taken[percentile]! / at(share) - 1)).toBeLessThan(0.001);
    }
  });

  it('begin again after each look, and are null where there were none', () => {
    const none = { requests: 0, meanNs: null, p50Ns: null, p90Ns: null, p99Ns: null, p999Ns: null, maxNs: null };
    const latencies = new RequestLatencies();
    expect(latencies.take()).toEqual(none);
    latencies.record(1_234_567);
    expect(latencies.take().maxNs).toBe(1_234_567);
    expect(latencies.take()).toEqual(none);
    latencies.record(0);
    latencies.record(10);
    expect(latencies.take()).toEqual({
      requests: 2,
      meanNs: 5,
      p50Ns: 1,
      p90Ns: 10,
      p99Ns: 10,
      p999Ns: 10,
      maxNs: 10,
    });
  });

  it('no percentile is above the largest', () => {
    const latencies = new RequestLatencies();
    latencies.record(1_000_001);
    const { p50Ns, p999Ns, maxNs } = latencies.take();
    expect([p50Ns, p999Ns, maxNs]).toEqual([1_000_001, 1_000_001, 1_000_001]);
  });
});
