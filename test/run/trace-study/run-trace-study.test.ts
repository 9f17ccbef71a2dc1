/** Whole studies of small traces written by hand: the numbers can be followed with a pencil. */
import { describe, expect, it } from 'vitest';
import { runTraceStudy } from '../../../src/run/trace-study/run-trace-study.ts';
import type { StudyTenant, TraceStudyOptions } from '../../../src/run/trace-study/trace-study-options.ts';
import type { TraceStudyResult } from '../../../src/run/trace-study/trace-study-result.ts';
import { studyOptions, tenant, ucsdText, writeTrace } from './study-fixture.ts';

/** One set of two ways: easy to follow. */
const TINY = { llc: { sets: 1, ways: 2 } };

function study(
  traces: Readonly<Record<string, string>>,
  plain: unknown = TINY,
  more: Partial<TraceStudyOptions> = {},
  settings: Readonly<Record<string, StudyTenant['settings']>> = {},
): Promise<TraceStudyResult> {
  const tenants = Object.entries(traces).map(([name, words], at) => {
    return tenant(name, writeTrace(`${name}.trace`, ucsdText(words)), at + 1, { settings: settings[name] });
  });
  return runTraceStudy(studyOptions(tenants, plain, { format: 'ucsd', ...more }));
}

describe('two tenants in one set of two ways', () => {
  it('evict their own oldest lines as long as they take turns', async () => {
    // a0, b0 fill; then the oldest line is always that of the tenant whose turn it is. Only a0 was written.
    const { caches, memory } = await study({ a: 's0 l1 l0', b: 'l0 l1 l0' });
    expect(caches[0]!.evictions).toEqual([
      [2, 0],
      [0, 2],
    ]);
    expect(memory).toEqual([
      { tenant: 'a', reads: 2, writes: 1, fetches: 0, writeBacks: 1 },
      { tenant: 'b', reads: 3, writes: 0, fetches: 0, writeBacks: 0 },
    ]);
  });

  it('evict each other’s lines one after another, and the matrix says who', async () => {
    // a0, a1 fill, a0 hits, a2 takes a1's way; b0 takes that of a0 (dirty) and hits, b1 takes that of a2, b0 hits.
    const { caches } = await study({ a: 's0 l1 l0 l2', b: 'l0 l0 l1 l0' }, TINY, { interleaving: 'sequential' });
    expect(caches[0]!.evictions).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(caches[0]!.tenants.map(({ hits, writeBacks, occupancy }) => [hits, writeBacks, occupancy])).toEqual([
      [1, 1, 0],
      [2, 0, 2],
    ]);
  });

  it('miss on lines that the other evicted', async () => {
    // One way: a0, b0 takes it, a0 takes it back (a miss because of b), b1 takes it.
    const { caches } = await study({ a: 'l0 l0', b: 'l0 l1' }, { llc: { sets: 1, ways: 1 } });
    const [a, b] = caches[0]!.tenants;
    expect(a!.missClasses).toEqual({ cold: 1, own: 0, interference: [0, 1], refused: 0, moved: 0 });
    expect(b!.missClasses).toEqual({ cold: 2, own: 0, interference: [0, 0], refused: 0, moved: 0 });
    expect(caches[0]!.evictions).toEqual([
      [0, 1],
      [2, 0],
    ]);
  });

  it('keep apart with a portion each', async () => {
    const settings = { a: { cpbm: [1] }, b: { cpbm: [2] } };
    const { caches, tenants } = await study({ a: 'l0 l0', b: 'l0 l1' }, TINY, {}, settings);
    expect(caches[0]!.tenants.map(({ hits, occupancy }) => [hits, occupancy])).toEqual([
      [1, 1],
      [0, 1],
    ]);
    expect(caches[0]!.evictions).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(tenants.map((one) => one.settings)).toEqual([settings.a, settings.b]);
  });

  it('are served uncached without a portion', async () => {
    const { caches } = await study({ a: 'l0 l0 l0', b: 'l0' }, TINY, {}, { a: { cpbm: [0] } });
    expect(caches[0]!.tenants[0]).toMatchObject({
      ...{ reads: 3, hits: 0, readMisses: 3, fills: 0, refused: 3, occupancy: 0 },
      missClasses: { cold: 1, own: 0, refused: 2 },
    });
  });

  it('may hold no more than CMAX', async () => {
    const half = { cmax: { percentMilli: 50_000 }, softlim: false };
    const { caches } = await study({ a: 'l0 l1 l0 l1' }, TINY, {}, { a: half });
    expect(caches[0]!.tenants[0]).toMatchObject({ hits: 0, occupancy: 1, evicted: 3 });
  });
});

