/** What a draft becomes: defaults, sizes as sets, layers, and what no machine can be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CacheSpec, LevelKey } from '../../src/machine/topology.ts';
import { layTopology, type TopologyDraft } from '../../src/machine/topology-draft.ts';
import { topologyOf } from '../../src/machine/topology-of.ts';

const KIB = 1024;

function cacheAt(draft: TopologyDraft, key: LevelKey): CacheSpec {
  const { topology, problems } = topologyOf(draft);
  expect(problems).toEqual([]);
  const cache = topology.levels.find((level) => level.key === key)?.domains[0];
  if (cache === undefined) throw new Error(`no ${key}`);
  return cache;
}

/** `path: value; expected allowed`, one for each problem. */
function problemsOf(draft: TopologyDraft): string[] {
  return topologyOf(draft).problems.map(({ path, value, allowed }) => `${path.join('.')}: ${value}; ${allowed}`);
}

describe('a written topology', () => {
  it('has portions of one way at the shared levels and nothing else of MPAM, unless it says otherwise', () => {
    const draft: TopologyDraft = { l2: { size: 512 * KIB }, l3: { size: 1024 * KIB, ways: 11 } };
    expect(cacheAt(draft, 'l2').controls).toBeUndefined();
    expect(cacheAt(draft, 'l3')).toMatchObject({
      sets: 1489, // 1 MiB / (11 * 64 bytes) is 1489.45
      flows: true,
      missClasses: true,
      controls: {
        ...{ cpbmWd: 11, portionKind: 'ways', cmaxWd: 0, hasCmax: false, cassocWd: 0, intpartidMax: undefined },
        victimPreference: 'ladder',
      },
    });
  });

  it('takes the number of sets as it is, power of two or not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 24 }), fc.integer({ min: 1, max: 64 }), (sets, ways) => {
        expect(cacheAt({ l3: { sets, ways } }, 'l3').sets).toBe(sets);
      }),
    );
  });

  it('rounds a size down to whole sets and never up', () => {
    const sizes = fc.integer({ min: 64 * 256, max: 2 ** 28 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 256 }), (size, ways) => {
        const held = cacheAt({ l3: { size, ways } }, 'l3').sets * ways * 64;
        expect(held).toBeLessThanOrEqual(size);
        expect(held).toBeGreaterThan(size - ways * 64);
      }),
    );
  });

  it('makes portions groups of ways where there are fewer portions than ways', () => {
    expect(cacheAt({ l3: { sets: 64, ways: 16, controls: { cpbmWd: 8 } } }, 'l3').controls?.portionKind).toBe(
      'way-groups',
    );
  });

  it('knows neither portions nor an MSC where controls are none', () => {
    expect(cacheAt({ l3: { sets: 64, controls: 'none' } }, 'l3').controls).toBeUndefined();
  });

  it('gives the caches of a level in turn what its domains say', () => {
    const { topology, problems } = topologyOf({
      l3: { sets: 64, ways: 16, domains: [{}, { ways: 12 }, { size: 12 * KIB, ways: 4, controls: 'none' }] },
    });
    expect(problems).toEqual([]);
    const shapes = topology.levels[0]?.domains.map(({ sets, ways, controls }) => [sets, ways, controls?.cpbmWd]);
    expect(shapes).toEqual([
      [64, 16, 16],
      [64, 12, 12],
      [48, 4, undefined],
    ]);
  });
});

describe('a topology laid over another', () => {
  const base: TopologyDraft = {
    frequencyMhz: 2000,
    l2: { size: 512 * KIB, ways: 8 },
    l3: { sets: 100, ways: 10, controls: { cpbmWd: 5, cmaxWd: 4 } },
    memory: { latency: 90 },
  };

  it('changes only what it says', () => {
    expect(layTopology(base, { l3: { latencyCycles: 7 }, memory: { pageSize: 8192 } })).toMatchObject({
      ...base,
      l3: { ...(base.l3 as object), latencyCycles: 7 },
      memory: { latency: 90, pageSize: 8192 },
    });
  });

  it('replaces sets by a size and a size by sets', () => {
    expect(cacheAt(layTopology(base, { l3: { size: 640 * 64, controls: 'none' } }), 'l3').sets).toBe(64);
    expect(cacheAt(layTopology(base, { l2: { sets: 3 } }), 'l2').sets).toBe(3);
  });

  it('keeps a size when only the ways change', () => {
    expect(cacheAt(layTopology(base, { l2: { ways: 4 } }), 'l2').sets).toBe(2048);
  });

  it('removes a level or its controls by none', () => {
    const { levels } = topologyOf(layTopology(base, { l2: 'none', l3: { controls: 'none' } })).topology;
    expect(levels.map(({ key, domains }) => [key, domains[0]?.controls])).toEqual([['l3', undefined]]);
  });

  it('reaches the domains of a preset by what it says of their level', () => {
    const { topology } = topologyOf({ preset: 'ris-llc', l3: { latencyCycles: 9, ways: 6, controls: { cpbmWd: 6 } } });
    const shapes = topology.levels
      .at(-1)
      ?.domains.map((cache) => [cache.latencyCycles, cache.ways, cache.controls?.cpbmWd]);
    expect(shapes).toEqual([
      [9, 6, 6],
      [9, 6, 6],
    ]);
  });

  it('tells which figures of the preset it replaced', () => {
    const { provenance } = topologyOf({
      preset: 'ris-llc',
      l2: { sets: 10 },
      l3: { ways: 12, controls: { partidMax: 7, cpbmWd: 12 } },
    }).topology;
    const replaced = provenance?.figures.filter(({ isOverridden }) => isOverridden).map(({ path }) => path);
    expect(replaced?.sort()).toEqual([
      'l2.size',
      'l3.domains.0.controls.cpbmWd',
      'l3.domains.0.ways',
      'l3.domains.1.controls.cpbmWd',
      'l3.domains.1.ways',
      'partids',
    ]);
  });
});

