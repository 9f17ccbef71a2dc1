/** Settings of caches that change while the machine runs: events with a cause, and lines that stay where they are. */
import { describe, expect, test } from 'vitest';
import { mscStates } from '../../../src/history/msc-states.ts';
import { openRun } from '../../../src/history/run-reader.ts';
import { EventKind } from '../../../src/loop/event-row.ts';
import { CommandCode } from '../../../src/run/codes.ts';
import { execute, planOf, SMALL_TOPOLOGY, samplesOf, store, sum } from './run-fixture.ts';

const CHANGE_NS = 1_000_000;

/** A loop that fits its L3 exactly, and whose tenant is left one portion of sixteen in the middle. */
const SHRINKING = {
  until: '2ms',
  machine: { pes: 1, topology: SMALL_TOPOLOGY },
  groups: { gold: { partid: 1 } },
  tenants: { t: { group: 'gold', vms: { v: { workload: 'w' } } } },
  workloads: { w: { data: { pattern: 'loop', size: '64KiB' }, code: 'none', kernel: 'none' } },
  partitions: [{ cache: 'L3', group: 'gold', cpbm: 0xffff }],
  timeline: [{ at: `${CHANGE_NS}ns`, set_partition: { cache: 'l3-0', group: 'gold', cpbm: 0x0001 } }],
};

describe('a mask that shrinks while its tenant runs', () => {
  test('flushes nothing: lines in portions that were taken away still hit, and count', async () => {
    const run = await execute(await planOf(SHRINKING));
    const l3 = run.plan.machines[0]!.hierarchy!.caches.findIndex(({ level }) => level === 'L3');
    const later = samplesOf(run, 'cacheSample').filter(({ cache, timeNs }) => cache === l3 && timeNs > CHANGE_NS);
    expect(sum(later.map(({ reads, writes }) => reads + writes))).toBeGreaterThan(5_000);
    expect(sum(later.map(({ readMisses, writeMisses }) => readMisses + writeMisses))).toBe(0);
    expect(later.at(-1)!.occupancy).toBe(1024);
  });

  test('is a register change with the old value, the new one, and the command that caused it', async () => {
    const { events } = await execute(await planOf(SHRINKING));
    const changes = events.filter(({ kind }) => kind === EventKind.mscRegisterChange);
    expect(changes).toHaveLength(1);
    const [change] = changes;
    expect([change!.timeNs, change!.words[2], change!.words[3]]).toEqual([CHANGE_NS, 0xffff, 0x0001]);
    const cause = events[change!.causeSeq - 1]!;
    expect([cause.kind, cause.code, cause.timeNs]).toEqual([EventKind.command, CommandCode.setPartition, CHANGE_NS]);
  });

  test('is seen in the state of the MSC from then on', async () => {
    const reader = openRun((await store(await planOf(SHRINKING))).path);
    const settingsAt = (timeNs: number) =>
      mscStates(reader.header, reader.mscSettingsAt({ timeNs })).map(({ cache, settings }) => [
        cache,
        settings.map(({ register, partid, value }) => [register, partid, value]),
      ]);
    expect(settingsAt(CHANGE_NS - 1)).toEqual([['l3-0', []]]);
    expect(settingsAt(CHANGE_NS)).toEqual([['l3-0', [['MPAMCFG_CPBM0', 1, '0x00000001']]]]);
    reader.close();
  });
});

test('after a change new lines go where the mask says, and only there', async () => {
  const plan = await planOf({
    ...SHRINKING,
    workloads: { w: { data: { pattern: 'sequential', size: '1MiB', element: 64 }, code: 'none', kernel: 'none' } },
    timeline: [{ at: `${CHANGE_NS}ns`, set_partition: { cache: 'L3', group: 'gold', cpbm: 0x000f } }],
    partitions: [{ cache: 'L3', group: 'gold', cpbm: 0x0001 }],
  });
  const run = await execute(plan);
  const l3 = run.plan.machines[0]!.hierarchy!.caches.findIndex(({ level }) => level === 'L3');
  const rows = samplesOf(run, 'cacheSample').filter(({ cache }) => cache === l3);
  // 64 sets of 16 ways: one portion is 64 lines.
  expect(rows.filter(({ timeNs }) => timeNs <= CHANGE_NS).at(-1)!.occupancy).toBe(64);
  expect(rows.at(-1)!.occupancy).toBe(4 * 64);
});
