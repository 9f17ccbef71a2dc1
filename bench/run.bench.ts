/**
 * A run with its store attached, against the slower of its two halves alone: the core (schedule, world switches, event
 * rows) with nobody listening, and the store fed with the same batches from memory. What the writer's thread is for.
 *
 * Whole executions of some hundred milliseconds, in turn, medians: tinybench times each as one sample.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { Bench } from 'tinybench';
import { createRunStore } from '../src/history/create-run-store.ts';
import { headerOfPlan } from '../src/history/header-of-plan.ts';
import { ROW_WORDS } from '../src/loop/event-row.ts';
import type { EventBatch } from '../src/run/event-batch.ts';
import { planRun } from '../src/run/plan-run.ts';
import { runEvents } from '../src/run/run-events.ts';
import type { RunPlan } from '../src/run/run-plan.ts';
import { loadScenario } from '../src/scenario/load-scenario.ts';
import { printRatio } from './ratio.ts';

const SCENARIO = join(import.meta.dirname, '../scenarios/guest-el1-label.yaml');
const GOAL = 0.8;

export async function run(): Promise<void> {
  const checked = loadScenario(SCENARIO, ['until=500ms']);
  if (!checked.ok) throw new Error(`${SCENARIO} has problems`);
  const plan = await planRun(checked.value);
  const batches = await recordedBatches(plan);
  const events = batches.reduce((sum, batch) => sum + batch.count, 0);
  const folder = mkdtempSync(join(tmpdir(), 'mpamlab-bench-'));
  try {
    const bench = new Bench({ iterations: 7, time: 0, warmupIterations: 1, warmupTime: 0 });
    // `async`, as tinybench must know beforehand that it has to wait.
    bench.add('core', async () => {
      await execute(plan, () => undefined);
    });
    bench.add('store', async () => {
      await stored(plan, folder, async (append) => batches.forEach(append));
    });
    bench.add('both', async () => {
      await stored(plan, folder, (append) => execute(plan, append));
    });
    await bench.run();
    const rate = (name: string): number => (events * 1000) / medianMs(bench, name);
    const floorPerSecond = Math.min(rate('core'), rate('store'));
    const result = { perSecond: rate('both'), floorPerSecond, ratio: rate('both') / floorPerSecond };
    printRatio({ name: 'run with store / the slower half', unit: 'events/s', goal: GOAL }, result);
    console.log(`  core alone ${millions(rate('core'))}, store alone ${millions(rate('store'))} events/s`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function execute(plan: RunPlan, append: (batch: EventBatch) => void): Promise<void> {
  await lastValueFrom(runEvents(plan).pipe(tap(append)));
}

type Feed = (append: (batch: EventBatch) => void) => Promise<void>;

async function stored(plan: RunPlan, folder: string, feed: Feed): Promise<void> {
  const path = join(folder, 'run.db');
  const store = createRunStore(path, headerOfPlan(plan));
  await feed((batch) => store.append(batch));
  await store.finish('completed', { counters: [], figures: {} });
  rmSync(path);
}

async function recordedBatches(plan: RunPlan): Promise<EventBatch[]> {
  const batches: EventBatch[] = [];
  await execute(plan, (batch) => {
    batches.push({ ...batch, rows: batch.rows.slice(0, batch.count * ROW_WORDS) });
  });
  return batches;
}

function medianMs(bench: Bench, name: string): number {
  const result = bench.getTask(name)?.result;
  if (result?.state === 'errored') throw result.error;
  if (result?.state !== 'completed') throw new Error(`bench task ${name} did not complete`);
  return result.latency.p50;
}

const millions = (value: number): string => `${(value / 1e6).toFixed(2)} M`;