describe('a topology cannot have', () => {
  const l3 = { sets: 64, ways: 16 } as const;
  const CASES: readonly (readonly [title: string, draft: TopologyDraft, problem: string])[] = [
    ['no cache for data', { l1i: { sets: 8 } }, ': no cache for data; at least one of l1d, l2, l3 and slc'],
    ['no cache at all', {}, ': no cache for data; at least one of l1d, l2, l3 and slc'],
    ['a cache without a size', { l3: { ways: 4 } }, 'l3.size: missing; a size, or a number of sets'],
    ['both a size and sets', { l3: { size: 4096, sets: 4, ways: 16 } }, 'l3.sets: 4; nothing beside size'],
    [
      'a size below one set',
      { l3: { size: 1023, ways: 16 } },
      'l3.size: 1023 bytes; at least 1024 bytes, which is one set',
    ],
    [
      'more sets than can be numbered',
      { l3: { size: 2 ** 36, ways: 1, controls: 'none' } },
      'l3.sets: 1073741824; 1 to 16777216 sets of 1 ways',
    ],
    ['lines of 48 bytes', { l3, lineBytes: 48 }, 'lineBytes: 48; a power of two'],
    ['pages of 6 KiB', { l3, memory: { pageSize: 6144 } }, 'memory.pageSize: 6144; a power of two'],
    [
      'an inclusive cache with nothing inside',
      { l3: { ...l3, inclusion: 'inclusive' } },
      'l3.inclusion: inclusive; non-inclusive: no cache is inside L3',
    ],
    [
      'an L1I inside an L1D',
      { l1i: { sets: 8 }, l1d: { sets: 8, inclusion: 'exclusive' } },
      'l1d.inclusion: exclusive; non-inclusive: no cache is inside L1D',
    ],
    [
      'a cluster in two domains',
      { l2: { sets: 8, pes: 4 }, l3: { ...l3, pes: 6 } },
      'l3.pes: 6; a multiple of 4, so that each L2 is inside one L3',
    ],
    ['one L3 inside several SLCs', { l3, slc: { sets: 8, pes: 4 } }, 'slc.pes: 4; all, as for the L3 inside it'],
    [
      'portions of a way that are not as many as the ways',
      { l3: { ...l3, controls: { cpbmWd: 12, portionKind: 'ways' } } },
      'l3.controls.cpbmWd: 12; 16: one portion for each way',
    ],
    [
      'groups of ways of different size',
      { l3: { ...l3, controls: { cpbmWd: 12 } } },
      'l3.controls.cpbmWd: 12; a divisor of the 16 ways',
    ],
    [
      'groups of sets of different size',
      { l3: { ...l3, controls: { cpbmWd: 24, portionKind: 'sets' } } },
      'l3.controls.cpbmWd: 24; a divisor of the 64 sets',
    ],
    [
      'more portions than CPBM_WD can say',
      { l3: { sets: 1, ways: 65_536 } },
      'l3.controls.cpbmWd: 65536; at most 32768',
    ],
    [
      'CMAX of no width',
      { l3: { ...l3, controls: { hasCmax: true } } },
      'l3.controls.hasCmax: true; false without cmaxWd',
    ],
    [
      'CMIN of no width',
      { l3: { ...l3, controls: { hasCmin: true } } },
      'l3.controls.hasCmin: true; false without cmaxWd',
    ],
    [
      'a width of nothing',
      { l3: { ...l3, controls: { cmaxWd: 8, hasCmax: false } } },
      'l3.controls.cmaxWd: 8; 0 without hasCmax and hasCmin',
    ],
    [
      'a soft limit without a limit',
      { l3: { ...l3, controls: { cmaxWd: 8, hasCmax: false, hasCmin: true, hasSoftlim: true } } },
      'l3.controls.hasSoftlim: true; false without hasCmax',
    ],
    [
      'NFU without disable',
      { l3: { ...l3, controls: { hasEndis: false, hasNfu: true } } },
      'l3.controls.hasNfu: true; false without hasEndis',
    ],
    [
      'NFU with narrowing',
      { l3: { ...l3, controls: { hasNfu: true, intpartidMax: 7 } } },
      'l3.controls.hasNfu: true; false with PARTID narrowing (intpartidMax)',
    ],
    [
      'a domain that does not fit its level',
      { l3: { ...l3, controls: { cpbmWd: 16 }, domains: [{}, { ways: 12 }] } },
      'l3.domains.1.controls.cpbmWd: 16; a divisor of the 12 ways',
    ],
  ];

  it.each(CASES)('%s', (_title, draft, problem) => {
    expect(problemsOf(draft)).toEqual([problem]);
  });

  it('two faults without both being told', () => {
    expect(problemsOf({ l3: { ...l3, inclusion: 'exclusive', controls: { cpbmWd: 3 } }, lineBytes: 96 })).toHaveLength(
      3,
    );
  });
});
