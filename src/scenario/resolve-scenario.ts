/** The checked input as a scenario: defaults filled in, names turned into indexes, and what no single field can tell. */
import { DEFAULT_PES, PES_MAX } from './machine-schema.ts';
import { lookupIn, resolveGroups } from './resolve-groups.ts';
import { checkLabelsFit, resolveMachines } from './resolve-machines.ts';
import { type Names, resolveSchedule } from './resolve-schedule.ts';
import { resolveTenants } from './resolve-tenants.ts';
import { resolveTimeline } from './resolve-timeline.ts';
import type { CpuDefault, Scenario, VmSpec } from './scenario.ts';
import type { Report } from './scenario-problem.ts';
import type { ScenarioInput } from './scenario-schema.ts';

interface Origin {
  readonly file: string;
  /** The text that the input came from, with overrides. */
  readonly text: string;
  /** Name of a scenario that has none. */
  readonly fallbackName: string;
}

/** The result is a scenario only if nothing was reported. */
export function resolveScenario(input: ScenarioInput, origin: Origin, report: Report): Scenario {
  const groups = resolveGroups(input.groups, report);
  const groupNames = groups.map((group) => group.name);
  const groupOf = lookupIn('group', groupNames, report);
  const peCount = input.machine.pes ?? (input.schedule.source === 'simulated' ? DEFAULT_PES : undefined);
  const machines = resolveMachines(input, peCount, groupOf, report);
  checkLabelsFit(groups, machines, report);

  const { tenants, vms } = resolveTenants(input, groupOf, report);
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
  const untilNs = input.until ?? Number.POSITIVE_INFINITY;
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
    vms: vms.map(
      ({ name, tenant, group, vcpus, guestActivity }): VmSpec => ({ name, tenant, group, vcpus, guestActivity }),
    ),
    schedule: resolveSchedule(input, origin.file, peCount, names, report),
    timeline: resolveTimeline(input.timeline, { untilNs, peCount }, names, report),
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
