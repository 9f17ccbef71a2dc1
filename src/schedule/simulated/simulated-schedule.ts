/** The simulated host scheduler as a schedule source: the same stream of batches that a recording gives. */
import { setImmediate } from 'node:timers/promises';
import { from, type Observable } from 'rxjs';
import { refuseProblems } from '../config-problem.ts';
import type { Registry } from '../registry.ts';
import { SCHEDULE_BATCH_ROWS, type ScheduleBatch, ScheduleBatchBuilder, ScheduleKind } from '../schedule-batch.ts';
import type { SimulatedScheduleConfig } from './config.ts';
import { simulatedScheduleProblems } from './config-problems.ts';
import { eventRowsMax, HostScheduler } from './host-scheduler.ts';

/**
 * Simulate a host from time 0 to `config.untilNs` (exclusive), then one `stop` row per CPU at that time.
 *
 * Each iteration simulates anew. The batches are one builder that is used again: a consumer must take what it wants
 * before it asks for the next. Rows do not depend on `batchRows` (rows per batch, about).
 * @throws ScheduleConfigError naming every field that cannot be used.
 */
export function simulatedBatches(
  config: SimulatedScheduleConfig,
  registry: Registry,
  seed: number,
  batchRows = SCHEDULE_BATCH_ROWS,
): Iterable<ScheduleBatch> {
  refuseProblems(simulatedScheduleProblems(config));
  return { [Symbol.iterator]: () => batches(config, registry, seed, batchRows) };
}

/**
 * The same as a cold stream. Between batches it gives the process a turn, so that a long simulation can be watched and
 * ended from outside: nothing else in a run is asynchronous.
 */
export function simulatedSchedule(
  config: SimulatedScheduleConfig,
  registry: Registry,
  seed: number,
): Observable<ScheduleBatch> {
  const simulated = simulatedBatches(config, registry, seed);
  return from({
    async *[Symbol.asyncIterator]() {
      for (const batch of simulated) {
        yield batch;
        await setImmediate();
      }
    },
  });
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
