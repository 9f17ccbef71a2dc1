/** A scenario from plan to finished run file, in the caller's thread. */
import { EMPTY, type Observable, tap } from 'rxjs';
import { REGISTERS } from '../arch/registers.ts';
import type { Engine } from '../run/engine.ts';
import { type EventBatch, lastTimeNs } from '../run/event-batch.ts';
import { planRun } from '../run/plan-run.ts';
import { runEvents } from '../run/run-events.ts';
import type { RunPlan } from '../run/run-plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { createRunStore } from './create-run-store.ts';
import type { Counter, RunSummary } from './finish-run.ts';
import { headerOfPlan } from './header-of-plan.ts';
import type { ProgressListener } from './progress-listener.ts';
import { pathForReplacing, removeIfEmpty, takePlaceOf } from './replace-run.ts';
import type { RunStore } from './run-store.ts';
import { StoreError } from './store-error.ts';

/**
 * What to do if the run file is there already: take NAME-2, NAME-3, ...; fail; or replace it if it is a run. It is
 * replaced when the new run has ended (completed or interrupted). Until then the new one is FILE.new, and it stays there
 * if it fails after its first event.
 */
type IfExists = 'number' | 'refuse' | 'replace';

export interface SimulationTarget {
  /** The run file, ending in `.db`. */
  readonly path: string;
  readonly ifExists: IfExists;
}

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

const RUN_NUMBER_MAX = 10_000;

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
  const store = createStore(plan, target);
  const startedMs = performance.now();
  const run = new StoredExecution(plan, store, options);
  try {
    await run.execute();
  } catch (error) {
    await markAsFailed(store, run.summary(performance.now() - startedMs));
    if (store.path !== target.path && target.ifExists === 'replace') removeIfEmpty(store.path);
    throw error;
  }
  const status = run.wasInterrupted ? 'interrupted' : 'completed';
  const { path, digest, lastSeq } = await store.finish(status, run.summary(performance.now() - startedMs));
  const elapsedMs = performance.now() - startedMs;
  const result = { path, status, digest, events: lastSeq, simulatedNs: run.timeNs, elapsedMs } as const;
  if (target.ifExists !== 'replace' || path === target.path) return result;
  takePlaceOf(target.path, path);
  return { ...result, path: target.path };
}

function createStore(plan: RunPlan, { path, ifExists }: SimulationTarget): RunStore {
  const header = headerOfPlan(plan);
  if (ifExists === 'replace') return createRunStore(pathForReplacing(path), header);
  for (let number = 1; ; number++) {
    try {
      return createRunStore(number === 1 ? path : path.replace(/(\.db)?$/, `-${number}$1`), header);
    } catch (error) {
      const isTaken = error instanceof StoreError && error.code === 'exists';
      if (!isTaken || ifExists !== 'number' || number === RUN_NUMBER_MAX) throw error;
    }
  }
}

/** The first error is the one to tell; the store may be what failed. */
async function markAsFailed(store: RunStore, summary: RunSummary): Promise<void> {
  try {
    await store.finish('failed', summary);
  } catch {
    // Nothing more can be stored; the file tells by itself that the run did not end.
  }
}

/** One execution of a plan into a store. */
class StoredExecution {
  timeNs = 0;
  wasInterrupted = false;
  readonly #plan: RunPlan;
  readonly #store: RunStore;
  readonly #options: SimulationOptions;
  #engine: Engine | undefined;

  constructor(plan: RunPlan, store: RunStore, options: SimulationOptions) {
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
    return { counters: this.#engine === undefined ? [] : unchangedWrites(this.#plan, this.#engine), figures };
  }

  #append(batch: EventBatch): void {
    this.#store.append(batch);
    if (batch.count === 0) return;
    this.timeNs = lastTimeNs(batch);
    this.#options.progress?.progressed(this.timeNs, batch.firstSeq + batch.count - 1);
  }
}

/** Writes that left a register as it was are no events; how many there were is kept per PE and register. */
function unchangedWrites(plan: RunPlan, engine: Engine): Counter[] {
  const counters: Counter[] = [];
  let pe = 0;
  for (const [machine, { peCount }] of plan.machines.entries()) {
    for (const end = pe + peCount; pe < end; pe++) {
      for (const [register, { name }] of REGISTERS.entries()) {
        const value = engine.pes.unchangedWrites[pe * REGISTERS.length + register]!;
        if (value > 0) counters.push({ name: `unchanged writes of ${name}`, machine, pe, value });
      }
    }
  }
  return counters;
}