describe('private caches', () => {
  it('belong to one tenant each, in front of the shared one', async () => {
    const { caches } = await study(
      { a: 'l0 l0 l1', b: 'l0 l0 l0' },
      { l1d: { sets: 1, ways: 1 }, llc: { sets: 1, ways: 4 } },
    );
    expect(caches.map(({ name, tenants }) => [name, tenants.map((one) => [one.tenant, one.reads, one.hits])])).toEqual([
      ['l1d-0', [['a', 3, 1]]],
      ['l1d-1', [['b', 3, 2]]],
      [
        'llc',
        [
          ['a', 2, 0],
          ['b', 1, 0],
        ],
      ],
    ]);
  });
});

describe('miss-ratio curves', () => {
  it('are of the tenant’s own references, whatever the others do', async () => {
    const curves = { exact: true, sampleRate: 1 };
    const traces = { a: 'l0 l1 l2 l0 l1 l2 l2', b: 's5 s5' };
    const { tenants } = await study(traces, { llc: { sets: 3, ways: 2 } }, { curves });
    expect(tenants[0]!.curve).toEqual({
      references: 7,
      exact: {
        footprintLines: 3,
        points: [
          { lines: 1, misses: 6, missRatio: 6 / 7 },
          { lines: 2, misses: 6, missRatio: 6 / 7 },
          { lines: 4, misses: 3, missRatio: 3 / 7 },
        ],
      },
      sampled: {
        ...{ rate: 1, sampledLines: 3, sampledReferences: 7, error: { meanAbsolute: 0, largest: 0 } },
        points: [
          { lines: 1, missRatio: 6 / 7, standardError: 0 },
          { lines: 2, missRatio: 6 / 7, standardError: 0 },
          { lines: 4, missRatio: 3 / 7, standardError: 0 },
        ],
      },
      byWays: { sets: 3, misses: [3, 3] },
    });
    expect(tenants[1]!.curve).toMatchObject({ references: 2, exact: { footprintLines: 1 } });
  });

  it('sample the same lines in every study', async () => {
    const words = Array.from({ length: 3000 }, (_, at) => `l${(at * 37) % 2000}`).join(' ');
    const curves = { exact: false, sampleRate: 0.1 };
    const alone = await study({ a: words }, TINY, { curves });
    const shared = await study({ z: 's9 s100', a: words }, { llc: { sets: 100, ways: 3 } }, { curves });
    expect(shared.tenants[1]!.curve!.sampled).toEqual(alone.tenants[0]!.curve!.sampled);
    expect(alone.tenants[0]!.curve!.sampled!.sampledLines).toBeGreaterThan(100);
  });

  it('are left out unless asked for', async () => {
    const { tenants } = await study({ a: 'l0' });
    expect(tenants[0]!.curve).toBeUndefined();
  });
});

