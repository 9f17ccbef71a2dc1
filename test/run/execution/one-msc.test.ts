/** Scenarios on caches that are resources of one MSC: who is meant by a name, and what happens there. */
import { expect, test } from 'vitest';
import { mscStates } from '../../../src/history/msc-states.ts';
import { openRun } from '../../../src/history/run-reader.ts';
import { EventKind } from '../../../src/loop/event-row.ts';
import { CommandCode } from '../../../src/run/codes.ts';
import { execute, planOf, samplesOf, store } from './run-fixture.ts';

const LINE = 64;
/** VM v runs on CPU 0, VM w on CPU 1, each behind an L3 of its own; both L3 are one MSC. */
const TWO_CACHES = {
  until: '2ms',
  machine: {
    pes: 2,
    topology: {
      l1d: { sets: 4, ways: 4 },
      l3: { sets: 64, pes: 1, one_msc: true, domains: [{ ways: 16, monitors: { csu: {} } }, { ways: 12 }] },
      memory: { latency: '50ns' },
      sample_interval: '1ms',
    },
  },
  groups: { gold: { partid: 1 } },
  tenants: {
    t: { group: 'gold', vms: { v: { workload: 'stream', pin: 0 }, w: { workload: 'stream', pin: 1 } } },
  },
  workloads: { stream: { data: { pattern: 'sequential', size: '1MiB', element: 64 }, code: 'none', kernel: 'none' } },
  partitions: [
    { msc: 'L3', group: 'gold', cpbm: '0x003' },
    { msc: 'l3-1', group: 'gold', cpbm: '0x01f' },
  ],
  monitors: [{ msc: 'L3', csu: 0, group: 'gold' }],
  timeline: [{ at: '1900us', set_partition: { msc: 'L3', ris: 0, partid: 7, cpbm: 1 } }],
};

const MAPS = [2, 5];

test('a cache that is one resource of an MSC has settings of its own', async () => {
  const run = await execute(await planOf(TWO_CACHES));
  const { caches } = run.plan.machines[0]!.hierarchy!;
  const rows = samplesOf(run, 'cacheSample').filter(({ timeNs }) => timeNs === 2_000_000);
  const held = ['l3-0', 'l3-1'].map((name) => {
    const cache = caches.findIndex((candidate) => candidate.name === name);
    return rows.filter((row) => row.cache === cache).reduce((sum, { occupancy }) => sum + occupancy, 0);
  });
  expect(held).toEqual(MAPS.map((portions) => 64 * portions));
});

test('a level that is one MSC is watched where it has monitors', async () => {
  const samples = samplesOf(await execute(await planOf(TWO_CACHES)), 'monitorSample');
  expect(samples.map(({ ris, timeNs }) => [ris, timeNs])).toEqual([
    [0, 1_000_000],
    [0, 2_000_000],
  ]);
  expect(samples[1]!.value).toBe(64 * MAPS[0]! * LINE);
});

test('settings of a level are a command for each cache, which names the cache', async () => {
  const { plan, events } = await execute(await planOf(TWO_CACHES));
  const commands = events.filter(({ kind, code }) => kind === EventKind.command && code === CommandCode.setPartition);
  const { caches } = plan.machines[0]!.hierarchy!;
  const named = commands.map(({ words }) => caches[words[2]!]?.name);
  expect(named).toEqual(['l3-0', 'l3-1', 'l3-1', 'l3-0']);
});

test('the state of such an MSC tells its resources apart', async () => {
  const reader = openRun((await store(await planOf(TWO_CACHES))).path);
  const [l3, ...others] = mscStates(reader.header, reader.mscSettingsAt({ timeNs: 1_000_000 }));
  reader.close();
  expect([l3?.name, others]).toEqual(['l3', []]);
  const maps = l3!.settings.filter(({ register }) => register === 'MPAMCFG_CPBM0');
  expect(maps.map(({ ris, resource, value }) => [ris, resource, value])).toEqual([
    [0, 'l3-0', '0x00000003'],
    [1, 'l3-1', '0x0000001f'],
  ]);
});
