/** Where time goes (design section 7): every executor's time is accounted for, and closed forms of CPI, IPC and MPKI. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runQuery } from '../../../src/analysis/run-query.ts';
import { EventKind, unpackIndex, unpackLasted } from '../../../src/loop/event-row.ts';
import type { ExecutorOf } from '../../../src/run/execution/execution.ts';
import { executingScenario } from './arbitrary-scenario.ts';
import { type Execution, execute, planOf, samplesOf, store, sum } from './run-fixture.ts';

/** One access of a random scenario at most: 3 instructions at 100 MHz or more, and all levels of a preset with memory. */
const ACCESS_PS_MAX = 1_000_000;

/** What a row's thread executes, in its guest or outside; undefined: nothing. */
function executorOf(run: Execution, machine: number, thread: number, isInGuest: boolean): ExecutorOf | undefined {
  const { vm, vcpu, comm } = run.engine.registry.threads[thread]!;
  return run.plan.machines[machine]!.execution!.executors.find((executor) => {
    if (executor.kind === 'host') return !isInGuest && vm < 0 && executor.comm === comm;
    if (executor.kind === 'vmm') return !isInGuest && executor.vm === vm;
    return isInGuest && executor.vm === vm && executor.vcpu === vcpu;
  });
}

interface Lasted {
  ns: number;
  contexts: number;
}

/** How long the contexts of each executor lasted, by machine and executor, from the schedule rows alone. */
function lastedByExecutor(run: Execution): Map<ExecutorOf, Lasted>[] {
  const { machines } = run.plan;
  const result = machines.map(() => new Map<ExecutorOf, Lasted>());
  for (const { kind, pe, world, words } of run.events) {
    if (kind !== EventKind.schedule) continue;
    const [word3 = 0, word4 = 0, word5 = 0] = words;
    const thread = unpackIndex(word3);
    const lastedNs = unpackLasted(word3, word4, word5);
    const machine = machines.findIndex((_, index) => pe < sum(machines.slice(0, index + 1).map((one) => one.peCount)));
    const executor = thread <= 0 ? undefined : executorOf(run, machine, thread, world === 1);
    if (executor === undefined || lastedNs === 0) continue;
    const lasted = result[machine]!.get(executor) ?? { ns: 0, contexts: 0 };
    result[machine]!.set(executor, { ns: lasted.ns + lastedNs, contexts: lasted.contexts + 1 });
  }
  return result;
}

/** Computing, waiting and idling of each executor, ps. */
function accountedByExecutor(run: Execution, machine: number): Map<ExecutorOf, number> {
  const result = new Map<ExecutorOf, number>();
  for (const row of samplesOf(run, 'executorSample')) {
    if (row.machine !== machine) continue;
    const executor = executorOf(run, machine, row.thread, row.world === 1)!;
    const ps = row.computePs + row.idlePs + sum(row.stallPs);
    result.set(executor, (result.get(executor) ?? 0) + ps);
  }
  return result;
}

/** Sides without accesses pass without being accounted for: every side of every workload must make some. */
function withKernels(scenario: object): object {
  const { workloads, ...rest } = scenario as { workloads: Record<string, object> };
  const kernel = { data: { pattern: 'uniform', size: '8KiB' } };
  return {
    ...rest,
    workloads: Object.fromEntries(Object.entries(workloads).map(([name, one]) => [name, { ...one, kernel }])),
  };
}

test('computing, stalls and idling of an executor are the time that its contexts lasted, but for an access at each end', async () => {
  await fc.assert(
    fc.asyncProperty(executingScenario, async (scenario) => {
      const run = await execute(await planOf(withKernels(scenario)));
      for (const [machine, lasted] of lastedByExecutor(run).entries()) {
        const accounted = accountedByExecutor(run, machine);
        for (const [executor, { ns, contexts }] of lasted) {
          const ps = accounted.get(executor) ?? 0;
          expect(Math.abs(ps - ns * 1000), JSON.stringify(executor)).toBeLessThanOrEqual(contexts * ACCESS_PS_MAX);
        }
        const totalPs = sum([...accounted.values()]);
        const totalNs = sum([...lasted.values()].map(({ ns }) => ns));
        expect(Math.abs(totalPs / (totalNs * 1000) - 1)).toBeLessThan(0.02);
      }
    }),
    { numRuns: 15, endOnFailure: true },
  );
}, 60_000);

