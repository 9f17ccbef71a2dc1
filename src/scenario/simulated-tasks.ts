/**
 * The host threads of a simulated schedule: for each VM its vCPU threads and its VMM's I/O threads, named as QEMU names
 * them, and the host's own.
 *
 * Thread ids are given out in the file's order, host tasks first, so that they read like those of a recording.
 */
import { NO_OWNER, type ThreadOwner } from '../schedule/registry.ts';
import type { SimulatedTask, TaskBehaviour } from '../schedule/simulated/config.ts';
import type { Lookup } from './resolve-groups.ts';
import { hostTaskComm } from './resolve-host-tasks.ts';
import type { ResolvedVm } from './resolve-tenants.ts';
import type { Path, Report } from './scenario-problem.ts';
import type { ActivityInput, HostTaskInput, PinInput } from './tenant-schema.ts';

const FIRST_HOST_TID = 100;
/** The next process gets the next multiple. */
const TGID_STEP = 1000;

/** All tasks; reports CPUs that the host does not have. */
export function simulatedTasks(
  vms: readonly ResolvedVm[],
  hostTasks: Readonly<Record<string, HostTaskInput>>,
  cpuCount: number,
  groupOf: Lookup,
  report: Report,
): readonly SimulatedTask[] {
  const tasks: SimulatedTask[] = [];
  for (const [name, input] of Object.entries(hostTasks)) {
    const path = ['host_tasks', name];
    const group = groupOf(input.group, [...path, 'group']);
    const cpus = pinnedCpus(input.pin, [...path, 'pin'], cpuCount, report);
    for (let count = 0; count < input.count; count++) {
      const tid = FIRST_HOST_TID + tasks.length;
      const { weight, activity } = input;
      const comm = hostTaskComm(name, input);
      tasks.push({ tid, tgid: tid, comm, owner: { ...NO_OWNER, group }, weight, cpus, behaviour: behaviour(activity) });
    }
  }
  let tgid = Math.ceil((FIRST_HOST_TID + tasks.length) / TGID_STEP) * TGID_STEP;
  for (const [index, vm] of vms.entries()) {
    const cpus = pinnedCpus(vm.input.pin, [...vm.path, 'pin'], cpuCount, report);
    tasks.push(...vcpuThreads(vm, index, tgid, cpus), ...ioThreads(vm, index, tgid, cpus));
    tgid += TGID_STEP;
  }
  return tasks;
}

function vcpuThreads(vm: ResolvedVm, index: number, tgid: number, cpus: readonly number[]): SimulatedTask[] {
  return Array.from({ length: vm.vcpus }, (_, vcpu) => ({
    tid: tgid + 1 + vcpu,
    tgid,
    comm: `CPU ${vcpu}/KVM`,
    owner: ownerIn(vm, index, vcpu),
    weight: vm.input.weight,
    cpus,
    behaviour: behaviour(vm.input.activity),
    guest: vm.guestActivity,
  }));
}

function ioThreads(vm: ResolvedVm, index: number, tgid: number, cpus: readonly number[]): SimulatedTask[] {
  const { io } = vm.input;
  if (io === undefined) return [];
  return Array.from({ length: io.threads }, (_, thread) => ({
    tid: tgid + 1 + vm.vcpus + thread,
    tgid,
    comm: `IO iothread${thread}`,
    owner: ownerIn(vm, index, -1),
    weight: io.weight,
    cpus,
    behaviour: {
      kind: 'on-exit' as const,
      distribution: 'exponential' as const,
      busyNs: io.busy,
      wakesPerThousandExits: io.wakes_per_1000_exits,
    },
  }));
}

function ownerIn(vm: ResolvedVm, index: number, vcpu: number): ThreadOwner {
  return { tenant: vm.tenant, vm: index, vcpu, group: vm.group };
}

function behaviour(activity: ActivityInput): TaskBehaviour {
  if (activity === 'always') return { kind: 'always' };
  const { busy: busyNs, sleep: sleepNs, distribution } = activity;
  return { kind: 'periodic', distribution, busyNs, sleepNs };
}

function pinnedCpus(pin: PinInput, path: Path, cpuCount: number, report: Report): readonly number[] {
  if (pin === undefined) return [];
  const cpus = typeof pin === 'number' ? [pin] : pin;
  const missing = cpus.find((cpu) => cpu >= cpuCount);
  if (missing !== undefined) report(path, `CPU ${missing}; the machine has CPUs 0 to ${cpuCount - 1}`);
  return [...new Set(cpus)].sort((a, b) => a - b);
}
