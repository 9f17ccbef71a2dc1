/**
 * The corner cases of K 3.6, on whole machines: nothing in the engine knows of them, they come out of the register
 * operations.
 */
import { describe, expect, test } from 'vitest';
import { Name, Reg } from '../../src/arch/registers.ts';
import { EventKind, World } from '../../src/loop/event-row.ts';
import { ROW_MISLABELLED } from '../../src/run/context-rows.ts';
import type { TimedCommandSpec } from '../../src/scenario/scenario.ts';
import { ScheduleKind } from '../../src/schedule/schedule-batch.ts';
import { eventsOf, type LoggedEvent, registerChanges, registerTraps } from '../support/event-log.ts';
import { type ScheduleLine, TID, testMachine, testPlan } from '../support/plans.ts';

const GOLD_RUNS: readonly ScheduleLine[] = [
  { atNs: 10, kind: ScheduleKind.switch, tid: TID.idle, peerTid: TID.gold },
  { atNs: 20, kind: ScheduleKind.guestEntry, tid: TID.gold },
  { atNs: 100, kind: ScheduleKind.guestExit, tid: TID.gold },
  { atNs: 110, kind: ScheduleKind.guestEntry, tid: TID.gold },
  { atNs: 200, kind: ScheduleKind.guestExit, tid: TID.gold },
  { atNs: 210, kind: ScheduleKind.switch, tid: TID.gold, peerTid: TID.idle },
  { atNs: 300, kind: ScheduleKind.switch, tid: TID.idle, peerTid: TID.gold },
  { atNs: 310, kind: ScheduleKind.guestEntry, tid: TID.gold },
  { atNs: 400, kind: ScheduleKind.guestExit, tid: TID.gold },
];

const MOVE_AT_50: TimedCommandSpec = {
  atNs: 50,
  command: { kind: 'move', threads: { by: 'vcpu', vm: 0, vcpu: 0 }, group: 2 },
};

const at = (events: readonly LoggedEvent[], timeNs: number) => events.filter((event) => event.timeNs === timeNs);

/** Guest contexts that ended, as `EL from PARTID` with `!` if mislabelled. */
function guestContexts(events: readonly LoggedEvent[]): string[] {
  return events
    .filter((event) => event.kind === EventKind.schedule && event.world === World.guest)
    .map(({ el, words }) => `EL${el} ${words[3]! & 0xffff}${(words[3]! & ROW_MISLABELLED) !== 0 ? '!' : ''}`);
}

describe('resctrl moves the thread of a loaded vCPU (first and second row)', () => {
  test('under VHE guest EL1 keeps the old label until the next vCPU load', () => {
    const events = eventsOf(testPlan(GOLD_RUNS, { commands: [MOVE_AT_50] }));
    expect(guestContexts(events)).toEqual(['EL1 2', 'EL1 2!', 'EL1 2!', 'EL1 5']);
  });

  test('under VHE the whole write of MPAM2_EL2 clears the trap bits too', () => {
    const events = eventsOf(testPlan(GOLD_RUNS, { commands: [MOVE_AT_50] }));
    expect(registerChanges(at(events, 50))).toEqual(['MPAM2_EL2=0x8000000000050005', 'MPAM0_EL1=0x0000000000050005']);
  });

  test('under VHE the guest then reaches MPAM1_EL1 untrapped; under nVHE it traps', () => {
    const access = {
      kind: 'guestAccess',
      vm: 0,
      vcpu: 0,
      register: Name.MPAM1_EL1,
      isWrite: true,
      lo: 9,
      hi: 0,
    } as const;
    const commands = [MOVE_AT_50, { atNs: 60, command: access }];
    const vhe = eventsOf(testPlan(GOLD_RUNS, { commands }));
    expect(registerChanges(at(vhe, 60))).toEqual(['MPAM1_EL1=0x8000000000000009']);
    // Told, as it is what the traps are to prevent: outcome 0, done.
    expect(registerTraps(vhe)).toEqual(['MPAM1_EL1 write 0 0']);
    const nvhe = eventsOf(testPlan(GOLD_RUNS, { commands, machines: [testMachine({ mode: 'nvhe' })] }));
    expect(registerTraps(nvhe)).toEqual(['MPAM1_EL1 write 1 1']);
  });

  test('under nVHE both registers change together and the traps are set afresh at the entry', () => {
    const events = eventsOf(testPlan(GOLD_RUNS, { commands: [MOVE_AT_50], machines: [testMachine({ mode: 'nvhe' })] }));
    expect(guestContexts(events)).toEqual(['EL1 2', 'EL1 5', 'EL1 5', 'EL1 5']);
    expect(registerChanges(at(events, 50))).toEqual([
      'MPAM2_EL2=0x8000000000000000',
      'MPAMHCR_EL2=0x0000000000000000',
      'MPAM1_EL1=0x8000000000050005',
      'MPAM0_EL1=0x0000000000050005',
      'MPAMHCR_EL2=0x0000000080000000',
      'MPAM2_EL2=0x8003000000000000',
    ]);
  });

  test('a task that is not running takes its new label at its next switch', () => {
    const commands = [{ ...MOVE_AT_50, atNs: 250 }];
    const events = eventsOf(testPlan(GOLD_RUNS, { commands }));
    expect(registerChanges(at(events, 250))).toEqual([]);
    expect(guestContexts(events)).toEqual(['EL1 2', 'EL1 2', 'EL1 5']);
  });

  test('changing the default group of the CPU does the same to a default-group VMM (fifth row)', () => {
    const commands = [
      { atNs: 0, command: { kind: 'move', threads: { by: 'vm', vm: 0 }, group: 0 } },
      { atNs: 50, command: { kind: 'cpuDefault', cpu: 0, group: 2 } },
    ] as const;
    const events = eventsOf(testPlan(GOLD_RUNS, { commands }));
    expect(guestContexts(events)).toEqual(['EL1 0', 'EL1 0!', 'EL1 0!', 'EL1 5']);
  });
});

