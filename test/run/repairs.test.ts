/** Schedules with gaps and commands at awkward moments: what the engine makes of them. */
import { describe, expect, test } from 'vitest';
import { Name, Reg } from '../../src/arch/registers.ts';
import { EventKind, unpackIndex, unpackLasted, World } from '../../src/loop/event-row.ts';
import { CommandCode, RunCode } from '../../src/run/codes.ts';
import { ROW_MISLABELLED } from '../../src/run/context-rows.ts';
import { NO_OWNER, Registry } from '../../src/schedule/registry.ts';
import { ScheduleKind } from '../../src/schedule/schedule-batch.ts';
import { eventsOf, type LoggedEvent, registerTraps } from '../support/event-log.ts';
import { type ScheduleLine, scheduleOf, TID, testMachine, testPlan } from '../support/plans.ts';

const GOLD_IN: readonly ScheduleLine[] = [
  { atNs: 10, kind: ScheduleKind.switch, tid: TID.idle, peerTid: TID.gold },
  { atNs: 20, kind: ScheduleKind.guestEntry, tid: TID.gold },
];

const lasted = ({ words: [word3 = 0, word4 = 0, word5 = 0] }: LoggedEvent): number => unpackLasted(word3, word4, word5);
const guestRows = (events: readonly LoggedEvent[]): LoggedEvent[] =>
  events.filter((event) => event.kind === EventKind.schedule && event.world === World.guest);
/** Thread index (-1: nobody) and time of each guest context. */
const guestTime = (events: readonly LoggedEvent[]): number[][] =>
  guestRows(events).map((event) => [unpackIndex(event.words[0]!), lasted(event)]);

describe('a guest exit that was not recorded', () => {
  test('before a return to the VMM leaves the guest first: the vCPU put is the host kernel writing', () => {
    const lines = [...GOLD_IN, { atNs: 50, kind: ScheduleKind.kvmRunExit, tid: TID.gold }];
    const events = eventsOf(testPlan(lines));
    expect(registerTraps(events)).toEqual([]);
    expect(guestTime(events)).toEqual([[-1, 30]]);
  });

  test('costs nobody its time, however long it was', () => {
    const lines = [...GOLD_IN, { atNs: 20_000_000_020, kind: ScheduleKind.guestEntry, tid: TID.gold }];
    const untilNs = 30_000_000_000;
    expect(guestTime(eventsOf(testPlan(lines, { untilNs })))).toEqual([
      [-1, 20_000_000_000],
      [1, 9_999_999_980],
    ]);
  });
});

test('a thread seen on another CPU has left the one on which it was believed to run', () => {
  const lines: ScheduleLine[] = [...GOLD_IN, { atNs: 100, kind: ScheduleKind.guestEntry, cpu: 1, tid: TID.gold }];
  const events = eventsOf(testPlan(lines, { machines: [testMachine({ peCount: 2 })] }));
  expect(guestTime(events)).toEqual([
    [-1, 80],
    [1, 900],
  ]);
});

describe('a label that changes inside a guest context', () => {
  const lines = [...GOLD_IN, { atNs: 100, kind: ScheduleKind.guestExit, tid: TID.gold }];

  test('by a poke splits it: what ran before is judged by the label before', () => {
    const poke = { kind: 'poke', cpu: 0, register: Name.MPAM1_EL1, lo: 0, hi: 0 } as const;
    const events = eventsOf(testPlan(lines, { commands: [{ atNs: 40, command: poke }] }));
    const judged = guestRows(events).map((event) => [lasted(event), (event.words[3]! & ROW_MISLABELLED) !== 0]);
    expect(judged).toEqual([
      [20, false],
      [60, true],
    ]);
  });

  test('means the same register in every mode and with or without EL3', () => {
    const poke = { kind: 'poke', cpu: 0, register: Name.MPAM1_EL1, lo: 7, hi: 0 } as const;
    const machines = [true, false].flatMap((el3) =>
      (['vhe', 'nvhe'] as const).map((mode) => testMachine({ name: `${mode}-${el3}`, mode, pe: { el3 } })),
    );
    const events = eventsOf(testPlan(lines, { machines, commands: [{ atNs: 40, command: poke }] }));
    const poked = events.filter((event) => event.kind === EventKind.registerChange && event.words[3] === 7);
    expect(poked.map(({ pe, code }) => [pe, code])).toEqual([0, 1, 2, 3].map((pe) => [pe, Reg.MPAM1_EL1]));
  });
});

