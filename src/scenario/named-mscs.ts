/**
 * Which MSCs of a machine a name means: all caches of a level (`L3`), one cache (`l3-0`), all memories (`memory`), or one of them
 * (`mem-0`), as the machine's topology calls them. Where the caches of a level are one MSC, a cache is one of its resources.
 */

import { memoryName } from '../machine/bandwidth-of-hierarchy.ts';
import { largestMovingWinwd } from '../machine/bandwidth-problems.ts';
import { lineTimeOf } from '../machine/bandwidth-spec.ts';
import { memoryCount } from '../machine/capacity.ts';
import { type CacheResource, cacheMsc, hasPlainMscs, memoryMsc } from '../machine/mscs-of-hierarchy.ts';
import {
  type CacheSpec,
  cachesOf,
  LEVEL_NAMES,
  type LevelSpec,
  type MemorySpec,
  TOPOLOGY_LIMITS,
  type TopologySpec,
} from '../machine/topology.ts';
import { plainMsc } from '../memory/implied-mscs.ts';
import type { MscConfig } from '../memory/msc-config.ts';
import { PES_MAX } from './machine-schema.ts';
import type { MachineSpec } from './scenario.ts';
import { didYouMean } from './suggest.ts';

const ALL_MEMORIES = 'memory';

export interface NamedMsc {
  readonly name: string;
  /** undefined: a cache without controls, or a memory with neither controls nor monitors. Indexes of channels are 0. */
  readonly config: MscConfig | undefined;
  /** The resource that is meant; undefined: all of them. */
  readonly ris: number | undefined;
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
  const isPlain = hasPlainMscs(topology, peCount ?? PES_MAX);
  return topology.levels.flatMap((level): readonly NamedMsc[] => {
    const { key, domains, oneMsc } = level;
    const count = Math.min(cachesOf(level, peCount ?? PES_MAX), oneMsc ? TOPOLOGY_LIMITS.resources.max : PES_MAX);
    const isLevel = LEVEL_NAMES[key] === name;
    const index = isLevel ? undefined : indexAfter(`${key}-`, name);
    if (!isLevel && (index === undefined || index >= count)) return [];
    if (oneMsc) return [namedResources(isLevel ? key : name, index, level, count, topology)];
    if (index !== undefined) return [namedCache(name, domains[index % domains.length]!, topology, isPlain)];
    return domains.slice(0, count).map((cache, at) => namedCache(`${key}-${at}`, cache, topology, isPlain));
  });
}

function namedCache(name: string, spec: CacheSpec, topology: TopologySpec, isPlain: boolean): NamedMsc {
  const { controls } = spec;
  const config = isPlain ? controls && plainMsc(name, 0, controls) : cacheMsc(name, [resourceOf(spec)]);
  return { name, config, ris: undefined, winwdMax: longestWinwd([spec], topology) };
}

/** The MSC of a level, or one of its caches. */
function namedResources(
  name: string,
  ris: number | undefined,
  { key, domains }: LevelSpec,
  count: number,
  topology: TopologySpec,
): NamedMsc {
  const caches = Array.from({ length: count }, (_, at) => domains[at % domains.length]!);
  return { name, config: cacheMsc(key, caches.map(resourceOf)), ris, winwdMax: longestWinwd(caches, topology) };
}

function resourceOf(spec: CacheSpec): CacheResource {
  return { cache: 0, channel: spec.memorySide && 0, spec };
}

/** MBW_WINWD is one for all resources of an MSC (A 7 #5). */
function longestWinwd(caches: readonly CacheSpec[], { memory, lineBytes }: TopologySpec): number | undefined {
  const longest = caches.flatMap(({ memorySide }) => {
    if (memorySide?.window !== 'moving') return [];
    const bytesPerSecond = memorySide.bytesPerSecond ?? memory.bandwidth?.bytesPerSecond ?? 1;
    return [largestMovingWinwd(lineTimeOf(lineBytes, bytesPerSecond))];
  });
  return longest.length === 0 ? undefined : Math.min(...longest);
}

function memoriesNamed(name: string, topology: TopologySpec, peCount: number | undefined): readonly NamedMsc[] {
  const count = memoryCount(topology, peCount ?? PES_MAX);
  const index = name === ALL_MEMORIES ? 0 : indexAfter('mem-', name);
  return index === undefined || index >= count
    ? []
    : [namedMemory(memoryName(index), topology.memory, topology.lineBytes)];
}

function namedMemory(name: string, { bandwidth }: MemorySpec, lineBytes: number): NamedMsc {
  if (bandwidth?.msc === undefined) return { name, config: undefined, ris: undefined, winwdMax: undefined };
  const { msc, channels, bytesPerSecond, window } = bandwidth;
  const config = memoryMsc(name, msc, new Array<number>(channels).fill(0));
  const winwdMax =
    window === 'moving' ? largestMovingWinwd(lineTimeOf(lineBytes, bytesPerSecond / channels)) : undefined;
  return { name, config, ris: undefined, winwdMax };
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
    const known = levels.filter(hasMsc).flatMap(({ key }) => [LEVEL_NAMES[key], `${key}-0`]);
    return didYouMean(name, [...new Set(known), ...(memories > 0 ? [ALL_MEMORIES, memoryName(0)] : [])]);
  }
  const last = cachesOf(level, peCount ?? PES_MAX) - 1;
  return `the caches of ${LEVEL_NAMES[level.key]} are ${level.key}-0 to ${level.key}-${last}`;
}

function memoryHint(count: number): string {
  if (count === 0) return 'memory has no bandwidth; e.g. memory: { bandwidth: 25.6GB/s }';
  return count === 1 ? 'the memory is mem-0' : `the memories are mem-0 to ${memoryName(count - 1)}`;
}

function hasMsc({ domains }: LevelSpec): boolean {
  return domains.some(({ controls }) => controls !== undefined);
}

/** The names of all that are MSCs, for a hint. */
export function mscNamesHint(machines: readonly MachineSpec[]): string {
  const names = machines.flatMap(({ topology }) => {
    const levels = (topology?.levels ?? []).filter(hasMsc).map(({ key }) => LEVEL_NAMES[key]);
    return topology?.memory.bandwidth?.msc === undefined ? levels : [...levels, ALL_MEMORIES];
  });
  return names.length === 0 ? 'no cache of the topology does' : `these do: ${[...new Set(names)].join(', ')}`;
}
