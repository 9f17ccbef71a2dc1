/** Random runs with memory bandwidth: what channels serve, what PEs wait, and what limits allow (design section 7). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIRST_OWNER } from '../../../src/loop/assembly/layout.ts';
import type { MemorySystem } from '../../../src/memory/memory-system.ts';
import { type Execution, execute, planOf, samplesOf, sum } from './run-fixture.ts';

const SAMPLE_US = 20;
const LINE_PS = 20_000;
/** Requests that a PE has made and that have not come to a channel yet: those of the access under way. */
const PENDING_PER_PE = 8;
const PES = 3;

const share = fc.constantFrom(5, 12.5, 30, 60, 100).map((percent) => `${percent}%`);
const limits = fc.record({ mbw_min: share, mbw_max: share, hardlim: fc.boolean() });

const bandwidth = fc.record({
  bandwidth: fc.constant('3.2GB/s'),
  channels: fc.constantFrom(1, 2, 3),
  per: fc.constantFrom('machine', 'domain'),
  turnaround: fc.constantFrom('0ns', '7ns'),
  window: fc.constantFrom('fixed', 'moving', 'decaying'),
  starvation_limit: fc.constantFrom('0ns', '5us'),
  write_buffer: fc.constantFrom(1, 8, 32),
  controls: fc.constant({ window_length: `${SAMPLE_US}us`, bwpbm_wd: 8, has_prop: true, intpri_wd: 2 }),
  monitors: fc.constant({ mbwu: { num_mon: 4, has_rwbw: true } }),
});

const memorySide = fc.constantFrom(undefined, { bandwidth: '4.8GB/s', controls: { has_min: false, dspri_wd: 2 } });

const scenario = fc
  .record({ bandwidth, memorySide, limits: fc.array(limits, { minLength: 3, maxLength: 3 }), mlp: fc.nat(15) })
  .chain((machine) => fc.record({ machine: fc.constant(machine), seed: fc.nat(1000), change: limits }))
  .map(({ machine, seed, change }) => {
    const { limits: of } = machine;
    const groups = ['gold', 'silver', 'bronze'];
    return {
      seed,
      until: '600us',
      machine: {
        pes: PES,
        topology: {
          l1d: { size: '4KiB' },
          l1i: { size: '4KiB' },
          l3: { size: '32KiB', pes: 2, ...(machine.memorySide && { memory_side: machine.memorySide }) },
          memory: { latency: '90ns', ...machine.bandwidth },
          sample_interval: `${SAMPLE_US}us`,
        },
      },
      groups: Object.fromEntries(groups.map((name, at) => [name, { partid: at + 1 }])),
      tenants: Object.fromEntries(
        groups.map((group, at) => [group, { group, vms: { [`vm-${group}`]: { workload: `w${at}`, pin: at } } }]),
      ),
      workloads: {
        w0: { data: { pattern: 'uniform', size: '1MiB', writes: '40%' }, code: { size: '8KiB' }, mlp: machine.mlp + 1 },
        w1: { data: { pattern: 'sequential', size: '2MiB', element: 64 }, code: 'none', mlp: 12, kernel: 'none' },
        w2: { data: { pattern: 'uniform', size: '256KiB' }, service: { rate: '200000/s', accesses: 8 } },
      },
      partitions: groups.map((group, at) => ({ msc: 'memory', group, ...of[at]! })),
      monitors: groups.map((group, at) => ({ msc: 'memory', mbwu: at, group })),
      timeline: [{ at: '300us', set_partition: { msc: 'memory', group: 'silver', ...change } }],
    };
  });

const run = async (text: object): Promise<Execution> => execute(await planOf(text));

const memoryOf = ({ engine }: Execution): MemorySystem => engine.drivers[0]!.execution!.memory;

const ownersOf = ({ owners }: MemorySystem): number[] =>
  Array.from({ length: owners.count - FIRST_OWNER }, (_, index) => FIRST_OWNER + index);

async function holds(check: (execution: Execution) => void, numRuns = 25): Promise<void> {
  await fc.assert(
    fc.asyncProperty(scenario, async (text) => check(await run(text))),
    { numRuns },
  );
}

