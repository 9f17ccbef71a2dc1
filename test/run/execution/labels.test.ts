/** Under which labels accesses are made: those in force when they are, for whoever really makes them (design section 3). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelPartid } from '../../../src/arch/label.ts';
import { World } from '../../../src/loop/event-row.ts';
import { executingScenario } from './arbitrary-scenario.ts';
import { executingContexts, withKernels } from './executing-contexts.ts';
import { type Execution, execute, planOf, type SampleOf, samplesOf, shippedPlan, sum } from './run-fixture.ts';

const pairText = (machine: number, label: number, tenant: number): string => `${machine} ${label} ${tenant}`;

/** The row that finds a CPU offline may charge that time to the thread it names: nothing was executed in it. */
function withoutOffline(scenario: object): object {
  const { timeline, ...rest } = scenario as { timeline: readonly object[] };
  return { ...rest, timeline: timeline.filter((command) => !('cpu_offline' in command)) };
}

test('the owners of lines are the labels and tenants of the contexts that executed, no more and no fewer', async () => {
  await fc.assert(
    fc.asyncProperty(executingScenario, async (scenario) => {
      const run = await execute(await planOf(withoutOffline(withKernels(scenario))));
      const owners = samplesOf(run, 'owner').map(({ machine, label, tenant }) => pairText(machine, label, tenant));
      const inForce = executingContexts(run).flatMap(({ machine, tenant, dataLabel, instructionLabel }) =>
        [dataLabel, instructionLabel].map((label) => pairText(machine, label, tenant)),
      );
      expect(new Set(owners).size).toBe(owners.length);
      expect(new Set(owners)).toEqual(new Set(inForce));
    }),
    { numRuns: 10, endOnFailure: true },
  );
}, 30_000);

interface Totals {
  readonly partid: number;
  readonly tenant: number;
  readonly accesses: number;
  readonly fills: number;
}

/** What owners did in the caches of a level, after a time. */
function byOwner(run: Execution, machine: number, level: string, sinceNs = 0): Totals[] {
  const caches = run.plan.machines[machine]!.hierarchy!.caches;
  const owners = samplesOf(run, 'owner').filter((row) => row.machine === machine);
  const isMeant = (row: SampleOf<'cacheSample'>): boolean =>
    row.machine === machine && caches[row.cache]!.level === level && row.timeNs > sinceNs;
  const rows = samplesOf(run, 'cacheSample').filter(isMeant);
  return owners.map(({ owner, label, tenant }) => {
    const own = rows.filter((row) => row.owner === owner);
    const accesses = sum(own.map(({ reads, writes, fetches }) => reads + writes + fetches));
    return { partid: labelPartid(label), tenant, accesses, fills: sum(own.map(({ fills }) => fills)) };
  });
}

describe('the kernel of a guest under VHE', () => {
  test('brings its lines under the label of another tenant before the patch, and under its own after it', async () => {
    const run = await execute(await shippedPlan('mislabelled-cache', 'until=4ms'));
    const [gold, silver] = [1, 2];
    const [before, after] = [0, 1].map((machine) => byOwner(run, machine, 'L3').filter(({ tenant }) => tenant === 0));
    expect(before!.find(({ partid }) => partid === silver)!.fills).toBeGreaterThan(10_000);
    expect(before!.find(({ partid }) => partid === gold)!.fills).toBeGreaterThan(1000);
    expect(after!.map(({ partid }) => partid)).toEqual([gold]);
  });

  test('makes as large a share of the accesses as the time it has, where all cost the same', async () => {
    const loop = { data: { pattern: 'loop', size: '2KiB' }, code: 'none' };
    const plan = await planOf({
      until: '20ms',
      machine: {
        pes: 1,
        kernel: 'series-1-11',
        unknown_reset: { group: 'other' },
        topology: { l1d: { size: '8KiB' } },
      },
      groups: { own: { partid: 1 }, other: { partid: 2 } },
      tenants: { t: { group: 'own', vms: { v: { workload: 'w' } } } },
      workloads: { w: { ...loop, kernel: loop, kernel_share: '30%' } },
    });
    const run = await execute(plan);
    const contexts = executingContexts(run).filter(({ world }) => world === World.guest);
    const atEl1 = sum(contexts.filter(({ el }) => el === 1).map(({ lastedNs }) => lastedNs));
    const timeShare = atEl1 / sum(contexts.map(({ lastedNs }) => lastedNs));
    const owners = byOwner(run, 0, 'L1D');
    const accesses = owners.find(({ partid }) => partid === 2)!.accesses;
    expect(accesses / sum(owners.map((owner) => owner.accesses))).toBeCloseTo(timeShare, 3);
    expect(timeShare).toBeGreaterThan(0.2);
  });
});

describe('on the host', () => {
  const work = { data: { pattern: 'uniform', size: '4KiB' } };
  const scenario = {
    until: '5ms',
    machine: { pes: 1, topology: { l1d: { size: '8KiB' } } },
    groups: { gold: { partid: 1 }, system: { partid: 3 } },
    tenants: { t: { group: 'gold', vms: { v: { vmm_workload: 'w', activity: { busy: '100us', sleep: '200us' } } } } },
    host_tasks: { daemon: { group: 'system', workload: 'w', activity: { busy: '100us', sleep: '200us' } } },
    workloads: { w: work },
  };

  test('what the VMM executes is its tenant’s, and what a host task executes is nobody’s', async () => {
    const run = await execute(await planOf(scenario));
    const owners = byOwner(run, 0, 'L1D').filter(({ accesses }) => accesses > 0);
    expect(owners.map(({ partid, tenant }) => [partid, tenant]).sort()).toEqual([
      [1, 0],
      [3, -1],
    ]);
    const threads = samplesOf(run, 'executorSample').map(({ thread, world }) => {
      return `${run.engine.registry.threads[thread]!.comm} in world ${world}`;
    });
    expect([...new Set(threads)].sort()).toEqual([`CPU 0/KVM in world ${World.host}`, `daemon in world ${World.host}`]);
  });
});

test('a group that is moved while it runs changes the label of later accesses only', async () => {
  const moveNs = 2_000_000;
  const plan = await planOf({
    until: '4ms',
    machine: { pes: 1, mode: 'nvhe', topology: { l1d: { size: '8KiB' }, sample_interval: '1ms' } },
    groups: { gold: { partid: 1 }, silver: { partid: 2 } },
    tenants: { t: { group: 'gold', vms: { v: { workload: 'w' } } } },
    workloads: { w: { data: { pattern: 'loop', size: '2KiB' } } },
    timeline: [{ at: `${moveNs}ns`, move: { vm: 'v' }, to: 'silver' }],
  });
  const run = await execute(plan);
  const accesses = (sinceNs: number): Record<number, number> =>
    Object.fromEntries(byOwner(run, 0, 'L1D', sinceNs).map((owner) => [owner.partid, owner.accesses]));
  const [whole, later] = [accesses(0), accesses(moveNs)];
  expect(later[1]).toBe(0);
  expect(later[2]).toBeGreaterThan(50_000);
  expect(whole[2]).toBe(later[2]);
  expect(whole[1]).toBeGreaterThan(50_000);
});
