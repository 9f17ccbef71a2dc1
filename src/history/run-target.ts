/** Where the run file of a run goes when it ends, and what becomes of it if the run fails. */
import type { EventBatch } from '../run/event-batch.ts';
import type { RunPlan } from '../run/run-plan.ts';
import { createRunStore } from './create-run-store.ts';
import type { RunSummary } from './finish-run.ts';
import { headerOfPlan } from './header-of-plan.ts';
import { pathForReplacing, removeIfEmpty, takePlaceOf } from './replace-run.ts';
import type { RunStore, StoredRun } from './run-store.ts';
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

const RUN_NUMBER_MAX = 10_000;

/** The store of one run, from its empty file to the place that the file is to have at last. */
export class TargetStore {
  readonly #target: SimulationTarget;
  readonly #store: RunStore;

  /** @throws StoreError if the run file cannot be made. */
  constructor(plan: RunPlan, target: SimulationTarget) {
    this.#target = target;
    this.#store = createStore(plan, target);
  }

  /** As RunStore.append. */
  append(batch: EventBatch): void {
    this.#store.append(batch);
  }

  /** The run has ended: close its file and put it where it belongs. @throws StoreError */
  async finish(status: 'completed' | 'interrupted', summary: RunSummary): Promise<StoredRun> {
    const stored = await this.#store.finish(status, summary);
    const { path, ifExists } = this.#target;
    if (ifExists !== 'replace' || stored.path === path) return stored;
    takePlaceOf(path, stored.path);
    return { ...stored, path };
  }

  /**
   * The run failed: its file is kept if it holds events. The first error is the one to tell; the store may be what failed.
   */
  async fail(summary: RunSummary): Promise<void> {
    try {
      await this.#store.finish('failed', summary);
    } catch {
      // Nothing more can be stored; the file tells by itself that the run did not end.
    }
    removeIfEmpty(this.#store.path);
  }
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
