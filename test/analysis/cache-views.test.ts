/** Views and named queries about caches: hand-made samples in, hand-made tables out. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { QueryParameters } from '../../src/analysis/query-parameters.ts';
import { runOverview } from '../../src/analysis/run-overview.ts';
import { runQuery } from '../../src/analysis/run-query.ts';
import { PartidSpace, packLabel } from '../../src/arch/label.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import {
  FIRST_OWNER,
  HISTORY_MOVED,
  HISTORY_NEVER,
  HISTORY_REFUSED,
  STEP_MEMORY,
  STEPS,
} from '../../src/loop/assembly/layout.ts';
import { EventKind, packMscSelector, World } from '../../src/loop/event-row.ts';
import { CommandCode } from '../../src/run/codes.ts';
import type { CacheSampleRow, ExecutorSampleRow, SampleRow } from '../../src/run/samples.ts';
import { NO_SUMMARY, storeRun, temporaryFolder } from '../support/run-files.ts';
import { type SyntheticEvent, syntheticHeader, syntheticThreads } from '../support/synthetic-events.ts';

/** The synthetic machine `before` has an L1D (cache 0) and, before memory, an L3 of 1000 lines (cache 1). PEs: 2 GHz. */
const L1D = 0;
const L3 = 1;
/** Threads 1 and 2 are the vCPUs of tenant-a's vm-a, 3 and 4 those of tenant-b's vm-b, 5 is nobody's. */
const [VCPU_A0, VCPU_A1, VCPU_B0, KWORKER] = [1, 2, 3, 5];
const MS = 1_000_000;

/** Owner ids, and what stands behind them. */
const [A, B, NOBODY, A_REALM] = [3, 4, 5, 6];
const { nonSecure, realm } = PartidSpace;
const OWNERS: readonly SampleRow[] = [
  { kind: 'owner', machine: 0, owner: A, label: packLabel(nonSecure, 2, 1), tenant: 0 },
  { kind: 'owner', machine: 0, owner: B, label: packLabel(nonSecure, 5, 0), tenant: 1 },
  { kind: 'owner', machine: 0, owner: NOBODY, label: packLabel(nonSecure, 0, 0), tenant: -1 },
  { kind: 'owner', machine: 0, owner: A_REALM, label: packLabel(realm, 2, 1, true), tenant: 0 },
];

const NO_COUNTS = {
  ...{ reads: 0, writes: 0, fetches: 0, readMisses: 0, writeMisses: 0, fetchMisses: 0, fills: 0, fillsIntoInvalid: 0 },
  ...{
    evictionsBy: 0,
    evicted: 0,
    invalidated: 0,
    writeBacks: 0,
    refused: 0,
    received: 0,
    transferred: 0,
    occupancy: 0,
  },
};

function inCache(ms: number, cache: number, owner: number, counts: Partial<CacheSampleRow>): SampleRow {
  return { kind: 'cacheSample', timeNs: ms * MS, machine: 0, cache, owner, ...NO_COUNTS, ...counts };
}

function flow(ms: number, cache: number, evictor: number, victim: number, lines: number): SampleRow {
  return { kind: 'evictionFlow', timeNs: ms * MS, machine: 0, cache, evictor, victim, lines };
}

function missed(ms: number, cache: number, requester: number, cause: number, misses: number): SampleRow {
  return { kind: 'missCause', timeNs: ms * MS, machine: 0, cache, requester, cause, misses };
}

/** Stalls and accesses are given for L1D, L3 and memory. */
function executed(
  ms: number,
  thread: number,
  world: 0 | 1,
  counts: Partial<ExecutorSampleRow>,
  stallPs: readonly [number, number, number],
  served: readonly [number, number, number],
): SampleRow {
  const bySteps = ([l1d, l3, memory]: readonly [number, number, number]) => [
    ...[l1d, l3, ...new Array<number>(STEPS - 3).fill(0)],
    memory,
  ];
  return {
    ...{ kind: 'executorSample', timeNs: ms * MS, machine: 0, thread, world, instructions: 0 },
    ...{ reads: 0, writes: 0, fetches: 0, computePs: 0, idlePs: 0, ...counts },
    ...{ stallPs: bySteps(stallPs), served: bySteps(served) },
  };
}

