/** Machines whose PEs, or whose fetches and data, have different ways to memory: each pays for its own (design section 7). */
import { describe, expect, test } from 'vitest';
import { runQuery } from '../../../src/analysis/run-query.ts';
import { World } from '../../../src/loop/event-row.ts';
import { executingContexts } from './executing-contexts.ts';
import { execute, planOf, samplesOf, store, sum } from './run-fixture.ts';

/** Whoever runs runs a guest, at EL0. */
const GUESTS_ONLY = { guest_run: '1s', el0: '1s', el1: '1ns' };
const LOOP = { pattern: 'loop', size: '16KiB', writes: '0%' };

/** Rows of numbers and names that a query has. */
async function ask(scenario: object, sql: string): Promise<unknown[]> {
  const { path } = await store(await planOf(scenario));
  return [...runQuery(path, sql).rows];
}

/** A loop that the level of those latencies serves at every access, once it is there. */
function loopOn(level: 'l2' | 'l3', latencies: readonly [number, number]) {
  const domains = latencies.map((latency_cycles) => ({ latency_cycles }));
  return {
    until: '4ms',
    machine: {
      pes: 2,
      topology: {
        ...{ frequency_mhz: 2000, l1d: { size: '4KiB' }, memory: { latency: '100ns' }, sample_interval: '1ms' },
        [level]: { size: '64KiB', pes: 1, domains },
      },
    },
    workloads: { w: { data: LOOP, code: 'none', kernel: 'none', mlp: 1 } },
    guest_activity: GUESTS_ONLY,
  };
}

const CYCLES_PER_ACCESS = `SELECT time_ns, vm, stall_cycles / served FROM executor_step_v
  WHERE served > 1000 AND level LIKE 'L_' AND time_ns > 1000000 ORDER BY vm, time_ns`;

describe('caches of one level that differ in their latency', () => {
  test.each(['l2', 'l3'] as const)('%s: every vCPU waits as long as its own PE’s takes', async (level) => {
    const vms = { near: { workload: 'w', pin: 0 }, far: { workload: 'w', pin: 1 } };
    const rows = await ask({ ...loopOn(level, [12, 50]), tenants: { t: { vms } } }, CYCLES_PER_ACCESS);
    const times = [2_000_000, 3_000_000, 4_000_000];
    expect(rows).toEqual([...times.map((time) => [time, 'far', 50]), ...times.map((time) => [time, 'near', 12])]);
  });

  test('a vCPU that goes to and fro waits as long as the PE takes that it is on', async () => {
    const latencies = [12, 50] as const;
    const activity = (busy: string, sleep: string): object => ({ busy, sleep, distribution: 'fixed' });
    const vms = {
      moves: { workload: 'w', activity: activity('300us', '100us') },
      near: { workload: 'w', pin: 0, activity: activity('700us', '900us') },
      far: { workload: 'w', pin: 1, activity: activity('800us', '500us') },
    };
    const run = await execute(await planOf({ ...loopOn('l2', latencies), until: '30ms', tenants: { t: { vms } } }));
    const contexts = executingContexts(run).filter(({ executor }) => executor.kind === 'guest' && executor.vm === 0);
    const lastedNs = latencies.map((_, at) => sum(contexts.filter(({ pe }) => pe === at).map((one) => one.lastedNs)));
    expect(Math.min(...lastedNs)).toBeGreaterThan(3_000_000);
    const rows = samplesOf(run, 'executorSample').filter(({ thread, world }) => {
      return world === World.guest && run.engine.registry.threads[thread]!.vm === 0;
    });
    // 3 instructions of 0.5 ns, and the latency, an access.
    const expected = sum(latencies.map((cycles, at) => lastedNs[at]! / (1.5 + cycles / 2)));
    const reads = sum(rows.map((row) => row.reads));
    expect(Math.abs(reads / expected - 1)).toBeLessThan(0.01);
  });
});

describe('a PE with an L1I and no L1D', () => {
  const scenario = {
    until: '4ms',
    machine: {
      pes: 1,
      topology: {
        ...{ frequency_mhz: 2000, memory: { latency: '100ns' }, sample_interval: '1ms' },
        l1i: { size: '4KiB', latency_cycles: 2 },
        l2: { size: '8KiB', latency_cycles: 12, ways: 8 },
        l3: { size: '64KiB', latency_cycles: 40 },
      },
    },
    tenants: { t: { vms: { v: { workload: 'w' } } } },
    workloads: { w: { data: LOOP, code: { pattern: 'loop', size: '1KiB' }, kernel: 'none', mlp: 1 } },
    guest_activity: GUESTS_ONLY,
  };

  test('has one level at each step: fetches begin at the first, data at the second', async () => {
    const rows = await ask(
      scenario,
      `SELECT t.level, t.served, t.stall_cycles, s.fetches, s.reads FROM executor_step_v t
       JOIN executor_sample_v s USING (time_ns) WHERE time_ns = 3000000 ORDER BY step`,
    );
    const [[, , , fetches, reads]] = rows as [[string, number, number, number, number]];
    expect(rows).toEqual([
      ['L1I', fetches, 0, fetches, reads],
      ['L2', 0, 0, fetches, reads],
      ['L3', reads, 40 * reads, fetches, reads],
      ['memory', 0, 0, fetches, reads],
    ]);
    expect(Math.min(fetches, reads)).toBeGreaterThan(5000);
  });

  test('misses in the L1I no fetch of a loop that fits, and no data access', async () => {
    const sql = "SELECT misses FROM executor_step_v WHERE time_ns = 3000000 AND level = 'L1I'";
    expect(await ask(scenario, sql)).toEqual([[0]]);
  });

  test('misses in the L2 whatever goes further out', async () => {
    const sql = 'SELECT misses - (SELECT reads FROM executor_sample_v WHERE time_ns = 3000000) FROM executor_step_v';
    expect(await ask(scenario, `${sql} WHERE time_ns = 3000000 AND level = 'L2'`)).toEqual([[0]]);
  });
});
