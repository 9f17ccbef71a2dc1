/** Shares under proportional stride, and that nobody starves (A 3.6), told from the grants alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alwaysBacklogged, type Demand, LINE_PS, servicesOf } from './one-channel.ts';
import { channel, property, serve, traffic, WINDOW_PS } from './random-traffic.ts';

describe('proportional stride', () => {
  const strides = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 5 });

  it('gives shares proportional to 1/stride, at any moment to within one line of the largest stride', () => {
    property(strides, fc.constantFrom(0, 1, 100), (all, offsetLimit) => {
      const partitions = all.map((stride) => ({ stride }));
      const lines = 60;
      const services = serve({ offsetLimit }, partitions, alwaysBacklogged(all.length, lines));
      const granted = all.map(() => 0);
      for (const { partition } of services) {
        granted[partition]! += 1;
        if (granted[partition] === lines) break;
        const cost = granted.map((count, index) => count * all[index]!);
        expect(Math.max(...cost) - Math.min(...cost)).toBeLessThanOrEqual(Math.max(...all));
      }
    });
  });

  it('lets a partition that was idle catch up by no more than its credit', () => {
    property(strides, fc.integer({ min: 0, max: 40 }), (all, offsetLimit) => {
      const late = all.length - 1;
      const lateStride = all[late]!;
      const others = alwaysBacklogged(late, 100);
      const demands = [...others, ...Array<Demand>(100).fill({ partition: late, arrivalPs: 25 * LINE_PS * late })];
      const services = serve(
        { offsetLimit },
        all.map((stride) => ({ stride })),
        demands,
      );
      const since = services.filter(({ grantPs }) => grantPs >= 25 * LINE_PS * late).slice(0, 50);
      const granted = all.map(() => 0);
      for (const { partition } of since) {
        granted[partition]! += 1;
        const least = Math.min(...granted.slice(0, late).map((count, index) => count * all[index]!));
        const ahead = granted[late]! * lateStride - least;
        expect(ahead).toBeLessThanOrEqual(offsetLimit + lateStride + Math.max(...all));
      }
    });
  });

  it('shares among those who ask only, and wastes nothing', () => {
    const services = serve({}, [{ stride: 2 }, { stride: 1 }, { stride: 1 }], alwaysBacklogged(2, 300));
    const [two, one] = [0, 1].map((partition) => servicesOf(services.slice(0, 300), partition).length);
    expect([two, one]).toEqual([100, 200]);
  });
});

describe('a starvation limit', () => {
  const STARVATION_PS = 30_000;

  it('bounds the wait of a first request, whatever the others are', () => {
    const partition = fc.record({
      minimum: fc.constantFrom(0, 60_000),
      maximum: fc.constantFrom(1000, 65536),
      priority: fc.nat(3),
      windowPs: fc.constant(WINDOW_PS),
    });
    property(fc.tuple(partition, partition, partition), channel, traffic(3), (all, options, demands) => {
      const services = serve({ ...options, starvationPs: STARVATION_PS }, all, demands);
      const longest = Math.max(...services.map(({ grantPs, completionPs }) => completionPs - grantPs));
      all.forEach((_, index) => {
        let servedLast = 0;
        for (const { arrivalPs, grantPs } of servicesOf(services, index)) {
          const waitsSince = Math.max(arrivalPs, servedLast);
          expect(grantPs - waitsSince).toBeLessThanOrEqual(STARVATION_PS + (all.length + 1) * longest);
          servedLast = grantPs;
        }
      });
    });
  });

  it('is what keeps a low priority alive: without it, the one of high priority takes all', () => {
    const partitions = [{ priority: 1 }, { priority: 0 }];
    const first = (starvationPs: number): number => {
      return serve({ starvationPs }, partitions, alwaysBacklogged(2, 100)).findIndex(
        ({ partition }) => partition === 1,
      );
    };
    expect(first(0)).toBe(100);
    expect(first(STARVATION_PS)).toBe(STARVATION_PS / LINE_PS);
  });
});
