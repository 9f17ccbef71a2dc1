/** The caches of a machine, one by one: what the levels of a topology come to for a number of PEs. */
import type { BandwidthConfig } from '../memory/bandwidth-config.ts';
import type { CacheConfig, HierarchyConfig } from '../memory/hierarchy-config.ts';
import type { MscConfig } from '../memory/msc-config.ts';
import { bandwidthOfHierarchy } from './bandwidth-of-hierarchy.ts';
import { cacheMsc, hasPlainMscs, memoryMscs } from './mscs-of-hierarchy.ts';
import { type CacheSpec, cachesOf, LEVEL_NAMES, type LevelSpec, type TopologySpec } from './topology.ts';

/** What a topology leaves to the run. */
type HierarchyOptions = Pick<HierarchyConfig, 'physicalLines' | 'ownerCapacity' | 'seed'>;

/** A level with the index of its first cache among all caches of the machine. */
interface PlacedLevel extends LevelSpec {
  readonly first: number;
}

/** A cache of the machine, and what the topology says of it. */
interface PlacedCache {
  readonly level: LevelSpec;
  readonly config: CacheConfig;
  readonly spec: CacheSpec;
}

/**
 * The hierarchy of a machine of `peCount` PEs. Caches come level by level from the inside out, those of a level in the
 * order of the PEs that they serve, named `l2-0`, `l2-1` and so on. A level makes as many caches as its PEs need, so a
 * topology of one die gives several of them to a machine with more PEs.
 */
export function hierarchyOf(topology: TopologySpec, peCount: number, options: HierarchyOptions): HierarchyConfig {
  const levels = placed(topology.levels, peCount);
  const fetchPath = levels.filter(({ key }) => key !== 'l1d');
  const dataPath = levels.filter(({ key }) => key !== 'l1i');
  const [firstForData] = dataPath;
  if (firstForData === undefined) throw new Error('a topology without a cache for data');
  const firstForFetches = fetchPath[0] ?? firstForData;
  const caches = levels.flatMap((level) => cachesOfLevel(topology, level, outerOf(level, levels), peCount));
  const bandwidth = bandwidthIn(topology, caches);
  return {
    caches: caches.map(({ config }) => config),
    ports: Array.from({ length: peCount }, (_, pe) => ({
      fetch: cacheServing(firstForFetches, pe),
      data: cacheServing(firstForData, pe),
    })),
    lineBytes: topology.lineBytes,
    memoryLatencyPs: topology.memory.latencyNs * 1000,
    writeBackBilledTo: topology.memory.writeBackBilledTo,
    bandwidth,
    mscs: hasPlainMscs(topology, peCount) ? undefined : mscsIn(topology, caches, bandwidth),
    ...options,
  };
}

/** Time of a number of PE cycles, in whole ps. */
export function cyclesToPs(cycles: number, frequencyMhz: number): number {
  return Math.round((cycles * 1e6) / frequencyMhz);
}

function bandwidthIn({ memory, lineBytes }: TopologySpec, caches: readonly PlacedCache[]): BandwidthConfig | undefined {
  if (memory.bandwidth === undefined) return undefined;
  const placedCaches = caches.map(({ config, spec }) => ({ config, memorySide: spec.memorySide }));
  return bandwidthOfHierarchy(memory.bandwidth, placedCaches, lineBytes);
}

function mscsIn(
  { memory }: TopologySpec,
  caches: readonly PlacedCache[],
  bandwidth: BandwidthConfig | undefined,
): readonly MscConfig[] {
  const resources = caches.map(({ level, config, spec }, cache) => {
    return { msc: level.oneMsc ? level.key : config.name, cache, channel: bandwidth?.channelOfCache[cache], spec };
  });
  const ofCaches = [...Map.groupBy(resources, ({ msc }) => msc)].flatMap(([name, own]) => cacheMsc(name, own) ?? []);
  return [...ofCaches, ...memoryMscs(memory.bandwidth?.msc, bandwidth)];
}

function placed(levels: readonly LevelSpec[], peCount: number): readonly PlacedLevel[] {
  let first = 0;
  return levels.map((level) => {
    const start = first;
    first += cachesOf(level, peCount);
    return { ...level, first: start };
  });
}

/** Where a level's misses go: the next unified level; an L1I has no L1D outside it. */
function outerOf(level: PlacedLevel, levels: readonly PlacedLevel[]): PlacedLevel | undefined {
  return levels.find(({ key, first }) => first > level.first && key !== 'l1d');
}

function cacheServing({ first, pes }: PlacedLevel, pe: number): number {
  return first + (pes === 'all' ? 0 : Math.floor(pe / pes));
}

function cachesOfLevel(
  { frequencyMhz }: TopologySpec,
  level: PlacedLevel,
  outer: PlacedLevel | undefined,
  peCount: number,
): PlacedCache[] {
  const { key, pes, domains } = level;
  return Array.from({ length: cachesOf(level, peCount) }, (_, at): PlacedCache => {
    const spec = domains[at % domains.length]!;
    const { latencyCycles, monitors: _monitors, msc: _msc, memorySide: _memorySide, ...cache } = spec;
    const firstPe = pes === 'all' ? 0 : at * pes;
    const config: CacheConfig = {
      ...cache,
      name: `${key}-${at}`,
      level: LEVEL_NAMES[key],
      outer: outer === undefined ? undefined : cacheServing(outer, firstPe),
      latencyPs: cyclesToPs(latencyCycles, frequencyMhz),
    };
    return { level, config, spec };
  });
}
