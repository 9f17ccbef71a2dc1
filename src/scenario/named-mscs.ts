/**
 * Which MSCs of a machine a name means: all caches of a level (`L3`), one cache (`l3-0`), all memories (`memory`), or one of them
 * (`mem-0`), as the machine's topology calls them.
 */

import { memoryName } from '../machine/bandwidth-of-hierarchy.ts';
import { largestMovingWinwd } from '../machine/bandwidth-problems.ts';
import { lineTimeOf } from '../machine/bandwidth-spec.ts';
import { memoryCount } from '../machine/capacity.ts';
import { cacheMsc, memoryMsc } from '../machine/mscs-of-hierarchy.ts';
import { type CacheSpec, cachesOf, LEVEL_NAMES, type MemorySpec, type TopologySpec } from '../machine/topology.ts';
import type { MscConfig } from '../memory/msc-config.ts';
import { PES_MAX } from './machine-schema.ts';
import type { MachineSpec } from './scenario.ts';
import { didYouMean } from './suggest.ts';

const ALL_MEMORIES = 'memory';

export interface NamedMsc {
  readonly name: string;
  /** undefined: a cache without controls, or a memory with neither controls nor monitors. Indexes of channels are 0. */
  readonly config: MscConfig | undefined;
  /** Longest accounting window that can be told, as MBW_WINWD; undefined: the register's width is the limit. */
  readonly winwdMax: number | undefined;
}

/** A name in whatever case, as topologies write it. */
export function canonicalMscName(text: string): string {
  if (text.toLowerCase() === ALL_MEMORIES) return ALL_MEMORIES;
  return text.includes('-') ? text.toLowerCase() : text.toUpperCase();
}

/**
 * The caches and memories that a name means; of those that are alike, one.
 * @param peCount undefined: not known before the recording is read; then there may be any number of them.
 */
export function mscsNamed(
  name: string,
  machines: readonly MachineSpec[],
  peCount: number | undefined,
): readonly NamedMsc[] {
  return machines.flatMap(({ topology }) =>
    topology === undefined ? [] : [...cachesNamed(name, topology, peCount), ...memoriesNamed(name, topology, peCount)],
  );
}

function cachesNamed(name: string, topology: TopologySpec, peCount: number | undefined): readonly NamedMsc[] {
  return topology.levels.flatMap((level): readonly NamedMsc[] => {
    const { key, domains } = level;
    const count = cachesOf(level, peCount ?? PES_MAX);
    if (LEVEL_NAMES[key] === name) {
      return domains.slice(0, count).map((cache, index) => namedCache(`${key}-${index}`, cache, topology));
    }
    const index = indexAfter(`${key}-`, name);
    if (index === undefined || index >= count) return [];
    return [namedCache(name, domains[index % domains.length]!, topology)];
  });
}

function namedCache(name: string, cache: CacheSpec, { memory, lineBytes }: TopologySpec): NamedMsc {
  const { memorySide } = cache;
  const bytesPerSecond = memorySide?.bytesPerSecond ?? memory.bandwidth?.bytesPerSecond ?? 1;
  const isMoving = memorySide?.window === 'moving';
  const winwdMax = isMoving ? largestMovingWinwd(lineTimeOf(lineBytes, bytesPerSecond)) : undefined;
  return { name, config: cacheMsc(name, cache, 0, memorySide && 0), winwdMax };
}

function memoriesNamed(name: string, topology: TopologySpec, peCount: number | undefined): readonly NamedMsc[] {
  const count = memoryCount(topology, peCount ?? PES_MAX);
  const index = name === ALL_MEMORIES ? 0 : indexAfter('mem-', name);
  return index === undefined || index >= count
    ? []
    : [namedMemory(memoryName(index), topology.memory, topology.lineBytes)];
}

function namedMemory(name: string, { bandwidth }: MemorySpec, lineBytes: number): NamedMsc {
  if (bandwidth?.msc === undefined) return { name, config: undefined, winwdMax: undefined };
  const { msc, channels, bytesPerSecond, window } = bandwidth;
  const config = memoryMsc(name, msc, new Array<number>(channels).fill(0));
  const winwdMax =
    window === 'moving' ? largestMovingWinwd(lineTimeOf(lineBytes, bytesPerSecond / channels)) : undefined;
  return { name, config, winwdMax };
}

function indexAfter(prefix: string, name: string): number | undefined {
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^(0|[1-9]\d{0,5})$/.test(digits) ? Number(digits) : undefined;
}

/** What could be meant by a name that means nothing. */
export function mscHint(
  name: string,
  machines: readonly MachineSpec[],
  peCount: number | undefined,
): string | undefined {
  const topologies = machines.flatMap(({ topology }) => topology ?? []);
  const memories = Math.max(0, ...topologies.map((topology) => memoryCount(topology, peCount ?? PES_MAX)));
  if (name === ALL_MEMORIES || name.startsWith('mem-')) return memoryHint(memories);
  const levels = topologies.flatMap((topology) => topology.levels);
  const level = levels.find(({ key }) => name.startsWith(`${key}-`));
  if (level === undefined) {
    const known = levels.map(({ key }) => LEVEL_NAMES[key]);
    return didYouMean(name, [...new Set(known), ...(memories > 0 ? [ALL_MEMORIES] : [])]);
  }
  const last = cachesOf(level, peCount ?? PES_MAX) - 1;
  return `the caches of ${LEVEL_NAMES[level.key]} are ${level.key}-0 to ${level.key}-${last}`;
}

function memoryHint(count: number): string {
  if (count === 0) return 'memory has no bandwidth; e.g. memory: { bandwidth: 25.6GB/s }';
  return count === 1 ? 'the memory is mem-0' : `the memories are mem-0 to ${memoryName(count - 1)}`;
}

/** The names of all that are MSCs, for a hint. */
export function mscNamesHint(machines: readonly MachineSpec[]): string {
  const names = machines.flatMap(({ topology }) => {
    const controlled = topology?.levels.filter(({ domains }) => domains.some(({ controls }) => controls !== undefined));
    const levels = (controlled ?? []).map(({ key }) => LEVEL_NAMES[key]);
    return topology?.memory.bandwidth?.msc === undefined ? levels : [...levels, ALL_MEMORIES];
  });
  return names.length === 0 ? 'no cache of the topology does' : `these do: ${[...new Set(names)].join(', ')}`;
}
