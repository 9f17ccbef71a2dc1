/** What no single figure of a topology can tell: caches in order, sharing that nests, portions that divide. */
import { brokenCacheRules } from '../memory/cache-rules.ts';
import { FRONT_DEFAULTS } from '../memory/msc-front/front-defaults.ts';
import { tellCacheMscProblems, tellMemoryProblems } from './bandwidth-problems.ts';
import { tellControlProblems } from './control-problems.ts';
import { mscPart } from './mscs-of-hierarchy.ts';
import { type CacheSpec, LEVEL_NAMES, type LevelSpec, TOPOLOGY_LIMITS, type TopologySpec } from './topology.ts';
import { type TellProblem, type TopologyProblem, tellInto } from './topology-problem.ts';

/** Every rule that a topology breaks; empty if such a machine can be built. */
export function topologyProblems(topology: TopologySpec): TopologyProblem[] {
  const problems: TopologyProblem[] = [];
  const { lineBytes, memory, levels } = topology;
  const tell = tellInto(problems, []);
  if (!isPowerOfTwo(lineBytes)) tell(['lineBytes'], lineBytes, 'a power of two');
  if (!isPowerOfTwo(memory.pageBytes)) tell(['memory', 'pageSize'], memory.pageBytes, 'a power of two');
  tellMemoryProblems(topology, tellInto(problems, ['memory']));
  tellPathProblems(levels, tell);
  for (const level of levels) tellLevelProblems(level, topology, problems);
  return problems;
}

/** Loads and stores need a cache to go to first; fetches go to the data's if there is no other. */
function tellPathProblems(levels: readonly LevelSpec[], tell: TellProblem): void {
  if (levels.some(({ key }) => key !== 'l1i')) return;
  tell([], 'no cache for data', 'at least one of l1d, l2, l3 and slc', 'e.g. l3: { size: 16MiB, ways: 16 }');
}

function tellLevelProblems(level: LevelSpec, topology: TopologySpec, problems: TopologyProblem[]): void {
  const { key, domains } = level;
  tellOneMscProblems(level, tellInto(problems, [key]));
  const before = topology.levels.slice(0, topology.levels.indexOf(level));
  const inside = before.filter((candidate) => isInside(candidate, level));
  for (const inner of inside) tellSharingProblems(inner, level, tellInto(problems, [key]));
  for (const [at, cache] of domains.entries()) {
    const tell = tellInto(problems, domains.length > 1 ? [key, 'domains', at] : [key]);
    if (inside.length === 0 && cache.inclusion !== 'non-inclusive') {
      tell(['inclusion'], cache.inclusion, `non-inclusive: no cache is inside ${LEVEL_NAMES[key]}`);
    }
    for (const { member, value, allowed, hint } of brokenCacheRules(cache)) tell([member], value, allowed, hint);
    tellCacheProblems(cache, tell);
    tellCacheMscProblems(cache, level, topology, tell);
  }
}

/** What an MSC has for all of its resources, its resources have alike (A 2.3, 3.10). */
function tellOneMscProblems({ oneMsc, domains }: LevelSpec, tell: TellProblem): void {
  if (!oneMsc) return;
  if (domains.some(({ controls }) => controls === undefined)) {
    tell(
      ['oneMsc'],
      true,
      'false where a cache of the level has no controls',
      'cpbmWd: 0 is a resource without portions',
    );
    return;
  }
  const [first, ...others] = domains.map(({ controls, msc = FRONT_DEFAULTS }) => {
    const features = Object.entries({ ...mscPart(controls!), ...msc });
    return new Map(features.map(([key, value]) => [key, JSON.stringify(value)]));
  });
  const differing = [...first!.keys()].find((key) => others.some((other) => other.get(key) !== first!.get(key)));
  if (differing !== undefined) {
    const allowed = `false where caches of the level differ in ${differing}`;
    tell(['oneMsc'], true, allowed, 'an MSC has it for all of its resources');
  }
  if (domains.some(({ msc }) => msc?.version === 'v1.0')) {
    tell(['oneMsc'], true, 'false with an MSC of v1.0, which has no RIS', 'resource instances came with version v1.1');
  }
}

/** L1I is not inside L1D. */
function isInside(inner: LevelSpec, outer: LevelSpec): boolean {
  return outer.key !== 'l1d' || inner.key !== 'l1i';
}

/** A cache sends its misses to one other cache only. */
function tellSharingProblems(inner: LevelSpec, outer: LevelSpec, tell: TellProblem): void {
  if (outer.pes === 'all') return;
  const name = LEVEL_NAMES[inner.key];
  if (inner.pes === 'all') tell(['pes'], outer.pes, `all, as for the ${name} inside it`);
  else if (outer.pes % inner.pes !== 0) {
    tell(
      ['pes'],
      outer.pes,
      `a multiple of ${inner.pes}, so that each ${name} is inside one ${LEVEL_NAMES[outer.key]}`,
    );
  }
}

function tellCacheProblems(cache: CacheSpec, tell: TellProblem): void {
  const { min, max } = TOPOLOGY_LIMITS.sets;
  if (cache.sets < min || cache.sets > max) {
    const hint = cache.sets > max ? 'use more ways, or scale the machine' : 'use fewer ways';
    tell(['sets'], cache.sets, `${min} to ${max} sets of ${cache.ways} ways`, hint);
  }
  if (cache.controls === undefined) return;
  tellControlProblems(cache, cache.controls, (below, ...words) => tell(['controls', ...below], ...words));
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}
