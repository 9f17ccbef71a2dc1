/** What a machine's caches come to: counts and bytes, known before anything is built. */
import { GROUP_BYTES, GROUP_WAYS, STAMPED_GROUP_BYTES, WAYS_MAX_RANKED } from '../loop/assembly/layout.ts';
import { type CacheSpec, cachesOf, type LevelSpec, type TopologySpec } from './topology.ts';

/** Bytes of the lines that a cache holds. */
export function cacheBytes({ sets, ways }: Pick<CacheSpec, 'sets' | 'ways'>, lineBytes: number): number {
  return sets * ways * lineBytes;
}

/** Bytes of the tables in which the simulator keeps a cache's lines: whole groups of 16 ways (loop/assembly/layout.ts). */
export function lineTableBytes({ sets, ways }: Pick<CacheSpec, 'sets' | 'ways'>): number {
  const groupBytes = ways > WAYS_MAX_RANKED ? STAMPED_GROUP_BYTES : GROUP_BYTES;
  return sets * Math.ceil(ways / GROUP_WAYS) * groupBytes;
}

/** The same for all caches of a machine. */
export function machineTableBytes(topology: TopologySpec, peCount: number): number {
  return sumOverCaches(topology, peCount, lineTableBytes);
}

/** Caches that implement MPAM: each is one MSC. */
export function mscCount(topology: TopologySpec, peCount: number): number {
  return sumOverCaches(topology, peCount, ({ controls }) => (controls === undefined ? 0 : 1));
}

/** Which caches of a level are made as domain `at`: how many of them there are. */
export function cachesOfDomain(level: LevelSpec, at: number, peCount: number): number {
  const behind = cachesOf(level, peCount) - at;
  return Math.max(0, Math.ceil(behind / level.domains.length));
}

function sumOverCaches(topology: TopologySpec, peCount: number, amountOf: (cache: CacheSpec) => number): number {
  let sum = 0;
  for (const level of topology.levels) {
    for (const [at, cache] of level.domains.entries()) sum += cachesOfDomain(level, at, peCount) * amountOf(cache);
  }
  return sum;
}
