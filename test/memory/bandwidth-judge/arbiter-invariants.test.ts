/**
 * What must be true of any arbiter that keeps A 3.6, whatever the traffic: each property is told from the grants alone,
 * without a model of the arbiter.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCOUNTING_WINDOWS, type AccountingWindow } from '../../../src/memory/bandwidth-config.ts';
import { arbitraryTrial } from './arbitrary-bandwidth.ts';
import {
  alwaysBacklogged,
  type Demand,
  LINE_PS,
  OneChannel,
  type PartitionOptions,
  type Service,
  servicePsOf,
  servicesOf,
  THE_END,
} from './one-channel.ts';
import { openLoop } from './open-loop.ts';
import { channel, property, serve, traffic, WINDOW_PS } from './random-traffic.ts';
import { play, setUp } from './trial.ts';

describe('the channel', () => {
  it('serves every request once, one line at a time, and never more bytes in any stretch of time than it has', () => {
    property(arbitraryTrial({ steps: 40, changes: 'some' }), (trial) => {
      const driven = openLoop(trial.config);
      setUp(driven, trial);
      const grants = play(driven, trial.steps);
      trial.config.channels.forEach(({ lineTime }, index) => {
        const own = grants.filter((grant) => grant.channel === index);
        let latest = Number.NEGATIVE_INFINITY;
        own.forEach(({ arrivalPs, grantPs, completionPs }, n) => {
          expect(grantPs).toBeGreaterThanOrEqual(Math.max(arrivalPs, own[n - 1]?.completionPs ?? 0));
          // Lines m to n took at least their time, less than a ps of rounding apart, for every m at once.
          latest = Math.max(latest, grantPs * 65536 - n * lineTime);
          expect(completionPs * 65536 - (n + 1) * lineTime).toBeGreaterThan(latest - 65536);
        });
      });
      const offered = trial.steps.flatMap(({ does }, tag) => (does === 'offer' ? [tag] : []));
      const inMemory = new Set(trial.config.memories.flatMap(({ channels }) => channels));
      const done = grants.filter((grant) => inMemory.has(grant.channel)).map(({ tag }) => tag);
      expect(done.toSorted((a, b) => a - b)).toEqual(offered);
    });
  });

  it('is never idle under soft limits while something waits', () => {
    const partition = fc.record({
      minimum: fc.constantFrom(0, 6554, 30_000),
      maximum: fc.constantFrom(3000, 20_000, 65536),
      stride: fc.constantFrom(0, 1, 3),
      windowPs: fc.constantFrom(WINDOW_PS, 7000),
    });
    const limits = fc.tuple(partition, partition, partition);
    property(fc.constantFrom(...ACCOUNTING_WINDOWS), channel, limits, traffic(3), (window, options, all, demands) => {
      const arrivals = demands.map(({ arrivalPs }) => arrivalPs);
      const services = serve({ ...options, window }, all, demands);
      expect(services.length).toBe(arrivals.length);
      // Whoever is served: the n-th line begins when the one before is done and n requests have come.
      services.forEach(({ grantPs }, n) => {
        expect(grantPs).toBe(Math.max(services[n - 1]?.completionPs ?? 0, arrivals[n]!));
      });
    });
  });
});

describe('a hard limit', () => {
  const MAXIMUM = 16_384;
  const limited: PartitionOptions[] = [{ maximum: MAXIMUM, isHard: true, windowPs: WINDOW_PS }, {}];
  const thresholdPs = WINDOW_PS / 4;

  it('is exceeded by less than a line in any fixed window', () => {
    property(channel, traffic(2), (options, demands) => {
      const services = servicesOf(serve({ ...options, window: 'fixed' }, limited, demands), 0);
      const inWindow = Map.groupBy(services, ({ grantPs }) => Math.floor(grantPs / WINDOW_PS));
      for (const all of inWindow.values()) expect(servicePsOf(all.slice(0, -1))).toBeLessThan(thresholdPs);
    });
  });

  it('is exceeded by less than a line in any moving window, wherever it begins', () => {
    property(channel, traffic(2), (options, demands) => {
      const services = servicesOf(serve({ ...options, window: 'moving' }, limited, demands), 0);
      for (const last of services) {
        const before = services.filter(({ grantPs }) => grantPs < last.grantPs && grantPs > last.grantPs - WINDOW_PS);
        expect(servicePsOf(before)).toBeLessThan(thresholdPs);
      }
    });
  });

  it('lets through the allotted rate, one burst and less than a line in any stretch of time of a decaying window', () => {
    property(channel, traffic(2), (options, demands) => {
      const services = servicesOf(serve({ ...options, window: 'decaying' }, limited, demands), 0);
      let usedPs = 0;
      let least = Number.POSITIVE_INFINITY;
      for (const { grantPs, servicePs } of services) {
        // What was used beyond the rate since any earlier grant, before this one.
        const beyondRatePs = usedPs - (grantPs * MAXIMUM) / 65536;
        least = Math.min(least, beyondRatePs);
        expect(beyondRatePs - least).toBeLessThan(thresholdPs);
        usedPs += servicePs;
      }
    });
  });

  it.each(ACCOUNTING_WINDOWS)('holds the partition even if nobody else wants the channel (%s)', (window) => {
    const services = serve({ window }, limited, alwaysBacklogged(1, 200));
    const elapsed = services.at(-1)!.grantPs;
    expect(servicePsOf(services) / elapsed).toBeGreaterThan(0.24);
    expect(servicePsOf(services.slice(0, -1))).toBeLessThan(elapsed / 4 + thresholdPs + LINE_PS);
  });
});

describe('a minimum', () => {
  /** Fractions that fit with a line of quantisation each, of windows of 20 lines. */
  const MINIMUMS = [26_000, 13_107, 6554];
  const partitions = MINIMUMS.map((minimum) => ({ minimum, windowPs: WINDOW_PS }));
  const minimumPs = MINIMUMS.map((minimum) => Math.floor((minimum * WINDOW_PS) / 65536));
  /** How long all of them can be busy with getting their minimums, and a line that had begun. */
  const turnPs = minimumPs.reduce((sum, ps) => sum + ps + LINE_PS, LINE_PS);
  const LINES = 300;
  const HORIZON_PS = 14 * WINDOW_PS;

  /**
   * Three partitions that never run out of requests, beside any traffic of a fourth and six without a minimum that do not
   * run out, either: by age alone, each would get a tenth.
   */
  function besideTraffic(window: AccountingWindow, others: readonly Demand[]): readonly Service[] {
    const demands = [...alwaysBacklogged(9, LINES), ...others.map((demand) => ({ ...demand, partition: 9 }))];
    const plain = Array<PartitionOptions>(7).fill({});
    const services = serve({ window }, [...partitions, ...plain], demands);
    return services.filter(({ grantPs }) => grantPs < HORIZON_PS);
  }

  it('is met in every fixed window', () => {
    property(traffic(1), (others) => {
      const services = besideTraffic('fixed', others);
      minimumPs.forEach((least, partition) => {
        for (let start = 0; start < 10 * WINDOW_PS; start += WINDOW_PS) {
          const inWindow = servicesOf(services, partition).filter(
            ({ grantPs }) => grantPs >= start && grantPs < start + WINDOW_PS,
          );
          expect(servicePsOf(inWindow)).toBeGreaterThanOrEqual(least);
        }
      });
    });
  });

  it('is met in any stretch of time of a moving window and one turn of all who are below theirs', () => {
    property(traffic(1), (others) => {
      const services = besideTraffic('moving', others);
      minimumPs.forEach((least, partition) => {
        const own = servicesOf(services, partition);
        for (const { grantPs: start } of own.filter(({ grantPs }) => grantPs < 10 * WINDOW_PS)) {
          const end = start + WINDOW_PS + turnPs;
          expect(servicePsOf(own.filter(({ grantPs }) => grantPs > start && grantPs <= end))).toBeGreaterThanOrEqual(
            least,
          );
        }
      });
    });
  });

  it('is met by a decaying window from the start on, but for one window', () => {
    property(traffic(1), (others) => {
      const services = besideTraffic('decaying', others);
      MINIMUMS.forEach((minimum, partition) => {
        const own = servicesOf(services, partition);
        for (let end = WINDOW_PS; end <= 10 * WINDOW_PS; end += LINE_PS) {
          const due = ((end - WINDOW_PS - turnPs) * minimum) / 65536;
          expect(servicePsOf(own.filter(({ grantPs }) => grantPs < end))).toBeGreaterThanOrEqual(due);
        }
      });
    });
  });
});

