/** One factor makes a machine smaller; what it may change, and what it must not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hierarchyOf } from '../../src/machine/hierarchy-of.ts';
import { PRESET_NAMES } from '../../src/machine/presets.ts';
import { scaled } from '../../src/machine/scaled.ts';
import type { TopologySpec } from '../../src/machine/topology.ts';
import type { TopologyDraft } from '../../src/machine/topology-draft.ts';
import { topologyOf } from '../../src/machine/topology-of.ts';

const TOPOLOGIES = PRESET_NAMES.map((preset) => topologyOf({ preset }).topology);

/** All caches' sets and memory's bandwidth, and the same topology without these and without its scale. */
function apart({ levels, memory, scale: _, ...rest }: TopologySpec): { capacities: number[]; others: unknown } {
  const sets = levels.flatMap(({ domains }) => domains.map((cache) => cache.sets));
  const others = levels.map(({ domains, ...level }) => ({ ...level, domains: domains.map(({ sets: __, ...c }) => c) }));
  const { bytesPerSecond = 0, ...bandwidth } = memory.bandwidth ?? {};
  return { capacities: [...sets, bytesPerSecond], others: { ...rest, memory: { ...memory, bandwidth }, others } };
}

const anyTopology = fc.constantFrom(...TOPOLOGIES);

describe('scaling', () => {
  it('by 1 changes nothing', () => {
    for (const topology of TOPOLOGIES) expect(scaled(topology, 1)).toEqual({ topology, problems: [] });
  });

  it('divides sets and bandwidth, rounded down, and leaves ways, portions, channels, fractions and times', () => {
    fc.assert(
      fc.property(anyTopology, fc.integer({ min: 1, max: 64 }), (topology, factor) => {
        const result = scaled(topology, factor);
        expect(result.problems).toEqual([]);
        const before = apart(topology);
        const after = apart(result.topology);
        expect(after.capacities).toEqual(before.capacities.map((amount) => Math.floor(amount / factor)));
        expect(after.others).toEqual(before.others);
        expect(result.topology.scale).toBe(factor);
      }),
    );
  });

  it('by one factor and then another is by their product', () => {
    const factor = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(anyTopology, factor, factor, (topology, a, b) => {
        expect(scaled(scaled(topology, a).topology, b)).toEqual(scaled(topology, a * b));
      }),
    );
  });

  it('leaves 9,984 sets of the 159,744 of grace-like at 1/16', () => {
    const { topology } = scaled(topologyOf({ preset: 'grace-like' }).topology, 16);
    expect(topology.levels.at(-1)?.domains[0]?.sets).toBe(9984);
  });
});

describe('scaling a memory side', () => {
  const draft: TopologyDraft = { l3: { sets: 64, memorySide: { bandwidth: 9e9 } }, memory: { bandwidth: 20e9 } };

  it('divides its bandwidth, too, and one without a bandwidth of its own has that of memory', () => {
    const side = scaled(topologyOf(draft).topology, 8).topology.levels[0]?.domains[0]?.memorySide;
    expect(side?.bytesPerSecond).toBe(1.125e9);
    const plain = topologyOf({ ...draft, l3: { sets: 64, memorySide: {} } }).topology;
    const config = hierarchyOf(scaled(plain, 8).topology, 1, { physicalLines: 1000, ownerCapacity: 64, seed: 1 });
    // 64 bytes at 2.5 GB/s are 25.6 ns.
    expect(config.bandwidth?.channels.map(({ name, lineTime }) => [name, lineTime / 65_536])).toEqual([
      ['l3-0', 25_600],
      ['mem-0.0', 25_600],
    ]);
  });

  it('refuses to leave memory so little that time cannot tell how long a line takes', () => {
    const { topology } = topologyOf({ lineBytes: 4096, l3: { sets: 4096 }, memory: { bandwidth: 10e6 } });
    expect(scaled(topology, 4).problems).toEqual([]);
    const [problem] = scaled(topology, 8).problems;
    expect(problem).toMatchObject({
      path: ['scale'],
      value: '8',
      allowed: 'a factor that leaves memory enough bandwidth',
    });
    expect(problem?.hint).toBe('a line of 4096 bytes takes more than 2147 us at 1250000 bytes/s');
  });
});

describe('scaling refuses', () => {
  const { topology } = topologyOf({
    l1d: { sets: 64 },
    l3: { sets: 96, controls: { cpbmWd: 32, portionKind: 'sets' } },
  });

  it.each([0, -1, 1.5, 4097, Number.NaN])('the factor %s', (factor) => {
    const told = scaled(topology, factor).problems[0];
    expect(told).toMatchObject({ path: ['scale'], value: String(factor), allowed: 'an integer from 1 to 4096' });
  });

  it('a cache of no set', () => {
    const allowed = scaled(topology, 96).problems.map((problem) => problem.allowed);
    expect(allowed[0]).toBe('at most 64, the number of sets of L1D');
  });

  it('portions of sets that no longer divide', () => {
    expect(scaled(topology, 3).problems).toEqual([]);
    expect(scaled(topology, 2).problems[0]?.allowed).toContain('leaves L3 48 sets, not a multiple of its 32 portions');
  });
});
