/**
 * Three SPEC programs as tenants of one cache of 128 sets: the whole table of facts that an independent program computed
 * (alone, with disjoint, common and overlapping portions), and what follows from it.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runTraceStudy } from '../../../src/run/trace-study/run-trace-study.ts';
import type { CacheResult, TraceStudyResult } from '../../../src/run/trace-study/trace-study-result.ts';
import { hasSharedData, sharedDataPath } from '../../support/shared-data.ts';
import { studyOptions, tenant } from './study-fixture.ts';

const PROGRAMS = ['gzip', 'twolf', 'mcf'] as const;
type Program = (typeof PROGRAMS)[number];

interface SharedFacts {
  readonly ways: number;
  readonly masks_hex: readonly string[];
  readonly accesses: readonly number[];
  readonly misses: readonly number[];
  readonly hits: readonly number[];
  readonly fills_into_invalid: readonly number[];
  readonly evictions_by: readonly number[];
  readonly evicted_of: readonly number[];
  readonly matrix_evictor_rows_victim_columns: readonly (readonly number[])[];
  readonly dirty_lines_evicted_of: readonly number[];
  readonly occupancy_end_lines: readonly number[];
}

interface SoloFacts {
  readonly misses: number;
  readonly evictions: number;
  readonly dirty_lines_evicted: number;
  readonly occupancy_end_lines: number;
}

interface Facts {
  readonly sets: number;
  readonly cases: {
    readonly solo_4_ways: Readonly<Record<Program, SoloFacts>>;
    readonly solo_12_ways: Readonly<Record<Program, SoloFacts>>;
    readonly disjoint_4_ways_each: SharedFacts;
    readonly unpartitioned_12_ways: SharedFacts;
    readonly overlap: SharedFacts;
  };
  readonly traces: Readonly<Record<Program, { readonly distinct_64_byte_lines: number }>>;
}

const SHARED_CASES = ['disjoint_4_ways_each', 'unpartitioned_12_ways', 'overlap'] as const;
const tracePath = (program: Program): string => sharedDataPath(`spec-addresses/${program}.trace.gz`);

function together({ ways, masks_hex }: SharedFacts, sets: number): Promise<TraceStudyResult> {
  const tenants = PROGRAMS.map((program, at) => {
    return tenant(program, tracePath(program), at + 1, { settings: { cpbm: [Number(masks_hex[at])] } });
  });
  return runTraceStudy(studyOptions(tenants, { llc: { sets, ways } }));
}

function alone(program: Program, sets: number, ways: number, curves = false): Promise<TraceStudyResult> {
  const study = studyOptions([tenant(program, tracePath(program), 1)], { llc: { sets, ways } });
  return runTraceStudy({ ...study, curves: { exact: curves, sampleRate: curves ? 0.01 : undefined } });
}

function llcOf(result: TraceStudyResult): CacheResult {
  return result.caches[0]!;
}

describe.skipIf(!hasSharedData)('SPEC address traces', () => {
  let facts: Facts;
  const results = new Map<string, CacheResult>();
  const solos = new Map<string, CacheResult>();
  const curves = new Map<Program, TraceStudyResult>();

  beforeAll(async () => {
    facts = JSON.parse(readFileSync(sharedDataPath('spec-addresses/facts.json'), 'utf8'));
    for (const name of SHARED_CASES) results.set(name, llcOf(await together(facts.cases[name], facts.sets)));
    for (const program of PROGRAMS) {
      solos.set(`${program} 4`, llcOf(await alone(program, facts.sets, 4)));
      const withCurves = await alone(program, facts.sets, 12, true);
      solos.set(`${program} 12`, llcOf(withCurves));
      curves.set(program, withCurves);
    }
  });

  it.each(SHARED_CASES)('give every number of the table: %s', (name) => {
    const { tenants, evictions } = results.get(name)!;
    const by = <T>(value: (tenant: (typeof tenants)[number]) => T): T[] => tenants.map(value);
    expect({
      accesses: by((t) => t.reads + t.writes + t.fetches),
      misses: by((t) => t.readMisses + t.writeMisses + t.fetchMisses),
      hits: by((t) => t.hits),
      fills_into_invalid: by((t) => t.fillsIntoInvalid),
      evictions_by: by((t) => t.evictionsBy),
      evicted_of: by((t) => t.evicted),
      matrix_evictor_rows_victim_columns: evictions,
      dirty_lines_evicted_of: by((t) => t.writeBacks),
      occupancy_end_lines: by((t) => t.occupancy),
    }).toEqual(
      Object.fromEntries(
        Object.entries(facts.cases[name]).filter(
          ([key]) => !['ways', 'masks_hex', 'note', 'occupancy_peak_lines'].includes(key),
        ),
      ),
    );
  });

  it.each([4, 12] as const)('give every number of the table alone with %i ways', (ways) => {
    const measured = PROGRAMS.map((program) => {
      const { readMisses, writeMisses, evicted, writeBacks, occupancy } = solos.get(`${program} ${ways}`)!.tenants[0]!;
      return [
        program,
        {
          misses: readMisses + writeMisses,
          evictions: evicted,
          dirty_lines_evicted: writeBacks,
          occupancy_end_lines: occupancy,
        },
      ];
    });
    expect(Object.fromEntries(measured)).toEqual(facts.cases[`solo_${ways}_ways`]);
  });

  it('with disjoint portions miss exactly as alone, and evict nobody else’s lines', () => {
    const { tenants, evictions } = results.get('disjoint_4_ways_each')!;
    for (const [at, program] of PROGRAMS.entries()) {
      const solo = solos.get(`${program} 4`)!.tenants[0]!;
      const { readMisses, writeMisses, missClasses } = tenants[at]!;
      expect([readMisses, writeMisses]).toEqual([solo.readMisses, solo.writeMisses]);
      expect(missClasses.interference).toEqual([0, 0, 0]);
      expect(evictions[at]!.filter((_, victim) => victim !== at)).toEqual([0, 0]);
    }
  });

  it.each(SHARED_CASES)('have every miss in exactly one class: %s', (name) => {
    for (const [at, t] of results.get(name)!.tenants.entries()) {
      const { cold, own, interference, refused, moved } = t.missClasses;
      const classes = [cold, own, ...interference, refused, moved].reduce((sum, value) => sum + value, 0);
      expect(classes).toBe(t.readMisses + t.writeMisses + t.fetchMisses);
      expect(cold).toBe(facts.traces[PROGRAMS[at]!].distinct_64_byte_lines);
    }
  });

  it('have a one-pass curve by ways that is the simulation at 4 and at 12 ways (T6)', () => {
    for (const program of PROGRAMS) {
      const misses = curves.get(program)!.tenants[0]!.curve!.byWays!.misses;
      expect([misses[3], misses[11]]).toEqual([
        facts.cases.solo_4_ways[program].misses,
        facts.cases.solo_12_ways[program].misses,
      ]);
    }
  });

  it('have a one-pass curve that is the simulation of fully associative caches of every size (T6)', async () => {
    const program = 'twolf';
    const { points, footprintLines } = curves.get(program)!.tenants[0]!.curve!.exact!;
    expect(footprintLines).toBe(facts.traces[program].distinct_64_byte_lines);
    for (const { lines, misses } of points) {
      const { readMisses, writeMisses } = llcOf(await alone(program, 1, lines)).tenants[0]!;
      expect([lines, readMisses + writeMisses]).toEqual([lines, misses]);
    }
  });

  it('have sampled curves within 0.02 of the exact ones where the footprint is long enough (T10)', () => {
    // twolf has 953 lines: a hundredth of them is no sample.
    for (const program of ['gzip', 'mcf'] as const) {
      const { sampled } = curves.get(program)!.tenants[0]!.curve!;
      expect(sampled!.rate).toBeCloseTo(0.01, 6);
      expect(sampled!.error!.meanAbsolute).toBeLessThanOrEqual(0.02);
    }
  });
});
