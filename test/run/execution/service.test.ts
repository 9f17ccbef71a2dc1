/** Services as queues: D/D/1, Little's law on the sample path, M/D/1 (T14), and requests that wait for a vCPU. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EventKind } from '../../../src/loop/event-row.ts';
import { randomStream } from '../../../src/loop/random-stream.ts';
import { ScheduleKind } from '../../../src/schedule/schedule-batch.ts';
import { temporaryFolder } from '../../support/run-files.ts';
import { execute, planOf, samplesOf, sum } from './run-fixture.ts';

/** 10 accesses that hit the L1: each 400 instructions at 2 GHz and a CPI of 1, and 2 ns of the L1 shared out over two. */
const ACCESSES = 10;
const SERVICE_NS = ACCESSES * (200 + 1);
/** The first request finds empty caches. */
const FIRST_NS = 5_000;
const BEGIN_NS = 1_000_000;

interface Choices {
  readonly untilNs: number;
  readonly interval: string;
  readonly vms?: object;
  readonly slice?: string;
}

/** A service on a vCPU alone on its PE, whose guest stays at EL0. */
function scenarioOf(arrivals: object, { untilNs, interval, vms = {}, slice = '1ms' }: Choices): object {
  const topology = {
    ...{ frequency_mhz: 2000, sample_interval: interval },
    l1d: { size: '32KiB', ways: 8, latency_cycles: 4 },
  };
  return {
    ...{ until: `${untilNs}ns`, machine: { pes: 1, topology } },
    tenants: { t: { vms: { v: { workload: 'w' }, ...vms } } },
    workloads: {
      w: {
        ...{ data: { pattern: 'loop', size: '640B', writes: '0%' }, code: 'none', kernel: 'none' },
        ...{ instructions_per_access: 400, mlp: 2, service: { ...arrivals, accesses: ACCESSES } },
      },
    },
    guest_activity: { guest_run: '1000s', el0: '1000s', el1: '1ns' },
    schedule: { source: 'simulated', time_slice: slice },
  };
}

function arrivalFile(timesNs: readonly number[]): { readonly arrivals: string } {
  const path = join(temporaryFolder(), 'arrivals.txt');
  writeFileSync(path, `${timesNs.join('\n')}\n`);
  return { arrivals: path };
}

/** Departures of a first-come first-served server with that service time (Lindley's recursion). */
function departures(arrivalsNs: readonly number[], serviceNs: number): number[] {
  let free = 0;
  return arrivalsNs.map((arrival) => {
    free = Math.max(free, arrival) + serviceNs;
    return free;
  });
}

/** Times with random gaps, whole ns. */
function randomArrivals(count: number, meanNs: number): number[] {
  const random = randomStream(3, 'arrivals');
  let at = BEGIN_NS;
  return Array.from({ length: count }, () => {
    at += 1 + random.below(2 * meanNs);
    return at;
  });
}

async function requestsOf(scenario: object) {
  return samplesOf(await execute(await planOf(scenario)), 'requestSample');
}

