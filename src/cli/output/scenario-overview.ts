/** What a scenario would build, as a page of text. */
import { KERNELS } from '../../kvm/kernels.ts';
import type { RunPlan } from '../../run/run-plan.ts';
import { formatDuration } from '../../scenario/quantities.ts';
import type { GroupSpec, Scenario } from '../../scenario/scenario.ts';
import { count, seconds } from './format.ts';
import { table } from './table.ts';
import { heading } from './terminal.ts';
import { timelineCells } from './timeline-text.ts';
import { describeTopology } from './topology-overview.ts';
import { workloadOverview } from './workload-overview.ts';

/** @param plan of the same scenario: what is known once the recording has been looked at. */
export function scenarioOverview(scenario: Scenario, plan: RunPlan): string {
  const parts = [
    `${heading(scenario.name)}: no problems found`,
    ...(scenario.description === '' ? [] : [scenario.description]),
    `${heading('Schedule')}\n${scheduleText(scenario, plan)}`,
    `${heading('Machines')}\n${machineTable(scenario, plan)}`,
    ...[describeTopology(plan.machines)].filter((text) => text !== ''),
    `${heading('Groups')}\n${groupTable(scenario)}`,
    `${heading('VMs')}\n${vmTable(scenario)}`,
    ...workloadOverview(scenario),
  ];
  if (scenario.timeline.length > 0) parts.push(`${heading('Timeline')}\n${timelineTable(scenario)}`);
  return parts.join('\n\n');
}

function scheduleText({ schedule, seed }: Scenario, { expectedEndNs }: RunPlan): string {
  const end = `until ${seconds(expectedEndNs)}`;
  if (schedule.source === 'recorded') {
    const rules = `${count(schedule.rules.length)} thread rules`;
    return `recorded, ${schedule.file}, ${end}, seed ${seed}, ${rules}, guest activity ${schedule.guestActivity}`;
  }
  const { tasks, cpuCount, timeSliceNs } = schedule.config;
  const slice = `time slice ${formatDuration(timeSliceNs)}`;
  return `simulated, ${end}, seed ${seed}, ${count(tasks.length)} threads on ${cpuCount} CPUs, ${slice}`;
}

function machineTable({ groups }: Scenario, { machines }: RunPlan): string {
  const rows = machines.map(({ name, peCount, mode, kernel, unknownReset, features }) => {
    const reset = unknownReset.kind === 'group' ? `group ${groups[unknownReset.group]?.name}` : unknownReset.kind;
    return [name, peCount, mode, kernel, KERNELS[kernel].title, reset, features.partidMax, features.pmgMax];
  });
  return table(['machine', 'PEs', 'mode', 'kernel', 'what it is', 'UNKNOWN at reset', 'PARTID_MAX', 'PMG_MAX'], rows);
}

function groupTable({ groups, cpuDefaults }: Scenario): string {
  const rows = groups.map((group, index) => {
    const cpus = cpuDefaults.filter((entry) => entry.group === index).map(({ cpu }) => cpu);
    return [group.name, ...labelCells(group), cpus.join(' ')];
  });
  return table(['group', 'PARTID_D', 'PARTID_I', 'PMG_D', 'PMG_I', 'default on CPUs'], rows);
}

function labelCells({ partidD, partidI, pmgD, pmgI }: GroupSpec): number[] {
  return [partidD, partidI, pmgD, pmgI];
}

function vmTable({ tenants, vms, groups }: Scenario): string {
  const rows = vms.map((vm) => [tenants[vm.tenant]?.name ?? '', vm.name, vm.vcpus, groups[vm.group]?.name ?? '']);
  return table(['tenant', 'VM', 'vCPUs', 'group'], rows);
}

function timelineTable(scenario: Scenario): string {
  const rows = scenario.timeline.map((timed) => timelineCells(timed, scenario));
  return table(['at', 'command', 'details'], rows);
}
