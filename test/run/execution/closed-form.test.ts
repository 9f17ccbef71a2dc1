/** Bandwidth in closed form beside the exact model: the same runs must come to the same, within stated bounds. */
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EventBatch } from '../../../src/run/event-batch.ts';
import { planRun } from '../../../src/run/plan-run.ts';
import { runEvents } from '../../../src/run/run-events.ts';
import type { ChannelSampleRow } from '../../../src/run/samples.ts';
import { loadScenario } from '../../../src/scenario/load-scenario.ts';

const HOG = join(import.meta.dirname, '../../../scenarios/bandwidth-hog.yaml');
const CHANNEL_BYTES_PER_SECOND = 6.4e9;
const LINE_BYTES = 64;

async function channelSamples(mode: string): Promise<readonly ChannelSampleRow[]> {
  const checked = loadScenario(HOG, [`machine.topology.memory.mode=${mode}`, 'until=40ms']);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const rows: ChannelSampleRow[] = [];
  const collect = tap<EventBatch>(({ side }) => {
    for (const row of side) if (row.kind === 'channelSample' && row.machine === 0) rows.push(row);
  });
  await lastValueFrom(runEvents(await planRun(checked.value)).pipe(collect));
  return rows;
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
  beforeAll(async () => {
    rows.exact = await channelSamples('exact');
    rows.closed = await channelSamples('closed-form');
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

  test('tells throttling by the own limit from queueing behind others', () => {
    const throttled = (from: number, to: number): number =>
      rows.closed
        .filter(({ timeNs }) => timeNs > from * 1e6 && timeNs <= to * 1e6)
        .reduce((sum, { throttledPs, queuedPs }) => sum + throttledPs / (throttledPs + queuedPs + 1), 0);
    expect(throttled(2, 20)).toBe(0);
    expect(throttled(22, 40)).toBeGreaterThan(0);
  });
});
