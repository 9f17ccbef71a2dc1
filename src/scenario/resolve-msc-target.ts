/** The MSCs that a setting, a command or a monitor is meant for: of one machine, or of all that have such an MSC. */
import { PartidSpace } from '../arch/label.ts';
import type { MscConfig, ResourceConfig } from '../memory/msc-config.ts';
import type { SpaceName } from './msc-target-schema.ts';
import { canonicalMscName, mscHint, mscNamesHint, mscsNamed, type NamedMsc } from './named-mscs.ts';
import { requireCaches } from './require-caches.ts';
import { type Lookup, lookupIn } from './resolve-groups.ts';
import type { GroupSpec, MachineSpec, MscTargetSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';

const SPACES: Readonly<Record<SpaceName, PartidSpace>> = {
  secure: PartidSpace.secure,
  'non-secure': PartidSpace.nonSecure,
  root: PartidSpace.root,
  realm: PartidSpace.realm,
};

/** What settings of MSCs may name. */
export interface MscNames {
  readonly machines: readonly MachineSpec[];
  /** undefined: not known before the recording is read. */
  readonly peCount: number | undefined;
  readonly groups: readonly GroupSpec[];
  readonly groupOf: Lookup;
}

interface TargetInput {
  readonly msc?: string | undefined;
  /** The older word for an MSC that is a cache. */
  readonly cache?: string | undefined;
  readonly machine?: string | undefined;
  readonly ris?: number | undefined;
  readonly space?: SpaceName;
}

/** An MSC that is one, with what of it is meant. */
export interface FoundMsc extends NamedMsc {
  readonly config: NonNullable<NamedMsc['config']>;
  /** The resources that are meant; of those that are alike, one. */
  readonly meant: readonly ResourceConfig[];
}

export interface ResolvedTarget {
  readonly target: MscTargetSpec;
  /** Of those that are alike, one; none if a problem was reported. */
  readonly found: readonly FoundMsc[];
}

/** Who is meant; what is wrong with the machine, the name or the RIS is reported below `path`. */
export function resolveMscTarget(input: TargetInput, path: Path, names: MscNames, report: Report): ResolvedTarget {
  const { machines, peCount } = names;
  const machine = machineNamed(input.machine, path, machines, report);
  const { key, given } = nameIn(input, path, report);
  const msc = canonicalMscName(given ?? '');
  const target = { machine, msc, ris: input.ris, space: SPACES[input.space ?? 'non-secure'] };
  if (given === undefined) return { target, found: [] };
  const meant = machine === undefined ? machines : machines.slice(machine, machine + 1);
  const found = findMscs(given, key, meant, [...path, key], peCount, report);
  return { target, found: withRis(found, input.ris, path, report) };
}

function machineNamed(
  name: string | undefined,
  path: Path,
  machines: readonly MachineSpec[],
  report: Report,
): number | undefined {
  const known = machines.map((machine) => machine.name);
  return name === undefined ? undefined : lookupIn('machine', known, report)(name, [...path, 'machine']);
}

function nameIn(
  { msc, cache }: TargetInput,
  path: Path,
  report: Report,
): { readonly key: 'msc' | 'cache'; readonly given: string | undefined } {
  if (msc === undefined && cache === undefined) {
    report(path, 'names no MSC', { hint: 'give msc: L3, l3-0, memory or mem-0' });
  }
  if (msc !== undefined && cache !== undefined) {
    report([...path, 'cache'], 'names an MSC, too', { hint: 'give msc or cache', at: 'key' });
  }
  return msc === undefined ? { key: 'cache', given: cache } : { key: 'msc', given: msc };
}

function findMscs(
  given: string,
  key: 'msc' | 'cache',
  machines: readonly MachineSpec[],
  at: Path,
  peCount: number | undefined,
  report: Report,
): readonly NamedMsc[] {
  const msc = canonicalMscName(given);
  if (!requireCaches(machines, at, `there is nothing to set in ${msc}`, report)) return [];
  const named = mscsNamed(msc, machines, peCount);
  const found = named.filter(({ config }) => config !== undefined);
  if (named.length === 0) {
    const what = key === 'msc' ? 'MSC' : 'cache';
    report(at, `there is no ${what} "${given}"`, { hint: mscHint(msc, machines, peCount) });
  } else if (found.length === 0) {
    report(at, `${msc} implements no partitioning`, { hint: mscNamesHint(machines) });
  }
  return found;
}

/** Those that have the resource, with it; all their resources if none is named. */
function withRis(named: readonly NamedMsc[], ris: number | undefined, path: Path, report: Report): readonly FoundMsc[] {
  const found = named.flatMap((msc): FoundMsc[] => {
    const { config } = msc;
    if (config === undefined) return [];
    const isMeant = (candidate: number): boolean =>
      candidate === (ris ?? candidate) && candidate === (msc.ris ?? candidate);
    const meant = config.resources.filter((resource) => isMeant(resource.ris));
    return meant.length === 0 ? [] : [{ ...msc, config, meant: distinct(meant) }];
  });
  const [first] = named;
  if (found.length === 0 && first?.config !== undefined) {
    report([...path, 'ris'], `${ris}; ${first.name} ${resourceRange(first, first.config)}`);
  }
  return found;
}

function resourceRange({ ris }: NamedMsc, { name, resources }: MscConfig): string {
  if (ris !== undefined) return `is RIS ${ris} of ${name}`;
  const last = resources.at(-1)?.ris ?? 0;
  return last === 0 ? 'has RIS 0 alone' : `has RIS 0 to ${last}`;
}

/** Of resources that have the same controls and monitors, the first. */
function distinct(resources: readonly ResourceConfig[]): readonly ResourceConfig[] {
  const byFeatures = Map.groupBy(resources, ({ ris: _ris, cache: _cache, channel: _channel, ...features }) =>
    JSON.stringify(features),
  );
  return [...byFeatures.values()].map(([first]) => first!);
}

/** How a problem names a resource that is meant. */
export function resourceName({ name, meant }: FoundMsc, { ris }: ResourceConfig): string {
  return meant.length === 1 ? name : `${name}, RIS ${ris}`;
}