describe('a CPU command that the schedule knows nothing of', () => {
  const lines: ScheduleLine[] = [
    ...GOLD_IN,
    { atNs: 30, kind: ScheduleKind.guestEl, tid: TID.gold, detail: 0 },
    { atNs: 100, kind: ScheduleKind.guestExit, tid: TID.gold },
  ];

  test('cpu_pm: the vCPU goes on afterwards, at the EL at which it was', () => {
    const cpuPm = { kind: 'cpuPm', cpu: 0, losesRegisters: true } as const;
    const events = eventsOf(testPlan(lines, { commands: [{ atNs: 50, command: cpuPm }] }));
    expect(guestRows(events).map((event) => [event.el, lasted(event)])).toEqual([
      [1, 10],
      [0, 20],
      [0, 50],
    ]);
  });

  test('cpu_online of a CPU that is up changes nothing', () => {
    const online = { kind: 'cpuOnline', cpu: 0 } as const;
    const events = eventsOf(testPlan(lines, { commands: [{ atNs: 50, command: online }] }));
    const resets = events.filter((event) => event.kind === EventKind.run && event.code === RunCode.peReset);
    expect(resets.map(({ timeNs }) => timeNs)).toEqual([0]);
  });

  test('cpu_pm of a CPU that is offline changes nothing', () => {
    const commands = [
      { kind: 'cpuOffline', cpu: 0 } as const,
      { kind: 'cpuPm', cpu: 0, losesRegisters: true } as const,
    ];
    const timed = commands.map((command) => ({ atNs: 200, command }));
    const events = eventsOf(testPlan(lines, { commands: timed }));
    expect(events.filter((event) => event.kind === EventKind.run && event.code === RunCode.peReset)).toHaveLength(1);
  });
});

test('a move that means a thread which turns up later is told when it turns up', () => {
  const openSchedule = () => {
    const registry = new Registry((tid) => (tid === TID.gold ? { tenant: 0, vm: 0, vcpu: 0, group: 1 } : NO_OWNER));
    for (const tid of Object.values(TID)) registry.internThread(tid, `thread-${tid}`);
    return { registry, schedule$: scheduleOf(registry, GOLD_IN) };
  };
  const move = { kind: 'move', threads: { by: 'vm', vm: 0 }, group: 2 } as const;
  const events = eventsOf(testPlan([], { openSchedule, commands: [{ atNs: 5, command: move }] }));
  const moves = events.filter((event) => event.kind === EventKind.command && event.code === CommandCode.move);
  expect(moves.map(({ timeNs, words }) => [timeNs, words[0], words[1]])).toEqual([[10, 1, 2]]);
});

test('a guest access asked for before its vCPU was ever seen is made when the guest runs', () => {
  const access = {
    kind: 'guestAccess',
    vm: 0,
    vcpu: 0,
    register: Name.MPAM0_EL1,
    isWrite: true,
    lo: 9,
    hi: 0,
  } as const;
  const events = eventsOf(testPlan(GOLD_IN, { commands: [{ atNs: 5, command: access }] }));
  const traps = events.filter((event) => event.kind === EventKind.registerTrap);
  expect(traps.map(({ timeNs, code }) => [timeNs, code])).toEqual([[20, Name.MPAM0_EL1]]);
});

test('a kernel thread stays at the exception level of the host kernel', () => {
  const registry = new Registry();
  registry.internThread(7, 'kworker/0:1');
  registry.internThread(8, 'bash');
  const lines: ScheduleLine[] = [
    { atNs: 10, kind: ScheduleKind.switch, tid: 0, peerTid: 7 },
    { atNs: 20, kind: ScheduleKind.switch, tid: 7, peerTid: 8 },
    { atNs: 30, kind: ScheduleKind.switch, tid: 8, peerTid: 0 },
  ];
  const machines = [testMachine(), testMachine({ name: 'nvhe', mode: 'nvhe' })];
  const events = eventsOf(
    testPlan([], { machines, openSchedule: () => ({ registry, schedule$: scheduleOf(registry, lines) }) }),
  );
  const leaving = (thread: number) =>
    events
      .filter(
        ({ kind, code, words }) => kind === EventKind.schedule && code === ScheduleKind.switch && words[0] === thread,
      )
      .map(({ el }) => el);
  expect([leaving(1), leaving(2)]).toEqual([
    [2, 1],
    [0, 0],
  ]);
});

test('as many PEs as there are numbers for can be brought up', () => {
  const machines = [testMachine({ peCount: 4096, unknownReset: { kind: 'random' } })];
  const events = eventsOf(testPlan([], { machines }));
  const resets = events.filter((event) => event.kind === EventKind.run && event.code === RunCode.peReset);
  expect(new Set(resets.map(({ pe }) => pe)).size).toBe(4096);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
});
