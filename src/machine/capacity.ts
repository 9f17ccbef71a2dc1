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
