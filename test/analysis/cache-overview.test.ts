/** What the overview of a run says of its caches. */
import { beforeAll, describe, expect, it } from 'vitest';
import { runOverview } from '../../src/analysis/run-overview.ts';
import { SAMPLES, storeSamples } from './cache-samples.ts';

let path: string;

beforeAll(async () => {
  path = await storeSamples(SAMPLES);
});

describe('the overview of a run with caches', () => {
  it('has IPC, MPKI, interference and refusals of each tenant in the level before memory', () => {
    expect(runOverview(path).tenants).toEqual({
      columns: ['machine', 'tenant', 'ipc', 'mpki', 'interference', 'refused'],
      rows: [
        // 11,000 instructions in 6500 cycles; 30 of 50 misses.
        ['before', 'tenant-a', 1.6923, 4.5455, 0.6, 0],
        // 3 lines refused, 500 filled.
        ['before', 'tenant-b', 1, 125, 0, 0.005964],
        ['before', null, 1, 500, 0, null],
      ],
    });
  });

  it('has who took whose lines in that level', () => {
    expect(runOverview(path).evictions.rows).toEqual([
      ['before', 'tenant-a', 'tenant-a', 10],
      ['before', 'tenant-a', 'tenant-b', 7],
      ['before', 'tenant-b', 'tenant-a', 35],
      ['before', null, 'tenant-a', 15],
    ]);
  });

  it('says nothing about interference where misses were not classed', async () => {
    const file = await storeSamples(SAMPLES.filter(({ kind }) => kind !== 'missCause'));
    expect(runOverview(file).tenants.rows.map((row) => row[4])).toEqual([null, null, null]);
  });
});
