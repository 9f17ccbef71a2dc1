import fc from 'fast-check';
import { first, firstValueFrom, from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GUEST_ACTIVITY, type GuestActivityRates } from '../../src/schedule/guest-activity/rates.ts';
import { Registry } from '../../src/schedule/registry.ts';
import {
  ownerOfTasks,
  type SimulatedScheduleConfig,
  type SimulatedTask,
  type TaskBehaviour,
  UNTIL_NS_MAX,
} from '../../src/schedule/simulated/config.ts';
import { simulatedBatches } from '../../src/schedule/simulated/simulated-schedule.ts';
import { checkGuestLife, checkHostSchedule, checkTimeOrder, guestStory } from './schedule-checkers.ts';
import { describeRow, type Row, rowsOf } from './schedule-rows.ts';
import { ALWAYS, hostConfig, hostTask, ioThread, simulate, vcpu } from './simulated-host.ts';

function checkAll(config: SimulatedScheduleConfig, rows: readonly Row[], registry: Registry): void {
  const taskOf = new Map(config.tasks.map((task) => [registry.threadOfTid(task.tid), task]));
  const isAllowed = (thread: number, cpu: number): boolean => {
    const cpus = taskOf.get(thread)!.cpus;
    return cpus.length === 0 || cpus.includes(cpu);
  };
  checkTimeOrder(rows);
  checkHostSchedule(rows, { registry, cpuCount: config.cpuCount, isAllowed });
  checkGuestLife(rows, registry);
  const stops = rows.slice(-config.cpuCount);
  expect(stops.map((row) => [row.kind, row.cpu, row.timeNs])).toEqual(
    stops.map((_, cpu) => ['stop', cpu, config.untilNs]),
  );
}

/** Two tenants and host load, overcommitted on three CPUs. */
const OVERCOMMIT = hostConfig(3, 200_000_000, [
  vcpu(0, 0),
  vcpu(0, 1, { behaviour: { kind: 'periodic', distribution: 'exponential', busyNs: 1_500_000, sleepNs: 2_000_000 } }),
  ioThread(0, 200),
  vcpu(1, 0, { weight: 512, cpus: [1, 2] }),
  vcpu(1, 1, { cpus: [0], behaviour: { kind: 'periodic', distribution: 'fixed', busyNs: 400_000, sleepNs: 600_000 } }),
  ioThread(1, 1000, { cpus: [2] }),
  hostTask(50, {
    comm: 'kworker/0:1',
    cpus: [0],
    behaviour: { kind: 'periodic', distribution: 'exponential', busyNs: 50_000, sleepNs: 900_000 },
  }),
]);

