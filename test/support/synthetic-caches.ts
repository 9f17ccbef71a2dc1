/** The caches, MSCs and channels of the synthetic machines (synthetic-events.ts), and a few samples of every kind. */
import { PartidSpace, packLabel } from '../../src/arch/label.ts';
import { MSC_ERRORS } from '../../src/arch/msc/error-codes.ts';
import { MSC_REGISTERS } from '../../src/arch/msc-registers.ts';
import type { MemoryList, RunHeader } from '../../src/history/run-header.ts';
import { InterruptCode, InterruptLevel, MonitorEventCode, MonitorKind } from '../../src/loop/event-row.ts';
import type { SampleRow } from '../../src/run/samples.ts';
import { snakeCase } from '../../src/scenario/snake-case.ts';

/**
 * On both machines a private L1D and a shared L3, which is MSC 0 on one and MSC 1 on the other, before two channels of memory,
 * which are MSC 2 and MSC 3. MSC 0 is one of before there were tables of resources.
 */
export function syntheticCacheLists(): Pick<RunHeader, MemoryList> {
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
    ...mscLists(),
    memoryBandwidths: machines.map((machine) => ({ machine, mode: 'exact', sampleIntervalNs: 1_000_000 })),
    channels: machines.flatMap((machine) => [
      { ...CHANNEL, machine, id: 0, name: 'l3-0', memory: null, cache: 1, bytesPerSecond: 64e9 },
      { ...CHANNEL, machine, id: 1, name: 'mem-0.0', memory: 'mem-0', cache: null, bytesPerSecond: 6.4e9 },
      { ...CHANNEL, machine, id: 2, name: 'mem-0.1', memory: 'mem-0', cache: null, bytesPerSecond: 6.4e9 },
    ]),
  };
}

const CHANNEL = { accountingWindow: 'fixed', turnaroundPs: 0, starvationPs: 0, portionPs: 1_000_000, offsetLimit: 0.5 };

/** CMAX_WD is 8, CASSOC_WD 4, BWA_WD 6. */
const CACHE_CONTROLS = { cassocWd: 4, cmaxWd: 8 };
const MEMORY_CONTROLS = JSON.stringify({ bandwidth: { bwaWd: 6 } });

function mscLists(): Pick<RunHeader, 'mscs' | 'mscResources' | 'mscRegisters' | MscCodes> {
  const names = (codes: Readonly<Record<string, number>>) =>
    Object.entries(codes).map(([name, id]) => ({ id, name: snakeCase(name) }));
  return {
    mscs: [
      { id: 0, machine: 0, name: 'l3-0', cache: 1, features: JSON.stringify(CACHE_CONTROLS) },
      { id: 1, machine: 1, name: 'l3-0', cache: 1, features: '{}' },
      { id: 2, machine: 0, name: 'mem-0', cache: null, features: '{}' },
      { id: 3, machine: 1, name: 'mem-0', cache: null, features: '{}' },
    ],
    mscResources: [
      { msc: 1, ris: 0, cache: 1, channel: 0, features: JSON.stringify({ cacheControls: CACHE_CONTROLS }) },
      ...[2, 3].flatMap((msc) =>
        [0, 1].map((ris) => ({ msc, ris, cache: null, channel: 1 + ris, features: MEMORY_CONTROLS })),
      ),
    ],
    mscRegisters: MSC_REGISTERS.map(({ name }, id) => ({ id, name })),
    monitorEventCodes: names(MonitorEventCode),
    monitorKinds: names(MonitorKind),
    mscErrorCodes: MSC_ERRORS.map(({ name }, id) => ({ id, name })),
    interruptCodes: names(InterruptCode),
    interruptLevels: names(InterruptLevel),
  };
}

type MscCodes = 'monitorEventCodes' | 'monitorKinds' | 'mscErrorCodes' | 'interruptCodes' | 'interruptLevels';

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
    {
      kind: 'executorDelay',
      ...common,
      thread: 1,
      world: 1,
      queuedPs: next(),
      throttledPs: next(),
      writeBufferPs: next(),
    },
    {
      ...{ kind: 'channelSample', ...common, channel: 1, owner: 3, reads: next(), writes: next() },
      ...{ servicePs: next(), throttledPs: next(), queuedPs: 2 ** 40 + next(), waiting: next() },
    },
    { kind: 'channelDelay', ...common, channel: 1, waiter: 3, served: 4, queuedPs: next() },
    {
      ...{ kind: 'monitorSample', ...common, msc: machine, ris: 0, space: 1, instance: next(), monitor: 1 },
      ...{ value: 2 ** 62, nrdy: 1, exactBytes: next(), tenantBytes: next() },
    },
  ];
}
