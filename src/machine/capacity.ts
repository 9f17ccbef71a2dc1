/** What a machine's caches come to: counts and bytes, known before anything is built. */
import { lineTableBytes } from '../memory/cache-regions.ts';
import { type CacheSpec, cachesOf, type LevelSpec, type TopologySpec } from './topology.ts';

/** Bytes of the lines that a cache holds. */
export function cacheBytes({ sets, ways }: Pick<CacheSpec, 'sets' | 'ways'>, lineBytes: number): number {
  return sets * ways * lineBytes;
}

/** Bytes of the tables in which the simulator keeps the lines of all caches. */
export function machineTableBytes(topology: TopologySpec, peCount: number): number {
  return sumOverCaches(topology, peCount, lineTableBytes);
}

/** MSCs of the machine: its caches that implement MPAM, each by itself or a level as one, and memories with controls or monitors. */
export function mscCount(topology: TopologySpec, peCount: number): number {
  const { levels, memory } = topology;
  const shared = levels.filter(({ oneMsc }) => oneMsc).length;
  const separate = { levels: levels.filter(({ oneMsc }) => !oneMsc) };
  const ofCaches = sumOverCaches(separate, peCount, ({ controls }) => (controls === undefined ? 0 : 1));
  return shared + ofCaches + (memory.bandwidth?.msc === undefined ? 0 : memoryCount(topology, peCount));
}

/** Memories of the machine, if they have a bandwidth: one, or one for each outermost cache. */
export function memoryCount({ levels, memory: { bandwidth } }: TopologySpec, peCount: number): number {
  if (bandwidth === undefined) return 0;
  if (bandwidth.per === 'machine') return 1;
  return levels.filter((level) => isOutermost(level, levels)).reduce((sum, level) => sum + cachesOf(level, peCount), 0);
}

/** Channels of the machine: of its memories, and at the memory sides of its caches. */
export function channelCount(topology: TopologySpec, peCount: number): number {
  const { bandwidth } = topology.memory;
  const sides = sumOverCaches(topology, peCount, ({ memorySide }) => (memorySide === undefined ? 0 : 1));
  return bandwidth === undefined ? 0 : sides + bandwidth.channels * memoryCount(topology, peCount);
}

/** Whether its misses go to memory: it is the last level, or an L1 of a machine that has no other caches. */
export function isOutermost(level: LevelSpec, levels: readonly LevelSpec[]): boolean {
  return !levels.slice(levels.indexOf(level) + 1).some(({ key }) => key !== 'l1d');
}

/** Which caches of a level are made as domain `at`: how many of them there are. */
export function cachesOfDomain(level: LevelSpec, at: number, peCount: number): number {
  const behind = cachesOf(level, peCount) - at;
  return Math.max(0, Math.ceil(behind / level.domains.length));
}

function sumOverCaches(
  topology: Pick<TopologySpec, 'levels'>,
  peCount: number,
  amountOf: (cache: CacheSpec) => number,
): number {
  let sum = 0;
  for (const level of topology.levels) {
    for (const [at, cache] of level.domains.entries()) sum += cachesOfDomain(level, at, peCount) * amountOf(cache);
  }
  return sum;
}
