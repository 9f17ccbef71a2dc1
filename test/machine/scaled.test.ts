/** One factor makes a machine smaller; what it may change, and what it must not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRESET_NAMES } from '../../src/machine/presets.ts';
import { scaled } from '../../src/machine/scaled.ts';
import type { TopologySpec } from '../../src/machine/topology.ts';
import { topologyOf } from '../../src/machine/topology-of.ts';

const TOPOLOGIES = PRESET_NAMES.map((preset) => topologyOf({ preset }).topology);

/** All caches' sets, and the same topology with no sets and no scale. */
function apart({ levels, scale: _, ...rest }: TopologySpec): { sets: number[]; others: unknown } {
  const sets = levels.flatMap(({ domains }) => domains.map((cache) => cache.sets));
  const others = levels.map(({ domains, ...level }) => ({ ...level, domains: domains.map(({ sets: __, ...c }) => c) }));
  return { sets, others: { ...rest, levels: others } };
}

const anyTopology = fc.constantFrom(...TOPOLOGIES);

describe('scaling', () => {
  it('by 1 changes nothing', () => {
    for (const topology of TOPOLOGIES) expect(scaled(topology, 1)).toEqual({ topology, problems: [] });
  });

  it('divides sets, rounded down, and leaves ways, portions, fractions and latencies', () => {
    fc.assert(
      fc.property(anyTopology, fc.integer({ min: 1, max: 64 }), (topology, factor) => {
        const result = scaled(topology, factor);
        expect(result.problems).toEqual([]);
        const before = apart(topology);
        const after = apart(result.topology);
        expect(after.sets).toEqual(before.sets.map((sets) => Math.floor(sets / factor)));
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
