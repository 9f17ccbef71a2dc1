/** The commands of a timeline as the scenario's author writes them: YAML's keys, and names instead of indexes. */
import { MSC_REGISTERS, mscRegisterName } from '../../arch/msc-registers.ts';
import { formatHex64, NAMES } from '../../arch/registers.ts';
import { formatDuration } from '../../scenario/quantities.ts';
import type { CommandSpec, Scenario, ThreadsSpec, TimedCommandSpec } from '../../scenario/scenario.ts';
import { partitionText, targetText } from './partition-text.ts';

/** Time, command, and the rest of the line. */
export function timelineCells({ atNs, command }: TimedCommandSpec, scenario: Scenario): [string, string, string] {
  const [name, details] = commandText(command, scenario);
  return [formatDuration(atNs), name, details];
}

function commandText(command: CommandSpec, scenario: Scenario): [name: string, details: string] {
  const groupName = (group: number): string => scenario.groups[group]?.name ?? '';
  switch (command.kind) {
    case 'mpamDisable':
      return ['mpam', 'off'];
    case 'move':
      return ['move', `${threadsText(command.threads, scenario)}, to: ${groupName(command.group)}`];
    case 'cpuDefault':
      return ['cpu_default', `${command.cpu}, group: ${groupName(command.group)}`];
    case 'cpuOffline':
      return ['cpu_offline', String(command.cpu)];
    case 'cpuOnline':
      return ['cpu_online', String(command.cpu)];
    case 'cpuPm':
      return ['cpu_pm', `${command.cpu}, state: ${command.losesRegisters ? 'powerdown' : 'retention'}`];
    case 'guestAccess': {
      const { vm, vcpu, register, isWrite, lo, hi } = command;
      const access = isWrite ? `write: ${formatHex64(lo, hi)}` : 'read: true';
      return [
        'guest_access',
        `vm: ${vmName(vm, scenario)}, vcpu: ${vcpu}, register: ${NAMES[register]!.name}, ${access}`,
      ];
    }
    case 'poke': {
      const { cpu, register, lo, hi } = command;
      return ['poke', `${cpu}, register: ${NAMES[register]!.name}, value: ${formatHex64(lo, hi)}`];
    }
    case 'setPartition':
      return ['set_partition', partitionText(command, scenario)];
    case 'writeMsc':
      return ['write_msc', writeText(command, scenario)];
    case 'capture':
      return ['capture', captureText(command, scenario)];
  }
}

function writeText(command: Extract<CommandSpec, { kind: 'writeMsc' }>, scenario: Scenario): string {
  const { register, word, partid, instance, lo, hi } = command;
  const { selectedBy, width } = MSC_REGISTERS[register]!;
  const selector = selectorText(selectedBy, partid, instance);
  const value = width === 64 ? formatHex64(lo, hi) : `0x${(lo >>> 0).toString(16).padStart(8, '0')}`;
  const parts = [`register: ${mscRegisterName(register, word)}`, ...selector, `value: ${value}`];
  return [...targetText(command, scenario), ...parts].join(', ');
}

function selectorText(selectedBy: string, partid: number, instance: number): string[] {
  if (['control', 'request', 'group'].includes(selectedBy)) return [`partid: ${partid}`];
  return selectedBy.startsWith('monitor') ? [`instance: ${instance}`] : [];
}

function captureText(command: Extract<CommandSpec, { kind: 'capture' }>, scenario: Scenario): string {
  const { event, isForAll } = command;
  return [...targetText(command, scenario), `event: ${event}`, ...(isForAll ? ['all: true'] : [])].join(', ');
}

function threadsText(threads: ThreadsSpec, scenario: Scenario): string {
  switch (threads.by) {
    case 'vcpu':
      return `vm: ${vmName(threads.vm, scenario)}, vcpu: ${threads.vcpu}`;
    case 'vm':
      return `vm: ${vmName(threads.vm, scenario)}`;
    case 'tenant':
      return `tenant: ${scenario.tenants[threads.tenant]?.name}`;
    case 'tid':
      return `tid: ${threads.tid}`;
    case 'comm':
      return `comm: ${threads.comm}`;
  }
}

function vmName(vm: number, { vms }: Scenario): string {
  return vms[vm]?.name ?? '';
}
