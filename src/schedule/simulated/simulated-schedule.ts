/** The simulated host scheduler as a schedule source: the same stream of batches that a recording gives. */
import { defer, type Observable } from 'rxjs';
import { refuseProblems } from '../config-problem.ts';
import type { Registry } from '../registry.ts';
import { type ScheduleBatch, ScheduleBatchBuilder, ScheduleKind } from '../schedule-batch.ts';
import type { SimulatedScheduleConfig } from './config.ts';
import { simulatedScheduleProblems } from './config-problems.ts';
import { eventRowsMax, HostScheduler } from './host-scheduler.ts';

/**
 * Simulate a host from time 0 to `config.untilNs` (exclusive), then one `stop` row per CPU at that time.
 *
 * Cold and synchronous; each subscription simulates anew. The batches are one builder that is used again: a consumer
 * must take what it wants before it returns. Rows do not depend on `batchRows` (rows per batch, about).
 * @throws ScheduleConfigError naming every field that cannot be used.
 */
export function simulatedSchedule(
  config: SimulatedScheduleConfig,
  registry: Registry,
  seed: number,
  batchRows = 4096,
): Observable<ScheduleBatch> {
  refuseProblems(simulatedScheduleProblems(config));
  return defer(() => batches(config, registry, seed, batchRows));
}

function* batches(
  config: SimulatedScheduleConfig,
  registry: Registry,
  seed: number,
  batchRows: number,
): Generator<ScheduleBatch> {
  const rows = new ScheduleBatchBuilder(batchRows + eventRowsMax(config) + config.cpuCount);
  const host = new HostScheduler(config, registry, seed, rows);
  while (host.nextNs < config.untilNs) {
    host.step();
    if (rows.count < batchRows) continue;
    yield rows;
    rows.clear();
  }
  for (let cpu = 0; cpu < config.cpuCount; cpu++) {
    rows.push(config.untilNs, ScheduleKind.stop, cpu, host.threadOn(cpu));
  }
  yield rows;
}
