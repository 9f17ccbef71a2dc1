/** What the header of a run says of its caches. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MSC_REGISTERS } from '../../src/arch/msc-registers.ts';
import { canonicalJson } from '../../src/history/canonical-json.ts';
import { checkIntegrity } from '../../src/history/check-integrity.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { headerOfPlan } from '../../src/history/header-of-plan.ts';
import { normalizeHeader } from '../../src/history/header-rows.ts';
import { type CodeName, hashHeader } from '../../src/history/run-header.ts';
import { openRun } from '../../src/history/run-reader.ts';
import type { TopologySpec } from '../../src/machine/topology.ts';
import type { BandwidthConfig, ChannelConfig } from '../../src/memory/bandwidth-config.ts';
import type { CacheConfig, HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import { PLAIN_FRONT } from '../../src/memory/implied-mscs.ts';
import type { CacheControlFeatures, MscConfig, ResourceConfig } from '../../src/memory/msc-config.ts';
import type { MachinePlan } from '../../src/run/run-plan.ts';
import { testMachine, testPlan } from '../support/plans.ts';
import { NO_SUMMARY, temporaryFolder } from '../support/run-files.ts';

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
    expect(header.mscs.map(({ name }) => name)).toEqual(['l2-0', 'l3-0', 'l2-0', 'l3-0']);
    expect(JSON.parse(header.mscs[0]!.features)).toMatchObject({ partidMax: 31, pmgMax: 1 });
    expect(header.mscResources.map(({ msc, ris, cache, channel }) => [msc, ris, cache, channel])).toEqual([
      [0, 0, 2, null],
      [1, 0, 3, null],
      [2, 0, 2, null],
      [3, 0, 3, null],
    ]);
    expect(JSON.parse(header.mscResources[0]!.features)).toMatchObject({ cacheControls: { cpbmWd: 16, cmaxWd: 8 } });
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

const CHANNEL: Omit<ChannelConfig, 'name' | 'lineTime'> = {
  ...{ turnaroundPs: 7000, window: 'moving', starvationPs: 0, portionPs: 1000, offsetLimit: 64 },
};

/** The L3 limits bandwidth at 51.2 GB/s on its way to two channels of 25.6 GB/s. */
const BANDWIDTH: BandwidthConfig = {
  ...{ mode: 'exact', closedFormIntervalPs: 1e8, writeBufferLines: 16 },
  channels: [
    { ...CHANNEL, name: 'l3-0', lineTime: 1250 * 65536 },
    { ...CHANNEL, name: 'mem-0.0', lineTime: 2500 * 65536 },
    { ...CHANNEL, name: 'mem-0.1', lineTime: 2500 * 65536 },
  ],
  memories: [{ name: 'mem-0', channels: [1, 2], interleaveLines: 1 }],
  memoryOfCache: [undefined, undefined, undefined, 0],
  channelOfCache: [undefined, undefined, undefined, 0],
};

function mscOf(name: string, ...resources: Partial<ResourceConfig>[]): MscConfig {
  const nothing = { cache: undefined, channel: undefined, cacheControls: undefined, bandwidth: undefined };
  const monitors = { csu: undefined, mbwu: undefined };
  return {
    ...{ name, features: CONTROLS, front: PLAIN_FRONT },
    resources: resources.map((resource, ris) => ({ ris, ...nothing, priority: undefined, monitors, ...resource })),
  };
}

