/** What the header of a run says of its caches: names for the numbers in samples and in MSC register changes. */
import { MSC_REGISTERS } from '../arch/msc-registers.ts';
import { STEP_MEMORY } from '../loop/assembly/layout.ts';
import type { HierarchyConfig } from '../memory/hierarchy-config.ts';
import { firstStepOf, wayToMemory } from '../memory/way-to-memory.ts';
import { mscNumbers } from '../run/msc-numbers.ts';
import type { MachinePlan } from '../run/run-plan.ts';
import { canonicalJson } from './canonical-json.ts';
import type { CacheRow, MemoryStepRow, MscRow, RunHeader } from './run-header.ts';

/** What the level of accesses that no cache serves is called. */
const MEMORY_LEVEL = 'memory';

/** All empty if no machine has caches.  */
export function memoryLists(
  machines: readonly MachinePlan[],
): Pick<RunHeader, 'memorySystems' | 'caches' | 'memorySteps' | 'mscs' | 'mscRegisters'> {
  const systems = machines.flatMap(({ hierarchy, topology }, machine) =>
    hierarchy === undefined || topology === undefined ? [] : [{ machine, hierarchy, peMhz: topology.frequencyMhz }],
  );
  const numbers = mscNumbers(machines);
  return {
    memorySystems: systems.map(({ machine, peMhz, hierarchy: { lineBytes, memoryLatencyPs, writeBackBilledTo } }) => {
      return { machine, peMhz, lineBytes, memoryLatencyPs, writeBackBilledTo };
    }),
    caches: systems.flatMap(({ machine, hierarchy }) => cacheRows(machine, hierarchy, numbers[machine]!)),
    memorySteps: systems.flatMap(({ machine, hierarchy }) => stepRows(machine, hierarchy)),
    mscs: systems.flatMap(({ machine, hierarchy }) => mscRows(machine, hierarchy, numbers[machine]!)),
    mscRegisters: systems.length === 0 ? [] : MSC_REGISTERS.map(({ name }, id) => ({ id, name })),
  };
}

/** By cache: the number of its MSC. */
type MscNumbers = ReturnType<typeof mscNumbers>[number];

function mscRows(machine: number, { caches }: HierarchyConfig, mscs: MscNumbers): MscRow[] {
  return caches.flatMap(({ controls }, cache) => {
    const id = mscs[cache];
    return id === undefined ? [] : [{ id, machine, cache, features: canonicalJson(controls) }];
  });
}

function cacheRows(machine: number, { caches, lineBytes }: HierarchyConfig, mscs: MscNumbers): CacheRow[] {
  return caches.map(({ name, level, sets, ways, policy, writePolicy, inclusion, outer, latencyPs, controls }, id) => ({
    ...{ machine, id, name, level, sets, ways, lineBytes, policy, writePolicy, inclusion, latencyPs },
    outerCache: outer ?? null,
    portions: controls?.cpbmWd ?? 0,
    msc: mscs[id] ?? null,
  }));
}

/** Where ports go through different levels at a step, its name has all of them: `L1D/L1I`. */
function stepRows(machine: number, hierarchy: HierarchyConfig): MemoryStepRow[] {
  const levels: Set<string>[] = [];
  for (const first of hierarchy.ports.flatMap(({ data, fetch }) => [data, fetch])) {
    const firstStep = firstStepOf(hierarchy, first);
    for (const [at, { level }] of wayToMemory(hierarchy.caches, first).entries()) {
      levels[firstStep + at] = (levels[firstStep + at] ?? new Set()).add(level);
    }
  }
  return [
    ...levels.map((names, step) => ({ machine, step, level: [...names].join('/') })),
    { machine, step: STEP_MEMORY, level: MEMORY_LEVEL },
  ];
}