describe('the parts of a delay', () => {
  it('add up to it, for every owner', () => {
    const partition = fc.record({
      maximum: fc.constantFrom(5000, 65536),
      isHard: fc.boolean(),
      windowPs: fc.constant(WINDOW_PS),
      slots: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
    });
    const limits = fc.tuple(partition, partition, partition);
    property(fc.constantFrom(...ACCOUNTING_WINDOWS), channel, limits, traffic(3), (window, options, all, demands) => {
      const driven = new OneChannel({ ...options, window, portions: 4 }, all);
      driven.offer(demands);
      const services = driven.serveUntil(THE_END);
      all.forEach((_, waiter) => {
        const waits = servicesOf(services, waiter).reduce(
          (sum, { arrivalPs, grantPs }) => sum + grantPs - arrivalPs,
          0,
        );
        const queueing = all.reduce((sum, __, served) => sum + driven.delayPs(waiter, served), 0);
        expect(driven.counters(waiter).throttledPs + queueing).toBe(waits);
      });
    });
  });

  it('throttle nobody who has no limit, but while the channel holds all', () => {
    property(channel, traffic(3), (options, demands) => {
      const driven = new OneChannel(options, [{}, { maximum: 9000, windowPs: WINDOW_PS }, { minimum: 9000 }]);
      driven.offer(demands);
      driven.serveUntil(THE_END);
      expect([0, 1, 2].map((partition) => driven.counters(partition).throttledPs)).toEqual([0, 0, 0]);
    });
  });
});
