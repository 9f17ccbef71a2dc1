/** What bandwidth-hog.yaml shows: the tail latency of a service before, during and after a limit on those who stream beside it. */
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { expect, it } from 'vitest';
import type { EventBatch } from '../../src/run/event-batch.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { runEvents } from '../../src/run/run-events.ts';
import { loadScenario } from '../../src/scenario/load-scenario.ts';

const SCENARIO = join(import.meta.dirname, '../../scenarios/bandwidth-hog.yaml');
const MACHINES = ['fixed', 'moving', 'decaying'] as const;

/** By machine: 99th percentile of the latency before, during and after the limit, ns. */
async function tailLatencies(): Promise<Readonly<Record<(typeof MACHINES)[number], readonly number[]>>> {
  const checked = loadScenario(SCENARIO, ['machine.topology.sample_interval=20ms']);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const found = { fixed: [] as number[], moving: [] as number[], decaying: [] as number[] };
  const collect = tap<EventBatch>(({ side }) => {
    for (const row of side) {
      if (row.kind === 'requestSample') found[MACHINES[row.machine]!].push(row.p99Ns ?? 0);
    }
  });
  await lastValueFrom(runEvents(await planRun(checked.value)).pipe(collect));
  return found;
}

it('a limit on two streams shortens the tail of the service beside them, the more the more evenly it admits them', async () => {
  const tails = await tailLatencies();
  for (const [before = 0, during = 0, after = 0] of Object.values(tails)) {
    expect(during).toBeLessThan(before / 2);
    expect(after).toBeGreaterThan(1.5 * during);
  }
  const [fixed = 0, moving = 0, decaying = 0] = MACHINES.map((machine) => tails[machine][1]);
  // Windows that begin for both at once let both burst at once (docs/bandwidth.md).
  expect(moving).toBeLessThan(0.8 * fixed);
  expect(decaying).toBeLessThan(0.5 * moving);
}, 30_000);
