/** From a scenario to a plan: recordings are surveyed, and what depends on them is decided. */

import { UNIT_MAX } from '../loop/event-row.ts';
import type { MachineSpec, Scenario, ScheduleSpec } from '../scenario/scenario.ts';
import { recordedSchedule } from '../schedule/ftrace/recorded-schedule.ts';
import { type RecordingSurvey, surveyRecording } from '../schedule/ftrace/recording-survey.ts';
import { internExitReasons } from '../schedule/guest-activity/guest-life.ts';
import { withGuestActivity } from '../schedule/guest-activity/with-guest-activity.ts';
import { Registry } from '../schedule/registry.ts';
import { RuleReport } from '../schedule/rule-report.ts';
import { ownerOfTasks } from '../schedule/simulated/config.ts';
import { simulatedSchedule } from '../schedule/simulated/simulated-schedule.ts';
import { type WorkloadFiles, workloadFiles } from '../workload/workload-files.ts';
import { planExecutions } from './execution/execution-plan.ts';
import { PlanError } from './plan-error.ts';
import { refuseUnfitCaches } from './refuse-unfit-caches.ts';
import type { RunPlan } from './run-plan.ts';

/**
 * Plan the run of a checked scenario. Reads a recording once, to know its times, CPUs, processes and hash.
 * @throws RecordingError for a recording that cannot be used, WorkloadFileError for a file of a workload, PlanError for a
 *   scenario that does not fit the recording (rejections).
 */
export async function planRun(scenario: Scenario): Promise<RunPlan> {
  const { schedule } = scenario;
  const files = await workloadFiles(scenario.workloads);
  return schedule.source === 'simulated'
    ? planSimulated(scenario, schedule, files)
    : await planRecorded(scenario, schedule, files);
}

function planSimulated(
  scenario: Scenario,
  schedule: Extract<ScheduleSpec, { source: 'simulated' }>,
  files: WorkloadFiles,
): RunPlan {
  const { config } = schedule;
  return {
    ...commonParts(scenario, config.cpuCount, files),
    inputs: files.inputs,
    timeOriginNs: 0,
    expectedEndNs: scenario.untilNs,
    startsIdle: true,
    openSchedule: () => {
      const registry = new Registry(ownerOfTasks(config.tasks));
      return { registry, schedule$: simulatedSchedule(config, registry, scenario.seed) };
    },
  };
}

async function planRecorded(
  scenario: Scenario,
  schedule: Extract<ScheduleSpec, { source: 'recorded' }>,
  files: WorkloadFiles,
): Promise<RunPlan> {
  const survey = await surveyRecording(schedule.path);
  const cpuCount = scenario.peCount ?? survey.cpuCount;
  refuseMissingCpus(scenario, cpuCount);
  refuseUnfitCaches(scenario, cpuCount);
  if (schedule.guestActivity === 'modelled' && survey.guestEntries > 0) {
    throw new PlanError(
      scenario.file,
      `schedule.guest_activity is modelled, but ${schedule.file} has kvm_entry lines`,
      {
        allowed: 'auto or recorded',
        hint: 'with both, guests would run twice',
      },
    );
  }
  return {
    ...commonParts(scenario, cpuCount, files),
    inputs: [{ path: schedule.file, sha256: survey.sha256, byteLength: survey.byteLength }, ...files.inputs],
    timeOriginNs: survey.firstTimeNs,
    expectedEndNs: Math.min(scenario.untilNs, survey.lastTimeNs - survey.firstTimeNs),
    startsIdle: false,
    openSchedule: () => openRecording(scenario, schedule, survey, cpuCount),
  };
}

function openRecording(
  scenario: Scenario,
  schedule: Extract<ScheduleSpec, { source: 'recorded' }>,
  survey: RecordingSurvey,
  cpuCount: number,
): ReturnType<RunPlan['openSchedule']> {
  const rules = new RuleReport(schedule.rules, scenario.vms);
  const registry = new Registry(rules.ownerOf);
  const { firstTimeNs: originNs, tgidByTid } = survey;
  const recording$ = recordedSchedule(schedule.path, registry, { originNs, cpuCount, tgidByTid });
  const recorded$ = recording$.pipe(rules.watch(registry, scenario.untilNs));
  const hasGuests = schedule.guestActivity === 'recorded' || survey.guestEntries > 0;
  if (hasGuests) return { registry, schedule$: recorded$ };
  // Before the recording's own texts, so that no id depends on how far the importer reads ahead.
  internExitReasons(
    registry,
    scenario.vms.map((vm) => vm.guestActivity),
  );
  const activity = withGuestActivity({
    registry,
    seed: scenario.seed,
    cpuCount,
    ratesOf: (thread) => scenario.vms[thread.vm]!.guestActivity,
  });
  return { registry, schedule$: recorded$.pipe(activity) };
}

/** With the number of CPUs left to the recording, the scenario could not be checked for what it says of CPUs. */
function refuseMissingCpus(scenario: Scenario, cpuCount: number): void {
  const peCount = scenario.machines.length * cpuCount;
  if (peCount > UNIT_MAX + 1) {
    throw new PlanError(scenario.file, `${scenario.machines.length} machines of ${cpuCount} CPUs are ${peCount} PEs`, {
      allowed: `at most ${UNIT_MAX + 1}`,
      hint: 'set machine.pes, or run fewer machines at a time',
    });
  }
  const commandCpus = scenario.timeline.flatMap(({ command }) => ('cpu' in command ? [command.cpu] : []));
  const missing = [...scenario.cpuDefaults.map(({ cpu }) => cpu), ...commandCpus].find((cpu) => cpu >= cpuCount);
  if (missing === undefined) return;
  throw new PlanError(scenario.file, `the scenario names CPU ${missing}`, {
    allowed: `0 to ${cpuCount - 1}, as the recording has`,
    hint: 'set machine.pes if the host had more CPUs than the recording shows',
  });
}

type ScheduleParts = 'inputs' | 'timeOriginNs' | 'expectedEndNs' | 'startsIdle' | 'openSchedule';

function commonParts(scenario: Scenario, peCount: number, files: WorkloadFiles): Omit<RunPlan, ScheduleParts> {
  const executions = planExecutions(scenario, peCount);
  return {
    name: scenario.name,
    description: scenario.description,
    scenarioText: scenario.text,
    scenarioFile: scenario.file,
    seed: scenario.seed,
    machines: scenario.machines.map((machine: MachineSpec, index) => {
      const execution = executions[index];
      return { ...machine, peCount, hierarchy: execution?.hierarchy, execution };
    }),
    partitions: scenario.partitions,
    monitors: scenario.monitors,
    arrivals: files.arrivals,
    groups: scenario.groups,
    cpuDefaults: scenario.cpuDefaults,
    tenants: scenario.tenants,
    vms: scenario.vms,
    commands: scenario.timeline,
    untilNs: scenario.untilNs,
  };
}
