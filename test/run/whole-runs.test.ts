/**
 * Seeded whole runs: random schedules and commands on several machines side by side, with checkers that look at the live
 * machine after every step. The invariants are those of kernel-mpam sheet section 6 and design section 4.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LABEL_MASK_HI, MPAMEN_HI, Name, REGISTER_COUNT, Reg } from '../../src/arch/registers.ts';
import { KERNEL_NAMES } from '../../src/kvm/kernels.ts';
import { KVM_MODE_NAMES } from '../../src/kvm/modes.ts';
import { EventKind, ROW_WORDS, unpackLasted, World } from '../../src/loop/event-row.ts';
import type { Engine } from '../../src/run/engine.ts';
import type { MachinePlan, RunPlan } from '../../src/run/run-plan.ts';
import type { CommandSpec, TimedCommandSpec } from '../../src/scenario/scenario.ts';
import { ScheduleKind } from '../../src/schedule/schedule-batch.ts';
import { eventsOf, type LoggedEvent, runSync } from '../support/event-log.ts';
import { type ScheduleLine, TID, testMachine, testPlan } from '../support/plans.ts';

const CPUS = 2;
const tid = fc.constantFrom(TID.idle, TID.gold, TID.silver, TID.host);
const vcpuTid = fc.constantFrom(TID.gold, TID.silver);

/** Any row, fitting or not: recordings have gaps, and the engine must repair them. */
const line = fc.record({
  gapNs: fc.nat(2_000_000_000),
  kind: fc.constantFrom(
    ScheduleKind.switch,
    ScheduleKind.switch,
    ScheduleKind.guestEntry,
    ScheduleKind.guestExit,
    ScheduleKind.guestEl,
    ScheduleKind.kvmRunExit,
    ScheduleKind.kvmRunEnter,
    ScheduleKind.hypercall,
    ScheduleKind.halt,
    ScheduleKind.wakeup,
  ),
  cpu: fc.nat(CPUS - 1),
  tid: vcpuTid,
  prevTid: tid,
  nextTid: tid,
  el: fc.nat(1),
});

const command: fc.Arbitrary<CommandSpec> = fc.oneof(
  fc.record({
    kind: fc.constant('move' as const),
    threads: fc.constant({ by: 'vm' as const, vm: 0 }),
    group: fc.nat(2),
  }),
  fc.record({ kind: fc.constant('cpuDefault' as const), cpu: fc.nat(CPUS - 1), group: fc.nat(2) }),
  fc.record({ kind: fc.constant('cpuOffline' as const), cpu: fc.nat(CPUS - 1) }),
  fc.record({ kind: fc.constant('cpuOnline' as const), cpu: fc.nat(CPUS - 1) }),
  fc.record({ kind: fc.constant('cpuPm' as const), cpu: fc.nat(CPUS - 1), losesRegisters: fc.boolean() }),
  fc.record({
    kind: fc.constant('guestAccess' as const),
    vm: fc.nat(1),
    vcpu: fc.constant(0),
    register: fc.constantFrom(Name.MPAM0_EL1, Name.MPAMIDR_EL1),
    isWrite: fc.boolean(),
    lo: fc.nat(63),
    hi: fc.constant(0),
  }),
);

const schedule = fc.array(line, { minLength: 1, maxLength: 60 }).map((rows) => {
  let atNs = 0;
  return rows.map(({ gapNs, kind, cpu, tid: vcpu, prevTid, nextTid, el }): ScheduleLine => {
    atNs += gapNs;
    if (kind === ScheduleKind.switch) return { atNs, kind, cpu, tid: prevTid, peerTid: nextTid };
    return { atNs, kind, cpu, tid: vcpu, detail: kind === ScheduleKind.guestEl ? el : 0 };
  });
});

const commands = fc
  .array(fc.record({ atNs: fc.nat(40_000_000_000), command }), { maxLength: 8 })
  .map((list): TimedCommandSpec[] => list.sort((a, b) => a.atNs - b.atNs));

function planOf(
  lines: readonly ScheduleLine[],
  timed: readonly TimedCommandSpec[],
  machines: readonly MachinePlan[],
): RunPlan {
  const untilNs = lines.at(-1)!.atNs + 5_000_000_000;
  return testPlan(lines, { machines, commands: timed, untilNs, startsIdle: false });
}

const random = { kind: 'random' } as const;
const ALL_MACHINES = KVM_MODE_NAMES.flatMap((mode) =>
  KERNEL_NAMES.map((kernel) =>
    testMachine({ name: `${mode}-${kernel}`, mode, kernel, peCount: CPUS, unknownReset: random, pe: { sme: true } }),
  ),
);

