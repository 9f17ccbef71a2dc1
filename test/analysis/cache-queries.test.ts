/** Named queries about caches: hand-made samples in, hand-made tables out. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { QueryParameters } from '../../src/analysis/query-parameters.ts';
import { runQuery } from '../../src/analysis/run-query.ts';
import { MS, SAMPLES, storeSamples } from './cache-samples.ts';

let path: string;

beforeAll(async () => {
  path = await storeSamples(SAMPLES);
});

const ask = (sql: string, params: QueryParameters = {}): unknown[] => [...runQuery(path, sql, { params }).rows];

describe('the query occupancy', () => {
  it('has the lines of the last sample, their share, and the most that were held', () => {
    const { columns } = runQuery(path, 'occupancy');
    expect(columns).toEqual([
      ...['machine', 'cache', 'tenant', 'label', 'partid_space', 'lines', 'bytes', 'share', 'most_lines'],
    ]);
    expect(ask('occupancy', { cache: 'l3-0' })).toEqual([
      ['before', 'l3-0', 'tenant-b', '5/0', 'Non-secure', 600, 38_400, 0.6, 600],
      ['before', 'l3-0', 'tenant-a', '2/1', 'Non-secure', 25, 1600, 0.025, 40],
      ['before', 'l3-0', 'tenant-a', '2/1', 'Realm', 2, 128, 0.002, 2],
      ['before', 'l3-0', null, '0/0', 'Non-secure', 1, 64, 0.001, 1],
    ]);
  });

  it('goes with one over time', () => {
    expect(ask('occupancy-timeline', { cache: 'l3-0', tenant: 'tenant-a' })).toEqual([
      ['before', 'l3-0', 'tenant-a', '2/1', 'Non-secure', MS, 40, 2560],
      ['before', 'l3-0', 'tenant-a', '2/1', 'Non-secure', 2 * MS, 25, 1600],
      ['before', 'l3-0', 'tenant-a', '2/1', 'Realm', 2 * MS, 2, 128],
    ]);
  });
});

describe('the query evictions', () => {
  it('is a matrix of tenants per level, with the share of what the victim lost', () => {
    expect(ask('evictions')).toEqual([
      ['before', 'L1D', 'tenant-a', 'tenant-a', 60, 1],
      ['before', 'L3', 'tenant-b', 'tenant-a', 35, 0.583333],
      ['before', 'L3', null, 'tenant-a', 15, 0.25],
      ['before', 'L3', 'tenant-a', 'tenant-a', 10, 0.166667],
      ['before', 'L3', 'tenant-a', 'tenant-b', 7, 1],
    ]);
  });

  it('keeps the shares when the evictor is chosen', () => {
    expect(ask('evictions', { evictor: 'tenant-b', level: 'L3' })).toEqual([
      ['before', 'L3', 'tenant-b', 'tenant-a', 35, 0.583333],
    ]);
  });

  it('goes with one by label', () => {
    expect(ask('evictions-by-label', { evictor: 'tenant-b' })).toEqual([
      ['before', 'L3', 'tenant-b', '5/0', 'Non-secure', 'tenant-a', '2/1', 'Non-secure', 30],
      ['before', 'L3', 'tenant-b', '5/0', 'Non-secure', 'tenant-a', '2/1', 'Realm', 5],
    ]);
  });
});

describe('the query miss-causes', () => {
  it('tells a tenant’s own evictions, under whatever label, from those of others', () => {
    expect(ask('miss-causes', { level: 'L3', tenant: 'tenant-a' })).toEqual([
      ['before', 'L3', 'tenant-a', 'interference', 'tenant-b', 25, 0.5],
      ['before', 'L3', 'tenant-a', 'cold', null, 10, 0.2],
      ['before', 'L3', 'tenant-a', 'interference', null, 5, 0.1],
      ['before', 'L3', 'tenant-a', 'self', null, 5, 0.1],
      ['before', 'L3', 'tenant-a', 'moved', null, 3, 0.06],
      ['before', 'L3', 'tenant-a', 'refused', null, 2, 0.04],
    ]);
  });

  it('takes nobody for one who evicts its own', () => {
    const sql = 'SELECT class, evictor_partid, misses FROM miss_cause_v WHERE tenant IS NULL';
    expect(ask(sql)).toEqual([['self', 0, 5]]);
  });
});

describe('the query cycles', () => {
  it('says what the cycles of a vCPU went to, and leaves out what cost nothing', () => {
    const { columns } = runQuery(path, 'cycles');
    expect(columns).toEqual([
      ...['machine', 'tenant', 'vm', 'vcpu', 'tid', 'comm', 'world', 'cause', 'cycles', 'share', 'cpi', 'ipc'],
    ]);
    const vcpu = ['before', 'tenant-a', 'vm-a', 0, 1001, 'CPU 0/KVM', 'guest'];
    // 10,000 instructions; 6000 cycles without the 1000 that were idle.
    expect(ask('cycles', { vm: 'vm-a', vcpu: 0 })).toEqual([
      [...vcpu, 'compute', 3000, 0.428571, 0.3, 1.666667],
      [...vcpu, 'idle', 1000, 0.142857, 0.1, 1.666667],
      [...vcpu, 'stall on L3', 1000, 0.142857, 0.1, 1.666667],
      [...vcpu, 'stall on memory', 2000, 0.285714, 0.2, 1.666667],
    ]);
  });
});

describe('the query mpki', () => {
  it('relates the misses of a tenant at each level to all that it executed, in guests and on the host', () => {
    expect(ask('mpki')).toEqual([
      ['before', null, 'L3', 10, 5, 5, 1, 500],
      ['before', 'tenant-a', 'L1D', 11_000, 2000, 100, 0.05, 9.090909],
      ['before', 'tenant-a', 'L3', 11_000, 150, 50, 0.333333, 4.545455],
      ['before', 'tenant-b', 'L3', 4000, 500, 500, 1, 125],
    ]);
  });
});

describe('the query request-latency', () => {
  it('has what finished, arrived and waits in each interval, and the percentiles of what finished', () => {
    const { columns } = runQuery(path, 'request-latency');
    expect(columns.slice(4)).toEqual([
      ...['requests', 'arrived', 'waiting', 'mean_ns', 'p50_ns', 'p90_ns', 'p99_ns', 'p999_ns', 'max_ns'],
    ]);
    expect(ask('request-latency')).toEqual([
      ['before', 'tenant-a', 'vm-a', MS, 10, 14, 4, 1500, 1000, 2000, 4000, 5000, 5001],
      ['before', 'tenant-a', 'vm-a', 2 * MS, 0, 3, 7, null, null, null, null, null, null],
    ]);
  });
});
