/** What the header of a run says of its caches. */
import { describe, expect, it } from 'vitest';
import { MSC_REGISTERS } from '../../src/arch/msc-registers.ts';
import { headerOfPlan } from '../../src/history/header-of-plan.ts';
import { hashHeader } from '../../src/history/run-header.ts';
import type { TopologySpec } from '../../src/machine/topology.ts';
import type { CacheConfig, HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import type { CacheControlFeatures } from '../../src/memory/msc-config.ts';
import { testMachine, testPlan } from '../support/plans.ts';

const CONTROLS: CacheControlFeatures = {
  ...{ partidMax: 31, pmgMax: 1, cpbmWd: 16, portionKind: 'ways', cmaxWd: 8, hasCmax: true, hasSoftlim: false },
  ...{ hasCmin: false, cassocWd: 0, hasEndis: false, hasNfu: false, intpartidMax: undefined, outOfRange: 'default' },
  ...{ reset: 'defaults', victimPreference: 'invalid' },
};

function cacheOf(name: string, level: string, outer: number | undefined, isMsc: boolean): CacheConfig {
  return {
    ...{ name, level, sets: 64, ways: 16, policy: 'lru', writePolicy: 'write-back', inclusion: 'non-inclusive', outer },
    ...{ latencyPs: 1000, writeHitOwner: 'allocator', flows: true, missClasses: true },
    controls: isMsc ? CONTROLS : undefined,
  };
}

/** L1I and L1D below an L2 that is an MSC, below an L3 that is another. */
const HIERARCHY: HierarchyConfig = {
  caches: [
    cacheOf('l1i-0', 'L1I', 2, false),
    cacheOf('l1d-0', 'L1D', 2, false),
    cacheOf('l2-0', 'L2', 3, true),
    cacheOf('l3-0', 'L3', undefined, true),
  ],
  ports: [{ fetch: 0, data: 1 }],
  ...{ lineBytes: 64, memoryLatencyPs: 90_000, physicalLines: 1 << 20, writeBackBilledTo: 'owner' },
  ...{ ownerCapacity: 64, seed: 1 },
};

const withCaches = { ...testMachine({ hierarchy: HIERARCHY }), topology: { frequencyMhz: 2500 } as TopologySpec };

describe('the header of a run with caches', () => {
  const header = headerOfPlan(testPlan([], { machines: [testMachine(), withCaches, withCaches] }));

  it('numbers MSCs through all machines, and says which cache each is', () => {
    expect(header.mscs.map(({ id, machine, cache }) => [id, machine, cache])).toEqual([
      [0, 1, 2],
      [1, 1, 3],
      [2, 2, 2],
      [3, 2, 3],
    ]);
    expect(JSON.parse(header.mscs[0]!.features)).toMatchObject({ cpbmWd: 16, cmaxWd: 8 });
    const places = header.caches.map(({ machine, id, name, outerCache, portions, msc }) => {
      return [machine, id, name, outerCache, portions, msc];
    });
    expect(places.slice(4)).toEqual([
      [2, 0, 'l1i-0', 2, 0, null],
      [2, 1, 'l1d-0', 2, 0, null],
      [2, 2, 'l2-0', 3, 16, 2],
      [2, 3, 'l3-0', null, 16, 3],
    ]);
  });

  it('names the steps to memory by the levels there, and the clock of the PEs', () => {
    expect(header.memorySteps.filter(({ machine }) => machine === 1)).toEqual([
      { machine: 1, step: 0, level: 'L1D/L1I' },
      { machine: 1, step: 1, level: 'L2' },
      { machine: 1, step: 2, level: 'L3' },
      { machine: 1, step: 7, level: 'memory' },
    ]);
    expect(header.memorySystems.map(({ machine, peMhz, lineBytes }) => [machine, peMhz, lineBytes])).toEqual([
      [1, 2500, 64],
      [2, 2500, 64],
    ]);
  });

  it('names the registers by the codes of events', () => {
    expect(header.mscRegisters).toEqual(MSC_REGISTERS.map(({ name }, id) => ({ id, name })));
  });
});

describe('the header of a run without caches', () => {
  it('is hashed as if there were no lists of caches', () => {
    const header = headerOfPlan(testPlan([]));
    const { memorySystems, caches, memorySteps, mscs, mscRegisters, ...before } = header;
    expect([memorySystems, caches, memorySteps, mscs, mscRegisters]).toEqual([[], [], [], [], []]);
    const empty = { memorySystems: [], caches: [], memorySteps: [], mscs: [], mscRegisters: [] };
    expect(hashHeader({ ...before, ...empty })).toBe(hashHeader(header));
    expect(hashHeader({ ...header, mscRegisters: [{ id: 0, name: 'MPAMCFG_CMAX' }] })).not.toBe(hashHeader(header));
  });
});
