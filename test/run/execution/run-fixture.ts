/** Runs of scenarios with caches, for tests: everything that came out, and the machine as it stood at the end. */
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { createRunStore } from '../../../src/history/create-run-store.ts';
import { headerOfPlan } from '../../../src/history/header-of-plan.ts';
import type { Engine } from '../../../src/run/engine.ts';
import type { EventBatch } from '../../../src/run/event-batch.ts';
import { planRun } from '../../../src/run/plan-run.ts';
import { type RunOptions, runEvents } from '../../../src/run/run-events.ts';
import type { RunPlan } from '../../../src/run/run-plan.ts';
import type { SampleRow } from '../../../src/run/samples.ts';
import { loadScenario } from '../../../src/scenario/load-scenario.ts';
import { parseScenario } from '../../../src/scenario/parse-scenario.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import type { Checked } from '../../../src/scenario/scenario-problem.ts';
import { decodeBatch, type LoggedEvent } from '../../support/event-log.ts';
import { NO_SUMMARY, temporaryFolder } from '../../support/run-files.ts';

export type SampleOf<Kind extends SampleRow['kind']> = Extract<SampleRow, { readonly kind: Kind }>;

export interface Execution {
  readonly plan: RunPlan;
  readonly engine: Engine;
  readonly events: readonly LoggedEvent[];
  readonly side: EventBatch['side'];
}

/** A scenario, given as YAML text or as what the text would say. */
export function scenarioOf(scenario: string | object): Scenario {
  // JSON is YAML.
  const text = typeof scenario === 'string' ? scenario : JSON.stringify(scenario);
  return checkedValue(parseScenario(text, 'test.yaml'));
}

export async function planOf(scenario: string | object): Promise<RunPlan> {
  return planRun(scenarioOf(scenario));
}

/** The plan of a shipped scenario. */
export function shippedPlan(name: string, ...overrides: string[]): Promise<RunPlan> {
  return planRun(checkedValue(loadScenario(shippedPath(name), overrides)));
}

export function shippedPath(name: string): string {
  return join(import.meta.dirname, `../../../scenarios/${name}.yaml`);
}

function checkedValue(checked: Checked<Scenario>): Scenario {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** Execute a plan to its end. `onBatch` is told of every batch with the machine as it is then. */
export async function execute(
  plan: RunPlan,
  options: RunOptions = {},
  onBatch: (engine: Engine) => void = () => {},
): Promise<Execution> {
  const events: LoggedEvent[] = [];
  const side: EventBatch['side'][number][] = [];
  let engine: Engine | undefined;
  const keep = (batch: EventBatch): void => {
    events.push(...decodeBatch(batch));
    side.push(...batch.side);
    onBatch(engine!);
  };
  const onEngine = (made: Engine): void => {
    engine = made;
  };
  await lastValueFrom(runEvents(plan, { ...options, onEngine }).pipe(tap(keep)));
  return { plan, engine: engine!, events, side };
}

/** The samples of one kind, in order. */
export function samplesOf<Kind extends SampleRow['kind']>({ side }: Execution, kind: Kind): SampleOf<Kind>[] {
  return side.filter((row): row is SampleOf<Kind> => row.kind === kind);
}

/** Execute a plan into a run file. */
export async function store(plan: RunPlan, options: RunOptions & { readonly thread?: boolean } = {}) {
  const path = join(temporaryFolder(), 'run.db');
  const runStore = createRunStore(path, headerOfPlan(plan), { thread: options.thread ?? false });
  await lastValueFrom(runEvents(plan, options).pipe(tap((batch) => runStore.append(batch))));
  return runStore.finish('completed', NO_SUMMARY);
}

export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

/** A small machine with all levels, as a scenario's `topology`. */
export const SMALL_TOPOLOGY = {
  frequency_mhz: 2000,
  l1i: { size: '4KiB', ways: 2 },
  l1d: { size: '4KiB', ways: 4 },
  l2: { size: '16KiB', ways: 8 },
  l3: { size: '64KiB', ways: 16 },
  memory: { latency: '100ns' },
  sample_interval: '100us',
} as const;
