/** The checked input as a scenario: defaults filled in, names turned into indexes, and what no single field can tell. */
import { PES_MAX } from './machine-schema.ts';
import { lookupIn, resolveGroups } from './resolve-groups.ts';
import { resolveHostTasks } from './resolve-host-tasks.ts';
import { checkLabelsFit, defaultPeCount, resolveMachines } from './resolve-machines.ts';
import { resolveMonitors } from './resolve-monitors.ts';
import type { MscNames } from './resolve-msc-target.ts';
import { resolvePartitions } from './resolve-partitions.ts';
import { type Names, resolveSchedule } from './resolve-schedule.ts';
import { resolveTenants } from './resolve-tenants.ts';
import { resolveTimeline } from './resolve-timeline.ts';
import { type InputProblem, resolveWorkloads } from './resolve-workloads.ts';
import type { CpuDefault, Scenario, VmSpec } from './scenario.ts';
import type { Report } from './scenario-problem.ts';
import type { ScenarioInput } from './scenario-schema.ts';
import { WorkloadMemory } from './workload-memory.ts';

interface Origin {
  readonly file: string;
  /** The text that the input came from, with overrides. */
  readonly text: string;
  /** Name of a scenario that has none. */
  readonly fallbackName: string;
  readonly inputProblem: InputProblem;
  /** False if the end of the run was chosen by somebody other than the author of the timeline, who may cut it short. */
  readonly isEndOfAuthor: boolean;
}

/** The result is a scenario only if nothing was reported. */
export function resolveScenario(input: ScenarioInput, origin: Origin, report: Report): Scenario {
  const groups = resolveGroups(input.groups, report);
  const groupNames = groups.map((group) => group.name);
  const groupOf = lookupIn('group', groupNames, report);
  const peCount =
    input.machine.pes ?? (input.schedule.source === 'simulated' ? defaultPeCount(input.machine) : undefined);
  const machines = resolveMachines(input, peCount, groupOf, report);
  checkLabelsFit(groups, machines, report);

  const memory = new WorkloadMemory(input.memory_regions, input.machine.scale ?? 1, report);
  const workloads = resolveWorkloads(input.workloads, { ...origin, machines, memory, report });
  const workloadOf = lookupIn('workload', Object.keys(input.workloads), report);
  const { tenants, vms } = resolveTenants(input, groupOf, workloadOf, report);
  const tenantOf = lookupIn(
    'tenant',
    tenants.map((tenant) => tenant.name),
    report,
  );
  const vmOf = lookupIn(
    'VM',
    vms.map((vm) => vm.name),
    report,
  );
  const names: Names = { tenants, vms, groupOf, tenantOf, vmOf };
  const mscNames: MscNames = { machines, peCount, groups, groupOf };
  const untilNs = input.until ?? Number.POSITIVE_INFINITY;
  const mustEndInTime = origin.isEndOfAuthor;
  return {
    name: input.name ?? origin.fallbackName,
    description: input.description,
    file: origin.file,
    text: origin.text,
    seed: input.seed,
    untilNs,
    peCount,
    machines,
    groups,
    cpuDefaults: resolveCpuDefaults(input, peCount ?? PES_MAX, names, report),
    tenants,
    vms: vms.map(({ path: _path, input: _input, ...vm }): VmSpec => vm),
    hostTasks: resolveHostTasks(input.host_tasks, input.workloads, workloadOf, report),
    workloads,
    partitions: resolvePartitions(input.partitions, mscNames, report),
    monitors: resolveMonitors(input.monitors, mscNames, report),
    schedule: resolveSchedule(input, origin.file, peCount, names, report),
    timeline: resolveTimeline(input.timeline, { untilNs, mustEndInTime, ...mscNames }, names, report),
  };
}

function resolveCpuDefaults(
  input: ScenarioInput,
  cpuCount: number,
  names: Names,
  report: Report,
): readonly CpuDefault[] {
  const defaults = Object.entries(input.cpu_defaults).map(([key, groupName]) => {
    const path = ['cpu_defaults', key];
    const cpu = Number(key);
    if (cpu >= cpuCount) report(path, `the machine has CPUs 0 to ${cpuCount - 1}`, { at: 'key' });
    return { cpu, group: names.groupOf(groupName, path) };
  });
  return defaults.sort((a, b) => a.cpu - b.cpu);
}