const SAMPLES: readonly SampleRow[] = [
  ...OWNERS,
  inCache(1, L1D, A, { reads: 900, writes: 90, fetches: 10, readMisses: 80, writeMisses: 15, fetchMisses: 5 }),
  inCache(1, L3, A, { reads: 80, writes: 20, readMisses: 30, writeMisses: 10, fills: 40, occupancy: 40 }),
  inCache(1, L3, B, { reads: 500, readMisses: 500, fills: 500, evicted: 7, refused: 3, occupancy: 600 }),
  inCache(2, L1D, A, { reads: 1000 }),
  inCache(2, L3, A, { reads: 50, readMisses: 10, occupancy: 25, transferred: -3 }),
  inCache(2, L3, A_REALM, { writeBacks: 4, occupancy: 2 }),
  inCache(2, L3, NOBODY, { fetches: 5, fetchMisses: 5, occupancy: 1 }),
  flow(1, L1D, A, A, 60),
  flow(1, L3, B, A, 20),
  flow(1, L3, A, B, 7),
  flow(2, L3, B, A, 10),
  flow(2, L3, B, A_REALM, 5),
  flow(2, L3, NOBODY, A, 15),
  flow(2, L3, A, A_REALM, 10),
  missed(1, L3, A, HISTORY_NEVER, 10),
  missed(1, L3, A, HISTORY_REFUSED, 2),
  missed(1, L3, A, HISTORY_MOVED, 3),
  missed(1, L3, A, B, 20),
  missed(1, L3, A, A_REALM, 4),
  missed(2, L3, A, A, 1),
  missed(2, L3, A, NOBODY, 5),
  missed(2, L3, A, B, 5),
  missed(1, L3, B, HISTORY_NEVER, 500),
  missed(2, L3, NOBODY, NOBODY, 5),
  missed(1, L1D, A, A, 100),
  { kind: 'memorySample', timeNs: MS, machine: 0, owner: B, reads: 480, writes: 20, fetches: 0, writeBacks: 9 },
  // 2 GHz: 500 ps are one cycle.
  executed(
    1,
    VCPU_A0,
    1,
    { instructions: 8000, computePs: 1_000_000, idlePs: 500_000 },
    [0, 200_000, 800_000],
    [900, 60, 40],
  ),
  executed(2, VCPU_A0, 1, { instructions: 2000, computePs: 500_000 }, [0, 300_000, 200_000], [950, 40, 10]),
  executed(2, VCPU_A1, 0, { instructions: 1000, computePs: 250_000 }, [0, 0, 0], [50, 0, 0]),
  executed(1, VCPU_B0, 1, { instructions: 4000, computePs: 400_000 }, [0, 0, 1_600_000], [0, 0, 500]),
  executed(2, KWORKER, 0, { instructions: 10, computePs: 5000 }, [0, 0, 0], [0, 0, 5]),
  {
    ...{ kind: 'requestSample', timeNs: MS, machine: 0, vm: 0, requests: 10, arrived: 14, waiting: 4 },
    ...{ meanNs: 1500.25, p50Ns: 1000, p90Ns: 2000, p99Ns: 4000, p999Ns: 5000, maxNs: 5001 },
  },
  {
    ...{ kind: 'requestSample', timeNs: 2 * MS, machine: 0, vm: 0, requests: 0, arrived: 3, waiting: 7 },
    ...{ meanNs: null, p50Ns: null, p90Ns: null, p99Ns: null, p999Ns: null, maxNs: null },
  },
];

let path: string;

async function storeSamples(side: readonly SampleRow[]): Promise<string> {
  const store = createRunStore(join(temporaryFolder(), 'run.db'), syntheticHeader(), { thread: false });
  const threads = syntheticThreads().map((thread) => ({ kind: 'thread', thread }) as const);
  store.append({ firstSeq: 1, count: 0, timeHigh: 0, rows: new Int32Array(0), side: [...threads, ...side] });
  return (await store.finish('completed', NO_SUMMARY)).path;
}

beforeAll(async () => {
  path = await storeSamples(SAMPLES);
});

