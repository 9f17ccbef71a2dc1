/**
 * The same programs under valgrind's cachegrind: all nine counters of every geometry, exactly (T2). The traces were recorded
 * with lackey from the same commands; the oracles are cachegrind's own output.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StudyMachine } from '../../../src/run/trace-study/study-machine.ts';
import type { CacheResult } from '../../../src/run/trace-study/trace-study-result.ts';
import { openMemoryTrace } from '../../../src/workload/memory-trace/open-memory-trace.ts';
import { hasSharedData, sharedDataPath } from '../../support/shared-data.ts';
import { studyOptions, tenant } from './study-fixture.ts';

interface Geometry {
  readonly bytes: number;
  readonly ways: number;
  readonly line_bytes: number;
}

const COUNTERS = [
  'I_refs',
  'I1_misses',
  'LL_instr_misses',
  'D_reads',
  'D1_read_misses',
  'LL_read_misses',
  'D_writes',
  'D1_write_misses',
  'LL_write_misses',
] as const;

type Counters = Readonly<Record<(typeof COUNTERS)[number], number>>;
type OracleResult = Counters & { readonly I1: Geometry; readonly D1: Geometry; readonly LL: Geometry };

function machineOf({ I1, D1, LL }: OracleResult): StudyMachine {
  const cache = ({ bytes, ways }: Geometry) => ({ size: `${bytes}B`, ways });
  const hierarchy = { line: `${LL.line_bytes}B`, l1i: cache(I1), l1d: cache(D1), llc: cache(LL) };
  return new StudyMachine(studyOptions([tenant('program', '', 1)], hierarchy, { convention: 'cachegrind' }));
}

function countersOf([l1i, l1d, llc]: readonly CacheResult[]): Counters {
  const [I1, D1, LL] = [l1i, l1d, llc].map((cache) => cache!.tenants[0]!);
  return {
    I_refs: I1!.fetches,
    I1_misses: I1!.fetchMisses,
    LL_instr_misses: LL!.fetchMisses,
    D_reads: D1!.reads,
    D1_read_misses: D1!.readMisses,
    LL_read_misses: LL!.readMisses,
    D_writes: D1!.writes,
    D1_write_misses: D1!.writeMisses,
    LL_write_misses: LL!.writeMisses,
  };
}

describe.skipIf(!hasSharedData)('cachegrind', () => {
  it.each(['sqlite', 'tcc', 'gzip'])('counts for %s exactly as this model does, at every geometry', async (program) => {
    const oracle = JSON.parse(readFileSync(sharedDataPath(`memory-traces/${program}.oracle.json`), 'utf8'));
    const results: readonly OracleResult[] = oracle.results;
    const machines = results.map(machineOf);
    const path = sharedDataPath(`memory-traces/${program}.lackey.gz`);
    const { batches } = await openMemoryTrace(path, { format: 'auto', onIssue: () => expect.unreachable() });
    for await (const batch of batches) {
      for (const machine of machines) machine.take(0, batch, 0, batch.count);
    }
    for (const machine of machines) machine.finish();
    const expected = results.map((result) => COUNTERS.map((counter) => [counter, result[counter]]));
    const counted = machines.map((machine) => Object.entries(countersOf(machine.caches())));
    expect(counted).toEqual(expected);
    expect(counted).toHaveLength(3);
  });
});