describe('a simulated host', () => {
  it('keeps all rules of a host schedule, overcommitted and with threads of every kind', () => {
    const { rows, registry } = simulate(OVERCOMMIT);
    checkAll(OVERCOMMIT, rows, registry);
    const kinds = new Set(rows.map((row) => row.kind));
    const expected =
      'switch waking wakeup wakeupNew migrate guestEntry guestExit guestEl kvmRunExit kvmRunEnter halt stop';
    expect([...kinds].sort()).toEqual(expected.split(' ').sort());
    expect(rows.some((row) => row.modelled)).toBe(false);
  });

  it('tells a wake-up, a run and a sleep of a lone kernel thread in the order of Linux', () => {
    const periodic: TaskBehaviour = { kind: 'periodic', distribution: 'fixed', busyNs: 10_000, sleepNs: 30_000 };
    const { rows, registry } = simulate(hostConfig(1, 80_000, [hostTask(7, { comm: 'kthread', behaviour: periodic })]));
    expect(rows.map((row) => describeRow(row, registry))).toEqual([
      '0 cpu0 wakeupNew kthread cpu0',
      '0 cpu0 switch swapper R -> kthread',
      '10000 cpu0 switch kthread S -> swapper',
      '40000 cpu0 waking kthread cpu0',
      '40000 cpu0 wakeup kthread cpu0',
      '40000 cpu0 switch swapper R -> kthread',
      '50000 cpu0 switch kthread S -> swapper',
      '80000 cpu0 stop swapper',
    ]);
  });

  it('lets two equal tasks take turns by slices', () => {
    const { rows, registry } = simulate(hostConfig(1, 10_000_000, [hostTask(1), hostTask(2)]));
    expect(rows.slice(2).map((row) => describeRow(row, registry))).toEqual([
      '0 cpu0 wakeupNew task-2 cpu0',
      '3000000 cpu0 switch task-1 R -> task-2',
      '6000000 cpu0 switch task-2 R -> task-1',
      '9000000 cpu0 switch task-1 R -> task-2',
      '10000000 cpu0 stop task-2',
    ]);
  });

  it('moves a preempted task to an idle CPU, and leaves it there', () => {
    const short: TaskBehaviour = { kind: 'periodic', distribution: 'fixed', busyNs: 1_000_000, sleepNs: 50_000_000 };
    const tasks = [hostTask(1), hostTask(2, { cpus: [0], behaviour: short })];
    const { rows, registry } = simulate(hostConfig(2, 5_000_000, tasks));
    expect(rows.slice(3).map((row) => describeRow(row, registry))).toEqual([
      '3000000 cpu0 switch task-1 R -> task-2',
      '3000000 cpu1 migrate task-1 cpu0 -> cpu1',
      '3000000 cpu1 switch swapper R -> task-1',
      '4000000 cpu0 switch task-2 S -> swapper',
      '5000000 cpu0 stop swapper',
      '5000000 cpu1 stop task-1',
    ]);
  });

  it('lets a CPU that goes idle pull a waiting task', () => {
    const short: TaskBehaviour = { kind: 'periodic', distribution: 'fixed', busyNs: 2_000_000, sleepNs: 50_000_000 };
    const tasks = [hostTask(1), hostTask(2, { behaviour: short }), hostTask(3)];
    const { rows, registry } = simulate(hostConfig(2, 2_500_000, tasks));
    expect(rows.slice(4).map((row) => describeRow(row, registry))).toEqual([
      '0 cpu0 wakeupNew task-3 cpu0',
      '2000000 cpu1 migrate task-3 cpu0 -> cpu1',
      '2000000 cpu1 switch task-2 S -> task-3',
      '2500000 cpu0 stop task-1',
      '2500000 cpu1 stop task-3',
    ]);
  });

  it('puts a task where the least weight is, if no CPU is idle', () => {
    const tasks = [hostTask(1, { weight: 2048 }), hostTask(2), hostTask(3, { weight: 512 }), hostTask(4)];
    const { rows } = simulate(hostConfig(2, 1000, tasks));
    // 2048 | 1024; 2048 | 1536; 2048 | 2560
    expect(rows.filter((row) => row.kind === 'wakeupNew').map((row) => row.cpu)).toEqual([0, 1, 1, 1]);
  });

  // task-2 sleeps from 4 to 9 ms. Then task-1 has run 8 ms, and task-2 is placed half a slice behind it, at 6.5 ms.
  it.each([
    [1_000_000, 9_000_000, 'preempts at once'],
    [2_000_000, 10_000_000, 'waits for the end of the slice'],
  ])('with a wake-up granularity of %i ns a woken task comes in at %i ns: it %s', (wakeupGranularityNs, timeNs) => {
    const short: TaskBehaviour = { kind: 'periodic', distribution: 'fixed', busyNs: 1_000_000, sleepNs: 5_000_000 };
    const config = hostConfig(1, 12_000_000, [hostTask(1), hostTask(2, { behaviour: short })]);
    const { rows, registry } = simulate({ ...config, wakeupGranularityNs });
    const late = rows.filter((row) => row.timeNs >= 9_000_000 && row.kind !== 'stop');
    expect(late.map((row) => describeRow(row, registry))).toEqual([
      '9000000 cpu0 waking task-2 cpu0',
      '9000000 cpu0 wakeup task-2 cpu0',
      `${timeNs} cpu0 switch task-1 R -> task-2`,
      `${timeNs + 1_000_000} cpu0 switch task-2 S -> task-1`,
    ]);
  });

  it("ends a vCPU thread's busy phase with a WFx exit and a halt, at EL1, and switches it out in state S", () => {
    const { rows, registry } = simulate(OVERCOMMIT);
    const thread = registry.threadOfTid(1001);
    const own = rows.filter((row) => row.thread === thread);
    const sleeps = own.flatMap((row, at) => (row.kind === 'switch' && registry.texts[row.detail] === 'S' ? [at] : []));
    expect(sleeps.length).toBeGreaterThan(10);
    for (const at of sleeps) {
      expect([own[at - 1]!.kind, own[at - 1]!.timeNs]).toEqual(['halt', own[at]!.timeNs]);
      const exit = own.slice(0, at).findLast((row) => row.kind === 'guestExit')!;
      expect(registry.texts[exit.detail]).toBe('WFx');
      const el = own.slice(0, at).findLast((row) => row.kind === 'guestEl');
      expect(el?.detail ?? 1).toBe(1);
    }
  });

  it('leaves the guest by an IRQ when a vCPU thread is preempted inside it', () => {
    const { rows, registry } = simulate(OVERCOMMIT);
    const preemptions = rows.filter((row, at) => {
      const before = rows[at - 1];
      if (row.kind !== 'switch' || before?.kind !== 'guestExit' || before.thread !== row.thread) return false;
      expect([before.timeNs, registry.texts[before.detail]]).toEqual([row.timeNs, 'IRQ']);
      return registry.texts[row.detail] === 'R';
    });
    expect(preemptions.length).toBeGreaterThan(10);
  });

  it('has only stop rows when there is nothing to do', () => {
    expect(simulate(hostConfig(2, 1000, [])).rows.map((row) => row.kind)).toEqual(['stop', 'stop']);
  });
});

