/**
 * A machine made smaller by one factor, so that runs are short and its behaviour stays (A 6.3): every cache has that many
 * times fewer sets, memory that much less bandwidth, and the scenario's working sets shrink alongside. Ways, portions,
 * channels, the widths of fractions and all times stay.
 */

import { lineTimeProblem } from './bandwidth-problems.ts';
import type { MemoryBandwidthSpec, MemorySideSpec } from './bandwidth-spec.ts';
import { unfitPortionOf } from './portion-time.ts';
import { type CacheSpec, LEVEL_NAMES, TOPOLOGY_LIMITS, type TopologySpec } from './topology.ts';
import type { TopologyResult } from './topology-of.ts';
import { type TellProblem, type TopologyProblem, tellInto } from './topology-problem.ts';

/**
 * The topology with its capacities and bandwidths divided by `factor`, an integer from 1 to 4096. Sets and bytes per second
 * are rounded down, so that factors multiply: by 2 and then by 3 is by 6. Problems have the path `['scale']`.
 */
export function scaled(topology: TopologySpec, factor: number): TopologyResult {
  const problems: TopologyProblem[] = [];
  const tell = tellInto(problems, ['scale']);
  const { min, max } = TOPOLOGY_LIMITS.scale;
  if (!Number.isInteger(factor) || factor < min || factor > max) {
    tell([], factor, `an integer from ${min} to ${max}`);
    return { topology, problems };
  }
  const levels = topology.levels.map((level) => ({
    ...level,
    domains: level.domains.map((cache) => scaledCache(cache, factor, LEVEL_NAMES[level.key], tell)),
  }));
  const { bandwidth } = topology.memory;
  const memory = { ...topology.memory, bandwidth: bandwidth && scaledBandwidth(bandwidth, factor) };
  const smaller = { ...topology, levels, memory, scale: topology.scale * factor };
  const slow = lineTimeProblem(smaller);
  const unfit = unfitPortionOf(smaller);
  if (unfit !== undefined) {
    const { portionNs, lineNs, nextNs } = unfit;
    const found = `with this one a line takes ${Number(lineNs.toFixed(3))} ns, and portionTime is ${portionNs} ns`;
    tell([], factor, `a factor that keeps time slots a whole number of lines; ${found}`, `e.g. ${nextNs}ns`);
  }
  if (slow !== undefined) tell([], factor, `a factor that leaves memory enough bandwidth`, slow);
  return { topology: smaller, problems };
}

function scaledBandwidth(bandwidth: MemoryBandwidthSpec, factor: number): MemoryBandwidthSpec {
  return { ...bandwidth, bytesPerSecond: Math.floor(bandwidth.bytesPerSecond / factor) };
}

function scaledCache(cache: CacheSpec, factor: number, name: string, tell: TellProblem): CacheSpec {
  const sets = Math.floor(cache.sets / factor);
  const { controls, memorySide } = cache;
  if (sets === 0) {
    tell([], factor, `at most ${cache.sets}, the number of sets of ${name}`, 'a cache of few ways has more sets');
  } else if (controls?.portionKind === 'sets' && sets % controls.cpbmWd !== 0) {
    const found = `leaves ${name} ${sets} sets, not a multiple of its ${controls.cpbmWd} portions`;
    tell([], factor, `a factor that keeps portions of equal size; this one ${found}`);
  }
  return { ...cache, sets, memorySide: memorySide && scaledMemorySide(memorySide, factor) };
}

function scaledMemorySide(side: MemorySideSpec, factor: number): MemorySideSpec {
  const { bytesPerSecond } = side;
  return { ...side, bytesPerSecond: bytesPerSecond === undefined ? undefined : Math.floor(bytesPerSecond / factor) };
}
