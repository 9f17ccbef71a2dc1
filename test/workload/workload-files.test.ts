/** What workloads are read from: hashed once each, told in words if it cannot be read. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ServiceSpec, WorkloadSpec } from '../../src/workload/workload.ts';
import { workloadFiles } from '../../src/workload/workload-files.ts';
import { temporaryFolder } from '../support/run-files.ts';

function recorded(path: string, service?: ServiceSpec): WorkloadSpec {
  return {
    ...{ kind: 'recorded', name: 'w', file: `as named: ${path}`, path, format: 'auto', repeats: true },
    ...{ instructionsPerAccess: 256, baseCpi: 256, parallelism: 256, kernel: undefined, service },
  };
}

function served(path: string): ServiceSpec {
  return { arrivals: { kind: 'file', file: `as named: ${path}`, path }, accessesPerRequest: 1 };
}

/** Write a file. @returns its path. */
function written(text: string): string {
  const path = join(temporaryFolder(), 'input');
  writeFileSync(path, text);
  return path;
}

describe('files of workloads', () => {
  it('are described by their content, each once, under the name that the scenario gives them', async () => {
    const [trace, times] = [written('0 1000 8\n'), written('10us\n20us\n')];
    const { inputs, arrivals } = await workloadFiles([recorded(trace), recorded(trace, served(times))]);
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(inputs).toEqual([
      { path: `as named: ${trace}`, sha256: sha256('0 1000 8\n'), byteLength: 9 },
      { path: `as named: ${times}`, sha256: sha256('10us\n20us\n'), byteLength: 10 },
    ]);
    expect([...(arrivals.get(times)?.timesNs ?? [])]).toEqual([10_000, 20_000]);
  });

  it.each([
    [
      'a trace that is gone',
      recorded('/no/such/file'),
      /^as named: \/no\/such\/file: cannot be read: ENOENT.*; allowed: /,
    ],
    ['a trace that is a folder', recorded('/'), /^as named: \/: cannot be read: EISDIR/],
    [
      'arrival times that are gone',
      recorded('/dev/null', served('/no/times')),
      /^as named: \/no\/times: cannot be read/,
    ],
  ])('%s is an error in words', async (_, workload, words) => {
    await expect(workloadFiles([workload])).rejects.toThrow(words);
    await expect(workloadFiles([workload])).rejects.toMatchObject({ name: 'WorkloadFileError' });
  });
});
