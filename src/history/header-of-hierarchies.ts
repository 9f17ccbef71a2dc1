/** What the header of a run says of its caches, MSCs and memory: names for the numbers in samples and in events of MSCs. */
import { MSC_ERRORS } from '../arch/msc/error-codes.ts';
import { MSC_REGISTERS } from '../arch/msc-registers.ts';
import { STEP_MEMORY } from '../loop/assembly/layout.ts';
import { InterruptCode, InterruptLevel, MonitorEventCode, MonitorKind } from '../loop/event-row.ts';
import type { HierarchyConfig } from '../memory/hierarchy-config.ts';
import { mscsOf } from '../memory/implied-mscs.ts';
import type { MscConfig } from '../memory/msc-config.ts';
import { firstStepOf, wayToMemory } from '../memory/way-to-memory.ts';
import { firstMscNumbers } from '../run/msc-numbers.ts';
import type { MachinePlan } from '../run/run-plan.ts';
import { canonicalJson } from './canonical-json.ts';
import { codeNames } from './code-names.ts';
import { bandwidthLists } from './header-of-bandwidth.ts';
import type { CacheRow, MemoryList, MemoryStepRow, RunHeader } from './run-header.ts';

/** What the level of accesses that no cache serves is called. */
const MEMORY_LEVEL = 'memory';

/** An MSC, with its number among those of all machines. */
interface NumberedMsc {
  readonly id: number;
  readonly machine: number;
  readonly config: MscConfig;
}

/** All empty if no machine has caches.  */
export function memoryLists(machines: readonly MachinePlan[]): Pick<RunHeader, MemoryList> {
  const systems = machines.flatMap(({ hierarchy, topology }, machine) =>
    hierarchy === undefined || topology === undefined ? [] : [{ machine, hierarchy, topology }],
  );
  const firstNumbers = firstMscNumbers(machines);
  const mscs = systems.flatMap(({ machine, hierarchy }) =>
    mscsOf(hierarchy).map((config, index): NumberedMsc => ({ id: firstNumbers[machine]! + index, machine, config })),
  );
  return {
    memorySystems: systems.map(({ machine, topology, hierarchy }) => {
      const { lineBytes, memoryLatencyPs, writeBackBilledTo } = hierarchy;
      return { machine, peMhz: topology.frequencyMhz, lineBytes, memoryLatencyPs, writeBackBilledTo };
    }),
    caches: systems.flatMap(({ machine, hierarchy }) => cacheRows(machine, hierarchy, mscs)),
    memorySteps: systems.flatMap(({ machine, hierarchy }) => stepRows(machine, hierarchy)),
    ...mscLists(mscs),
    ...(systems.length === 0 ? NO_MSC_CODES : MSC_CODES),
    ...bandwidthLists(systems),
  };
}

const NO_MSC_CODES = {
  ...{ mscRegisters: [], monitorEventCodes: [], monitorKinds: [], mscErrorCodes: [] },
  ...{ interruptCodes: [], interruptLevels: [] },
} as const;

const MSC_CODES = {
  mscRegisters: MSC_REGISTERS.map(({ name }, id) => ({ id, name })),
  monitorEventCodes: codeNames(MonitorEventCode),
  monitorKinds: codeNames(MonitorKind),
  mscErrorCodes: MSC_ERRORS.map(({ name }, id) => ({ id, name })),
  interruptCodes: codeNames(InterruptCode),
  interruptLevels: codeNames(InterruptLevel),
} as const;

function mscLists(mscs: readonly NumberedMsc[]): Pick<RunHeader, 'mscs' | 'mscResources'> {
  return {
    mscs: mscs.map(({ id, machine, config: { name, features, front, resources } }) => {
      const cache = resources.find((resource) => resource.cache !== undefined)?.cache ?? null;
      return { id, machine, name, cache, features: canonicalJson({ ...features, front }) };
    }),
    mscResources: mscs.flatMap(({ id, config: { resources } }) =>
      resources.map(({ ris, cache = null, channel = null, ...features }) => {
        return { msc: id, ris, cache, channel, features: canonicalJson(features) };
      }),
    ),
  };
}

function cacheRows(
  machine: number,
  { caches, lineBytes }: HierarchyConfig,
  allMscs: readonly NumberedMsc[],
): CacheRow[] {
  const mscs = allMscs.filter((msc) => msc.machine === machine);
  return caches.map(({ name, level, sets, ways, policy, writePolicy, inclusion, outer, latencyPs, controls }, id) => ({
    ...{ machine, id, name, level, sets, ways, lineBytes, policy, writePolicy, inclusion, latencyPs },
    outerCache: outer ?? null,
    portions: controls?.cpbmWd ?? 0,
    msc: mscs.find(({ config }) => config.resources.some(({ cache }) => cache === id))?.id ?? null,
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
