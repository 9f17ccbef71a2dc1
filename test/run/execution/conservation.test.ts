/** Random runs: the identities of design section 7 (T12) after every batch, and samples that add up to the counters. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FIRST_OWNER } from '../../../src/loop/assembly/layout.ts';
import type { MemorySystem } from '../../../src/memory/memory-system.ts';
import type { Engine } from '../../../src/run/engine.ts';
import type { RunPlan } from '../../../src/run/run-plan.ts';
import { brokenIdentities } from '../../memory/conservation.ts';
import { executingScenario } from './arbitrary-scenario.ts';
import { type Execution, execute, planOf, samplesOf, sum } from './run-fixture.ts';

/** Every cache keeps flows and miss classes, whatever the topology says, so that there is something to add up. */
function withAllMatrices(plan: RunPlan): RunPlan {
  const machines = plan.machines.map((machine) => {
    const { execution } = machine;
    if (execution === undefined) return machine;
    const caches = execution.hierarchy.caches.map((cache) => ({ ...cache, flows: true, missClasses: true }));
    const hierarchy = { ...execution.hierarchy, caches };
    return { ...machine, hierarchy, execution: { ...execution, hierarchy } };
  });
  return { ...plan, machines };
}

const ownersOf = ({ owners }: MemorySystem): number[] =>
  Array.from({ length: owners.count - FIRST_OWNER }, (_, index) => FIRST_OWNER + index);

function expectIdentities(engine: Engine): void {
  for (const { execution } of engine.drivers) {
    const { memory } = execution!;
    expect(brokenIdentities(memory, memory.config, ownersOf(memory))).toEqual([]);
  }
}

/** What the samples of one machine say in all, by name of the counter. */
function sampledTotals(run: Execution, machine: number): Map<string, number> {
  const totals = new Map<string, number>();
  const add = (name: string, count: number): void => {
    if (count !== 0) totals.set(name, (totals.get(name) ?? 0) + count);
  };
  for (const { kind: _, timeNs, machine: of, cache, owner, occupancy, ...counts } of samplesOf(run, 'cacheSample')) {
    if (of !== machine) continue;
    for (const [name, count] of Object.entries(counts)) add(`${name} of ${owner} in ${cache}`, count);
    totals.set(`occupancy of ${owner} in ${cache}`, occupancy);
  }
  for (const { machine: of, cache, evictor, victim, lines } of samplesOf(run, 'evictionFlow')) {
    if (of === machine) add(`flow ${evictor} to ${victim} in ${cache}`, lines);
  }
  for (const { machine: of, cache, requester, cause, misses } of samplesOf(run, 'missCause')) {
    if (of === machine) add(`misses of ${requester} because of ${cause} in ${cache}`, misses);
  }
  for (const { kind: _, timeNs, machine: of, owner, ...counts } of samplesOf(run, 'memorySample')) {
    if (of !== machine) continue;
    for (const [name, count] of Object.entries(counts)) add(`memory ${name} of ${owner}`, count);
  }
  return withoutZeros(totals);
}

/** The same from the live machine. */
function countedTotals(memory: MemorySystem): Map<string, number> {
  const totals = new Map<string, number>();
  const owners = ownersOf(memory);
  for (const owner of owners) {
    for (const cache of memory.config.caches.keys()) {
      for (const [name, count] of Object.entries(memory.counters(cache, owner))) {
        totals.set(`${name} of ${owner} in ${cache}`, count);
      }
      for (const other of owners) totals.set(`flow ${owner} to ${other} in ${cache}`, memory.flow(cache, owner, other));
      for (const cause of [0, 1, 2, ...owners]) {
        totals.set(`misses of ${owner} because of ${cause} in ${cache}`, memory.missesBecauseOf(cache, owner, cause));
      }
    }
    for (const [name, count] of Object.entries(memory.memoryCounters(owner))) {
      totals.set(`memory ${name} of ${owner}`, count);
    }
  }
  return withoutZeros(totals);
}

