/** Starts the simulation thread, shows its progress, and passes Ctrl-C on to it. */
import { Worker } from 'node:worker_threads';
import type { SimulationResult, SimulationTarget } from '../../history/simulate-scenario.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { Progress } from '../output/progress.ts';
import { warning } from '../output/terminal.ts';
import { SharedState } from './shared-state.ts';
import type { SimulationOutcome, SimulationThreadData } from './simulation-thread.ts';

const PROGRESS_INTERVAL_MS = 200;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Run a scenario in a thread of its own. The first Ctrl-C ends it cleanly, with status `interrupted`; the second one
 * kills the process, as it would any other.
 * @throws the simulation's error, with its name.
 */
export async function simulateInThread(scenario: Scenario, target: SimulationTarget): Promise<SimulationResult> {
  const state = new SharedState();
  const progress = new Progress('simulated', () => state.endNs);
  const showProgress = (): void => {
    if (state.endNs > 0) progress.update(state);
  };
  const timer = setInterval(showProgress, PROGRESS_INTERVAL_MS);
  const interrupt = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, interrupt);
    state.interrupt();
    progress.finish();
    warning('mpamlab: ending the run; what has been simulated is kept (Ctrl-C again to kill)');
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    return resultOf(await runThread({ scenario, target, shared: state.buffer }));
  } finally {
    clearInterval(timer);
    progress.finish();
    for (const signal of SIGNALS) process.removeListener(signal, interrupt);
  }
}

function runThread(workerData: SimulationThreadData): Promise<SimulationOutcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./simulation-thread.ts', import.meta.url), { workerData });
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the simulation thread ended without a result')));
  });
}

function resultOf(outcome: SimulationOutcome): SimulationResult {
  if (outcome.kind === 'ended') return outcome.result;
  const error = new Error(outcome.message);
  error.name = outcome.name;
  error.stack = outcome.stack;
  throw error;
}
