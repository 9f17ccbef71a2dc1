/** What a scenario becomes: defaults, units, indexes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PE_FEATURES } from '../../src/arch/features.ts';
import { Name } from '../../src/arch/registers.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { formatDuration, parseDuration } from '../../src/scenario/quantities.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';
import { simulatedScheduleProblems } from '../../src/schedule/simulated/config-problems.ts';

function scenario(text: string, overrides: readonly string[] = [], file = 'folder/s.yaml'): Scenario {
  const result = parseScenario(text, file, overrides);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.value;
}

const BASE = 'until: 5ms\ntenants: { a: { vms: { web: } } }\n';

describe('an override of until', () => {
  const late = `${BASE}timeline: [{ at: 1ms, mpam: off }, { at: 4ms, mpam: off }]\n`;

  it('may cut the timeline short: what comes later is left to the run to tell', () => {
    const short = scenario(late, ['until=2ms']);
    expect([short.untilNs, short.timeline.map(({ atNs }) => atNs)]).toEqual([2_000_000, [1_000_000, 4_000_000]]);
  });

  it('leaves a text that can be read again as that of a run, but is a problem as a file of its own', () => {
    const { text, timeline } = scenario(late, ['until=2ms']);
    expect(parseScenario(text, 's.yaml', [], { isStored: true })).toMatchObject({ ok: true, value: { timeline } });
    const problems = [{ path: 'timeline.1.at', message: 'is not before the end of the run (until)' }];
    expect(parseScenario(text, 's.yaml')).toMatchObject({ ok: false, problems });
    expect(parseScenario(text, 's.yaml', ['seed=3'])).toMatchObject({ ok: false, problems });
  });
});

describe('a scenario', () => {
  it('is named after its file unless it has a name', () => {
    expect(scenario(BASE, [], 'x/my run.yaml').name).toBe('my-run');
    expect(scenario(`name: other\n${BASE}`).name).toBe('other');
  });

  it('has one VHE machine with mainline v7.1 unless it says otherwise', () => {
    expect(scenario(BASE).machines).toEqual([
      { name: 'machine', mode: 'vhe', kernel: 'v7.1', unknownReset: { kind: 'zero' }, features: DEFAULT_PE_FEATURES },
    ]);
  });

  it('lays each machine over the common defaults', () => {
    const { machines } = scenario(`${BASE}
groups: { gold: { partid: 1 } }
machine: { mode: nvhe, features: { partid_max: 7, sme: true }, unknown_reset: random }
machines: { x: { kernel: v7.0 }, y: { mode: hvhe, unknown_reset: { group: gold }, features: { partid_max: 9 } } }
`);
    const summary = machines.map(({ name, mode, kernel, unknownReset, features }) => [
      name,
      mode,
      kernel,
      unknownReset,
      features.partidMax,
      features.sme,
    ]);
    expect(summary).toEqual([
      ['x', 'nvhe', 'v7.0', { kind: 'random' }, 7, true],
      ['y', 'hvhe', 'v7.1', { kind: 'group', group: 1 }, 9, true],
    ]);
  });

  it('keeps the default group at index 0 with label 0/0', () => {
    const { groups } = scenario(`${BASE}groups: { g: { partid: 0x10, partid_i: 3, pmg_i: 1 } }`);
    expect(groups).toEqual([
      { name: 'default', partidD: 0, partidI: 0, pmgD: 0, pmgI: 0 },
      { name: 'g', partidD: 16, partidI: 3, pmgD: 0, pmgI: 1 },
    ]);
  });

  it('gives a VM its own group, or else its tenant’s', () => {
    const { vms, tenants } = scenario(`until: 1ms
groups: { g: { partid: 1 }, h: { partid: 2 } }
tenants: { a: { group: g, vms: { x: , y: { group: h } } }, b: { vms: { z: } } }
`);
    expect(tenants).toEqual([
      { name: 'a', group: 1 },
      { name: 'b', group: 0 },
    ]);
    expect(vms.map(({ name, tenant, group }) => [name, tenant, group])).toEqual([
      ['x', 0, 1],
      ['y', 0, 2],
      ['z', 1, 0],
    ]);
  });

  it('makes a thread per vCPU and I/O thread, named as QEMU names them', () => {
    const { schedule } = scenario(`until: 1ms
groups: { g: { partid: 1 } }
tenants: { a: { group: g, vms: { web: { vcpus: 2, pin: 1, io: { threads: 1 } } } } }
host_tasks: { kworker: { comm: "kworker/0:1", activity: { busy: 50us, sleep: 1ms, distribution: fixed } } }
`);
    if (schedule.source !== 'simulated') throw new Error('expected a simulated schedule');
    const { tasks } = schedule.config;
    expect(tasks.map(({ comm, owner, cpus }) => [comm, owner.vm, owner.vcpu, owner.group, cpus])).toEqual([
      ['kworker/0:1', -1, -1, 0, []],
      ['CPU 0/KVM', 0, 0, 1, [1]],
      ['CPU 1/KVM', 0, 1, 1, [1]],
      ['IO iothread0', 0, -1, 1, [1]],
    ]);
    expect(tasks[0]?.behaviour).toEqual({
      kind: 'periodic',
      distribution: 'fixed',
      busyNs: 50_000,
      sleepNs: 1_000_000,
    });
    expect(new Set(tasks.map((task) => task.tid)).size).toBe(4);
    expect(simulatedScheduleProblems(schedule.config)).toEqual([]);
  });

  it('sets guest activity for all VMs, and for one over that', () => {
    const { vms } = scenario(`until: 1ms
guest_activity: { guest_run: 7us, handling: 2us }
tenants: { a: { vms: { x: , y: { guest_activity: { handling: 9us } } } } }
`);
    const rates = vms.map(({ guestActivity }) => [guestActivity.guestRunMeanNs, guestActivity.handlingMeanNs]);
    expect(rates).toEqual([
      [7000, 2000],
      [7000, 9000],
    ]);
  });

  it('finds a recording beside the scenario, and leaves the number of PEs to it', () => {
    const recorded = scenario(`schedule: { source: recorded, file: data/x.gz }`, [], '/where/ever/s.yaml');
    expect(recorded.schedule).toMatchObject({
      file: 'data/x.gz',
      path: '/where/ever/data/x.gz',
      guestActivity: 'auto',
    });
    expect(recorded.peCount).toBeUndefined();
    expect(recorded.untilNs).toBe(Number.POSITIVE_INFINITY);
  });

  it('orders the timeline by time and keeps the order of equal times', () => {
    const { timeline } = scenario(`${BASE}timeline:
  - { at: 2ms, cpu_online: 1 }
  - { at: 1ms, cpu_offline: 1 }
  - { at: 2ms, mpam: off }
`);
    expect(timeline.map(({ atNs, command }) => [atNs, command.kind])).toEqual([
      [1_000_000, 'cpuOffline'],
      [2_000_000, 'cpuOnline'],
      [2_000_000, 'mpamDisable'],
    ]);
  });

  it('takes 64-bit register values exactly, as halves', () => {
    const { timeline } = scenario(`${BASE}timeline:
  - { at: 1ms, poke: 0, register: MPAM2_EL2, value: 0x8000_0001_0002_0003 }
  - { at: 1ms, poke: 1, register: MPAM1_EL1, value: 0x8000000100020003 }
  - { at: 1ms, guest_access: { vm: web }, register: MPAM0_EL1, write: 5 }
`);
    const value = { lo: 0x00020003, hi: 0x80000001 | 0 };
    expect(timeline.map(({ command }) => command)).toEqual([
      { kind: 'poke', cpu: 0, register: Name.MPAM2_EL2, ...value },
      { kind: 'poke', cpu: 1, register: Name.MPAM1_EL1, ...value },
      { kind: 'guestAccess', vm: 0, vcpu: 0, register: Name.MPAM0_EL1, isWrite: true, lo: 5, hi: 0 },
    ]);
  });

  it('takes the mapping of an anchor wherever its alias stands', () => {
    const { vms } = scenario('until: 1ms\ntenants: { a: { vms: { x: &v { vcpus: 3 }, y: *v } } }');
    expect(vms.map((vm) => vm.vcpus)).toEqual([3, 3]);
  });
});

describe('overrides', () => {
  it('change, add and replace, in order', () => {
    const changed = scenario(BASE, ['seed=0x10', 'machine.mode=nvhe', 'tenants.a.vms.db={vcpus: 2}', 'seed=7']);
    expect([changed.seed, changed.machines[0]?.mode, changed.vms.map((vm) => vm.name)]).toEqual([
      7,
      'nvhe',
      ['web', 'db'],
    ]);
  });

  it('are in the text that a replay starts from', () => {
    const changed = scenario(`# kept\n${BASE}`, [
      'seed=9',
      'timeline=[{at: 1ms, poke: 0, register: MPAM0_EL1, value: 0x5}]',
    ]);
    const again = scenario(changed.text);
    expect({ ...again, text: '' }).toEqual({ ...changed, text: '' });
    expect(changed.text).toContain('# kept');
    expect(scenario(BASE).text).toBe(BASE);
  });
});

describe('a time', () => {
  it.each([
    ['0', 0],
    ['1ns', 1],
    ['250us', 250_000],
    ['1.5s', 1_500_000_000],
    ['0.000000001s', 1],
    ['2min', 120_000_000_000],
    ['3 ms', 3_000_000],
    ['0.0000000001s', undefined],
    ['1.5ns', undefined],
    ['-1ms', undefined],
    ['1e3ms', undefined],
    ['99999999s', undefined],
    ['ms', undefined],
  ])('%s is %s ns', (text, ns) => {
    expect(parseDuration(text)).toBe(ns);
  });

  it('reads back exactly as it was printed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 36_000_000_000_000 }), (ns) => {
        expect(parseDuration(formatDuration(ns))).toBe(ns);
      }),
    );
  });
});
