import fc from 'fast-check';
import { first, firstValueFrom, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GUEST_ACTIVITY, type GuestActivityRates } from '../../src/schedule/guest-activity/rates.ts';
import { SILENCE_NS_MAX, withGuestActivity } from '../../src/schedule/guest-activity/with-guest-activity.ts';
import { NO_OWNER, Registry } from '../../src/schedule/registry.ts';
import { model, QUIET, registryOf, sched, stop } from './modelled-recordings.ts';
import { checkGuestLife, checkTimeOrder, guestStory } from './schedule-checkers.ts';
import { describeRow, type Row, sourceOf } from './schedule-rows.ts';

function texts(registry: Registry, rows: readonly Row[]): string[] {
  return rows.map((row) => describeRow(row, registry));
}

describe('modelled guest activity', () => {
  it('enters the guest after the switch-in and leaves it by an IRQ at a preemption', () => {
    const registry = registryOf(1);
    const rows = [sched(registry, 1000, 0, 0, 'R', 100), sched(registry, 5000, 0, 100, 'R', 50)];
    expect(texts(registry, model(registry, rows, { ratesOf: () => QUIET }))).toEqual([
      '1000 cpu0 switch swapper R -> CPU 0/KVM',
      '~1001 cpu0 guestEntry CPU 0/KVM',
      '~5000 cpu0 guestExit CPU 0/KVM IRQ',
      '5000 cpu0 switch CPU 0/KVM R -> kworker',
    ]);
  });

  it.each(['S', '1'])('leaves it by WFx and a halt when the thread goes to sleep (prev_state %s)', (state) => {
    const registry = registryOf(1);
    const rows = [sched(registry, 1000, 0, 0, 'R', 100), sched(registry, 5000, 0, 100, state, 0)];
    expect(texts(registry, model(registry, rows, { ratesOf: () => QUIET })).slice(2)).toEqual([
      '~5000 cpu0 guestExit CPU 0/KVM WFx',
      '~5000 cpu0 halt CPU 0/KVM',
      `5000 cpu0 switch CPU 0/KVM ${state} -> swapper`,
    ]);
  });

  it.each(['R+', 'D', 'S+', '0'])('does not halt when it is preempted or waits otherwise (prev_state %s)', (state) => {
    const registry = registryOf(1);
    const rows = [sched(registry, 1000, 0, 0, 'R', 100), sched(registry, 5000, 0, 100, state, 0)];
    expect(model(registry, rows, { ratesOf: () => QUIET }).map((row) => row.kind)).not.toContain('halt');
  });

  it('executes WFI at EL1: a guest that goes to sleep at EL0 goes to EL1 first', () => {
    const registry = registryOf(1);
    const rates = { ...QUIET, el0MeanNs: 2 ** 40, el1MeanNs: 1 };
    const rows = [sched(registry, 0, 0, 0, 'R', 100), sched(registry, 5000, 0, 100, 'S', 0)];
    expect(texts(registry, model(registry, rows, { ratesOf: () => rates })).slice(-4, -1)).toEqual([
      '~5000 cpu0 guestEl CPU 0/KVM EL1',
      '~5000 cpu0 guestExit CPU 0/KVM WFx',
      '~5000 cpu0 halt CPU 0/KVM',
    ]);
  });

  it('stays in the guest when the recording stops, and adds nothing afterwards', () => {
    const registry = registryOf(2);
    const rows = [
      sched(registry, 0, 0, 0, 'R', 100),
      sched(registry, 0, 1, 0, 'R', 101),
      stop(registry, 5_000_000, 0, 100),
      stop(registry, 5_000_000, 1, 101),
    ];
    const modelled = model(registry, rows, { ratesOf: () => QUIET });
    expect(texts(registry, modelled.slice(-2))).toEqual(['5000000 cpu0 stop CPU 0/KVM', '5000000 cpu1 stop CPU 1/KVM']);
    expect(modelled.filter((row) => row.kind === 'guestExit')).toEqual([]);
  });

  it('is ordered by time, then CPU, with the modelled rows of a time before the recorded ones', () => {
    const registry = registryOf(2);
    const rows = [
      sched(registry, 10, 1, 0, 'R', 101),
      sched(registry, 10, 0, 0, 'R', 100),
      sched(registry, 11, 2, 0, 'R', 50),
      sched(registry, 20, 0, 100, 'R', 0),
      sched(registry, 20, 1, 101, 'R', 0),
    ];
    expect(texts(registry, model(registry, rows, { ratesOf: () => QUIET })).slice(2)).toEqual([
      '~11 cpu0 guestEntry CPU 0/KVM',
      '~11 cpu1 guestEntry CPU 1/KVM',
      '11 cpu2 switch swapper R -> kworker',
      '~20 cpu0 guestExit CPU 0/KVM IRQ',
      '20 cpu0 switch CPU 0/KVM R -> swapper',
      '~20 cpu1 guestExit CPU 1/KVM IRQ',
      '20 cpu1 switch CPU 1/KVM R -> swapper',
    ]);
  });

  it('ends when the recording shows that the thread is elsewhere, and does not read its state from others', () => {
    const registry = registryOf(1);
    const rows = [
      sched(registry, 1000, 0, 0, 'R', 100),
      sched(registry, 2000, 1, 0, 'R', 100), // its switch-out on CPU 0 is not in the recording
      sched(registry, 3000, 1, 50, 'S', 0), // nor the one on CPU 1
    ];
    expect(texts(registry, model(registry, rows, { ratesOf: () => QUIET })).slice(1)).toEqual([
      '~1001 cpu0 guestEntry CPU 0/KVM',
      '~2000 cpu0 guestExit CPU 0/KVM IRQ',
      '2000 cpu1 switch swapper R -> CPU 0/KVM',
      '~2001 cpu1 guestEntry CPU 0/KVM',
      '~3000 cpu1 guestExit CPU 0/KVM IRQ',
      '3000 cpu1 switch kworker S -> swapper',
    ]);
  });

  it('follows a recording that tells returns to the VMM and halts, but no entries', () => {
    const registry = registryOf(1);
    const at = (timeNs: number, kind: Row['kind']): Row => ({ ...stop(registry, timeNs, 0, 100), kind });
    const rows = [sched(registry, 0, 0, 0, 'R', 100), at(10, 'kvmRunExit'), at(20, 'halt'), at(30, 'kvmRunExit')];
    rows.push(at(30, 'kvmRunExit'), sched(registry, 40, 0, 100, 'S', 0));
    expect(texts(registry, model(registry, rows, { ratesOf: () => QUIET })).slice(1)).toEqual([
      '~1 cpu0 guestEntry CPU 0/KVM',
      '~10 cpu0 guestExit CPU 0/KVM IRQ',
      '10 cpu0 kvmRunExit CPU 0/KVM',
      '~11 cpu0 kvmRunEnter CPU 0/KVM',
      '~12 cpu0 guestEntry CPU 0/KVM',
      '~20 cpu0 guestExit CPU 0/KVM WFx',
      '20 cpu0 halt CPU 0/KVM',
      '~21 cpu0 guestEntry CPU 0/KVM',
      '~30 cpu0 guestExit CPU 0/KVM IRQ',
      '30 cpu0 kvmRunExit CPU 0/KVM',
      '~30 cpu0 kvmRunEnter CPU 0/KVM',
      '30 cpu0 kvmRunExit CPU 0/KVM',
      '~31 cpu0 kvmRunEnter CPU 0/KVM',
      '~32 cpu0 guestEntry CPU 0/KVM',
      '~40 cpu0 guestExit CPU 0/KVM WFx',
      '~40 cpu0 halt CPU 0/KVM',
      '40 cpu0 switch CPU 0/KVM S -> swapper',
    ]);
  });

  it('leaves host threads, and CPUs beyond the host, alone', () => {
    const registry = registryOf(1);
    const rows = [sched(registry, 0, 0, 0, 'R', 50), sched(registry, 0, 9, 0, 'R', 100), stop(registry, 9e6, 9, 100)];
    expect(model(registry, rows)).toEqual(rows);
  });

  it('follows the rules when they learn late that a thread is a vCPU, or whose it is', () => {
    const ownerByTgid = [NO_OWNER, { tenant: 0, vm: 0, vcpu: 0, group: 0 }, { tenant: 1, vm: 1, vcpu: 0, group: 1 }];
    const registry = new Registry((tid, tgid) => (tid === 100 ? (ownerByTgid[tgid] ?? NO_OWNER) : NO_OWNER));
    registry.internThread(50, 'kworker');
    const rows: Row[] = [];
    const indexes = [-1, 1, 2].map((tgid, at) => {
      const index = registry.internThread(100, 'CPU 0/KVM', tgid);
      rows.push(sched(registry, at * 1e4, 0, 0, 'R', 100), sched(registry, at * 1e4 + 9000, 0, 100, 'R', 0));
      return index;
    });
    const modelled = model(registry, rows, { ratesOf: () => QUIET }).filter((row) => row.modelled);
    expect(modelled.map(({ thread, kind }) => [thread, kind])).toEqual([
      [indexes[1], 'guestEntry'],
      [indexes[1], 'guestExit'],
      [indexes[2], 'guestEntry'],
      [indexes[2], 'guestExit'],
    ]);
  });

  it('takes a vCPU thread off the CPU that gets another index while it runs, by the state that its new index leaves in', () => {
    const registry = new Registry((_, tgid) => (tgid < 0 ? NO_OWNER : { tenant: 0, vm: 0, vcpu: 0, group: tgid }));
    const [before, after] = [registry.internThread(100, 'CPU 0/KVM', 1), registry.internThread(100, 'CPU 0/KVM', 2)];
    const switchedIn = { ...sched(registry, 0, 0, 0, 'R', 100), peer: before };
    const modelled = model(registry, [switchedIn, sched(registry, 9000, 0, 100, 'S', 0)], { ratesOf: () => QUIET });
    expect(modelled.map(({ kind, thread }) => [kind, thread])).toEqual([
      ['switch', 0],
      ['guestEntry', before],
      ['guestExit', before],
      ['halt', before],
      ['switch', after],
    ]);
    const elsewhere = model(registry, [switchedIn, sched(registry, 9000, 1, 0, 'R', 100)], { ratesOf: () => QUIET });
    expect(elsewhere.map(({ kind, cpu, thread }) => [kind, cpu, thread])).toEqual([
      ['switch', 0, 0],
      ['guestEntry', 0, before],
      ['guestExit', 0, before],
      ['switch', 1, 0],
    ]);
  });

  it('pauses while the whole recording is silent for longer than a minute', () => {
    const registry = registryOf(1);
    const year = 365 * 86_400 * 1e9;
    const rates = { ...DEFAULT_GUEST_ACTIVITY, guestRunMeanNs: 1e9, el0MeanNs: 0 };
    const rows = [
      sched(registry, 0, 0, 0, 'R', 100),
      sched(registry, year, 1, 0, 'R', 50),
      sched(registry, year + SILENCE_NS_MAX, 0, 100, 'R', 50),
    ];
    const modelled = model(registry, rows, { ratesOf: () => rates });
    checkGuestLife(modelled, registry);
    const lively = modelled.filter((row) => row.modelled && row.timeNs < year);
    expect(lively.length).toBeGreaterThan(60);
    checkTimeOrder(modelled);
    expect(modelled.filter((row) => row.modelled && row.timeNs > year).length).toBeGreaterThan(60);
    expect(Math.max(...lively.map((row) => row.timeNs))).toBeLessThanOrEqual(SILENCE_NS_MAX);
  });

  it('names rates that cannot be used', () => {
    const registry = registryOf(1);
    const rows = [sched(registry, 0, 0, 0, 'R', 100)];
    const bad = { ...DEFAULT_GUEST_ACTIVITY, el1MeanNs: 0 };
    expect(() => model(registry, rows, { ratesOf: () => bad })).toThrow(
      /^guest activity of thread 100\.el1MeanNs: 0 is not an integer in 1\.\..*; set el0MeanNs to 0/,
    );
  });

  it('hands on what it has while the source is silent, and lets a consumer stop early', async () => {
    const registry = registryOf(1);
    const rows = [sched(registry, 0, 0, 0, 'R', 100), sched(registry, 50e9, 0, 100, 'R', 50)];
    const options = { registry, seed: 1, cpuCount: 1, ratesOf: () => DEFAULT_GUEST_ACTIVITY };
    const batch = await firstValueFrom(sourceOf(rows).pipe(withGuestActivity(options), first()));
    expect(batch.count).toBeGreaterThan(0);
    const subscription = NEVER.pipe(withGuestActivity(options)).subscribe();
    subscription.unsubscribe();
    expect(subscription.closed).toBe(true);
  });
});