describe('any schedule on any machine', () => {
  test('gives a gapless log whose causes come before their effects and whose time never goes back', () => {
    fc.assert(
      fc.property(schedule, commands, (lines, timed) => {
        const events = eventsOf(planOf(lines, timed, ALL_MACHINES));
        let timeNs = 0;
        for (const [index, event] of events.entries()) {
          expect(event.seq).toBe(index + 1);
          expect(event.timeNs).toBeGreaterThanOrEqual(timeNs);
          expect(event.causeSeq).toBeLessThan(event.seq);
          timeNs = event.timeNs;
        }
      }),
      { numRuns: 15 },
    );
  });

  test('a change row holds the value that the change before it left, and folds to the live registers', () => {
    fc.assert(
      fc.property(schedule, commands, (lines, timed) => {
        let engine: Engine | undefined;
        const plan = planOf(lines, timed, ALL_MACHINES);
        const events = eventsOf(plan, { onEngine: (made) => (engine = made) });
        const folded = foldRegisters(events);
        for (let pe = 0; pe < engine!.pes.count; pe++) {
          for (let reg = 0; reg < REGISTER_COUNT; reg++) {
            const live = [engine!.pes.registerLo(pe, reg), engine!.pes.registerHi(pe, reg)];
            expect(folded.get(pe * REGISTER_COUNT + reg) ?? [0, 0]).toEqual(live);
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  test('the contexts of each PE fill the time from start to end without gap or overlap', () => {
    fc.assert(
      fc.property(schedule, commands, (lines, timed) => {
        const plan = planOf(lines, timed, [
          testMachine({ peCount: CPUS }),
          testMachine({ name: 'b', mode: 'nvhe', peCount: CPUS }),
        ]);
        const events = eventsOf(plan);
        for (let pe = 0; pe < 2 * CPUS; pe++) {
          const rows = events.filter((event) => event.kind === EventKind.schedule && event.pe === pe);
          const lastedNs = rows.map(({ words: [thread = 0, argument = 0, low = 0] }) =>
            unpackLasted(thread, argument, low),
          );
          expect(lastedNs.reduce((sum, ns) => sum + ns, 0)).toBe(plan.untilNs);
        }
      }),
    );
  });

  test('gives the same rows for every batch size', () => {
    fc.assert(
      fc.property(schedule, commands, fc.integer({ min: 1, max: 300 }), (lines, timed, batchRows) => {
        const plan = planOf(lines, timed, ALL_MACHINES.slice(0, 6));
        expect(rowsOf(plan, batchRows)).toEqual(rowsOf(plan, 100_000));
      }),
      { numRuns: 30 },
    );
  });
});

describe('under v7.1, after every step of any run', () => {
  test.each(KVM_MODE_NAMES)('the invariants of the kernel sheet hold in mode %s', (mode) => {
    fc.assert(
      fc.property(schedule, commands, (lines, timed) => {
        const machines = [testMachine({ mode, peCount: CPUS, unknownReset: random, pe: { sme: true } })];
        let engine: Engine | undefined;
        const moves = timed.some(({ command: { kind } }) => kind === 'move' || kind === 'cpuDefault');
        const options = { batchRows: 1, onEngine: (made: Engine) => (engine = made) };
        runSync(planOf(lines, timed, machines), options, () => checkInvariants(engine!, moves));
      }),
      { numRuns: 60 },
    );
  });
});

/** Numbers as in section 6 of the sheet. `hasMoves`: exceptions 3 and 4 (K 3.6, first row) may occur. */
function checkInvariants(engine: Engine, hasMoves: boolean): void {
  const { pes } = engine;
  const { host } = engine.drivers[0]!;
  for (let pe = 0; pe < pes.count; pe++) {
    const mpam0 = [pes.registerLo(pe, Reg.MPAM0_EL1), pes.registerHi(pe, Reg.MPAM0_EL1)];
    const kernelRegister = host.mode.hostKernelEl === 2 ? Reg.MPAM2_EL2 : Reg.MPAM1_EL1;
    const kernelLabel = [pes.registerLo(pe, kernelRegister), pes.registerHi(pe, kernelRegister) & LABEL_MASK_HI];
    expect(kernelLabel, '1: kernel and user label are one').toEqual(mpam0);
    expect([host.currentLow(pe), host.currentHigh(pe)], '1: and the copy of Linux').toEqual(mpam0);
    const mpam2High = pes.registerHi(pe, Reg.MPAM2_EL2);
    if (host.mode.hostKernelEl === 1) {
      expect([pes.registerLo(pe, Reg.MPAM2_EL2), mpam2High & LABEL_MASK_HI], '5: EL2 carries 0/0').toEqual([0, 0]);
    }
    if (pes.world(pe) !== World.guest || hasMoves) continue;
    expect(mpam2High & 0x0003_0000, '3: both traps are on').toBe(0x0003_0000);
    expect(mpam2High & 0x0004_0000, '3: EnMPAMSM is off').toBe(0);
    expect(pes.registerLo(pe, Reg.MPAMHCR_EL2), '3: MPAMIDR_EL1 traps').toBe(0x8000_0000 | 0);
    expect(pes.labels[pe * 8], '4: guest EL0 and EL1 carry one label').toBe(pes.labels[pe * 8 + 2]);
    expect(pes.registerHi(pe, Reg.MPAM1_EL1) & MPAMEN_HI, '2: MPAMEN is set').toBe(MPAMEN_HI);
  }
}

function foldRegisters(events: readonly LoggedEvent[]): Map<number, number[]> {
  const values = new Map<number, number[]>();
  for (const { kind, pe, code, words } of events) {
    if (kind !== EventKind.registerChange) continue;
    const key = pe * REGISTER_COUNT + code;
    expect(words.slice(1, 3)).toEqual(values.get(key) ?? [0, 0]);
    expect(words.slice(3, 5)).not.toEqual(words.slice(1, 3));
    values.set(key, words.slice(3, 5));
  }
  return values;
}

function rowsOf(plan: RunPlan, batchRows: number): number[] {
  const rows: number[] = [];
  runSync(plan, { batchRows }, (batch) => {
    for (let at = 0; at < batch.count * ROW_WORDS; at += ROW_WORDS)
      rows.push(batch.timeHigh, ...batch.rows.subarray(at, at + ROW_WORDS));
  });
  return rows;
}

describe('an error inside the engine', () => {
  test('becomes the error of the stream, not a stack trace from somewhere', () => {
    const backwards: ScheduleLine[] = [
      { atNs: 100, kind: ScheduleKind.wakeup, tid: TID.host },
      { atNs: 50, kind: ScheduleKind.wakeup, tid: TID.host },
    ];
    expect(() => eventsOf(testPlan(backwards))).toThrow('schedule went back in time: 50 ns after 100 ns');
  });
});
