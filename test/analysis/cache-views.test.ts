/** Views of caches: hand-made samples in, hand-made tables out. */
import { beforeAll, describe, expect, it } from 'vitest';
import { runQuery } from '../../src/analysis/run-query.ts';
import {
  FIRST_OWNER,
  HISTORY_MOVED,
  HISTORY_NEVER,
  HISTORY_REFUSED,
  STEP_MEMORY,
  STEPS,
} from '../../src/loop/assembly/layout.ts';
import { World } from '../../src/loop/event-row.ts';
import { A, A_REALM, B, MS, NOBODY, SAMPLES, storeSamples } from './cache-samples.ts';

let path: string;

beforeAll(async () => {
  path = await storeSamples(SAMPLES);
});

const ask = (sql: string): unknown[] => [...runQuery(path, sql).rows];

describe('the codes that the views of caches name by number', () => {
  it('are those of the access loop', () => {
    expect([HISTORY_NEVER, HISTORY_REFUSED, HISTORY_MOVED, FIRST_OWNER]).toEqual([0, 1, 2, 3]);
    expect([STEPS, STEP_MEMORY]).toEqual([8, 7]);
    expect(World).toMatchObject({ host: 0, guest: 1 });
  });
});

describe('owner_v', () => {
  it('takes labels apart', () => {
    expect(ask('SELECT owner, tenant, partid, pmg, partid_space, label_error FROM owner_v ORDER BY owner')).toEqual([
      [A, 'tenant-a', 2, 1, 'Non-secure', 0],
      [B, 'tenant-b', 5, 0, 'Non-secure', 0],
      [NOBODY, null, 0, 0, 'Non-secure', 0],
      [A_REALM, 'tenant-a', 2, 1, 'Realm', 1],
    ]);
  });
});

describe('cache_sample_v', () => {
  it('adds up accesses and misses of all kinds, and has no miss ratio without an access', () => {
    const columns = 'time_ns, cache, level, tenant, accesses, misses, miss_ratio, occupancy_bytes';
    expect(ask(`SELECT ${columns} FROM cache_sample_v WHERE tenant = 'tenant-a'`)).toEqual([
      [MS, 'l1d-0', 'L1D', 'tenant-a', 1000, 100, 0.1, 0],
      [MS, 'l3-0', 'L3', 'tenant-a', 100, 40, 0.4, 2560],
      [2 * MS, 'l1d-0', 'L1D', 'tenant-a', 1000, 0, 0, 0],
      [2 * MS, 'l3-0', 'L3', 'tenant-a', 50, 10, 0.2, 1600],
      [2 * MS, 'l3-0', 'L3', 'tenant-a', 0, 0, null, 128],
    ]);
  });
});

describe('cache_total', () => {
  it('adds up the intervals per cache and owner', () => {
    const columns = 'cache, tenant, partid_space, accesses, misses, fills, write_backs, transferred';
    expect(ask(`SELECT ${columns} FROM cache_total ORDER BY cache_id, tenant_id, partid_space`)).toEqual([
      ['l1d-0', 'tenant-a', 'Non-secure', 2000, 100, 0, 0, 0],
      ['l3-0', null, 'Non-secure', 5, 5, 0, 0, 0],
      ['l3-0', 'tenant-a', 'Non-secure', 150, 50, 40, 0, -3],
      ['l3-0', 'tenant-a', 'Realm', 0, 0, 0, 4, 0],
      ['l3-0', 'tenant-b', 'Non-secure', 500, 500, 500, 0, 0],
    ]);
  });
});

describe('memory_sample_v', () => {
  it('names who is billed', () => {
    expect(ask('SELECT tenant, partid, reads, writes, fetches, write_backs FROM memory_sample_v')).toEqual([
      ['tenant-b', 5, 480, 20, 0, 9],
    ]);
  });
});

describe('executor_sample_v', () => {
  it('has cycles at the frequency of the PEs, and IPC over those that were not idle', () => {
    const columns = 'time_ns, vm, vcpu, world, compute_cycles, stall_cycles, idle_cycles, ipc';
    expect(ask(`SELECT ${columns} FROM executor_sample_v WHERE vcpu = 0 OR vm IS NULL ORDER BY vm, time_ns`)).toEqual([
      [2 * MS, null, null, 'host', 10, 0, 0, 1],
      [MS, 'vm-a', 0, 'guest', 2000, 2000, 1000, 2],
      [2 * MS, 'vm-a', 0, 'guest', 1000, 1000, 0, 1],
      [MS, 'vm-b', 0, 'guest', 800, 3200, 0, 1],
    ]);
  });
});

describe('executor_step_v', () => {
  it('gives each level what it served, what that cost, and what it missed per 1000 instructions', () => {
    const columns = 'level, served, stall_cycles, misses, mpki';
    // The 10 fetches do not come by the L1D: the machine has no L1I, so they begin at the L3.
    expect(ask(`SELECT ${columns} FROM executor_step_v WHERE tid = 1001 AND time_ns = ${MS} ORDER BY step`)).toEqual([
      ['L1D', 900, 0, 90, 11.25],
      ['L3', 60, 400, 40, 5],
      ['memory', 40, 1600, 0, 0],
    ]);
  });
});
