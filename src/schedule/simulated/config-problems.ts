/** What is wrong with a simulated schedule's configuration: field, value, allowed range. */
import { UNIT_MAX } from '../../loop/event-row.ts';
import { EXPONENTIAL_MEAN_NS_MAX } from '../../loop/random-stream.ts';
import { type ConfigProblem, expectInteger } from '../config-problem.ts';
import { guestActivityProblems } from '../guest-activity/rates.ts';
import { TID_MAX } from '../thread-rules.ts';
import { type SimulatedScheduleConfig, type SimulatedTask, type TaskBehaviour, UNTIL_NS_MAX } from './config.ts';

/** Every CPU is a PE of each machine, and an event row must be able to name it. */
const CPU_COUNT_MAX = UNIT_MAX + 1;
/** Shorter slices than a microsecond would spend the run on switches that no host could make. */
const TIME_SLICE_NS_MIN = 1_000;
const WEIGHT_MAX = 100_000;

/** Every problem of a configuration; empty when it can be used. */
export function simulatedScheduleProblems(config: SimulatedScheduleConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  expectInteger(problems, 'cpuCount', config.cpuCount, 1, CPU_COUNT_MAX);
  expectInteger(problems, 'untilNs', config.untilNs, 1, UNTIL_NS_MAX);
  expectInteger(problems, 'timeSliceNs', config.timeSliceNs, TIME_SLICE_NS_MIN, EXPONENTIAL_MEAN_NS_MAX);
  expectInteger(problems, 'wakeupGranularityNs', config.wakeupGranularityNs, 0, EXPONENTIAL_MEAN_NS_MAX);
  for (const [at, task] of config.tasks.entries()) {
    problems.push(...taskProblems(task, `tasks[${at}]`, config.cpuCount));
  }
  return [...problems, ...identityProblems(config.tasks)];
}

function taskProblems(task: SimulatedTask, field: string, cpuCount: number): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  expectInteger(problems, `${field}.tid`, task.tid, 1, TID_MAX, '0 is the idle task');
  expectInteger(problems, `${field}.weight`, task.weight, 1, WEIGHT_MAX, 'nice 0 is 1024');
  for (const [at, cpu] of task.cpus.entries()) {
    expectInteger(problems, `${field}.cpus[${at}]`, cpu, 0, cpuCount - 1, `the host has ${cpuCount} CPUs`);
  }
  problems.push(...behaviourProblems(task.behaviour, `${field}.behaviour`));
  if (task.owner.vcpu >= 0) problems.push(...vcpuProblems(task, field));
  else if (task.guest !== undefined) {
    problems.push({ field: `${field}.guest`, message: 'is for vCPU threads only; owner.vcpu is below 0' });
  }
  if (task.behaviour.kind === 'on-exit' && task.owner.vm < 0) {
    problems.push({
      field: `${field}.behaviour`,
      message: 'on-exit needs a VM whose exits wake it; owner.vm is below 0',
    });
  }
  return problems;
}

function vcpuProblems(task: SimulatedTask, field: string): ConfigProblem[] {
  if (task.guest === undefined) {
    return [{ field: `${field}.guest`, message: 'is missing; a vCPU thread needs guest activity rates' }];
  }
  const problems = guestActivityProblems(task.guest, `${field}.guest`);
  if (task.behaviour.kind === 'on-exit') {
    problems.push({ field: `${field}.behaviour`, message: 'on-exit is not for vCPU threads; use always or periodic' });
  }
  return problems;
}

function behaviourProblems(behaviour: TaskBehaviour, field: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (behaviour.kind === 'always') return problems;
  expectInteger(problems, `${field}.busyNs`, behaviour.busyNs, 1, EXPONENTIAL_MEAN_NS_MAX);
  if (behaviour.kind === 'periodic') {
    const hint = 'use always for a task that never sleeps';
    expectInteger(problems, `${field}.sleepNs`, behaviour.sleepNs, 1, EXPONENTIAL_MEAN_NS_MAX, hint);
  } else {
    expectInteger(problems, `${field}.wakesPerThousandExits`, behaviour.wakesPerThousandExits, 0, 1000);
  }
  return problems;
}

/** Thread ids and vCPUs name one task each. */
function identityProblems(tasks: readonly SimulatedTask[]): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const taken = new Map<string, number>();
  const claim = (identity: string, field: string, at: number): void => {
    const first = taken.get(identity);
    if (first === undefined) taken.set(identity, at);
    else problems.push({ field: `tasks[${at}].${field}`, message: `${identity} is tasks[${first}] already` });
  };
  for (const [at, { tid, owner }] of tasks.entries()) {
    claim(`thread ${tid}`, 'tid', at);
    if (owner.vcpu >= 0) claim(`tenant ${owner.tenant}, VM ${owner.vm}, vCPU ${owner.vcpu}`, 'owner', at);
  }
  return problems;
}
