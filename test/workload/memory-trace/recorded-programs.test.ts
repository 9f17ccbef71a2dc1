/** Real traces give exactly the counts that independent programs found in them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openMemoryTrace } from '../../../src/workload/memory-trace/open-memory-trace.ts';
import type { TraceIssue } from '../../../src/workload/memory-trace/trace-issues.ts';
import { hasSharedData, sharedDataPath } from '../../support/shared-data.ts';

interface Oracle {
  readonly counts: {
    readonly I: number;
    readonly L: number;
    readonly S: number;
    readonly M: number;
    readonly data_accesses_crossing_a_64_byte_line: number;
    readonly fetches_crossing_a_64_byte_line: number;
  };
}

interface AddressFacts {
  readonly traces: Readonly<
    Record<
      string,
      {
        readonly file: string;
        readonly lines: number;
        readonly loads: number;
        readonly stores: number;
        readonly sum_of_gaps: number;
        readonly distinct_64_byte_lines: number;
        readonly min_address: string;
        readonly max_address: string;
      }
    >
  >;
}

/** Counts while reading, as the programs are too long to keep. */
async function survey(path: string) {
  const issues: TraceIssue[] = [];
  const { format, batches } = await openMemoryTrace(path, { format: 'auto', onIssue: (issue) => issues.push(issue) });
  const byKind = [0, 0, 0, 0];
  const crossing = [0, 0, 0, 0];
  const lines = new Set<number>();
  let instructions = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for await (const batch of batches) {
    for (let i = 0; i < batch.count; i++) {
      const address = batch.addressHigh[i]! * 2 ** 32 + batch.addressLow[i]!;
      byKind[batch.kind[i]!]!++;
      if ((address % 64) + batch.size[i]! > 64) crossing[batch.kind[i]!]!++;
      instructions += batch.instructions[i]!;
      lines.add(Math.floor(address / 64));
      if (address < min) min = address;
      if (address > max) max = address;
    }
  }
  return { format, issues, byKind, crossing, instructions, lines: lines.size, min, max };
}

describe.skipIf(!hasSharedData)('programs under lackey', () => {
  it.each(['sqlite', 'tcc', 'gzip'])('%s: fetches, loads, stores, modifies and line crossings', async (name) => {
    const oracle = JSON.parse(readFileSync(sharedDataPath(`memory-traces/${name}.oracle.json`), 'utf8')) as Oracle;
    const { counts } = oracle;
    const found = await survey(sharedDataPath(`memory-traces/${name}.lackey.gz`));
    expect(found).toMatchObject({
      format: 'lackey',
      issues: [],
      byKind: [counts.L, counts.S, counts.I, counts.M],
      instructions: counts.I,
    });
    const [reads, writes, fetches, modifies] = found.crossing as [number, number, number, number];
    expect(fetches).toBe(counts.fetches_crossing_a_64_byte_line);
    expect(reads + writes + modifies).toBe(counts.data_accesses_crossing_a_64_byte_line);
  });
});

describe.skipIf(!hasSharedData)('SPEC address traces', () => {
  it.each(['gzip', 'twolf', 'mcf'])('%s: loads, stores, gaps, lines and addresses', async (name) => {
    const { traces } = JSON.parse(readFileSync(sharedDataPath('spec-addresses/facts.json'), 'utf8')) as AddressFacts;
    const facts = traces[name]!;
    expect(await survey(sharedDataPath(`spec-addresses/${facts.file}`))).toMatchObject({
      format: 'ucsd',
      issues: [],
      byKind: [facts.loads, facts.stores, 0, 0],
      instructions: facts.sum_of_gaps,
      lines: facts.distinct_64_byte_lines,
      min: Number(facts.min_address),
      max: Number(facts.max_address),
    });
  });
});
