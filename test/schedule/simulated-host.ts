/** Simulated hosts in few words, for tests: every option that is not given has a plain default. */
import { from } from 'rxjs';
import { DEFAULT_GUEST_ACTIVITY } from '../../src/schedule/guest-activity/rates.ts';
import { NO_OWNER, Registry } from '../../src/schedule/registry.ts';
import {
  DEFAULT_TIME_SLICE_NS,
  DEFAULT_WAKEUP_GRANULARITY_NS,
  ownerOfTasks,
  type SimulatedScheduleConfig,
  type SimulatedTask,
  type TaskBehaviour,
} from '../../src/schedule/simulated/config.ts';
import { simulatedBatches } from '../../src/schedule/simulated/simulated-schedule.ts';
import { type Row, rowsOf } from './schedule-rows.ts';

export const ALWAYS: TaskBehaviour = { kind: 'always' };

export function hostTask(tid: number, rest: Partial<SimulatedTask> = {}): SimulatedTask {
  return { tid, tgid: tid, comm: `task-${tid}`, owner: NO_OWNER, weight: 1024, cpus: [], behaviour: ALWAYS, ...rest };
}

export function vcpu(tenant: number, number: number, rest: Partial<SimulatedTask> = {}): SimulatedTask {
  const owner = { tenant, vm: tenant, vcpu: number, group: 0 };
  const comm = `CPU ${number}/KVM`;
  return { ...hostTask(1000 + 100 * tenant + number, { owner, comm, guest: DEFAULT_GUEST_ACTIVITY }), ...rest };
}

export function ioThread(
  tenant: number,
  wakesPerThousandExits: number,
  rest: Partial<SimulatedTask> = {},
): SimulatedTask {
  const owner = { tenant, vm: tenant, vcpu: -1, group: 0 };
  const behaviour = { kind: 'on-exit', distribution: 'exponential', busyNs: 20_000, wakesPerThousandExits } as const;
  return hostTask(1099 + 100 * tenant, { owner, comm: 'IO', behaviour, ...rest });
}

export function hostConfig(
  cpuCount: number,
  untilNs: number,
  tasks: readonly SimulatedTask[],
): SimulatedScheduleConfig {
  return {
    cpuCount,
    untilNs,
    timeSliceNs: DEFAULT_TIME_SLICE_NS,
    wakeupGranularityNs: DEFAULT_WAKEUP_GRANULARITY_NS,
    tasks,
  };
}

export function simulate(
  config: SimulatedScheduleConfig,
  seed = 1,
  batchRows?: number,
): { rows: Row[]; registry: Registry } {
  const registry = new Registry(ownerOfTasks(config.tasks));
  return { rows: rowsOf(from(simulatedBatches(config, registry, seed, batchRows))), registry };
}