/** A recording of a host that is always right about who runs where. */
const recordings = fc
  .array(fc.record({ stepNs: fc.nat(400_000), cpu: fc.nat(3), next: fc.nat(5), sleeps: fc.boolean() }), {
    maxLength: 80,
  })
  .map((steps) => {
    const registry = registryOf(5);
    const running = [0, 0, 0, 0];
    const rows: Row[] = [];
    let timeNs = 0;
    for (const { stepNs, cpu, next, sleeps } of steps) {
      const tid = next === 5 ? 0 : 100 + next;
      const from = running[cpu]!;
      timeNs += stepNs;
      if (tid === from || (tid !== 0 && running.includes(tid))) continue;
      rows.push(sched(registry, timeNs, cpu, from, sleeps && from !== 0 ? 'S' : 'R', tid));
      running[cpu] = tid;
    }
    for (const [cpu, tid] of running.entries()) rows.push(stop(registry, timeNs, cpu, tid));
    return { registry, rows };
  });

describe('for any recording', () => {
  it('the recorded rows come through as they are, and the modelled ones keep all rules', () => {
    fc.assert(
      fc.property(recordings, fc.integer(), ({ registry, rows }, seed) => {
        const modelled = model(registry, rows, { seed });
        expect(modelled.filter((row) => !row.modelled)).toEqual(rows);
        checkTimeOrder(modelled);
        checkGuestLife(modelled, registry);
      }),
      { numRuns: 100 },
    );
  });

  it('the same seed gives the same rows, whatever the batches before and behind it', () => {
    fc.assert(
      fc.property(recordings, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (recording, a, b) => {
        const { registry, rows } = recording;
        expect(model(registry, rows, { batchRows: b }, a)).toEqual(model(registry, rows));
      }),
      { numRuns: 50 },
    );
  });

  it('a guest lives the same life in guest time however often it is preempted', () => {
    // No exits by IRQ of the guest's own, and no sleeps: what is forced is exactly the preemptions.
    const exitReasons = DEFAULT_GUEST_ACTIVITY.exitReasons.filter(({ reason }) => reason !== 'IRQ');
    const ratesOf = (): GuestActivityRates => ({ ...DEFAULT_GUEST_ACTIVITY, exitReasons });
    const registry = registryOf(2);
    const thread = registry.threadOfTid(100);
    const calm = [sched(registry, 0, 0, 0, 'R', 100), stop(registry, 30_000_000, 0, 100)];
    const whole = guestStory(model(registry, calm, { ratesOf }), thread, registry, 'IRQ');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500_000 }), { maxLength: 60 }), (gapsNs) => {
        const rows: Row[] = [];
        let timeNs = 0;
        for (const [at, gapNs] of gapsNs.entries()) {
          const [from, to] = at % 2 === 0 ? [101, 100] : [100, 101];
          rows.push(sched(registry, timeNs, at % 3, from, 'R', to));
          timeNs += gapNs;
        }
        const story = guestStory(model(registry, rows, { ratesOf }), thread, registry, 'IRQ');
        expect(story).toEqual(whole.slice(0, story.length));
      }),
      { numRuns: 100 },
    );
    expect(whole.length).toBeGreaterThan(300);
  });
});
