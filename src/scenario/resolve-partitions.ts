/** Settings of partitions: the MSCs and PARTIDs that they mean, and whether those MSCs have such controls. */
import { winwdOf } from '../arch/accounting-window.ts';
import type { PartitionSettings } from '../memory/settings/partition-settings.ts';
import { settingsProblems } from '../memory/settings/settings-problems.ts';
import type { PartitionInput } from './partition-schema.ts';
import { type FoundMsc, type MscNames, resolveMscTarget, resourceName } from './resolve-msc-target.ts';
import type { PartitionSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';
import { snakeCase } from './snake-case.ts';

/** Members of the input that settings have under the same name, but for its spelling. */
const SETTINGS = [
  ...(['cpbm', 'cmax', 'softlim', 'cmin', 'cassoc'] as const),
  ...(['mbw_min', 'mbw_max', 'hardlim', 'mbw_pbm', 'stride', 'intpri', 'dspri', 'window'] as const),
  ...(['enabled', 'nfu', 'intpartid'] as const),
];

/** The partitions in force from the start. */
export function resolvePartitions(
  inputs: readonly PartitionInput[],
  names: MscNames,
  report: Report,
): readonly PartitionSpec[] {
  return inputs.flatMap((input, index) => resolvePartition(input, ['partitions', index], names, report));
}

/** The settings of one entry: one, or two where the group's PARTID_D and PARTID_I differ. */
export function resolvePartition(
  input: PartitionInput,
  path: Path,
  names: MscNames,
  report: Report,
): readonly PartitionSpec[] {
  if (SETTINGS.every((key) => input[key] === undefined)) {
    report(path, 'sets nothing', { hint: `give one of ${SETTINGS.join(', ')}` });
  }
  const { target, found } = resolveMscTarget(input, path, names, report);
  const settings = settingsOf(input);
  const partitions = partidsOf(input, path, names, report).map((partid) => ({ ...target, partid, settings }));
  for (const msc of found) checkPartitions(msc, partitions, path, report);
  return partitions;
}

function settingsOf(input: PartitionInput): PartitionSettings {
  const { cpbm, cmax, softlim, cmin, cassoc, hardlim, stride, intpri, dspri, enabled, nfu, intpartid } = input;
  const winwd = input.window === undefined ? undefined : winwdOf(input.window);
  const settings = {
    ...{ cpbm, cmax, softlim, cmin, cassoc },
    ...{ mbwMin: input.mbw_min, mbwMax: input.mbw_max, hardlim, mbwPbm: input.mbw_pbm, stride, intpri, dspri, winwd },
    ...{ enabled, nfu, intpartid },
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function partidsOf(
  { group, partid }: PartitionInput,
  path: Path,
  { groups, groupOf }: MscNames,
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

/** Partitions of one entry differ in the PARTID alone. */
function checkPartitions(msc: FoundMsc, partitions: readonly PartitionSpec[], path: Path, report: Report): void {
  const { name, config, meant, winwdMax } = msc;
  const { features, front } = config;
  for (const { partid, settings, space } of partitions) {
    if (space >= front.spaces) {
      report([...path, 'space'], `no feature page of this space (it has ${front.spaces}) (${name})`);
    }
    for (const resource of meant) {
      for (const { setting, message } of settingsProblems({ msc: features, resource }, partid, settings)) {
        const key = setting === 'winwd' ? 'window' : snakeCase(setting);
        report([...path, key], `${message} (${resourceName(msc, resource)})`);
      }
    }
    const { winwd = 0 } = settings;
    if (winwdMax !== undefined && winwd > winwdMax) {
      report(
        [...path, 'window'],
        `${winwd / 256} us is more than a moving window can be: ${winwdMax / 256} us (${name})`,
      );
    }
  }
}
