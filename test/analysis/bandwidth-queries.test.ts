/** Named queries and views about memory bandwidth and monitors: hand-made samples in, hand-made tables out. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { QueryParameters } from '../../src/analysis/query-parameters.ts';
import { runQuery } from '../../src/analysis/run-query.ts';
import { STEP_MEMORY } from '../../src/loop/assembly/layout.ts';
import { BANDWIDTH_SAMPLES, END_NS } from './bandwidth-samples.ts';
import { MS, SAMPLES, storeSamples } from './cache-samples.ts';

let path: string;

beforeAll(async () => {
  path = await storeSamples([...SAMPLES, ...BANDWIDTH_SAMPLES]);
});

const ask = (sql: string, params: QueryParameters = {}): unknown[] => [...runQuery(path, sql, { params }).rows];

describe('the query bandwidth', () => {
  it('adds up the channels of a memory, and shares are of all of its bandwidth', () => {
    expect(ask('bandwidth')).toEqual([
      ['before', 'mem-0', 'tenant-a', MS, 7100, 4000, 710_400, 710_400_000, 0.0555, 0.0555],
      ['before', 'mem-0', 'tenant-b', MS, 50_000, 0, 3_200_000, 3_200_000_000, 0.25, 0.25],
      // Half an interval, at the end of the run.
      ['before', 'mem-0', 'tenant-b', END_NS, 10_000, 0, 640_000, 1_280_000_000, 0.1, 0.1],
    ]);
  });

  it('can be narrowed, and refuses a resource that is not there', () => {
    expect(ask('bandwidth', { resource: 'mem-0', tenant: 'tenant-a' })).toHaveLength(1);
    expect(ask('bandwidth', { resource: 'l3-0' })).toEqual([]);
    expect(() => ask('bandwidth', { resource: 'mem-9' })).toThrow('no resource "mem-9"; it has l3-0, mem-0');
  });
});

describe('channel_sample_v', () => {
  it('has the share of one channel, and what its requests waited', () => {
    const columns = 'channel, tenant, partid, interval_ns, bytes, share, utilisation, throttled_ns, queued_ns, waiting';
    expect(ask(`SELECT ${columns} FROM channel_sample_v WHERE partid = 5`)).toEqual([
      ['mem-0.0', 'tenant-b', 5, MS, 3_200_000, 0.5, 0.5, 2_000_000, 1_000_000, 7],
      ['mem-0.1', 'tenant-b', 5, MS / 2, 640_000, 0.2, 0.2, 250_000, 0, 3],
    ]);
  });
});

describe('channel_total', () => {
  it('adds up the intervals per channel and owner', () => {
    const columns = 'channel, tenant, partid_space, bytes, service_ns, throttled_ns, queued_ns';
    expect(ask(`SELECT ${columns} FROM channel_total WHERE tenant = 'tenant-a' ORDER BY 1, 3`)).toEqual([
      ['mem-0.0', 'tenant-a', 'Non-secure', 640_000, 100_000, 0, 50_000],
      ['mem-0.0', 'tenant-a', 'Realm', 6400, 1000, 0, 5000],
      ['mem-0.1', 'tenant-a', 'Non-secure', 64_000, 10_000, 0, 5000],
    ]);
  });
});

describe('the query bandwidth-blame', () => {
  it('says how long tenants waited behind each other, per request of theirs', () => {
    expect(ask('bandwidth-blame')).toEqual([
      ['before', 'mem-0', 'tenant-a', 'tenant-b', 50_000, 11_100, 4.505, 0.833333],
      ['before', 'mem-0', 'tenant-a', 'tenant-a', 10_000, 11_100, 0.901, 0.166667],
      ['before', 'mem-0', 'tenant-b', 'tenant-b', 750_000, 60_000, 12.5, 0.75],
      ['before', 'mem-0', 'tenant-b', 'tenant-a', 250_000, 60_000, 4.167, 0.25],
    ]);
    expect(ask('bandwidth-blame', { resource: 'mem-0', waiter: 'tenant-b', served: 'tenant-a' })).toHaveLength(1);
  });

  it('stands on a view that tells interference from own queueing', () => {
    const sql = `SELECT is_interference, sum(queued_ns) FROM channel_delay_v WHERE waiter_tenant = 'tenant-a' GROUP BY 1`;
    expect(ask(sql)).toEqual([
      [0, 10_000],
      [1, 50_000],
    ]);
  });
});

describe('the query throttling', () => {
  it('says when whose requests were held, and how many at a time', () => {
    expect(ask('throttling')).toEqual([
      ['before', 'mem-0', 'tenant-b', '5/0', 'Non-secure', MS, 2_000_000, 2, 50_000, 7],
      ['before', 'mem-0', 'tenant-b', '5/0', 'Non-secure', END_NS, 250_000, 0.5, 10_000, 3],
    ]);
    expect(ask('throttling', { partid: 2 })).toEqual([]);
  });
});

describe('the query cycles', () => {
  it('takes queueing and throttling out of the stalls on memory, and adds up to the same', () => {
    const rows = runQuery(path, 'cycles', { params: { vm: 'vm-a', vcpu: 0 } });
    const [cause, cycles] = ['cause', 'cycles'].map((name) => rows.columns.indexOf(name));
    expect([...rows.rows].map((row) => [row[cause!], row[cycles!]])).toEqual([
      ['compute', 3000],
      ['idle', 1000],
      ['stall on L3', 1000],
      // 2000 without the other three.
      ['stall on memory', 1100],
      ['queueing in channels', 600],
      ['throttled by own limit', 200],
      ['waiting for the write buffer', 100],
    ]);
    expect(STEP_MEMORY).toBe(7);
  });

  it('stands beside a view of delays per interval', () => {
    const columns =
      'time_ns, vm, vcpu, world, queued_cycles, throttled_cycles, queued_ns, throttled_ns, write_buffer_ns';
    expect(ask(`SELECT ${columns} FROM executor_delay_v`)).toEqual([[MS, 'vm-a', 0, 'guest', 600, 200, 300, 100, 50]]);
  });
});

describe('the query monitors', () => {
  it('shows values beside what they stand for', () => {
    expect(ask('monitors')).toEqual([
      ['before', 'l3-0', 0, 'csu', 0, 'Non-secure', MS, 0, 'yes', 64, -64, null, null],
      ['before', 'mem-0', 1, 'mbwu', 4, 'Non-secure', MS, 1000, 'no', 1024, -24, 900, 124],
    ]);
    expect(ask('monitors', { msc: 'mem-0', instance: 4 })).toHaveLength(1);
    expect(ask('SELECT channel FROM monitor_sample_v WHERE instance = 4')).toEqual([['mem-0.1']]);
  });
});
