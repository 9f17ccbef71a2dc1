/**
 * Caches and MSCs of a scenario that leaves the number of CPUs to its recording: how many there are, and whether those that it
 * names exist, could not be checked before.
 */
import { mscHint, mscsNamed } from '../scenario/named-mscs.ts';
import type { MscTargetSpec, Scenario } from '../scenario/scenario.ts';
import { sizeProblems } from '../scenario/size-problems.ts';
import { PlanError } from './plan-error.ts';

/** @throws PlanError for machines that cannot be built, and for MSCs that are named and not there. */
export function refuseUnfitCaches(scenario: Scenario, cpuCount: number): void {
  const [tooLarge] = sizeProblems(scenario.machines, cpuCount);
  if (tooLarge !== undefined) {
    const { section, found, allowed, hint } = tooLarge;
    throw new PlanError(scenario.file, `${section}: with the ${cpuCount} CPUs of the recording, ${found}`, {
      allowed,
      hint,
    });
  }
  const commands = scenario.timeline.flatMap(({ command }) => ('msc' in command ? [command] : []));
  const targets: readonly MscTargetSpec[] = [...scenario.partitions, ...scenario.monitors, ...commands];
  for (const target of targets) refuseMissingMsc(scenario, cpuCount, target);
}

function refuseMissingMsc(scenario: Scenario, cpuCount: number, { msc, machine, ris }: MscTargetSpec): void {
  const { file, machines } = scenario;
  const meant = machine === undefined ? machines : machines.slice(machine, machine + 1);
  const found = mscsNamed(msc, meant, cpuCount);
  const resources = found.flatMap(({ config }) => config?.resources ?? []);
  if (resources.some((resource) => resource.ris === (ris ?? resource.ris))) return;
  const missing = resources.length === 0 ? 'implements no partitioning' : `has no RIS ${ris}`;
  const what = found.length === 0 ? `the scenario names MSC ${msc}` : `${msc} ${missing}`;
  throw new PlanError(file, `${what}, with the ${cpuCount} CPUs of the recording`, {
    allowed: mscHint(msc, meant, cpuCount) ?? 'caches and memories with MPAM controls',
    hint: 'set machine.pes if the host had more CPUs than the recording shows',
  });
}
