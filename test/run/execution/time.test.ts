/** Where time goes (design section 7): every executor's time is accounted for, and closed forms of CPI, IPC and MPKI. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runQuery } from '../../../src/analysis/run-query.ts';
import type { ExecutorOf } from '../../../src/run/execution/execution.ts';
import { executingScenario } from './arbitrary-scenario.ts';
import { executingContexts, executorOf, withKernels } from './executing-contexts.ts';
import { type Execution, execute, planOf, samplesOf, store, sum } from './run-fixture.ts';

/** One access of a random scenario at most: 3 instructions at 100 MHz or more, and all levels of a preset with memory. */
const ACCESS_PS_MAX = 1_000_000;

interface Lasted {
  readonly ns: number;
  readonly contexts: number;
}

/** How long the contexts of each executor of a machine lasted, from the schedule rows alone. */
function lastedByExecutor(run: Execution, machine: number): Map<ExecutorOf, Lasted> {
  const result = new Map<ExecutorOf, Lasted>();
  for (const { machine: of, executor, lastedNs } of executingContexts(run)) {
    if (of !== machine) continue;
    const { ns, contexts } = result.get(executor) ?? { ns: 0, contexts: 0 };
    result.set(executor, { ns: ns + lastedNs, contexts: contexts + 1 });
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

test('computing, stalls and idling of an executor are the time that its contexts lasted, but for an access at each end', async () => {
  await fc.assert(
    fc.asyncProperty(executingScenario, async (scenario) => {
      const run = await execute(await planOf(withKernels(scenario)));
      for (const machine of run.plan.machines.keys()) {
        const lasted = lastedByExecutor(run, machine);
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
    { numRuns: 10, endOnFailure: true },
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
    [
      'follows pointers through memory, one at a time',
      { pattern: 'pointer-chase', size: '4MiB' },
      L1D,
      'memory',
      100_000,
    ],
  ])('that %s', async (_title, data, topology, level, stallPs) => {
    const { path } = await store(await planOf(alone(data, topology)));
    const rows = [
      ...runQuery(
        path,
        `SELECT s.instructions, s.ipc, t.served, t.stall_cycles, s.compute_cycles, s.reads,
           (SELECT sum(o.served) FROM executor_step_v o WHERE o.time_ns = s.time_ns) AS all_served
         FROM executor_sample_v s JOIN executor_step_v t USING (time_ns)
         WHERE t.level LIKE '${level}%' AND s.time_ns > 1000000 ORDER BY s.time_ns`,
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
