/** Monitors of a scenario: the instances that they mean, and whether such instances and filters are there (A 2.3, 4). */
import type { CsuFeatures, MbwuFeatures, ResourceConfig } from '../memory/msc-config.ts';
import type { MonitorInput } from './monitor-schema.ts';
import { type FoundMsc, type MscNames, resolveMscTarget, resourceName } from './resolve-msc-target.ts';
import type { MonitorSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';

/** In the file's order. */
export function resolveMonitors(
  inputs: readonly MonitorInput[],
  names: MscNames,
  report: Report,
): readonly MonitorSpec[] {
  const taken = new Map<string, number>();
  return inputs.map((input, index) => {
    const path = ['monitors', index];
    const monitor = resolveMonitor(input, path, names, report);
    const { machine, msc, ris, space, type, instance } = monitor;
    const key = [machine, msc, ris, space, type, instance].join();
    const before = taken.get(key);
    if (before !== undefined) report([...path, type], `${instance}; monitors.${before} is the same instance`);
    taken.set(key, index);
    return monitor;
  });
}

function resolveMonitor(input: MonitorInput, path: Path, names: MscNames, report: Report): MonitorSpec {
  const { target, found } = resolveMscTarget(input, path, names, report);
  const type = typeOf(input, path, report);
  const having = found.flatMap((msc) => watchedResources(msc, type));
  if (having.length === 0 && found.length > 0 && input[type] !== undefined) {
    report([...path, type], `${target.msc} has no ${type.toUpperCase()} monitors`);
  }
  const hasLong = having.every(({ resource }) => resource.monitors.mbwu?.longBits !== 0);
  const monitor: MonitorSpec = {
    ...target,
    type,
    instance: input[type] ?? 0,
    ...filterOf(input, path, names, report),
    traffic: input.rw,
    isModifiedOnly: input.xcl,
    isLong: type === 'mbwu' && (input.long ?? hasLong),
  };
  for (const watched of having) checkMonitor(monitor, watched, path, report);
  return monitor;
}

function typeOf({ csu, mbwu }: MonitorInput, path: Path, report: Report): MonitorSpec['type'] {
  if ((csu === undefined) === (mbwu === undefined)) report(path, 'is not one monitor', { hint: 'give csu or mbwu' });
  return csu === undefined ? 'mbwu' : 'csu';
}

/** A resource with monitors of the kind that is meant. */
interface WatchedResource {
  readonly msc: FoundMsc;
  readonly resource: ResourceConfig;
  readonly features: CsuFeatures | MbwuFeatures;
}

function watchedResources(msc: FoundMsc, type: MonitorSpec['type']): WatchedResource[] {
  return msc.meant.flatMap((resource) => {
    const features = resource.monitors[type];
    return features === undefined ? [] : [{ msc, resource, features }];
  });
}

/** A group is meant with its whole label, and has to have one. */
function filterOf(
  { group, partid, pmg }: MonitorInput,
  path: Path,
  { groups, groupOf }: MscNames,
  report: Report,
): Pick<MonitorSpec, 'group' | 'partid' | 'pmg'> {
  if (group === undefined) return { group: undefined, partid, pmg };
  const at = [...path, 'group'];
  if (partid !== undefined || pmg !== undefined) {
    report([...path, partid === undefined ? 'pmg' : 'partid'], 'has a group, too', {
      hint: 'give one of the two',
      at: 'key',
    });
  }
  const index = groupOf(group, at);
  const { partidD, partidI, pmgD, pmgI } = groups[index]!;
  if (partidD !== partidI || pmgD !== pmgI) {
    report(at, `"${group}" has a label for data and another for instructions`, { hint: 'give partid and pmg' });
  }
  return { group: index, partid: partidD, pmg: pmgD };
}

function checkMonitor(
  monitor: MonitorSpec,
  { msc, resource, features }: WatchedResource,
  path: Path,
  report: Report,
): void {
  const where = resourceName(msc, resource);
  const tell = (key: string, message: string): void => report([...path, key], `${message} (${where})`);
  const { type, instance, partid, pmg, group, traffic, isModifiedOnly, isLong } = monitor;
  const { numMon, noMatchPartid, noMatchPmg } = features;
  const { partidMax, pmgMax } = msc.config.features;
  const { spaces } = msc.config.front;
  const filter = group === undefined ? undefined : 'group';
  if (monitor.space >= spaces) tell('space', `no feature page of this space (it has ${spaces})`);
  if (instance >= numMon) tell(type, `${instance}; instances are 0 to ${numMon - 1} (NUM_MON ${numMon})`);
  if (partid !== undefined && noMatchPartid) tell(filter ?? 'partid', 'no filter by PARTID (NO_MATCH_PARTID is 1)');
  if (pmg !== undefined && noMatchPmg) tell(filter ?? 'pmg', 'no filter by PMG (NO_MATCH_PMG is 1)');
  if (partid !== undefined && partid > partidMax)
    tell(filter ?? 'partid', `${partid} is above PARTID_MAX ${partidMax}`);
  if (pmg !== undefined && pmg > pmgMax) tell(filter ?? 'pmg', `${pmg} is above PMG_MAX ${pmgMax}`);
  if (isModifiedOnly && !(type === 'csu' && 'hasXcl' in features && features.hasXcl)) {
    tell('xcl', 'true; modified lines cannot be told apart (HAS_XCL is 0)');
  }
  if (traffic !== 'both' && !('hasRwbw' in features && features.hasRwbw)) {
    tell('rw', `${traffic}; reads and writes cannot be told apart (HAS_RWBW is 0)`);
  }
  if (isLong && !('longBits' in features && features.longBits > 0))
    tell('long', 'true; there is no long counter (HAS_LONG is 0)');
}