describe('a service on a vCPU that always runs', () => {
  test('never lets requests wait that come evenly and no faster than they are served (D/D/1)', async () => {
    const times = Array.from({ length: 500 }, (_, index) => BEGIN_NS + index * SERVICE_NS);
    const choices = { untilNs: 3 * BEGIN_NS, interval: '1ms' };
    const rows = await requestsOf(scenarioOf(arrivalFile([FIRST_NS, ...times]), choices));
    const even = rows.filter((row) => row.timeNs > BEGIN_NS);
    expect(sum(even.map((row) => row.requests))).toBe(times.length);
    for (const row of even) {
      expect([row.meanNs, row.maxNs]).toEqual([SERVICE_NS, SERVICE_NS]);
      // The histogram's buckets are 0.1 % wide.
      expect(Math.abs(row.p50Ns - SERVICE_NS)).toBeLessThanOrEqual(2);
    }
  });

  test('serves one after the other, each as soon as it can: latencies are those of the recursion, to the ns', async () => {
    const times = randomArrivals(2000, 2200);
    const last = departures(times, SERVICE_NS);
    // At most one request ends in an interval of 1 us, so that every latency is told by itself.
    const choices = { untilNs: last.at(-1)! + 1_000_000, interval: '1us' };
    const rows = await requestsOf(scenarioOf(arrivalFile([FIRST_NS, ...times]), choices));
    const own = rows.filter((row) => row.timeNs > BEGIN_NS);
    expect(own.every((row) => row.requests === 1)).toBe(true);
    expect(own.map((row) => row.meanNs)).toEqual(times.map((time, index) => last[index]! - time));
    // An access that begins before a sample is taken is in it as a whole.
    const lateNs = own.map((row, index) => last[index]! - row.timeNs);
    expect(Math.max(...lateNs)).toBeLessThan(SERVICE_NS / ACCESSES);
    expect(Math.min(...lateNs)).toBeGreaterThanOrEqual(-1000);
    // Little: the integral of the number in the system is the sum of the latencies.
    expect(integralOfNumber(times, last)).toBe(sum(own.map((row) => row.meanNs)));
  });

  test.each([
    [0.5, 0.02],
    [0.8, 0.05],
  ])(
    'with Poisson arrivals and a load of %f it has the mean wait of M/D/1, within %f',
    async (load, tolerance) => {
      const perSecond = Math.round((load * 1e9) / SERVICE_NS);
      const exactLoad = (perSecond * SERVICE_NS) / 1e9;
      const rows = await requestsOf(
        scenarioOf({ rate: `${perSecond}/s` }, { untilNs: 1_200_000_000, interval: '100ms' }),
      );
      const requests = sum(rows.map((row) => row.requests));
      const wait = sum(rows.map((row) => row.requests * row.meanNs)) / requests - SERVICE_NS;
      const closedForm = (exactLoad / (2 * (1 - exactLoad))) * SERVICE_NS;
      expect(requests).toBeGreaterThan(250_000);
      expect(Math.abs(wait / closedForm - 1)).toBeLessThan(tolerance);
    },
    30_000,
  );
});

/** The integral over time of how many requests there are, by a sweep over arrivals and departures. */
function integralOfNumber(arrivals: readonly number[], ends: readonly number[]): number {
  const changes = [...arrivals.map((at) => [at, 1] as const), ...ends.map((at) => [at, -1] as const)];
  changes.sort((a, b) => a[0] - b[0]);
  let [integral, number, before] = [0, 0, 0];
  for (const [at, by] of changes) {
    integral += number * (at - before);
    number += by;
    before = at;
  }
  return integral;
}

test('requests of a vCPU that does not run wait until it does, and none is lost', async () => {
  const times = Array.from({ length: 750 }, (_, index) => 100_000 + index * 20_000);
  const choices = { untilNs: 20_000_000, interval: '1ms', slice: '2ms', vms: { other: {} } };
  const run = await execute(await planOf(scenarioOf(arrivalFile(times), choices)));
  const rows = samplesOf(run, 'requestSample');
  expect(sum(rows.map((row) => row.requests))).toBe(times.length);
  const vcpu = run.engine.registry.threads.find(({ vm, vcpu: number }) => vm === 0 && number === 0)!.index;
  const switches = run.events.filter(({ kind, code }) => kind === EventKind.schedule && code === ScheduleKind.switch);
  const intoIt = switches.filter(({ words }) => (words[1]! & 0xffffff) === vcpu);
  const outOfIt = switches.filter(({ words }) => (words[0]! & 0xffffff) === vcpu);
  const longestAwayNs = Math.max(
    ...outOfIt.map(({ timeNs }) => (intoIt.find((event) => event.timeNs > timeNs)?.timeNs ?? timeNs) - timeNs),
  );
  const longestNs = Math.max(...rows.map((row) => row.maxNs));
  expect(longestAwayNs).toBeGreaterThan(1_000_000);
  // The first to come while it is away waits nearly as long as it is away, and then is the first to be served.
  expect(longestNs).toBeGreaterThan(longestAwayNs - 20_000);
  expect(longestNs).toBeLessThan(longestAwayNs + 20_000);
});
