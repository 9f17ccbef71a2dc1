/** Settings of cache partitioning: the caches and PARTIDs that they mean, and whether those caches have such controls. */
import { PartidSpace } from '../arch/label.ts';
import { type PartitionSettings, settingsProblems } from '../memory/partition-settings.ts';
import { cacheHint, cachesNamed, canonicalCacheName, controlledLevels } from './named-caches.ts';
import type { PartitionInput, SpaceName } from './partition-schema.ts';
import { requireCaches } from './require-caches.ts';
import { type Lookup, lookupIn } from './resolve-groups.ts';
import type { GroupSpec, MachineSpec, PartitionSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';

const SPACES: Readonly<Record<SpaceName, PartidSpace>> = {
  secure: PartidSpace.secure,
  'non-secure': PartidSpace.nonSecure,
  root: PartidSpace.root,
  realm: PartidSpace.realm,
};

const SETTINGS = ['cpbm', 'cmax', 'softlim', 'cmin', 'cassoc', 'enabled', 'nfu', 'intpartid'] as const;

/** What the settings of partitions may name. */
export interface PartitionNames {
  readonly machines: readonly MachineSpec[];
  /** undefined: not known before the recording is read. */
  readonly peCount: number | undefined;
  readonly groups: readonly GroupSpec[];
  readonly groupOf: Lookup;
}

/** The partitions in force from the start. */
export function resolvePartitions(
  inputs: readonly PartitionInput[],
  names: PartitionNames,
  report: Report,
): readonly PartitionSpec[] {
  return inputs.flatMap((input, index) => resolvePartition(input, ['partitions', index], names, report));
}

/** The settings of one entry: one, or two where the group's PARTID_D and PARTID_I differ. */
export function resolvePartition(
  input: PartitionInput,
  path: Path,
  names: PartitionNames,
  report: Report,
): readonly PartitionSpec[] {
  const machineNames = names.machines.map(({ name }) => name);
  const machineOf = lookupIn('machine', machineNames, report);
  const machine = input.machine === undefined ? undefined : machineOf(input.machine, [...path, 'machine']);
  const settings = settingsOf(input);
  if (Object.keys(settings).length === 0) report(path, 'sets nothing', { hint: `give one of ${SETTINGS.join(', ')}` });
  const cache = canonicalCacheName(input.cache);
  const space = SPACES[input.space];
  const partitions = partidsOf(input, path, names, report).map((partid) => ({
    machine,
    cache,
    space,
    partid,
    settings,
  }));
  checkPartitions(partitions, path, names, report);
  return partitions;
}

function settingsOf(input: PartitionInput): PartitionSettings {
  const stated = SETTINGS.filter((key) => input[key] !== undefined).map((key) => [key, input[key]] as const);
  return Object.fromEntries(stated) as PartitionSettings;
}

function partidsOf(
  { group, partid }: PartitionInput,
  path: Path,
  { groups, groupOf }: PartitionNames,
  report: Report,
): readonly number[] {
  if (group !== undefined && partid !== undefined) {
    report([...path, 'partid'], 'has a group, too', { hint: 'give one of the two', at: 'key' });
  }
  if (group === undefined) {
    if (partid === undefined) report(path, 'is for nobody', { hint: 'give a group or a partid' });
    return [partid ?? 0];
  }
  const { partidD, partidI } = groups[groupOf(group, [...path, 'group'])]!;
  return partidD === partidI ? [partidD] : [partidD, partidI];
}

/** Partitions of one entry differ in the PARTID alone. Caches without controls are passed over where others have some. */
function checkPartitions(
  partitions: readonly PartitionSpec[],
  path: Path,
  { machines, peCount }: PartitionNames,
  report: Report,
): void {
  const { cache, machine } = partitions[0]!;
  const meant = machine === undefined ? machines : machines.slice(machine, machine + 1);
  const at = [...path, 'cache'];
  if (!requireCaches(meant, at, `there is nothing to set in ${cache}`, report)) return;
  const found = cachesNamed(cache, meant, peCount);
  if (found.length === 0) {
    report(at, `there is no cache "${cache}"`, { hint: cacheHint(cache, meant, peCount) });
  } else if (found.every(({ controls }) => controls === undefined)) {
    report(at, `${cache} implements no partitioning`, { hint: controlledLevels(meant) });
  }
  for (const { name, controls } of found) {
    if (controls === undefined) continue;
    const problems = partitions.flatMap(({ partid, settings }) => settingsProblems(controls, partid, settings));
    for (const { setting, message } of problems) report([...path, setting], `${message} (${name})`);
  }
}
