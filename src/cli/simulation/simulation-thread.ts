/** The worker thread in which a simulation runs, so that the main thread stays free for Ctrl-C and progress. */
import { parentPort, workerData } from 'node:worker_threads';
import { type SimulationResult, type SimulationTarget, simulateScenario } from '../../history/simulate-scenario.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { SharedState } from './shared-state.ts';

export interface SimulationThreadData {
  readonly scenario: Scenario;
  readonly target: SimulationTarget;
  readonly shared: SharedArrayBuffer;
}

/** The thread's only message. */
export type SimulationOutcome =
  | { readonly kind: 'ended'; readonly result: SimulationResult }
  /** Classes do not survive the way between threads: an error's name and message do. */
  | { readonly kind: 'failed'; readonly name: string; readonly message: string; readonly stack: string };

const { scenario, target, shared } = workerData as SimulationThreadData;

async function outcome(): Promise<SimulationOutcome> {
  try {
    const result = await simulateScenario(scenario, target, new SharedState(shared).observer());
    return { kind: 'ended', result };
  } catch (error) {
    if (!(error instanceof Error)) return { kind: 'failed', name: 'Error', message: String(error), stack: '' };
    return { kind: 'failed', name: error.name, message: error.message, stack: error.stack ?? '' };
  }
}

parentPort?.postMessage(await outcome());