/** A vCPU alone on a PE of 2 GHz, whose guest stays at EL0; an access is 3 instructions at a CPI of 1, so 1.5 ns. */
function alone(data: object, topology: object): object {
  return {
    until: '4ms',
    machine: { pes: 1, topology: { frequency_mhz: 2000, ...topology, sample_interval: '1ms' } },
    tenants: { t: { vms: { v: { workload: 'w' } } } },
    workloads: { w: { data: { writes: '0%', ...data }, code: 'none', kernel: 'none', mlp: 2 } },
    guest_activity: { guest_run: '1s', el0: '1s', el1: '1ns' },
  };
}

const L1D = { l1d: { size: '32KiB', ways: 8, latency_cycles: 4 }, memory: { latency: '100ns' } };
const L1D_L2 = { ...L1D, l2: { size: '128KiB', ways: 8, latency_cycles: 13 } };
const COMPUTE_PS = 1500;

describe('the closed form of a stream', () => {
  test.each([
    ['hits the L1 at every access', { pattern: 'loop', size: '16KiB' }, L1D, 'L1D', 2000 / 2],
    ['hits the L2 and never the L1', { pattern: 'loop', size: '64KiB' }, L1D_L2, 'L2', 6500 / 2],
    ['goes to memory at every access', { pattern: 'loop', size: '1MiB' }, L1D_L2, 'memory', 100_000 / 2],
    ['follows pointers through memory, one at a time', { pattern: 'pointer-chase', size: '4MiB' }, L1D, 'memory', 100_000],
  ])('that %s', async (_title, data, topology, level, stallPs) => {
    const { path } = await store(await planOf(alone(data, topology)));
    const rows = [
      ...runQuery(
        path,
        `SELECT s.instructions, s.ipc, t.served, t.stall_cycles, s.compute_cycles, s.reads,
           (SELECT sum(o.served) FROM executor_step_v o WHERE o.time_ns = s.time_ns) AS all_served
         FROM executor_sample_v s JOIN executor_step_v t USING (time_ns)
         WHERE t.level = '${level}' AND s.time_ns > 1000000 ORDER BY s.time_ns`,
      ).rows,
    ].map((row) => row.map(Number));
    expect(rows).toHaveLength(3);
    for (const [instructions, ipc, served, stallCycles, computeCycles, reads, all] of rows) {
      expect([served, all]).toEqual([reads, reads]);
      expect(Math.abs(instructions! - 3 * reads!)).toBeLessThanOrEqual(1);
      expect(stallCycles! / served!).toBeCloseTo(stallPs * 2e-3, 9);
      expect(computeCycles! / served!).toBeCloseTo(COMPUTE_PS * 2e-3, 9);
      expect(ipc!).toBeCloseTo(3 / ((COMPUTE_PS + stallPs) * 2e-3), 4);
      // As many as fit the interval.
      expect(Math.abs(reads! - 1e9 / (COMPUTE_PS + stallPs))).toBeLessThan(0.02 * reads!);
    }
  });

  test('gives every level that always misses 1000 / 3 misses per 1000 instructions, and the last one none', async () => {
    const { path } = await store(await planOf(alone({ pattern: 'loop', size: '1MiB' }, L1D_L2)));
    const sql = 'SELECT level, round(mpki, 2) FROM executor_step_v WHERE time_ns = 3000000 ORDER BY step';
    expect([...runQuery(path, sql).rows]).toEqual([
      ['L1D', 333.33],
      ['L2', 333.33],
      ['memory', 0],
    ]);
  });
});

test('a workload without a trace left is idle to the end', async () => {
  const trace = 'scenarios/data/../../test/run/execution/no-such.trace';
  await expect(planOf({ workloads: { w: { trace } }, machine: { topology: 'reference' } })).rejects.toThrow(
    'cannot be read',
  );
});