describe('the same seed', () => {
  it('gives the same rows, in batches of any size', () => {
    const { rows } = simulate(OVERCOMMIT, 5);
    for (const batchRows of [1, 7, 4096, 1_000_000]) expect(simulate(OVERCOMMIT, 5, batchRows).rows).toEqual(rows);
    expect(simulate(OVERCOMMIT, 6).rows).not.toEqual(rows);
  });

  it('gives each subscriber the whole schedule', () => {
    const registry = new Registry(ownerOfTasks(OVERCOMMIT.tasks));
    const schedule = from(simulatedBatches(OVERCOMMIT, registry, 5));
    expect(rowsOf(schedule)).toEqual(rowsOf(schedule));
  });

  it('gives a vCPU the same life in guest time, whoever else is on the host', () => {
    // No guest exits by IRQ here, so every IRQ is the host's doing.
    const guest: GuestActivityRates = {
      ...DEFAULT_GUEST_ACTIVITY,
      exitReasons: DEFAULT_GUEST_ACTIVITY.exitReasons.filter(({ reason }) => reason !== 'IRQ'),
    };
    const behaviour: TaskBehaviour = { kind: 'periodic', distribution: 'exponential', busyNs: 3e6, sleepNs: 1e6 };
    const alone = hostConfig(1, 300_000_000, [vcpu(0, 0, { guest, behaviour })]);
    const others = [vcpu(1, 0), vcpu(1, 1), ioThread(0, 500), ioThread(1, 500), hostTask(60)];
    const crowded = { ...alone, tasks: [...others, ...alone.tasks] };
    const story = (config: SimulatedScheduleConfig): string[] => {
      const { rows, registry } = simulate(config, 3);
      return guestStory(rows, registry.threadOfTid(1000), registry, 'IRQ');
    };
    const [long, short] = [story(alone), story(crowded)];
    expect(short.length).toBeGreaterThan(500);
    expect(short.length).toBeLessThan(long.length);
    expect(short).toEqual(long.slice(0, short.length));
  });
});

