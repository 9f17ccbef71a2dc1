/** A machine that another program drives, and the run file that keeps every event of it. */
import { BusSession } from '../run/driven/bus-session.ts';
import { DrivenMachine } from '../run/driven/driven-machine.ts';
import type { DrivenPlan } from '../run/driven/driven-plan.ts';
import type { EventBatch } from '../run/event-batch.ts';
import type { RunSummary } from './finish-run.ts';
import type { StoredRun } from './run-store.ts';
import { type SimulationTarget, TargetStore } from './run-target.ts';
import { unchangedWrites, writesWithoutEffect } from './unchanged-writes.ts';

export class DrivenRun {
  readonly session: BusSession;
  readonly machine: DrivenMachine;
  readonly #plan: DrivenPlan;
  readonly #store: TargetStore | undefined;
  readonly #startedMs = performance.now();

  /**
   * @param target undefined: nothing is stored.
   * @throws StoreError if the run file cannot be made, AccessLoopError if the machine cannot: no file is left then. Later errors
   *   of writing come out of the session.
   */
  constructor(plan: DrivenPlan, target: SimulationTarget | undefined) {
    this.#plan = plan;
    this.#store = target === undefined ? undefined : new TargetStore(plan.run, target);
    this.machine = this.#makeMachine();
    this.session = new BusSession(this.machine);
  }

  /**
   * The run is over. @param isInterrupted it is left in its middle, maybe in that of a command.
   * @returns what is stored, undefined if nothing is.
   */
  async finish(isInterrupted: boolean): Promise<StoredRun | undefined> {
    if (isInterrupted) this.machine.leave();
    else this.machine.finish();
    return await this.#store?.finish(isInterrupted ? 'interrupted' : 'completed', this.#summary());
  }

  /** An error ended the run: what has been stored is kept, and marked. */
  async fail(): Promise<void> {
    await this.#store?.fail(this.#summary());
  }

  #makeMachine(): DrivenMachine {
    const publish = (batch: EventBatch): void => this.#store?.append(batch);
    try {
      return new DrivenMachine(this.#plan, { publish });
    } catch (error) {
      // The writer has to be told, or it would wait for events for ever. It takes its file away before the process ends.
      void this.#store?.fail({ counters: [], figures: {} });
      throw error;
    }
  }

  #summary(): RunSummary {
    const figures = {
      simulated_ns: this.machine.nowNs,
      elapsed_ms: Math.round(performance.now() - this.#startedMs),
    };
    const { pes, mscs } = this.machine;
    return { counters: [...unchangedWrites(this.#plan.run.machines, pes), ...writesWithoutEffect([mscs])], figures };
  }
}
