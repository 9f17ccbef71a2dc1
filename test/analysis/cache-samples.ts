/** A run whose samples of caches were made by hand, for the tests of what queries say of it. */
import { join } from 'node:path';
import { PartidSpace, packLabel } from '../../src/arch/label.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { HISTORY_MOVED, HISTORY_NEVER, HISTORY_REFUSED, STEPS } from '../../src/loop/assembly/layout.ts';
import type { CacheSampleRow, ExecutorSampleRow, SampleRow } from '../../src/run/samples.ts';
import { NO_SUMMARY, temporaryFolder } from '../support/run-files.ts';
import { syntheticHeader, syntheticThreads } from '../support/synthetic-events.ts';

/** The synthetic machine `before` has an L1D (cache 0) and, before memory, an L3 of 1000 lines (cache 1). PEs: 2 GHz. */
const L1D = 0;
const L3 = 1;
/** Threads 1 and 2 are the vCPUs of tenant-a's vm-a, 3 and 4 those of tenant-b's vm-b, 5 is nobody's. */
const [VCPU_A0, VCPU_A1, VCPU_B0, KWORKER] = [1, 2, 3, 5];
export const MS = 1_000_000;

/** Owner ids, and what stands behind them. */
export const [A, B, NOBODY, A_REALM] = [3, 4, 5, 6];
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

export const SAMPLES: readonly SampleRow[] = [
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
    { instructions: 8000, reads: 900, writes: 90, fetches: 10, computePs: 1_000_000, idlePs: 500_000 },
    [0, 200_000, 800_000],
    [900, 60, 40],
  ),
  executed(
    2,
    VCPU_A0,
    1,
    { instructions: 2000, reads: 1000, computePs: 500_000 },
    [0, 300_000, 200_000],
    [950, 40, 10],
  ),
  executed(2, VCPU_A1, 0, { instructions: 1000, reads: 50, computePs: 250_000 }, [0, 0, 0], [50, 0, 0]),
  executed(1, VCPU_B0, 1, { instructions: 4000, reads: 500, computePs: 400_000 }, [0, 0, 1_600_000], [0, 0, 500]),
  executed(2, KWORKER, 0, { instructions: 10, fetches: 5, computePs: 5000 }, [0, 0, 0], [0, 0, 5]),
  {
    ...{ kind: 'requestSample', timeNs: MS, machine: 0, vm: 0, requests: 10, arrived: 14, waiting: 4 },
    ...{ meanNs: 1500.25, p50Ns: 1000, p90Ns: 2000, p99Ns: 4000, p999Ns: 5000, maxNs: 5001 },
  },
  {
    ...{ kind: 'requestSample', timeNs: 2 * MS, machine: 0, vm: 0, requests: 0, arrived: 3, waiting: 7 },
    ...{ meanNs: null, p50Ns: null, p90Ns: null, p99Ns: null, p999Ns: null, maxNs: null },
  },
];

/** A run file with these samples. */
export async function storeSamples(side: readonly SampleRow[]): Promise<string> {
  const store = createRunStore(join(temporaryFolder(), 'run.db'), syntheticHeader(), { thread: false });
  const threads = syntheticThreads().map((thread) => ({ kind: 'thread', thread }) as const);
  store.append({ firstSeq: 1, count: 0, timeHigh: 0, rows: new Int32Array(0), side: [...threads, ...side] });
  return (await store.finish('completed', NO_SUMMARY)).path;
}
