/** Settings that a reset leaves UNKNOWN (A 2.8): events of the reset, not of whoever comes to use them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { mscStates } from '../../../src/history/msc-states.ts';
import { openRun } from '../../../src/history/run-reader.ts';
import { EventKind, unpackMscSelector } from '../../../src/loop/event-row.ts';
import { CommandCode } from '../../../src/run/codes.ts';
import { mpamlab } from '../../cli/mpamlab-process.ts';
import type { LoggedEvent } from '../../support/event-log.ts';
import { execute, planOf, SMALL_TOPOLOGY, store } from './run-fixture.ts';

/** Gold executes from the beginning, silver from 1 ms on; 9 is set at 1 ms and never used; 33 is nobody's, and turns up. */
const [GOLD, SILVER, SET_LATER, UNNAMED] = [1, 2, 9, 33];
const POKE_NS = 2_000_000;
const SCENARIO = {
  until: '3ms',
  machine: {
    ...{ pes: 1, mode: 'nvhe', features: { partid_max: 63 } },
    topology: { ...SMALL_TOPOLOGY, l3: { ...SMALL_TOPOLOGY.l3, controls: { partid_max: 63, reset: 'poison' } } },
  },
  groups: { gold: { partid: GOLD }, silver: { partid: SILVER } },
  tenants: { t: { group: 'gold', vms: { v: { workload: 'w' } } } },
  workloads: { w: { data: { pattern: 'uniform', size: '64KiB' } } },
  partitions: [{ cache: 'L3', group: 'gold', cpbm: 0x00ff }],
  timeline: [
    { at: '1ms', move: { vm: 'v' }, to: 'silver' },
    { at: '1ms', set_partition: { cache: 'L3', partid: SET_LATER, cpbm: 0x0ff0 } },
    { at: `${POKE_NS}ns`, poke: 0, register: 'MPAM0_EL1', value: `0x${((UNNAMED << 16) | UNNAMED).toString(16)}` },
  ],
};

const isMscChange = ({ kind }: LoggedEvent): boolean => kind === EventKind.mscRegisterChange;
const partidOf = ({ words }: LoggedEvent): number => unpackMscSelector(words[0]!).partid;

describe('settings that are UNKNOWN after the reset', () => {
  let events: readonly LoggedEvent[];
  beforeAll(async () => {
    events = (await execute(await planOf(SCENARIO))).events;
  });
  const changesOf = (partid: number): LoggedEvent[] =>
    events.filter((event) => isMscChange(event) && partidOf(event) === partid);

  test.each([GOLD, SILVER, SET_LATER])(
    'of PARTID %i, which the scenario names, are told at time 0 without a cause',
    (partid) => {
      const resets = changesOf(partid).filter(({ causeSeq }) => causeSeq === 0);
      expect(resets.length).toBeGreaterThan(0);
      expect(new Set(resets.map(({ timeNs }) => timeNs))).toEqual(new Set([0]));
    },
  );

  test('come before what the scenario sets', () => {
    const firstCommand = events.findIndex(({ kind, code }) => {
      return kind === EventKind.command && code === CommandCode.setPartition;
    });
    const resetsAt0 = events.filter((event) => isMscChange(event) && event.causeSeq === 0 && event.timeNs === 0);
    expect(Math.max(...resetsAt0.map((event) => events.indexOf(event)))).toBeLessThan(firstCommand);
  });

  test('of a PARTID that turns up without notice are told then, without a cause, too', () => {
    const [first, ...others] = changesOf(UNNAMED);
    expect(first!.timeNs).toBeGreaterThanOrEqual(POKE_NS);
    expect([first!, ...others].map(({ causeSeq }) => causeSeq)).toEqual(new Array(others.length + 1).fill(0));
  });

  test('are not blamed on an entry of a guest: every change that has a cause was commanded', () => {
    const causes = events
      .filter((event) => isMscChange(event) && event.causeSeq > 0)
      .map(({ causeSeq }) => events[causeSeq - 1]!);
    expect(causes.length).toBeGreaterThanOrEqual(2);
    expect(new Set(causes.map(({ kind, code }) => `${kind} ${code}`))).toEqual(
      new Set([`${EventKind.command} ${CommandCode.setPartition}`]),
    );
  });
});

test('the state of a moment before a PARTID is used has what its settings are, in the library and for users', async () => {
  const { path } = await store(await planOf(SCENARIO));
  const reader = openRun(path);
  const portionsAt = (timeNs: number): string | undefined => {
    const [l3] = mscStates(reader.header, reader.mscSettingsAt({ timeNs }));
    return l3!.settings.find(({ register, partid }) => register === 'MPAMCFG_CPBM0' && partid === SET_LATER)?.value;
  };
  const change = (await execute(await planOf(SCENARIO))).events.find((event) => {
    return isMscChange(event) && partidOf(event) === SET_LATER && event.causeSeq > 0;
  })!;
  const [, , oldValue] = change.words;
  const unknown = `0x${oldValue!.toString(16).padStart(8, '0')}`;
  expect([portionsAt(1), portionsAt(1_000_000)]).toEqual([unknown, '0x00000ff0']);
  reader.close();
  const { stdout } = await mpamlab('state', path, '--at', '1ns');
  expect(stdout).toMatch(new RegExp(`Non-secure +${SET_LATER} +MPAMCFG_CPBM0 +${unknown}`));
});