const ask = (sql: string, params: QueryParameters = {}): unknown[] => [...runQuery(path, sql, { params }).rows];

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
    expect(ask(`SELECT ${columns} FROM executor_step_v WHERE tid = 1001 AND time_ns = ${MS} ORDER BY step`)).toEqual([
      ['L1D', 900, 0, 100, 12.5],
      ['L3', 60, 400, 40, 5],
      ['memory', 40, 1600, 0, 0],
    ]);
  });
});

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

describe('the overview of a run with caches', () => {
  it('has IPC, MPKI and interference of each tenant in the level before memory', () => {
    expect(runOverview(path).tenants).toEqual({
      columns: ['machine', 'tenant', 'ipc', 'mpki', 'interference'],
      rows: [
        // 11,000 instructions in 6500 cycles; 30 of 50 misses.
        ['before', 'tenant-a', 1.6923, 4.5455, 0.6],
        ['before', 'tenant-b', 1, 125, 0],
        ['before', null, 1, 500, 0],
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
    expect(runOverview(file).tenants.rows.map((row) => row.at(-1))).toEqual([null, null, null]);
  });
});

describe('msc_register_change_v and the query msc-registers', () => {
  /** Codes of MPAMCFG registers in the synthetic header. */
  const [CMAX, CMIN, CASSOC, CPBM] = [0, 1, 2, 7];
  const command: SyntheticEvent = {
    ...{ seq: 1, timeNs: 10, kind: EventKind.command, el: 2, world: World.host, code: CommandCode.move, pe: 0 },
    ...{ causeSeq: 0, words: [1, 0, 0, 0, 0] },
  };
  let file: string;

  function change(seq: number, msc: number, code: number, partid: number, values: readonly [number, number], word = 0) {
    const selector = packMscSelector({ partid, space: seq === 6 ? realm : nonSecure, ris: 0, internal: seq === 6 });
    const words = [selector, word, ...values, 0] as unknown as SyntheticEvent['words'];
    return {
      ...command,
      seq,
      timeNs: seq * 10,
      kind: EventKind.mscRegisterChange,
      el: 0,
      code,
      pe: msc,
      causeSeq: 1,
      words,
    };
  }

  beforeAll(async () => {
    const events = [
      command,
      change(2, 0, CPBM, 2, [-1, 0xf], 31),
      // CMAX_WD is 8, CASSOC_WD 4: 0x80 and 0x8 are the highest implemented bits.
      change(3, 0, CMAX, 2, [0xff00, 0x8000_8000 | 0]),
      change(4, 1, CMIN, 5, [0, 0x4000]),
      change(5, 1, CASSOC, 5, [0xf000, 0x3000]),
      change(6, 1, CPBM, 7, [0, 1]),
    ];
    file = (await storeRun(events)).path;
  });

  it('show registers in words, fractions to the bit, and causes', () => {
    const columns =
      'machine, cache, register, partid, partid_space, old_value, new_value, old_fraction, new_fraction, cause';
    expect([...runQuery(file, `SELECT ${columns} FROM msc_register_change_v ORDER BY seq`).rows]).toEqual([
      ['before', 'l3-0', 'MPAMCFG_CPBM31', 2, 'Non-secure', '0xffffffff', '0x0000000f', null, null, 'move'],
      ['before', 'l3-0', 'MPAMCFG_CMAX', 2, 'Non-secure', '0x0000ff00', '0x80008000', 1, 129 / 256, 'move'],
      ['after', 'l3-0', 'MPAMCFG_CMIN', 5, 'Non-secure', '0x00000000', '0x00004000', 0, 0.25, 'move'],
      ['after', 'l3-0', 'MPAMCFG_CASSOC', 5, 'Non-secure', '0x0000f000', '0x00003000', 1, 0.25, 'move'],
      ['after', 'l3-0', 'MPAMCFG_CPBM0', 7, 'Realm', '0x00000000', '0x00000001', null, null, 'move'],
    ]);
  });

  it('can be narrowed to a PARTID', () => {
    const { rows } = runQuery(file, 'msc-registers', { params: { partid: 7, machine: 'after', cache: 'l3-0' } });
    expect([...rows]).toEqual([
      [6, 60, 'after', 'l3-0', 'MPAMCFG_CPBM0', 7, 'Realm', 'yes', '0x00000000', '0x00000001', null, 'move', 1],
    ]);
  });
});