describe('the header of a run with memory bandwidth', () => {
  const hierarchy = {
    ...{ ...HIERARCHY, bandwidth: BANDWIDTH },
    mscs: [mscOf('l3-0', { cache: 3, channel: 0 }), mscOf('mem-0', { channel: 1 }, { channel: 2 })],
  };
  const machine = { ...testMachine({ hierarchy }), topology: { frequencyMhz: 2500, sampleIntervalNs: 1e6 } };
  const header = headerOfPlan(testPlan([], { machines: [withCaches, machine as MachinePlan] }));

  it('has the channels with their memory or cache, and their bandwidth', () => {
    const told = header.channels.map(({ machine: on, id, name, memory, cache, bytesPerSecond }) => {
      return [on, id, name, memory, cache, bytesPerSecond];
    });
    expect(told).toEqual([
      [1, 0, 'l3-0', null, 3, 51.2e9],
      [1, 1, 'mem-0.0', 'mem-0', null, 25.6e9],
      [1, 2, 'mem-0.1', 'mem-0', null, 25.6e9],
    ]);
    expect(header.channels[1]).toMatchObject({ accountingWindow: 'moving', turnaroundPs: 7000, offsetLimit: 64 });
    expect(header.memoryBandwidths).toEqual([{ machine: 1, mode: 'exact', sampleIntervalNs: 1e6 }]);
  });

  it('numbers the MSCs of memories with those of caches, and has the resources of each', () => {
    expect(header.mscs.map(({ id, machine: on, name, cache }) => [id, on, name, cache])).toEqual([
      [0, 0, 'l2-0', 2],
      [1, 0, 'l3-0', 3],
      [2, 1, 'l3-0', 3],
      [3, 1, 'mem-0', null],
    ]);
    expect(header.mscResources.slice(2).map(({ msc, ris, cache, channel }) => [msc, ris, cache, channel])).toEqual([
      [2, 0, 3, 0],
      [3, 0, null, 1],
      [3, 1, null, 2],
    ]);
    // The L2 of this machine is no MSC's.
    expect(header.caches.slice(4).map(({ msc }) => msc)).toEqual([null, null, null, 2]);
  });

  it('names the codes of what MSCs do', () => {
    const names = (codes: readonly CodeName[]): string => codes.map(({ id, name }) => `${id} ${name}`).join(', ');
    expect(names(header.monitorEventCodes)).toBe('1 capture, 2 overflow, 3 not_ready, 4 ready');
    expect(names(header.monitorKinds)).toBe('0 csu, 1 mbwu, 2 mbwu_long');
    expect(names(header.interruptCodes)).toBe('1 error_wired, 2 error_msi, 3 overflow_wired, 4 overflow_msi');
    expect(names(header.interruptLevels)).toBe('0 low, 1 high, 2 edge');
    expect(names(header.mscErrorCodes)).toMatch(
      /^0 none, 1 PARTID_SEL_Range, 2 Req_PARTID_Range, .*11 RIS_No_Monitor$/,
    );
  });

  it('comes back from the file as it was', async () => {
    const store = createRunStore(join(temporaryFolder(), 'run.db'), header, { thread: false });
    const { path } = await store.finish('completed', NO_SUMMARY);
    const reader = openRun(path);
    expect(reader.header).toEqual(normalizeHeader(header));
    reader.close();
    expect(checkIntegrity(path).problems).toEqual([]);
  });
});

describe('the header of a run without caches', () => {
  it('is hashed as if there were no lists of caches', () => {
    const header = headerOfPlan(testPlan([]));
    const lists = [
      ...(['memorySystems', 'caches', 'memorySteps', 'mscs', 'mscResources', 'mscRegisters'] as const),
      ...(['monitorEventCodes', 'monitorKinds', 'mscErrorCodes', 'interruptCodes', 'interruptLevels'] as const),
      ...(['memoryBandwidths', 'channels'] as const),
    ];
    expect(lists.filter((list) => header[list].length > 0)).toEqual([]);
    const without = Object.fromEntries(Object.entries(header).filter(([key]) => !lists.includes(key as never)));
    const hashed = canonicalJson({ ...without, scenarioFile: undefined, mscs: undefined });
    expect(hashHeader(header)).toBe(createHash('sha256').update(hashed).digest('hex'));
    expect(hashHeader({ ...header, mscRegisters: [{ id: 0, name: 'MPAMCFG_CMAX' }] })).not.toBe(hashHeader(header));
  });
});
