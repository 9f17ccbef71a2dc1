/** The timeline: names turned into indexes, order made explicit. */
import { type Name, registerByName } from '../arch/registers.ts';
import { resolveCapture, resolveWriteMsc } from './resolve-msc-commands.ts';
import type { MscNames } from './resolve-msc-target.ts';
import { resolvePartition } from './resolve-partitions.ts';
import type { Names } from './resolve-schedule.ts';
import type { CommandSpec, ThreadsSpec, TimedCommandSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';
import type { CommandInput, ThreadsInput } from './timeline-schema.ts';

interface TimelineLimits extends MscNames {
  readonly untilNs: number;
  /** Whether a command at or after `untilNs` is a mistake. If not, the run tells that it has not been done. */
  readonly mustEndInTime: boolean;
}

export function resolveTimeline(
  timeline: readonly CommandInput[],
  limits: TimelineLimits,
  names: Names,
  report: Report,
): readonly TimedCommandSpec[] {
  const commands = timeline.flatMap((input, index) => {
    const path = ['timeline', index];
    if (limits.mustEndInTime && input.at >= limits.untilNs) {
      report([...path, 'at'], 'is not before the end of the run (until)');
    }
    if ('set_partition' in input) return resolveSetPartition(input, path, limits, report);
    return [{ atNs: input.at, command: resolveCommand(input, path, limits, names, report) }];
  });
  return commands.sort((a, b) => a.atNs - b.atNs);
}

type SetPartitionInput = Extract<CommandInput, { set_partition: unknown }>;

/** One command for each PARTID of the group, at the same time. */
function resolveSetPartition(
  input: SetPartitionInput,
  path: Path,
  limits: TimelineLimits,
  report: Report,
): readonly TimedCommandSpec[] {
  const partitions = resolvePartition(input.set_partition, [...path, 'set_partition'], limits, report);
  return partitions.map((partition) => ({ atNs: input.at, command: { kind: 'setPartition', ...partition } }));
}

function resolveCommand(
  input: Exclude<CommandInput, SetPartitionInput>,
  path: Path,
  limits: TimelineLimits,
  names: Names,
  report: Report,
): CommandSpec {
  const cpu = (key: string, value: number): number => {
    const { peCount } = limits;
    if (peCount !== undefined && value >= peCount) {
      report([...path, key], `CPU ${value}; the machine has CPUs 0 to ${peCount - 1}`);
    }
    return value;
  };
  if ('move' in input) {
    const threads = resolveThreads(input.move, [...path, 'move'], names, report);
    return { kind: 'move', threads, group: names.groupOf(input.to, [...path, 'to']) };
  }
  if ('cpu_default' in input) {
    const group = names.groupOf(input.group, [...path, 'group']);
    return { kind: 'cpuDefault', cpu: cpu('cpu_default', input.cpu_default), group };
  }
  if ('write_msc' in input) return resolveWriteMsc(input.write_msc, [...path, 'write_msc'], limits, report);
  if ('capture' in input) return resolveCapture(input.capture, [...path, 'capture'], limits, report);
  if ('mpam' in input) return { kind: 'mpamDisable' };
  if ('cpu_offline' in input) return { kind: 'cpuOffline', cpu: cpu('cpu_offline', input.cpu_offline) };
  if ('cpu_online' in input) return { kind: 'cpuOnline', cpu: cpu('cpu_online', input.cpu_online) };
  if ('cpu_pm' in input) {
    return { kind: 'cpuPm', cpu: cpu('cpu_pm', input.cpu_pm), losesRegisters: input.state === 'powerdown' };
  }
  if ('poke' in input) {
    const register = registerOf(input.register);
    return { kind: 'poke', cpu: cpu('poke', input.poke), register, ...input.value };
  }
  return resolveGuestAccess(input, path, names, report);
}

function resolveGuestAccess(
  input: Extract<CommandInput, { guest_access: unknown }>,
  path: Path,
  names: Names,
  report: Report,
): CommandSpec {
  const at = [...path, 'guest_access'];
  const { vm: vmName, vcpu } = input.guest_access;
  const vm = vcpuIn(vmName, vcpu, at, names, report);
  const isWrite = 'write' in input;
  const value = isWrite ? input.write : { lo: 0, hi: 0 };
  return { kind: 'guestAccess', vm, vcpu, register: registerOf(input.register), isWrite, ...value };
}

function resolveThreads(input: ThreadsInput, path: Path, names: Names, report: Report): ThreadsSpec {
  if ('tid' in input) return { by: 'tid', tid: input.tid };
  if ('comm' in input) return { by: 'comm', comm: input.comm };
  if ('tenant' in input) return { by: 'tenant', tenant: names.tenantOf(input.tenant, [...path, 'tenant']) };
  const vm = vcpuIn(input.vm, input.vcpu, path, names, report);
  return input.vcpu === undefined ? { by: 'vm', vm } : { by: 'vcpu', vm, vcpu: input.vcpu };
}

/** The VM's index; reports a vCPU that it does not have. */
function vcpuIn(vmName: string, vcpu: number | undefined, path: Path, names: Names, report: Report): number {
  const vm = names.vmOf(vmName, [...path, 'vm']);
  const known = names.vms[vm];
  if (known?.name === vmName && vcpu !== undefined && vcpu >= known.vcpus) {
    report([...path, 'vcpu'], `${vcpu}; VM "${vmName}" has vCPUs 0 to ${known.vcpus - 1}`);
  }
  return vm;
}

function registerOf(text: string): Name {
  const register = registerByName(text);
  if (register === undefined) throw new Error(`the schema let the unknown register ${text} pass`);
  return register;
}