describe('random runs whose memory has channels', () => {
  test('serve every line that caches ask memory for, or have it waiting', async () => {
    await holds((execution) => {
      const memory = memoryOf(execution);
      const { memories } = memory.config.bandwidth!;
      const channels = memories.flatMap(({ channels: indexes }) => indexes);
      const wanted = sum(
        ownersOf(memory).map((owner) => {
          const { reads, writes, fetches, writeBacks } = memory.memoryCounters(owner);
          return reads + writes + fetches + writeBacks;
        }),
      );
      const sides = memory.config.bandwidth!.channels.map((_, index) => index).filter((at) => !channels.includes(at));
      const counted = (indexes: readonly number[], what: 'served' | 'waiting'): number =>
        sum(
          indexes.flatMap((channel) =>
            ownersOf(memory).map((owner) => {
              const { reads, writes, waiting } = memory.channels!.counters(channel, owner);
              return what === 'served' ? reads + writes : waiting;
            }),
          ),
        );
      const known = counted(channels, 'served') + counted(channels, 'waiting') + counted(sides, 'waiting');
      expect(wanted - known).toBeGreaterThanOrEqual(0);
      expect(wanted - known).toBeLessThanOrEqual(PENDING_PER_PE * PES);
      expect(counted(channels, 'served')).toBeGreaterThan(100);
    });
  });

  test('never serve more in an interval than a channel can', async () => {
    await holds((execution) => {
      const busy = new Map<string, number>();
      for (const { timeNs, channel, servicePs } of samplesOf(execution, 'channelSample')) {
        const key = `${channel} ${timeNs}`;
        busy.set(key, (busy.get(key) ?? 0) + servicePs);
      }
      // A line is booked when it begins.
      const { channels } = execution.plan.machines[0]!.hierarchy!.bandwidth!;
      const longest = Math.max(...channels.map(({ lineTime, turnaroundPs }) => lineTime / 65536 + turnaroundPs));
      for (const ps of busy.values()) expect(ps).toBeLessThanOrEqual(SAMPLE_US * 1e6 + longest);
    });
  });

  test('add up: delays of an owner are what it queued behind each, and PEs stall at least as long as they queue', async () => {
    await holds((execution) => {
      const delays = new Map<string, number>();
      for (const { timeNs, channel, waiter, queuedPs } of samplesOf(execution, 'channelDelay')) {
        const key = `${timeNs} ${channel} ${waiter}`;
        delays.set(key, (delays.get(key) ?? 0) + queuedPs);
      }
      for (const { timeNs, channel, owner, queuedPs } of samplesOf(execution, 'channelSample')) {
        expect(queuedPs).toBe(delays.get(`${timeNs} ${channel} ${owner}`) ?? 0);
      }
      const stalled = new Map<number, number>();
      for (const { thread, stallPs } of samplesOf(execution, 'executorSample')) {
        stalled.set(thread, (stalled.get(thread) ?? 0) + stallPs.at(-1)!);
      }
      const waited = new Map<number, number>();
      for (const { thread, queuedPs, throttledPs, writeBufferPs } of samplesOf(execution, 'executorDelay')) {
        waited.set(thread, (waited.get(thread) ?? 0) + queuedPs + throttledPs + writeBufferPs);
      }
      for (const [thread, ps] of waited) expect(ps).toBeLessThanOrEqual(stalled.get(thread)!);
    });
  });

  test('show in their monitors exactly what the channels moved', async () => {
    await holds((execution) => {
      const rows = samplesOf(execution, 'monitorSample');
      expect(rows.length).toBeGreaterThan(0);
      for (const { value, nrdy, exactBytes } of rows) expect([value, nrdy]).toEqual([exactBytes, 0]);
    }, 10);
  });

  test('are the same events and samples whatever the batch size', async () => {
    const property = fc.asyncProperty(scenario, async (text) => {
      const plan = await planOf(text);
      const [whole, split] = [await execute(plan), await execute(plan, { batchRows: 1 })];
      expect(split.events).toEqual(whole.events);
      expect(split.side).toEqual(whole.side);
    });
    await fc.assert(property, { numRuns: 5 });
  });
});

test('a hard limit holds in every fixed window, beyond the one line that may be under way', async () => {
  const property = fc.asyncProperty(fc.constantFrom(5, 12.5, 30), fc.nat(100), async (percent, seed) => {
    const execution = await run({
      seed,
      until: '400us',
      machine: {
        pes: 1,
        topology: {
          l1d: { size: '4KiB' },
          l3: { size: '32KiB' },
          memory: { latency: '90ns', bandwidth: '3.2GB/s', controls: { bwa_wd: 16, window_length: `${SAMPLE_US}us` } },
          sample_interval: `${SAMPLE_US}us`,
        },
      },
      groups: { hog: { partid: 1 } },
      tenants: { t: { group: 'hog', vms: { v: { workload: 'w' } } } },
      workloads: {
        w: { data: { pattern: 'sequential', size: '4MiB', element: 64 }, code: 'none', kernel: 'none', mlp: 32 },
      },
      partitions: [{ msc: 'memory', group: 'hog', mbw_min: '0%', mbw_max: `${percent}%`, hardlim: true }],
    });
    const samples = samplesOf(execution, 'channelSample').filter(({ reads }) => reads > 0);
    expect(samples.length).toBeGreaterThan(10);
    const allowed = (percent / 100) * SAMPLE_US * 1e6 + LINE_PS;
    for (const { reads, writes } of samples) expect((reads + writes) * LINE_PS).toBeLessThanOrEqual(allowed);
    expect(Math.max(...samples.map(({ throttledPs }) => throttledPs))).toBeGreaterThan(0);
  });
  await fc.assert(property, { numRuns: 6 });
});