describe('a label changed behind the back of Linux (third row)', () => {
  const POKE: TimedCommandSpec = {
    atNs: 150,
    command: { kind: 'poke', cpu: 0, register: Name.MPAM0_EL1, lo: 0, hi: 0 },
  };
  const SILVER_BETWEEN: readonly ScheduleLine[] = [
    ...GOLD_RUNS.slice(0, 5),
    { atNs: 210, kind: ScheduleKind.switch, tid: TID.gold, peerTid: TID.silver },
    { atNs: 300, kind: ScheduleKind.switch, tid: TID.silver, peerTid: TID.gold },
  ];

  function mpam0After(lines: readonly ScheduleLine[], commands: readonly TimedCommandSpec[]): string | undefined {
    const changes = registerChanges(eventsOf(testPlan(lines, { commands })));
    return changes.filter((change) => change.startsWith('MPAM0_EL1')).at(-1);
  }

  test('stays wrong when the same value is switched in again', () => {
    const lines = GOLD_RUNS.slice(0, 5);
    const again = { atNs: 210, command: { kind: 'move', threads: { by: 'vm', vm: 0 }, group: 1 } } as const;
    expect(mpam0After(lines, [POKE, again])).toBe('MPAM0_EL1=0x0000000000000000');
  });

  test('is repaired when another value has been switched in', () => {
    expect(mpam0After(SILVER_BETWEEN, [POKE])).toBe('MPAM0_EL1=0x0000010100020002');
  });

  test.each([
    ['resume from a power state', [{ kind: 'cpuPm', cpu: 0, losesRegisters: false }]],
    [
      'CPU online',
      [
        { kind: 'cpuOffline', cpu: 0 },
        { kind: 'cpuOnline', cpu: 0 },
      ],
    ],
  ] as const)('is repaired by %s, though the label of Linux is the same', (_, commands) => {
    const wrong = { kind: 'poke', cpu: 0, register: Name.MPAM0_EL1, lo: 9, hi: 0 } as const;
    const timed = [wrong, ...commands].map((command, index) => ({ atNs: 10 * index, command }));
    const idle = { atNs: 0, kind: ScheduleKind.wakeup, tid: TID.idle };
    expect(mpam0After([idle], timed.slice(0, 1))).toBe('MPAM0_EL1=0x0000000000000009');
    expect(mpam0After([idle], timed)).toBe('MPAM0_EL1=0x0000000000000000');
  });
});

test('two vCPU threads of different groups on one CPU: each load copies the right label (fourth row)', () => {
  const lines: readonly ScheduleLine[] = [
    ...GOLD_RUNS.slice(0, 3),
    { atNs: 110, kind: ScheduleKind.switch, tid: TID.gold, peerTid: TID.silver },
    { atNs: 120, kind: ScheduleKind.guestEntry, tid: TID.silver },
    { atNs: 130, kind: ScheduleKind.guestExit, tid: TID.silver },
    { atNs: 140, kind: ScheduleKind.switch, tid: TID.silver, peerTid: TID.gold },
    { atNs: 150, kind: ScheduleKind.guestEntry, tid: TID.gold },
  ];
  expect(guestContexts(eventsOf(testPlan(lines)))).toEqual(['EL1 2', 'EL1 5', 'EL1 2']);
});

test('MPAM without EL3: before the series whole writes switch labelling off for good (sixth row)', () => {
  const machines = [testMachine({ kernel: 'host-switch-only', pe: { el3: false } })];
  const events = eventsOf(testPlan(GOLD_RUNS, { machines }));
  // With MPAMEN 0 every label is PARTID 0, PMG 0, whatever the registers hold.
  expect(guestContexts(events)).toEqual(['EL1 0!', 'EL1 0!', 'EL1 0!']);
});

test('MPAM0_EL1 is the same before and after each guest run while the traps are on (seventh row)', () => {
  const access = {
    kind: 'guestAccess',
    vm: 0,
    vcpu: 0,
    register: Name.MPAM0_EL1,
    isWrite: true,
    lo: 9,
    hi: 0,
  } as const;
  const events = eventsOf(testPlan(GOLD_RUNS, { commands: [{ atNs: 50, command: access }] }));
  expect(registerTraps(events)).toEqual(['MPAM0_EL1 write 1 1']);
  const byGuest = events.filter((event) => event.kind === EventKind.registerChange && event.world === World.guest);
  expect(byGuest).toEqual([]);
});

test('after a serious MPAM error labels are not switched any more', () => {
  const lines: readonly ScheduleLine[] = [
    ...GOLD_RUNS.slice(0, 3),
    { atNs: 110, kind: ScheduleKind.switch, tid: TID.gold, peerTid: TID.silver },
  ];
  const events = eventsOf(testPlan(lines, { commands: [{ atNs: 105, command: { kind: 'mpamDisable' } }] }));
  const mpam0 = events.filter((event) => event.kind === EventKind.registerChange && event.code === Reg.MPAM0_EL1);
  expect(mpam0.at(-1)!.timeNs).toBeLessThan(105);
});