describe('a study', () => {
  it('gives the same result again, random replacement and all', async () => {
    const words = Array.from({ length: 500 }, (_, at) => `s${(at * at) % 61}`).join(' ');
    const plain = { llc: { sets: 3, ways: 4, policy: 'random' } };
    const run = async (seed: number): Promise<unknown> => (await study({ a: words, b: words }, plain, { seed })).caches;
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  it('reports what is wrong inside a trace, and goes on', async () => {
    const path = writeTrace('damaged.trace', `${ucsdText('l0 l1')}what is this?\n${ucsdText('s2')}`);
    const { tenants } = await runTraceStudy(studyOptions([tenant('a', path, 1)], TINY, { format: 'ucsd' }));
    expect(tenants[0]).toMatchObject({
      format: 'ucsd',
      recorded: { reads: 2, writes: 1, fetches: 0, modifies: 0 },
      instructions: 3,
      issues: [{ kind: 'bad-trace-line', count: 1, first: { line: 3, text: 'what is this?' } }],
    });
  });

  it('says which trace does not count instructions', async () => {
    const path = writeTrace('blocks.csv', 'version,time,op,size,lbn\n1,10,40,512,7\n1,20,42,512,9\n');
    const tenants = [tenant('a', path, 1)];
    const refused = runTraceStudy(
      studyOptions(tenants, TINY, { format: 'libcachesim-csv', interleaving: 'instructions' }),
    );
    await expect(refused).rejects.toThrow(/blocks\.csv: format libcachesim-csv does not count instructions/);
    const noFetches = writeTrace('data.lackey', ' L 100,4\n S 200,4\n');
    const without = runTraceStudy(
      studyOptions([tenant('a', noFetches, 1)], TINY, { format: 'lackey', interleaving: 'instructions' }),
    );
    await expect(without).rejects.toThrow(/data\.lackey: the trace tells of no instructions/);
  });

  const file = 'no-such-file';
  it.each<[string, readonly StudyTenant[], Partial<TraceStudyOptions>, string]>([
    ['no traces', [], {}, '0 traces; a study has 1 to 64'],
    [
      'two tenants of one name',
      [tenant('a', file, 1), tenant('a', file, 2)],
      {},
      'two tenants are called a; name them, e.g. other=FILE',
    ],
    [
      'different settings of one PARTID',
      [tenant('a', file, 1, { settings: { cpbm: [1] } }), tenant('b', file, 1, { settings: { cpbm: [2] } })],
      {},
      'a and b share PARTID 1, so they share its settings; give settings to one of them only',
    ],
    [
      'portions that the LLC does not have',
      [tenant('a', file, 1, { settings: { cpbm: [4] } })],
      {},
      'cpbm of a: portion 2 does not exist: this cache has portions 0 to 1 (CPBM_WD 2)',
    ],
    [
      'an unknown format',
      [tenant('a', file, 1)],
      { format: 'elf' },
      'there is no format elf; known: auto, lackey, din,',
    ],
    ['a missing file', [tenant('a', file, 1)], {}, 'no-such-file: '],
  ])('refuses %s', async (_, tenants, more, message) => {
    await expect(runTraceStudy(studyOptions(tenants, TINY, more))).rejects.toThrow(message);
  });

  it('refuses settings where there is no LLC, and histories that memory cannot hold', async () => {
    const one = [tenant('a', file, 1, { settings: { cpbm: [1] } })];
    const l1 = { sets: 4, ways: 2 };
    await expect(runTraceStudy(studyOptions(one, { l1i: l1, l1d: l1 }))).rejects.toThrow(
      'settings of a: there is no LLC to partition',
    );
    await expect(
      runTraceStudy(studyOptions([tenant('a', file, 1)], { l1d: l1, llc: l1, memory: '200GiB' })),
    ).rejects.toThrow('2 caches and the history of 3355443200 lines of memory in each need too much space');
  });

  it('says that memory is full before anything is counted wrongly', async () => {
    const words = Array.from({ length: 70 }, (_, at) => `l${at * 64}`).join(' ');
    await expect(study({ a: words }, { llc: { sets: 4, ways: 2 }, memory: '256KiB' })).rejects.toThrow(
      'memory is full: all 64 frames (of 64 lines) of one of 1 colours are in use, 64 of 64 altogether',
    );
  });
});
