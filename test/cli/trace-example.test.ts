/** The traces that come with the scenarios, through `mpamlab trace`, beside what cachegrind counts for their programs. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CacheTenantResult, TraceStudyResult } from '../../src/run/trace-study/trace-study-result.ts';
import { mpamlab } from './mpamlab-process.ts';

const DATA = resolve(import.meta.dirname, '../../scenarios/data');

interface Oracle {
  readonly program: string;
  readonly I1: string;
  readonly D1: string;
  readonly LL: string;
  /** By cachegrind's names. */
  readonly counters: Readonly<Record<string, number>>;
}

const ORACLES: readonly Oracle[] = JSON.parse(readFileSync(resolve(DATA, 'cachegrind.json'), 'utf8')).results;

const tracePath = (program: string): string => resolve(DATA, `${program}.lackey.gz`);

async function study(...args: readonly string[]): Promise<TraceStudyResult> {
  const { code, stdout, stderr } = await mpamlab('trace', ...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

function counterNames([I1, D1, LL]: readonly CacheTenantResult[]): Oracle['counters'] {
  return {
    Ir: I1!.fetches,
    I1mr: I1!.fetchMisses,
    ILmr: LL!.fetchMisses,
    Dr: D1!.reads,
    D1mr: D1!.readMisses,
    DLmr: LL!.readMisses,
    Dw: D1!.writes,
    D1mw: D1!.writeMisses,
    DLmw: LL!.writeMisses,
  };
}

describe('the traces that come with mpamlab', () => {
  it.each(ORACLES)('give cachegrind’s nine counters: $program, LL $LL', async ({ program, I1, D1, LL, counters }) => {
    const caches = ['--l1i', I1, '--l1d', D1, '--llc', LL];
    const result = await study(tracePath(program), ...caches, '--convention', 'cachegrind');
    expect(counterNames(result.caches.map(({ tenants }) => tenants[0]!))).toEqual(counters);
  });

  it('show what disjoint portions are for: the index misses as if it were alone', async () => {
    const caches = ['--l1i', '4K,4', '--l1d', '4K,4', '--llc', '64K,16'];
    const index = tracePath('index');
    const masks = ['--cpbm', 'index=0x3fff', '--cpbm', 'scan=0xc000'];
    const [alone, shared, parted] = await Promise.all([
      study(index, ...caches, '--cpbm', 'index=0x3fff'),
      study(index, tracePath('scan'), ...caches),
      study(index, tracePath('scan'), ...caches, ...masks),
    ]);
    const misses = ({ caches: levels }: TraceStudyResult): readonly number[] => {
      const { readMisses, writeMisses, fetchMisses } = levels.at(-1)!.tenants[0]!;
      return [readMisses, writeMisses, fetchMisses];
    };
    expect(misses(parted)).toEqual(misses(alone));
    expect(parted.caches.at(-1)!.evictions[1]![0]).toBe(0);
    expect(misses(shared)[0]).toBeGreaterThan(misses(alone)[0]!);
    expect(shared.caches.at(-1)!.evictions[1]![0]).toBeGreaterThan(0);
  });
});
