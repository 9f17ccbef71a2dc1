/** Control groups: labels put together, names turned into indexes. */
import { labelRegisterHigh, labelRegisterLow } from '../arch/label.ts';
import type { GroupSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';
import { didYouMean } from './suggest.ts';
import { DEFAULT_GROUP, type GroupInput } from './tenant-schema.ts';

const DEFAULT: GroupSpec = { name: DEFAULT_GROUP, partidD: 0, partidI: 0, pmgD: 0, pmgI: 0 };

/** Finds what a name stands for; reports at `path` a name that stands for nothing and answers 0. */
export type Lookup = (wanted: string, path: Path) => number;

/** A lookup in a list of named things. */
export function lookupIn(kind: string, names: readonly string[], report: Report): Lookup {
  const indexes = new Map(names.map((name, index) => [name, index]));
  return (wanted, path) => {
    const index = indexes.get(wanted);
    if (index !== undefined) return index;
    const hint = names.length === 0 ? `the scenario has no ${kind}s` : didYouMean(wanted, names);
    report(path, `there is no ${kind} "${wanted}"`, { hint });
    return 0;
  };
}

/** The groups with the default group in front. No two may have the same label: the label is all that hardware sees. */
export function resolveGroups(input: Readonly<Record<string, GroupInput>>, report: Report): readonly GroupSpec[] {
  const groups = [DEFAULT];
  const nameByLabel = new Map([[labelKey(DEFAULT), DEFAULT_GROUP]]);
  for (const [name, group] of Object.entries(input)) {
    const path = ['groups', name];
    if (name === DEFAULT_GROUP) {
      report(path, 'is always there with label 0/0 and cannot be given another', { at: 'key' });
      continue;
    }
    const resolved = resolveGroup(name, group, report);
    const other = nameByLabel.get(labelKey(resolved));
    if (other !== undefined) report(path, `has the same label as group "${other}"`, { at: 'key' });
    nameByLabel.set(labelKey(resolved), name);
    groups.push(resolved);
  }
  return groups;
}

function resolveGroup(name: string, group: GroupInput, report: Report): GroupSpec {
  const partidD = group.partid_d ?? group.partid;
  const partidI = group.partid_i ?? group.partid;
  if (partidD === undefined || partidI === undefined) {
    report(['groups', name], 'has no PARTID', { hint: 'give partid, or partid_d and partid_i' });
  }
  const pmg = group.pmg ?? 0;
  return {
    name,
    partidD: partidD ?? 0,
    partidI: partidI ?? 0,
    pmgD: group.pmg_d ?? pmg,
    pmgI: group.pmg_i ?? pmg,
  };
}

function labelKey(group: GroupSpec): string {
  return `${labelRegisterLow(group.partidD, group.partidI)}/${labelRegisterHigh(group.pmgD, group.pmgI)}`;
}