function withoutZeros(totals: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...totals].filter(([, count]) => count !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the executors did is what the first caches saw. */
function expectExecutorsAgree(run: Execution, machine: number): void {
  const { memory } = run.engine.drivers[machine]!.execution!;
  const rows = samplesOf(run, 'executorSample').filter((row) => row.machine === machine);
  const seen = (ports: 'fetch' | 'data', count: (cache: number, owner: number) => number): number => {
    const caches = new Set(memory.config.ports.map((port) => port[ports]));
    return sum([...caches].flatMap((cache) => ownersOf(memory).map((owner) => count(cache, owner))));
  };
  const reads = seen('data', (cache, owner) => memory.counters(cache, owner).reads);
  const writes = seen('data', (cache, owner) => memory.counters(cache, owner).writes);
  const fetches = seen('fetch', (cache, owner) => memory.counters(cache, owner).fetches);
  expect([sum(rows.map((row) => row.reads)), sum(rows.map((row) => row.writes))]).toEqual([reads, writes]);
  expect(sum(rows.map((row) => row.fetches))).toBe(fetches);
  for (const row of rows) expect(sum(row.served)).toBe(row.reads + row.writes + row.fetches);
}

/** What arrived and did not finish waits. */
function expectRequestsAgree(run: Execution, machine: number): void {
  const waiting = new Map<number, number>();
  for (const row of samplesOf(run, 'requestSample')) {
    if (row.machine !== machine) continue;
    waiting.set(row.vm, (waiting.get(row.vm) ?? 0) + row.arrived - row.requests);
    expect(row.waiting).toBe(waiting.get(row.vm));
    expect(row.waiting).toBeGreaterThanOrEqual(0);
    expect(row.requests + row.arrived + row.waiting).toBeGreaterThan(0);
    expect([row.meanNs, row.maxNs].includes(null)).toBe(row.requests === 0);
  }
}

test('in any run the identities hold after every batch, and the samples add up to the counters', async () => {
  let [accesses, requests] = [0, 0];
  await fc.assert(
    fc.asyncProperty(executingScenario, async (scenario) => {
      const plan = withAllMatrices(await planOf(scenario));
      const run = await execute(plan, { batchRows: 16 }, expectIdentities);
      for (const [machine, { execution }] of run.engine.drivers.entries()) {
        expect(sampledTotals(run, machine)).toEqual(countedTotals(execution!.memory));
        expectExecutorsAgree(run, machine);
        expectRequestsAgree(run, machine);
      }
      requests += samplesOf(run, 'requestSample').length;
      accesses += sum(samplesOf(run, 'executorSample').map((row) => row.reads + row.writes));
    }),
    { numRuns: 15, endOnFailure: true },
  );
  expect(accesses).toBeGreaterThan(50_000);
  expect(requests).toBeGreaterThan(0);
}, 60_000);

test('machines side by side that are alike count the same, each for itself', async () => {
  const topology = { l1d: { size: '4KiB' }, l3: { size: '32KiB' }, sample_interval: '250us' };
  const plan = withAllMatrices(
    await planOf({
      ...{ until: '2ms', machine: { pes: 2, topology }, machines: { a: {}, b: {} } },
      tenants: { t: { vms: { v: { workload: 'w' } } } },
      workloads: { w: { data: { pattern: 'uniform', size: '64KiB' } } },
    }),
  );
  const run = await execute(plan);
  const [a, b] = run.engine.drivers.map(({ execution }) => countedTotals(execution!.memory));
  expect(a!.size).toBeGreaterThan(10);
  expect(b).toEqual(a);
  expect(sampledTotals(run, 1)).toEqual(sampledTotals(run, 0));
});

test('samples come at the multiples of the interval and at the end, and hold nothing that was quiet', async () => {
  const topology = { l1d: { size: '4KiB' }, sample_interval: '300us' };
  const plan = await planOf({
    ...{ until: '1ms', machine: { pes: 1, topology } },
    tenants: { t: { vms: { v: { workload: 'w' } } } },
    workloads: { w: { data: { pattern: 'loop', size: '64KiB' }, kernel: 'none', code: 'none' } },
  });
  const rows = samplesOf(await execute(plan), 'cacheSample');
  expect([...new Set(rows.map((row) => row.timeNs))]).toEqual([300_000, 600_000, 900_000, 1_000_000]);
  expect(rows.every((row) => row.reads + row.writes > 0)).toBe(true);
});
