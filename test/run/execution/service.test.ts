/** Services as queues: D/D/1, Little's law on the sample path, M/D/1 (T14, at full length in test/soak), and requests that wait for a vCPU. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EventKind } from '../../../src/loop/event-row.ts';
import { randomStream } from '../../../src/loop/random-stream.ts';
import { ScheduleKind } from '../../../src/schedule/schedule-batch.ts';
import { temporaryFolder } from '../../support/run-files.ts';
import { execute, planOf, samplesOf, sum } from './run-fixture.ts';
import { ACCESS_NS, finishedIn, requestsOf, SERVICE_NS, serviceScenario, waitOfPoisson } from './service-scenario.ts';

/** The first request finds empty caches. */
const FIRST_NS = 5_000;
const BEGIN_NS = 1_000_000;

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

describe('a service on a vCPU that always runs', () => {
  test('never lets requests wait that come evenly and no faster than they are served (D/D/1)', async () => {
    const times = Array.from({ length: 500 }, (_, index) => BEGIN_NS + index * SERVICE_NS);
    const choices = { untilNs: 3 * BEGIN_NS, interval: '1ms' };
    const rows = await requestsOf(serviceScenario(arrivalFile([FIRST_NS, ...times]), choices));
    const even = finishedIn(rows).filter((row) => row.timeNs > BEGIN_NS);
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
    const rows = await requestsOf(serviceScenario(arrivalFile([FIRST_NS, ...times]), choices));
    const own = finishedIn(rows).filter((row) => row.timeNs > BEGIN_NS);
    expect(own.every((row) => row.requests === 1)).toBe(true);
    expect(own.map((row) => row.meanNs)).toEqual(times.map((time, index) => last[index]! - time));
    // An access that begins before a sample is taken is in it as a whole.
    const lateNs = own.map((row, index) => last[index]! - row.timeNs);
    expect(Math.max(...lateNs)).toBeLessThan(ACCESS_NS);
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
      const { requests, waitNs, closedFormNs } = await waitOfPoisson(load, { seed: 1, untilNs: 1_200_000_000 });
      expect(requests).toBeGreaterThan(250_000);
      expect(Math.abs(waitNs / closedFormNs - 1)).toBeLessThan(tolerance);
    },
    30_000,
  );
});

describe('requests that have not finished', () => {
  /** How many are at or below a limit. */
  const upTo = (values: readonly number[], limit: number): number => values.filter((value) => value <= limit).length;

  test('of an overloaded service are told as waiting, and are what arrived and did not finish', async () => {
    const times = randomArrivals(3000, 1100);
    const untilNs = times.at(-1)!;
    const rows = await requestsOf(serviceScenario(arrivalFile([FIRST_NS, ...times]), { untilNs, interval: '100us' }));
    const ends = departures(times, SERVICE_NS);
    // A request is done with its last access, and an access that has begun by the end of the interval is in it.
    const lastBegins = ends.map((end) => end - ACCESS_NS);
    let [arrivedBefore, finishedBefore] = [0, 0];
    for (const { timeNs, requests, arrived, waiting } of rows.filter((row) => row.timeNs > BEGIN_NS)) {
      const [arrivedBy, finishedBy] = [upTo(times, timeNs), upTo(lastBegins, timeNs - 1)];
      expect([timeNs, arrived, requests, waiting]).toEqual([
        ...[timeNs, arrivedBy - arrivedBefore, finishedBy - finishedBefore, arrivedBy - finishedBy],
      ]);
      [arrivedBefore, finishedBefore] = [arrivedBy, finishedBy];
    }
    expect(arrivedBefore).toBe(times.length);
    // Offered nearly twice what it can do.
    expect(rows.at(-1)!.waiting).toBeGreaterThan(0.4 * times.length);
    expect(sum(rows.map((row) => row.arrived - row.requests))).toBe(rows.at(-1)!.waiting);
  });

  test('are told after the arrivals have ended, and nothing of intervals without a request', async () => {
    // 100 at once take two intervals; one comes alone long after.
    const burst = new Array<number>(100).fill(BEGIN_NS);
    const alone = 2 * BEGIN_NS - 50_000;
    const choices = { untilNs: 3 * BEGIN_NS, interval: '100us' };
    const rows = await requestsOf(serviceScenario(arrivalFile([FIRST_NS, ...burst, alone]), choices));
    const told = rows.map(({ timeNs, requests, arrived, waiting }) => [timeNs, requests, arrived, waiting]);
    expect(told).toEqual([
      [100_000, 1, 1, 0],
      // They come with the end of the interval; the PE takes the first one after it.
      [1_000_000, 0, 100, 100],
      [1_100_000, 49, 0, 51],
      [1_200_000, 50, 0, 1],
      [1_300_000, 1, 0, 0],
      [2_000_000, 1, 1, 0],
    ]);
  });
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
  const run = await execute(await planOf(serviceScenario(arrivalFile(times), choices)));
  const all = samplesOf(run, 'requestSample');
  const rows = finishedIn(all);
  expect(sum(rows.map((row) => row.requests))).toBe(times.length);
  expect(sum(all.map((row) => row.arrived))).toBe(times.length);
  // The slice of the other vCPU is longer than an interval.
  const quiet = all.filter((row) => row.requests === 0);
  expect(quiet.length).toBeGreaterThan(3);
  const noLatencies = { meanNs: null, p50Ns: null, p90Ns: null, p99Ns: null, p999Ns: null, maxNs: null };
  for (const row of quiet) {
    expect(row.waiting).toBeGreaterThan(0);
    expect(row).toMatchObject(noLatencies);
  }
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
