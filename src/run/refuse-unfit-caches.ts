/**
 * Caches of a scenario that leaves the number of CPUs to its recording: how many there are, and whether those that it names
 * exist, could not be checked before.
 */
import { cacheHint, cachesNamed } from '../scenario/named-caches.ts';
import type { PartitionSpec, Scenario } from '../scenario/scenario.ts';
import { sizeProblems } from '../scenario/size-problems.ts';
import { PlanError } from './plan-error.ts';

/** @throws PlanError for machines that cannot be built, and for settings of caches that are not there. */
export function refuseUnfitCaches(scenario: Scenario, cpuCount: number): void {
  const [tooLarge] = sizeProblems(scenario.machines, cpuCount);
  if (tooLarge !== undefined) {
    const { section, found, allowed, hint } = tooLarge;
    throw new PlanError(scenario.file, `${section}: with the ${cpuCount} CPUs of the recording, ${found}`, {
      allowed,
      hint,
    });
  }
  const changes = scenario.timeline.flatMap(({ command }) => (command.kind === 'setPartition' ? [command] : []));
  for (const partition of [...scenario.partitions, ...changes]) refuseMissingCache(scenario, cpuCount, partition);
}

function refuseMissingCache(scenario: Scenario, cpuCount: number, { cache, machine }: PartitionSpec): void {
  const { file, machines } = scenario;
  const meant = machine === undefined ? machines : machines.slice(machine, machine + 1);
  const found = cachesNamed(cache, meant, cpuCount);
  if (found.some(({ controls }) => controls !== undefined)) return;
  const what = found.length === 0 ? `the scenario names cache ${cache}` : `cache ${cache} implements no partitioning`;
  throw new PlanError(file, `${what}, with the ${cpuCount} CPUs of the recording`, {
    allowed: cacheHint(cache, meant, cpuCount) ?? 'caches with MPAM controls',
    hint: 'set machine.pes if the host had more CPUs than the recording shows',
  });
}