const behaviours = fc.oneof(
  fc.constant(ALWAYS),
  fc.record({
    kind: fc.constant('periodic' as const),
    distribution: fc.constantFrom('exponential' as const, 'fixed' as const),
    busyNs: fc.integer({ min: 300, max: 3_000_000 }),
    sleepNs: fc.integer({ min: 1, max: 2_000_000 }),
  }),
);
const rates: fc.Arbitrary<GuestActivityRates> = fc.record({
  guestRunMeanNs: fc.integer({ min: 300, max: 300_000 }),
  handlingMeanNs: fc.integer({ min: 0, max: 20_000 }),
  vmmMeanNs: fc.integer({ min: 0, max: 50_000 }),
  el0MeanNs: fc.constantFrom(0, 700, 60_000),
  el1MeanNs: fc.constantFrom(900, 30_000),
  hypercallsPerThousandExits: fc.constantFrom(0, 500, 2_300),
  exitReasons: fc.constant(DEFAULT_GUEST_ACTIVITY.exitReasons),
});
const configs = fc.integer({ min: 1, max: 5 }).chain((cpuCount) => {
  const common = {
    weight: fc.integer({ min: 1, max: 100_000 }),
    cpus: fc.uniqueArray(fc.nat(cpuCount - 1), { maxLength: cpuCount }),
  };
  const tasks = fc.array(
    fc.oneof(
      fc.record({ ...common, behaviour: behaviours }).map((rest) => hostTask(1, rest)),
      fc.record({ ...common, behaviour: behaviours, guest: rates }).map((rest) => vcpu(0, 0, rest)),
      fc.record({ ...common, wakes: fc.nat(1000) }).map(({ wakes, ...rest }) => ioThread(0, wakes, rest)),
    ),
    { maxLength: 12 },
  );
  return fc.record({
    cpuCount: fc.constant(cpuCount),
    untilNs: fc.constant(4_000_000),
    timeSliceNs: fc.integer({ min: 1_000, max: 3_000_000 }),
    wakeupGranularityNs: fc.nat(1_000_000),
    tasks: tasks.map((list) => list.map(distinct)),
  });
});

/** Give the nth generated task its own thread id and vCPU number. */
function distinct(task: SimulatedTask, at: number): SimulatedTask {
  const owner = task.owner.vcpu >= 0 ? { tenant: at % 2, vm: at % 2, vcpu: at, group: 0 } : task.owner;
  return { ...task, tid: at + 1, owner };
}

describe('any configuration', () => {
  it('gives a schedule that keeps all rules', () => {
    fc.assert(
      fc.property(configs, fc.integer(), (config, seed) => {
        const { rows, registry } = simulate(config, seed);
        checkAll(config, rows, registry);
      }),
      { numRuns: 150 },
    );
  });

  it('with means of 0 does not stand still', () => {
    const guest = {
      ...DEFAULT_GUEST_ACTIVITY,
      guestRunMeanNs: 1,
      handlingMeanNs: 0,
      vmmMeanNs: 0,
      el0MeanNs: 1,
      el1MeanNs: 1,
    };
    const config = hostConfig(1, 20_000, [vcpu(0, 0, { guest })]);
    const { rows, registry } = simulate(config);
    checkAll(config, rows, registry);
    expect(rows.length).toBeLessThan(5 * 20_000);
  });
});

describe('a consumer', () => {
  it('may stop early', async () => {
    const endless = hostConfig(1, UNTIL_NS_MAX, [vcpu(0, 0)]);
    const registry = new Registry(ownerOfTasks(endless.tasks));
    const batch = await firstValueFrom(from(simulatedBatches(endless, registry, 1)).pipe(first()));
    expect(batch.count).toBeGreaterThan(0);
  });
});
