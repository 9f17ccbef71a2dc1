/** The caches of the synthetic machines (synthetic-events.ts), and a few samples of every kind. */
import { PartidSpace, packLabel } from '../../src/arch/label.ts';
import type { RunHeader } from '../../src/history/run-header.ts';
import type { SampleRow } from '../../src/run/samples.ts';

type CacheLists = 'memorySystems' | 'caches' | 'memorySteps' | 'mscs' | 'mscRegisters';

/** On both machines a private L1D and a shared L3, which is MSC 0 on one and MSC 1 on the other. */
export function syntheticCacheLists(): Pick<RunHeader, CacheLists> {
  const machines = [0, 1];
  const common = { lineBytes: 64, policy: 'lru', writePolicy: 'write-back', inclusion: 'non-inclusive' } as const;
  return {
    memorySystems: machines.map((machine) => ({
      ...{ machine, peMhz: 2000, lineBytes: 64, memoryLatencyPs: 100_000, writeBackBilledTo: 'owner' },
    })),
    caches: machines.flatMap((machine) => [
      {
        ...{ machine, id: 0, name: 'l1d-0', level: 'L1D', sets: 64, ways: 4, ...common },
        ...{ outerCache: 1, latencyPs: 2000, portions: 0, msc: null },
      },
      {
        ...{ machine, id: 1, name: 'l3-0', level: 'L3', sets: 100, ways: 10, ...common },
        ...{ outerCache: null, latencyPs: 20_000, portions: 10, msc: machine },
      },
    ]),
    memorySteps: machines.flatMap((machine) => [
      { machine, step: 0, level: 'L1D' },
      { machine, step: 1, level: 'L3' },
      { machine, step: 7, level: 'memory' },
    ]),
    mscs: machines.map((machine) => ({ id: machine, machine, cache: 1, features: '{"cassocWd":4,"cmaxWd":8}' })),
    mscRegisters: [
      ...['MPAMCFG_CMAX', 'MPAMCFG_CMIN', 'MPAMCFG_CASSOC', 'MPAMCFG_EN', 'MPAMCFG_DIS', 'MPAMCFG_EN_FLAGS'],
      ...['MPAMCFG_INTPARTID', 'MPAMCFG_CPBM<n>'],
    ].map((name, id) => ({ id, name })),
  };
}

/** Owners: tenant-a under 2/1, tenant-b under 5/0, and nobody under 0/0. */
const OWNERS = [
  { owner: 3, label: packLabel(PartidSpace.nonSecure, 2, 1), tenant: 0 },
  { owner: 4, label: packLabel(PartidSpace.nonSecure, 5, 0), tenant: 1 },
  { owner: 5, label: packLabel(PartidSpace.nonSecure, 0, 0), tenant: -1 },
] as const;

/** Two intervals on both machines. Numbers are all different; they do not add up as those of a run do. */
export function syntheticSamples(): SampleRow[] {
  return [0, 1].flatMap((machine) => [
    ...OWNERS.map((owner) => ({ kind: 'owner', machine, ...owner }) as const),
    ...[1, 2].flatMap((interval) => intervalSamples(machine, interval * 1_000_000)),
  ]);
}

function intervalSamples(machine: number, timeNs: number): SampleRow[] {
  let value = timeNs / 1000 + machine * 100;
  const next = (): number => value++;
  const common = { timeNs, machine };
  const list = (): number[] => Array.from({ length: 8 }, next);
  return [
    {
      ...{ kind: 'cacheSample', ...common, cache: 1, owner: 3, reads: next(), writes: next(), fetches: next() },
      ...{ readMisses: next(), writeMisses: next(), fetchMisses: next(), fills: next(), fillsIntoInvalid: next() },
      ...{ evictionsBy: next(), evicted: next(), invalidated: next(), writeBacks: next(), refused: next() },
      ...{ received: next(), transferred: -next(), occupancy: next() },
    },
    { kind: 'evictionFlow', ...common, cache: 1, evictor: 4, victim: 3, lines: next() },
    { kind: 'missCause', ...common, cache: 1, requester: 3, cause: 4, misses: next() },
    { kind: 'memorySample', ...common, owner: 5, reads: next(), writes: next(), fetches: next(), writeBacks: next() },
    {
      ...{
        kind: 'executorSample',
        ...common,
        thread: 1,
        world: 1,
        instructions: next(),
        reads: next(),
        writes: next(),
      },
      ...{ fetches: next(), computePs: 2 ** 40 + next(), idlePs: next(), stallPs: list(), served: list() },
    },
    {
      ...{ kind: 'requestSample', ...common, vm: 1, requests: next(), arrived: next(), waiting: next() },
      ...{ meanNs: next() + 0.125, p50Ns: next(), p90Ns: next(), p99Ns: next(), p999Ns: next(), maxNs: next() },
    },
  ];
}
