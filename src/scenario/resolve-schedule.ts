/** The schedule: the tasks of a simulated host, or the rules that say whose the threads of a recording are. */
import { dirname, isAbsolute, join } from 'node:path';
import { NO_OWNER } from '../schedule/registry.ts';
import type { SimulatedScheduleConfig } from '../schedule/simulated/config.ts';
import { type ThreadRule, threadRuleProblems } from '../schedule/thread-rules.ts';
import type { Lookup } from './resolve-groups.ts';
import type { ResolvedTenants } from './resolve-tenants.ts';
import type { ScheduleSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';
import type { ScenarioInput } from './scenario-schema.ts';
import type { RecordedInput, RuleInput, SimulatedInput } from './schedule-schema.ts';
import { simulatedTasks } from './simulated-tasks.ts';

/** What names in the schedule section may stand for. */
export interface Names extends ResolvedTenants {
  readonly groupOf: Lookup;
  readonly tenantOf: Lookup;
  readonly vmOf: Lookup;
}

/**
 * @param file the scenario's own file, which recordings are relative to.
 * @param peCount known for every simulated schedule.
 */
export function resolveSchedule(
  input: ScenarioInput,
  file: string,
  peCount: number | undefined,
  names: Names,
  report: Report,
): ScheduleSpec {
  const { schedule } = input;
  if (schedule.source === 'recorded') {
    if (Object.keys(input.host_tasks).length > 0) {
      report(['host_tasks'], 'a recorded schedule brings its own host threads', { hint: 'leave host_tasks out' });
    }
    return resolveRecorded(schedule, file, names, report);
  }
  const config = resolveSimulated(input, schedule, peCount ?? 1, names, report);
  return { source: 'simulated', config };
}

function resolveSimulated(
  input: ScenarioInput,
  schedule: SimulatedInput,
  cpuCount: number,
  names: Names,
  report: Report,
): SimulatedScheduleConfig {
  if (input.until === undefined) {
    report(['until'], 'missing; a simulated schedule has no end of its own', { hint: 'e.g. until: 100ms' });
  }
  const tasks = simulatedTasks(names.vms, input.host_tasks, cpuCount, names.groupOf, report);
  if (tasks.length === 0) {
    report(['tenants'], 'nothing runs: a simulated schedule needs at least one VM or host task');
  }
  return {
    cpuCount,
    untilNs: input.until ?? 1,
    timeSliceNs: schedule.time_slice,
    wakeupGranularityNs: schedule.wakeup_granularity,
    tasks,
  };
}

function resolveRecorded(schedule: RecordedInput, file: string, names: Names, report: Report): ScheduleSpec {
  const rules = schedule.rules.map((rule, index) => resolveRule(rule, ['schedule', 'rules', index], names, report));
  return {
    source: 'recorded',
    file: schedule.file,
    path: isAbsolute(schedule.file) ? schedule.file : join(dirname(file), schedule.file),
    rules,
    guestActivity: schedule.guest_activity,
  };
}

function resolveRule(rule: RuleInput, path: Path, names: Names, report: Report): ThreadRule {
  const vm = rule.vm === undefined ? -1 : names.vmOf(rule.vm, [...path, 'vm']);
  const known = names.vms[vm];
  const namedTenant = rule.tenant === undefined ? -1 : names.tenantOf(rule.tenant, [...path, 'tenant']);
  const tenant = known?.tenant ?? namedTenant;
  if (rule.tenant !== undefined && namedTenant !== tenant) {
    report([...path, 'tenant'], `VM "${rule.vm}" belongs to tenant "${names.tenants[tenant]?.name}"`);
  }
  if (tenant === -1 && rule.group === undefined) {
    report(path, 'says nothing about the thread', { hint: 'give a vm, a tenant or a group' });
  }
  if (vm === -1 && rule.comm?.includes('{vcpu}'))
    report([...path, 'comm'], 'a vCPU needs a VM', { hint: 'give the vm too' });
  if (rule.vcpu !== undefined) checkVcpu(rule.vcpu, known?.vcpus, [...path, 'vcpu'], report);
  const group =
    rule.group === undefined
      ? (known?.group ?? names.tenants[tenant]?.group ?? NO_OWNER.group)
      : names.groupOf(rule.group, [...path, 'group']);
  const { comm, tgid, tid, vcpu } = rule;
  const resolved = { match: { comm, tgid, tid }, tenant, vm, vcpu, group };
  for (const problem of threadRuleProblems([resolved])) {
    const field = /\.match\.(\w+)$/.exec(problem.field)?.[1];
    report(field === undefined ? path : [...path, field], problem.message);
  }
  return resolved;
}

function checkVcpu(vcpu: number, vcpus: number | undefined, path: Path, report: Report): void {
  if (vcpus === undefined) report(path, 'a vCPU needs a VM', { hint: 'give the vm too' });
  else if (vcpu >= vcpus) report(path, `${vcpu}; the VM has vCPUs 0 to ${vcpus - 1}`);
}
