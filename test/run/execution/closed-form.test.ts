/** Bandwidth in closed form beside the exact model: the same runs must come to the same, within stated bounds. */
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EventBatch } from '../../../src/run/event-batch.ts';
import { planRun } from '../../../src/run/plan-run.ts';
import { runEvents } from '../../../src/run/run-events.ts';
import type { ChannelSampleRow, RequestSampleRow } from '../../../src/run/samples.ts';
import { loadScenario } from '../../../src/scenario/load-scenario.ts';

const HOG = join(import.meta.dirname, '../../../scenarios/bandwidth-hog.yaml');
const CHANNEL_BYTES_PER_SECOND = 6.4e9;
const LINE_BYTES = 64;
/** The machine whose limits act evenly: the closed form knows no windows. */
const DECAYING = 2;

interface Samples {
  readonly channels: readonly ChannelSampleRow[];
  readonly requests: readonly RequestSampleRow[];
}

async function samples(mode: string): Promise<Samples> {
  const checked = loadScenario(HOG, [`machine.topology.memory.mode=${mode}`, 'until=40ms']);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const side: EventBatch['side'][number][] = [];
  const collect = tap<EventBatch>((batch) => side.push(...batch.side));
  await lastValueFrom(runEvents(await planRun(checked.value)).pipe(collect));
  return {
    channels: side.filter((row): row is ChannelSampleRow => row.kind === 'channelSample' && row.machine === 0),
    requests: side.filter((row): row is RequestSampleRow => row.kind === 'requestSample' && row.machine === DECAYING),
  };
}

/** Mean latency of a service's requests that finished in a stretch of time, ns. */
function meanLatency(rows: readonly RequestSampleRow[], fromMs: number, toMs: number): number {
  let [requests, totalNs] = [0, 0];
  for (const row of rows) {
    if (row.timeNs <= fromMs * 1e6 || row.timeNs > toMs * 1e6 || row.meanNs === null) continue;
    requests += row.requests;
    totalNs += row.requests * row.meanNs;
  }
  return totalNs / requests;
}

/** Share of the channel that all owners together, or one, used in a stretch of time. */
function share(rows: readonly ChannelSampleRow[], fromMs: number, toMs: number, owner?: number): number {
  const lines = rows
    .filter(({ timeNs }) => timeNs > fromMs * 1e6 && timeNs <= toMs * 1e6)
    .filter((row) => owner === undefined || row.owner === owner)
    .reduce((sum, { reads, writes }) => sum + reads + writes, 0);
  return (lines * LINE_BYTES) / ((toMs - fromMs) / 1e3) / CHANNEL_BYTES_PER_SECOND;
}

describe('a scenario whose bandwidth is modelled in closed form', () => {
  const rows: Record<'exact' | 'closed', readonly ChannelSampleRow[]> = { exact: [], closed: [] };
  const requests: Record<'exact' | 'closed', readonly RequestSampleRow[]> = { exact: [], closed: [] };
  beforeAll(async () => {
    ({ channels: rows.exact, requests: requests.exact } = await samples('exact'));
    ({ channels: rows.closed, requests: requests.closed } = await samples('closed-form'));
  }, 60_000);

  test('moves as much as the channel can while two streams are unlimited', () => {
    expect(share(rows.exact, 2, 20)).toBeGreaterThan(0.99);
    expect(share(rows.closed, 2, 20)).toBeGreaterThan(0.97);
    expect(share(rows.closed, 2, 20)).toBeLessThan(1.02);
  });

  test('holds hard limits to within 2 % of what they allow', () => {
    const owners = new Set(rows.exact.map(({ owner }) => owner));
    const limited = [...owners].filter((owner) => share(rows.exact, 2, 20, owner) > 0.1);
    expect(limited).toHaveLength(2);
    for (const owner of limited) {
      expect(share(rows.exact, 22, 40, owner)).toBeCloseTo(0.25, 2);
      expect(Math.abs(share(rows.closed, 22, 40, owner) / 0.25 - 1)).toBeLessThan(0.02);
    }
  });

  test('lets requests of a service take as long: to 15 % behind two streams, to 10 % when these are limited', () => {
    const ratio = (from: number, to: number): number =>
      meanLatency(requests.closed, from, to) / meanLatency(requests.exact, from, to);
    expect(Math.abs(ratio(2, 20) - 1)).toBeLessThan(0.15);
    expect(Math.abs(ratio(22, 40) - 1)).toBeLessThan(0.1);
    expect(meanLatency(requests.exact, 2, 20)).toBeGreaterThan(5 * meanLatency(requests.exact, 22, 40));
  });

  test('tells throttling by the own limit from queueing behind others', () => {
    const parts = (from: number, to: number) => {
      const meant = rows.closed.filter(({ timeNs }) => timeNs > from * 1e6 && timeNs <= to * 1e6);
      return {
        throttledPs: meant.reduce((sum, { throttledPs }) => sum + throttledPs, 0),
        queuedPs: meant.reduce((sum, { queuedPs }) => sum + queuedPs, 0),
      };
    };
    const unlimited = parts(2, 20);
    expect(unlimited.throttledPs).toBe(0);
    expect(unlimited.queuedPs).toBeGreaterThan(0);
    const limited = parts(22, 40);
    expect(limited.throttledPs).toBeGreaterThan(10 * limited.queuedPs);
  });
});
