/** The caches of a machine as the levels of its topology come to them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockLayout } from '../../src/loop/block.ts';
import { cacheBytes, cachesOfDomain, machineTableBytes, mscCount } from '../../src/machine/capacity.ts';
import { cyclesToPs, hierarchyOf } from '../../src/machine/hierarchy-of.ts';
import { PRESET_NAMES } from '../../src/machine/presets.ts';
import type { TopologyDraft } from '../../src/machine/topology-draft.ts';
import { topologyOf } from '../../src/machine/topology-of.ts';
import type { HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import { reserveMemory } from '../../src/memory/memory-regions.ts';

const OPTIONS = { physicalLines: 1000, ownerCapacity: 64, seed: 7 };

function hierarchy(draft: TopologyDraft, peCount: number): HierarchyConfig {
  const { topology, problems } = topologyOf(draft);
  expect(problems).toEqual([]);
  return hierarchyOf(topology, peCount, OPTIONS);
}

/** Names of the caches that an access meets. */
function way({ caches }: HierarchyConfig, port: number | undefined): string[] {
  const names: string[] = [];
  for (let at = port; at !== undefined; at = caches[at]?.outer) names.push(caches[at]?.name ?? '?');
  return names;
}

describe('a PE goes', () => {
  const full: TopologyDraft = {
    l1i: { sets: 8 },
    l1d: { sets: 8 },
    l2: { sets: 16, pes: 2 },
    l3: { sets: 32, pes: 4 },
    slc: { sets: 64 },
  };

  it('through its own L1, its cluster’s L2, its domain’s L3 and the SLC', () => {
    const machine = hierarchy(full, 8);
    expect(way(machine, machine.ports[5]?.fetch)).toEqual(['l1i-5', 'l2-2', 'l3-1', 'slc-0']);
    expect(way(machine, machine.ports[5]?.data)).toEqual(['l1d-5', 'l2-2', 'l3-1', 'slc-0']);
    expect(machine.caches.map(({ level }) => level)).toEqual([
      ...Array<string>(8).fill('L1I'),
      ...Array<string>(8).fill('L1D'),
      ...Array<string>(4).fill('L2'),
      ...Array<string>(2).fill('L3'),
      'SLC',
    ]);
  });

  it.each<[string, TopologyDraft, string[], string[]]>([
    ['to the one cache there is', { l3: { sets: 8 } }, ['l3-0'], ['l3-0']],
    ['for fetches to the L1D where there is no other', { l1d: { sets: 8 } }, ['l1d-1'], ['l1d-1']],
    ['for fetches past an L1D', { l1d: { sets: 8 }, l2: { sets: 8 } }, ['l2-1'], ['l1d-1', 'l2-1']],
    ['for data past an L1I', { l1i: { sets: 8 }, slc: { sets: 8 } }, ['l1i-1', 'slc-0'], ['slc-0']],
    ['from its L1s to memory', { l1i: { sets: 8 }, l1d: { sets: 8 } }, ['l1i-1'], ['l1d-1']],
  ])('%s', (_title, draft, fetches, data) => {
    const machine = hierarchy(draft, 2);
    expect(way(machine, machine.ports[1]?.fetch)).toEqual(fetches);
    expect(way(machine, machine.ports[1]?.data)).toEqual(data);
  });

  it('only outward, whatever shares what', () => {
    const sharing = fc.record({
      l2: fc.integer({ min: 1, max: 4 }),
      perL3: fc.integer({ min: 1, max: 4 }),
      peCount: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(sharing, ({ l2, perL3, peCount }) => {
        const pesOfL3 = l2 * perL3;
        const draft = { l1d: { sets: 4 }, l2: { sets: 4, pes: l2 }, l3: { sets: 4, pes: pesOfL3 } } as const;
        const machine = hierarchy(draft, peCount);
        for (const [pe, port] of machine.ports.entries()) {
          const expected = [`l1d-${pe}`, `l2-${Math.floor(pe / l2)}`, `l3-${Math.floor(pe / pesOfL3)}`];
          expect(way(machine, port.data)).toEqual(expected);
        }
        for (const [at, { outer }] of machine.caches.entries()) expect(outer ?? at + 1).toBeGreaterThan(at);
        expect(new Set(machine.caches.map(({ name }) => name)).size).toBe(machine.caches.length);
      }),
    );
  });
});

describe('a hierarchy', () => {
  it('counts latencies in ps, of cycles at the PEs’ clock and of ns at memory', () => {
    const machine = hierarchy({ frequencyMhz: 3000, l3: { sets: 8, latencyCycles: 50 }, memory: { latency: 95 } }, 1);
    expect(machine.caches[0]?.latencyPs).toBe(16_667);
    expect(machine.memoryLatencyPs).toBe(95_000);
    expect(cyclesToPs(4, 3100)).toBe(1290);
    expect(cyclesToPs(1, 1000)).toBe(1000);
  });

  it('passes on what the run decides', () => {
    expect(hierarchy({ l3: { sets: 8 } }, 1)).toMatchObject(OPTIONS);
  });

  it('makes the caches of a level in turn as its domains say', () => {
    const machine = hierarchy({ l3: { sets: 8, pes: 2, domains: [{ ways: 16 }, { ways: 12 }] } }, 7);
    expect(machine.caches.map(({ name, ways }) => [name, ways])).toEqual([
      ['l3-0', 16],
      ['l3-1', 12],
      ['l3-2', 16],
      ['l3-3', 12],
    ]);
  });

  it('makes as many dies as the PEs need', () => {
    const { topology } = topologyOf({ preset: 'grace-like' });
    const levelsOf = (peCount: number): number =>
      hierarchyOf(topology, peCount, OPTIONS).caches.filter(({ level }) => level === 'L3').length;
    expect([1, 72, 73, 144].map(levelsOf)).toEqual([1, 1, 2, 2]);
  });
});

describe('what the caches come to', () => {
  /**
   * Groups of 16 ways are 128 bytes, and 256 with time stamps, which more than 240 ways in an order of use or arrival need;
   * the tree of tree-PLRU has a power of two of ways (loop/assembly/layout.ts).
   */
  it.each([
    [1, 16, 'lru', 128],
    [1, 1, 'lru', 128],
    [3, 17, 'lru', 3 * 256],
    [1, 240, 'lru', 15 * 128],
    [1, 241, 'lru', 16 * 256],
    [1, 300, 'lru', 19 * 256],
    [2, 300, 'fifo', 2 * 19 * 256],
    [1, 300, 'mru', 19 * 256],
    [1, 256, 'srrip', 16 * 128],
    [1, 4096, 'random', 256 * 128],
    [1, 33, 'tree-plru', 4 * 128],
    [1, 257, 'tree-plru', 32 * 128],
    [159_744, 12, 'lru', 159_744 * 128],
  ] as const)('%i sets of %i ways, %s, are kept in %i bytes, which is what is reserved for them', (...shape) => {
    const [sets, ways, policy, bytes] = shape;
    const { topology } = topologyOf({ l2: { sets, ways, policy } });
    const { caches } = reserveMemory(new BlockLayout(), hierarchyOf(topology, 1, OPTIONS));
    expect(caches[0]?.lines.byteLength).toBe(bytes);
    expect(machineTableBytes(topology, 1)).toBe(bytes);
  });

  it.each(PRESET_NAMES)('of %s is the sum over its hierarchy', (preset) => {
    const { topology } = topologyOf({ preset });
    for (const peCount of [1, 13, 100]) {
      const config = hierarchyOf(topology, peCount, OPTIONS);
      const { caches } = config;
      const reserved = reserveMemory(new BlockLayout(), config);
      const tables = reserved.caches.reduce((sum, { lines }) => sum + lines.byteLength, 0);
      expect(machineTableBytes(topology, peCount)).toBe(tables);
      const controlled = caches.filter(({ controls }) => controls !== undefined);
      expect(mscCount(topology, peCount)).toBe(config.mscs?.length ?? controlled.length);
      for (const level of topology.levels) {
        const inAll = level.domains.reduce((sum, _, at) => sum + cachesOfDomain(level, at, peCount), 0);
        expect(inAll).toBe(caches.filter(({ name }) => name.startsWith(`${level.key}-`)).length);
      }
    }
  });

  it('of 12 ways and 159,744 sets of 64 bytes is 117 MiB', () => {
    expect(cacheBytes({ sets: 159_744, ways: 12 }, 64)).toBe(117 * 2 ** 20);
  });
});
