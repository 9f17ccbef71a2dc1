/** A scenario from plan to finished run file, in the caller's thread. */
import { EMPTY, type Observable, tap } from 'rxjs';
import type { Engine } from '../run/engine.ts';
import { type EventBatch, lastTimeNs } from '../run/event-batch.ts';
import { planRun } from '../run/plan-run.ts';
import { runEvents } from '../run/run-events.ts';
import type { RunPlan } from '../run/run-plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Counter, RunSummary } from './finish-run.ts';
import type { ProgressListener } from './progress-listener.ts';
import { type SimulationTarget, TargetStore } from './run-target.ts';
import { unchangedWrites, writesWithoutEffect } from './unchanged-writes.ts';

/** How the caller takes part in a simulation. */
export interface SimulationOptions {
  /** Ends the run cleanly when it emits: whole steps are kept, the status is `interrupted`. */
  readonly interrupt$?: Observable<unknown>;
  readonly progress?: ProgressListener;
}

export interface SimulationResult {
  /** The run file. */
  readonly path: string;
  readonly status: 'completed' | 'interrupted';
  readonly digest: string;
  readonly events: number;
  /** Virtual time of the last event. */
  readonly simulatedNs: number;
  /** Wall-clock time from the first event to the closed file. */
  readonly elapsedMs: number;
}

/**
 * Run a scenario and store every event.
 * @throws RecordingError for a recording that cannot be used, StoreError for a run file that cannot be written. What was
 *   stored before is kept, and marked as failed where that is still possible.
 */
export async function simulateScenario(
  scenario: Scenario,
  target: SimulationTarget,
  options: SimulationOptions = {},
): Promise<SimulationResult> {
  const plan = await planRun(scenario);
  options.progress?.planned(plan.expectedEndNs);
  const store = new TargetStore(plan, target);
  const startedMs = performance.now();
  const run = new StoredExecution(plan, store, options);
  try {
    await run.execute();
  } catch (error) {
    await store.fail(run.summary(performance.now() - startedMs));
    throw error;
  }
  const status = run.wasInterrupted ? 'interrupted' : 'completed';
  const { path, digest, lastSeq } = await store.finish(status, run.summary(performance.now() - startedMs));
  const elapsedMs = performance.now() - startedMs;
  return { path, status, digest, events: lastSeq, simulatedNs: run.timeNs, elapsedMs };
}

/** One execution of a plan into a store. */
class StoredExecution {
  timeNs = 0;
  wasInterrupted = false;
  readonly #plan: RunPlan;
  readonly #store: TargetStore;
  readonly #options: SimulationOptions;
  #engine: Engine | undefined;

  constructor(plan: RunPlan, store: TargetStore, options: SimulationOptions) {
    this.#plan = plan;
    this.#store = store;
    this.#options = options;
  }

  execute(): Promise<void> {
    const markInterrupted = tap(() => {
      this.wasInterrupted = true;
    });
    const onEngine = (engine: Engine): void => {
      this.#engine = engine;
    };
    const { interrupt$ = EMPTY } = this.#options;
    const events$ = runEvents(this.#plan, { onEngine, interrupt$: interrupt$.pipe(markInterrupted) });
    return new Promise((resolve, reject) => {
      events$.pipe(tap((batch) => this.#append(batch))).subscribe({ error: reject, complete: resolve });
    });
  }

  summary(elapsedMs: number): RunSummary {
    const figures = { simulated_ns: this.timeNs, elapsed_ms: Math.round(elapsedMs) };
    return { counters: this.#engine === undefined ? [] : this.#counters(this.#engine), figures };
  }

  #counters({ pes, drivers }: Engine): Counter[] {
    const mscs = drivers.map(({ execution }) => execution?.mscs ?? []);
    return [...unchangedWrites(this.#plan.machines, pes), ...writesWithoutEffect(mscs)];
  }

  #append(batch: EventBatch): void {
    this.#store.append(batch);
    if (batch.count === 0) return;
    this.timeNs = lastTimeNs(batch);
    this.#options.progress?.progressed(this.timeNs, batch.firstSeq + batch.count - 1);
  }
}
