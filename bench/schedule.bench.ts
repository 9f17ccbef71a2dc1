/**
 * Schedule sources: rows per second of the simulated host, and of guest activity modelled into a recording.
 *
 * Floor: the same number of rows with made-up columns, pushed into a builder in a bare loop. A row of a source has a
 * random draw or a scheduling decision behind it, a push has none: the goal is that a source never limits the
 * world-switch core, 3 million rows a second where the floor is 140 million.
 */
import { from, Observable } from 'rxjs';
import { DEFAULT_GUEST_ACTIVITY } from '../src/schedule/guest-activity/rates.ts';
import { withGuestActivity } from '../src/schedule/guest-activity/with-guest-activity.ts';
import { NO_OWNER, Registry } from '../src/schedule/registry.ts';
import { type ScheduleBatch, ScheduleBatchBuilder, ScheduleKind } from '../src/schedule/schedule-batch.ts';
import {
  DEFAULT_TIME_SLICE_NS,
  DEFAULT_WAKEUP_GRANULARITY_NS,
  ownerOfTasks,
  type SimulatedScheduleConfig,
  type SimulatedTask,
} from '../src/schedule/simulated/config.ts';
import { simulatedBatches } from '../src/schedule/simulated/simulated-schedule.ts';
import { measureRatio } from './ratio.ts';

const CPUS = 4;
const UNTIL_NS = 2_000_000_000;
const BATCH_ROWS = 4096;
const GOAL = 0.02;

export async function run(): Promise<void> {
  const config = overcommittedHost();
  await measure('simulated host', () => from(simulatedBatches(config, new Registry(ownerOfTasks(config.tasks)), 1)));
  const recording = switchesOf(config);
  await measure('modelled guest activity', () => {
    const registry = new Registry(ownerOfTasks(config.tasks));
    for (const task of config.tasks) registry.internThread(task.tid, task.comm, task.tgid);
    const ratesOf = () => DEFAULT_GUEST_ACTIVITY;
    return recording.pipe(withGuestActivity({ registry, seed: 1, cpuCount: CPUS, ratesOf }));
  });
}

async function measure(name: string, source: () => Observable<ScheduleBatch>): Promise<void> {
  const operations = countRows(source());
  await measureRatio({
    name: `${name}; floor: bare pushes`,
    operations,
    unit: 'rows/s',
    goal: GOAL,
    run: () => countRows(source()),
    floor: () => pushRows(operations),
  });
}

/** Two tenants of four vCPUs on four PEs, half of them sleepers, with I/O threads and host load. */
function overcommittedHost(): SimulatedScheduleConfig {
  const common = { weight: 1024, cpus: [] };
  const sleeper = { kind: 'periodic', distribution: 'exponential', busyNs: 2_000_000, sleepNs: 3_000_000 } as const;
  const load = { kind: 'periodic', distribution: 'exponential', busyNs: 50_000, sleepNs: 1_000_000 } as const;
  const onExit = { kind: 'on-exit', distribution: 'exponential', busyNs: 20_000, wakesPerThousandExits: 100 } as const;
  const tasks: SimulatedTask[] = [{ ...common, tid: 50, tgid: 2, comm: 'kworker', owner: NO_OWNER, behaviour: load }];
  for (const tenant of [0, 1]) {
    const tgid = 1000 * (tenant + 1);
    const owner = { tenant, vm: tenant, vcpu: -1, group: 0 };
    tasks.push({ ...common, tid: tgid, tgid, comm: 'IO', owner, behaviour: onExit });
    for (let vcpu = 0; vcpu < 4; vcpu++) {
      const behaviour = vcpu % 2 === 0 ? sleeper : ({ kind: 'always' } as const);
      const identity = { tid: tgid + 1 + vcpu, tgid, comm: `CPU ${vcpu}/KVM`, owner: { ...owner, vcpu } };
      tasks.push({ ...common, ...identity, behaviour, guest: DEFAULT_GUEST_ACTIVITY });
    }
  }
  return {
    cpuCount: CPUS,
    untilNs: UNTIL_NS,
    timeSliceNs: DEFAULT_TIME_SLICE_NS,
    wakeupGranularityNs: DEFAULT_WAKEUP_GRANULARITY_NS,
    tasks,
  };
}

/** What a recording of that host would hold without KVM's events: one batch of switches. */
function switchesOf(config: SimulatedScheduleConfig): Observable<ScheduleBatch> {
  const switches = new ScheduleBatchBuilder(1_000_000);
  from(simulatedBatches(config, new Registry(ownerOfTasks(config.tasks)), 1)).subscribe((batch) => {
    for (let at = 0; at < batch.count; at++) {
      const { timeNs, kind, cpu, thread, peer, detail } = batch;
      if (kind[at] !== ScheduleKind.switch && kind[at] !== ScheduleKind.stop) continue;
      switches.push(timeNs[at]!, kind[at]!, cpu[at]!, thread[at]!, peer[at]!, detail[at]!);
    }
  });
  return new Observable((subscriber) => {
    subscriber.next(switches);
    subscriber.complete();
  });
}

function countRows(source: Observable<ScheduleBatch>): number {
  let rows = 0;
  source.subscribe((batch) => {
    rows += batch.count;
  });
  return rows;
}

function pushRows(count: number): number {
  const rows = new ScheduleBatchBuilder(BATCH_ROWS);
  let total = 0;
  for (let at = 0; at < count; at++) {
    rows.push(at, ScheduleKind.guestEntry, at & (CPUS - 1), at & 7, -1, at & 1, 0);
    if (!rows.isFull) continue;
    total += rows.count;
    rows.clear();
  }
  return total + rows.count;
}
