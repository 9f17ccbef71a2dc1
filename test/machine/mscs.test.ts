/** The MSCs of a machine: which there are, what their resources are, and what of it a topology may leave out. */
import { describe, expect, it } from 'vitest';
import { mscCount } from '../../src/machine/capacity.ts';
import { hierarchyOf } from '../../src/machine/hierarchy-of.ts';
import { PRESET_NAMES } from '../../src/machine/presets.ts';
import type { LevelDraft, TopologyDraft } from '../../src/machine/topology-draft.ts';
import { topologyOf } from '../../src/machine/topology-of.ts';
import type { HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import type { MscConfig } from '../../src/memory/msc-config.ts';

function hierarchy(draft: TopologyDraft, peCount: number): HierarchyConfig {
  const { topology, problems } = topologyOf(draft);
  expect(problems).toEqual([]);
  return hierarchyOf(topology, peCount, { physicalLines: 1000, ownerCapacity: 64, seed: 7 });
}

function mscs(draft: TopologyDraft, peCount = 1): readonly MscConfig[] {
  return hierarchy(draft, peCount).mscs ?? [];
}

const MEMORY = { bandwidth: 10e9 } as const;

describe('the MSCs of a machine', () => {
  it('are its caches alone, and not told again, where they have controls and nothing else', () => {
    expect(hierarchy({ l2: { sets: 4, controls: {} }, l3: { sets: 8 } }, 4).mscs).toBeUndefined();
  });

  it('are caches with controls in their order, then memories', () => {
    const draft: TopologyDraft = {
      l2: { sets: 4, pes: 2, controls: {} },
      l3: { sets: 8, pes: 4 },
      slc: { sets: 8, controls: 'none' },
      memory: { ...MEMORY, per: 'domain', channels: 3 },
    };
    const found = mscs(draft, 8);
    expect(found.map(({ name }) => name)).toEqual(['l2-0', 'l2-1', 'l2-2', 'l2-3', 'l3-0', 'l3-1', 'mem-0']);
    expect(found[5]?.resources.map(({ ris, cache, channel }) => [ris, cache, channel])).toEqual([[0, 5, undefined]]);
    expect(found[6]?.resources.map(({ ris, cache, channel }) => [ris, cache, channel])).toEqual([
      [0, undefined, 0],
      [1, undefined, 1],
      [2, undefined, 2],
    ]);
  });

  it('have MIN and MAX of 16 bits with both limits and a window of 10 us at memory', () => {
    const [, memory] = mscs({ l3: { sets: 8 }, memory: MEMORY });
    expect(memory?.features).toEqual({
      ...{ partidMax: 63, pmgMax: 1, hasEndis: true, hasNfu: false, intpartidMax: undefined },
      ...{ outOfRange: 'default', reset: 'defaults' },
    });
    expect(memory?.resources[0]).toMatchObject({
      cacheControls: undefined,
      priority: undefined,
      bandwidth: {
        ...{ bwaWd: 16, hasMin: true, hasMax: true, maxLimit: 'both', bwpbmWd: 0, hasProp: false },
        ...{ windwr: false, winwd: 2560 },
      },
      monitors: { csu: undefined, mbwu: undefined },
    });
  });

  it('have no memory among them that has neither controls nor monitors', () => {
    const names = (memory: TopologyDraft['memory']): string[] =>
      mscs({ l3: { sets: 8, monitors: { csu: {} } }, memory }).map(({ name }) => name);
    expect(names({ ...MEMORY, controls: 'none' })).toEqual(['l3-0']);
    expect(names({ ...MEMORY, controls: 'none', monitors: { mbwu: {} } })).toEqual(['l3-0', 'mem-0']);
    expect(names({ ...MEMORY, controls: {} })).toEqual(['l3-0', 'mem-0']);
  });

  it('have a cache and its memory side in one resource', () => {
    const memorySide = { controls: { hasMin: false, bwaWd: 6, dspriWd: 2, dspri0IsLow: false, windowLength: 100 } };
    const [l3] = mscs({ l3: { sets: 8, memorySide, monitors: { csu: {}, mbwu: {} } }, memory: MEMORY });
    expect(l3?.resources).toHaveLength(1);
    expect(l3?.resources[0]).toMatchObject({
      ...{ ris: 0, cache: 0, channel: 0 },
      cacheControls: { cpbmWd: 16 },
      // 0.1 us in 1/256 us: 25.6, rounded to the nearest.
      bandwidth: { hasMin: false, hasMax: true, bwaWd: 6, winwd: 26 },
      priority: { intpriWd: 0, dspriWd: 2, dspri0IsLow: false },
      monitors: { csu: { numMon: 8 }, mbwu: { numMon: 8, longBits: 44 } },
    });
  });

  it('have a memory side that nothing regulates', () => {
    const [l3] = mscs({ l3: { sets: 8, memorySide: { controls: 'none' } }, memory: MEMORY });
    expect(l3?.resources[0]).toMatchObject({ channel: 0, bandwidth: undefined, priority: undefined });
  });

  it('are one for all caches of a level that says so: each is a resource, with its own controls', () => {
    const l3: LevelDraft = {
      ...{ sets: 8, pes: 2, oneMsc: true, memorySide: {}, msc: { nrdy: 7 }, monitors: { csu: {} } },
      domains: [{ ways: 16 }, { ways: 12, monitors: { csu: { numMon: 3 } } }],
    };
    const found = mscs({ l2: { sets: 4, controls: {} }, l3, memory: MEMORY }, 6);
    expect(found.map(({ name }) => name)).toEqual(['l2-0', 'l2-1', 'l2-2', 'l2-3', 'l2-4', 'l2-5', 'l3', 'mem-0']);
    const parts = found[6]!.resources.map(({ ris, cache, channel, cacheControls, monitors }) => {
      return [ris, cache, channel, cacheControls?.cpbmWd, monitors.csu?.numMon];
    });
    expect(parts).toEqual([
      [0, 6, 0, 16, 8],
      [1, 7, 1, 12, 3],
      [2, 8, 2, 16, 8],
    ]);
    expect(found[6]!.front.nrdyNs).toBe(7);
  });

  it('are counted as they are made', () => {
    const draft: TopologyDraft = {
      l2: { sets: 4, controls: {} },
      l3: { sets: 8, pes: 2, oneMsc: true },
      memory: MEMORY,
    };
    expect(mscCount(topologyOf(draft).topology, 6)).toBe(mscs(draft, 6).length);
  });

  it('let monitors of NRDY that never clears settle for 10 us where nothing else is said', () => {
    const [quirky] = mscs({ l3: { sets: 8, monitors: { csu: {} }, msc: { quirks: ['CMN-650-3642720'] } } });
    const [plain] = mscs({ l3: { sets: 8, monitors: { csu: {} }, msc: { quirks: ['T241-MPAM-1'] } } });
    expect([quirky?.front.nrdyNs, plain?.front.nrdyNs]).toEqual([10_000, 0]);
  });

  it('of v1.0 have by default nothing that came with v1.1', () => {
    const msc = { version: 'v1.0' } as const;
    const found = mscs({ l3: { sets: 8, msc, monitors: { csu: {} } }, memory: { ...MEMORY, msc } });
    for (const { features, front, resources } of found) {
      expect(features).toMatchObject({ hasEndis: false, hasNfu: false });
      expect(front).toMatchObject({ version: 'v1.0', hasEsr: true, hasExtdEsr: false, hasOflowSr: false, spaces: 2 });
      expect(resources).toHaveLength(1);
    }
  });

  it('of a memory without controls measure the PARTIDs that the caches in front of it tell apart', () => {
    const memory = { ...MEMORY, controls: 'none', monitors: { mbwu: {} } } as const;
    const labels = (draft: TopologyDraft): readonly unknown[] => {
      const { features } = mscs(draft).at(-1)!;
      return [features.partidMax, features.pmgMax];
    };
    expect(labels({ preset: 'reference', memory })).toEqual([255, 3]);
    expect(labels({ l3: { sets: 8, controls: { partidMax: 1023, pmgMax: 7 } }, memory })).toEqual([1023, 7]);
    expect(labels({ l3: { sets: 8, controls: 'none' }, memory })).toEqual([63, 1]);
  });

  it('have no bandwidth partitioning where every control is off', () => {
    const [, memory] = mscs({
      l3: { sets: 8 },
      memory: { ...MEMORY, controls: { hasMin: false, hasMax: false, intpriWd: 3 } },
    });
    expect(memory?.resources[0]).toMatchObject({ bandwidth: undefined, priority: { intpriWd: 3 } });
  });

  it('have monitors and fronts as the topology says, and the usual ones where it does not', () => {
    const draft: TopologyDraft = {
      l3: {
        sets: 8,
        monitors: { csu: { numMon: 3, readOnly: true, hasXcl: true } },
        msc: { version: 'v0.1', hasEsr: false, nrdy: 500, egress: { partidMax: 7 }, quirks: ['CMN-650-3642720'] },
      },
      memory: { ...MEMORY, monitors: { mbwu: { longBits: 63, scale: 4, hasRwbw: true } } },
    };
    const [l3, memory] = mscs(draft);
    expect(l3?.resources[0]?.monitors.csu).toMatchObject({
      numMon: 3,
      isReadOnly: true,
      hasXcl: true,
      hasCapture: false,
    });
    expect(l3?.front).toMatchObject({
      ...{ version: 'v0.1', hasEsr: false, hasExtdEsr: false, nrdyNs: 500, ingress: undefined },
      egress: { partidMax: 7, hasDirect: true, hasBaseMask: false },
      iidr: 0x43b, // K 4
    });
    expect(memory?.resources[0]?.monitors.mbwu).toMatchObject({ longBits: 63, scale: 4, hasRwbw: true, numMon: 8 });
    expect(memory?.front).toMatchObject({ version: 'v1.1', hasEsr: true, nrdyNs: 0, quirks: [] });
  });

  it('keep what a preset or a level says where something is laid over it', () => {
    const { topology } = topologyOf({
      preset: 'reference',
      l3: { monitors: { csu: { numMon: 2 } } },
      memory: { controls: { bwaWd: 4 }, monitors: { mbwu: 'none' }, msc: { nrdy: 100 } },
    });
    expect(topology.levels.at(-1)?.domains[0]?.monitors?.csu).toMatchObject({
      numMon: 2,
      hasCapture: true,
      hasXcl: true,
    });
    expect(topology.memory.bandwidth?.msc).toMatchObject({
      controls: { bwaWd: 4, bwpbmWd: 32, hasProp: true },
      monitors: { csu: undefined, mbwu: undefined },
      front: { nrdyNs: 100, hasEsr: true },
    });
  });
});

/** A 6.3: B_total, controls, monitors, quirks of the presets A to F; memories and channels are those of the whole machine. */
describe('the memory of a preset', () => {
  const PES = {
    'grace-like': 72,
    'kunpeng-like': 128,
    'vera-like': 88,
    'dsu-cluster': 8,
    'ris-llc': 24,
    reference: 16,
  };

  it.each([
    ['grace-like', 1, 500, 'MIN MAX soft 7', 63, undefined, 'CSU 16, MBWU 16 of 44'],
    ['kunpeng-like', 4, 93.9, 'MIN MAX both 6', 255, 31, 'CSU 8, MBWU 8 of 44'],
    ['vera-like', 1, 1200, 'MAX both 7', 46, undefined, 'CSU 16, MBWU 9 of 63'],
    ['dsu-cluster', 1, 100, 'MAX soft 8', 63, undefined, 'CSU 4, MBWU 2 of 0'],
    ['ris-llc', 1, 100, '', undefined, undefined, 'CSU 1'],
    ['reference', 1, 25.6, 'MIN MAX both 16 PBM 32 PROP PRI', 255, undefined, 'CSU 16, MBWU 4 of 63'],
  ] as const)(
    'of %s is %i, each of %f GB/s, with %s',
    (preset, memories, gigabytes, controls, partidMax, intpartidMax, monitors) => {
      const { bandwidth, mscs: found = [] } = hierarchy({ preset }, PES[preset]);
      expect(bandwidth?.memories).toHaveLength(memories);
      const channels = bandwidth?.memories[0]?.channels ?? [];
      const perSecond = channels.reduce(
        (sum, channel) => sum + (64 * 1e12 * 65_536) / bandwidth!.channels[channel]!.lineTime,
        0,
      );
      expect(perSecond / 1e9).toBeCloseTo(gigabytes, 3);
      const memory = found.find(({ name }) => name === 'mem-0');
      expect([memory?.features.partidMax, memory?.features.intpartidMax]).toEqual([partidMax, intpartidMax]);
      const { bandwidth: has, priority } = memory?.resources[0] ?? {};
      const words = [
        has?.hasMin && 'MIN',
        has?.hasMax && `MAX ${has.maxLimit} ${has.bwaWd}`,
        (has?.bwpbmWd ?? 0) > 0 && `PBM ${has?.bwpbmWd}`,
        has?.hasProp && 'PROP',
        priority !== undefined && 'PRI',
      ];
      expect(words.filter((word) => typeof word === 'string').join(' ')).toBe(controls);
      const csu = found[0]?.resources[0]?.monitors.csu?.numMon;
      const mbwu = memory?.resources[0]?.monitors.mbwu;
      expect(`CSU ${csu}${mbwu === undefined ? '' : `, MBWU ${mbwu.numMon} of ${mbwu.longBits}`}`).toBe(monitors);
    },
  );

  it('has the quirks of the silicon, and the identity by which Linux knows them', () => {
    const fronts = (preset: string): readonly MscConfig['front'][] => mscs({ preset }).map(({ front }) => front);
    for (const { quirks, iidr } of fronts('grace-like')) {
      expect([quirks, iidr]).toEqual([['T241-MPAM-1', 'T241-MPAM-4', 'T241-MPAM-6'], 0x2410036b]);
    }
    expect(fronts('ris-llc').map(({ hasEsr }) => hasEsr)).toEqual([false]);
    for (const { hasEsr, quirks } of PRESET_NAMES.filter((name) => !/grace|ris/.test(name)).flatMap(fronts)) {
      expect([hasEsr, quirks]).toEqual([true, []]);
    }
  });

  it('of ris-llc has one MSC for the LLC: RIS 0 of 16 portions, and RIS 1 of 12', () => {
    const [llc, ...others] = mscs({ preset: 'ris-llc' }, 24);
    expect([llc?.name, others]).toEqual(['l3', []]);
    const parts = llc!.resources.map(({ ris, cacheControls, monitors }) => {
      return [ris, cacheControls?.cpbmWd, monitors.csu?.numMon, monitors.csu?.hasCapture];
    });
    expect(parts).toEqual([
      [0, 16, 1, false],
      [1, 12, 1, false],
    ]);
  });

  it('of a machine with more dies than the preset is shared, or there for each domain', () => {
    expect(hierarchy({ preset: 'grace-like' }, 144).bandwidth?.memories).toHaveLength(1);
    expect(hierarchy({ preset: 'kunpeng-like' }, 64).bandwidth?.memories).toHaveLength(2);
  });
});
