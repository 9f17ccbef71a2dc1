/** A simulation with a terminal in front of it: progress, and signals. */
import { fromEvent, shareReplay, take } from 'rxjs';
import type { SimulationTarget } from '../history/run-target.ts';
import { type SimulationResult, simulateScenario } from '../history/simulate-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Progress } from './output/progress.ts';
import { warning } from './output/terminal.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/**
 * Run a scenario. The first Ctrl-C ends it cleanly, with status `interrupted`, as a terminal that is closed does; the second one
 * kills the process, as it would any other, since nobody listens any more.
 */
export async function simulate(scenario: Scenario, target: SimulationTarget): Promise<SimulationResult> {
  const progress = new Progress('simulated');
  // Replayed, as the signal may come while the recording is still being surveyed and nobody runs yet.
  const interrupt$ = fromEvent(stopOnSignals(), 'abort').pipe(take(1), shareReplay(1));
  const warned = interrupt$.subscribe(() => {
    progress.finish();
    warning('mpamlab: ending the run; what has been simulated is kept (Ctrl-C again to kill)');
  });
  try {
    return await simulateScenario(scenario, target, { interrupt$, progress });
  } finally {
    warned.unsubscribe();
    progress.finish();
  }
}
