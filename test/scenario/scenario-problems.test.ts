/** What a mistake in a scenario is answered with: place, message, hint. Places are counted by hand in the texts below. */
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';

/** A scenario that is right, but for the lines added to it from line 3 on. */
const BASE = 'until: 5ms\ntenants: { a: { vms: { web: { vcpus: 2 } } } }\n';

function problems(text: string, ...overrides: string[]): string[] {
  const result = parseScenario(text, 's.yaml', overrides);
  return result.ok ? [] : result.problems.map(formatProblem);
}

const CASES: readonly (readonly [title: string, added: string, problem: string])[] = [
  ['a misspelt section', 'sheduel: {}', 's.yaml:3:1: sheduel: unknown key (did you mean schedule?)'],
  [
    'an unknown mode',
    'machine: { mode: vheh }',
    's.yaml:3:18: machine.mode: "vheh"; expected one of vhe, nvhe, pkvm, hvhe (did you mean vhe?)',
  ],
  [
    'a dash for an underscore',
    'machine:\n  unknown-reset: zero',
    's.yaml:4:3: machine.unknown-reset: unknown key (did you mean unknown_reset?)',
  ],
  [
    'a number out of range',
    'seed: 4294967296',
    's.yaml:3:7: seed: 4294967296; expected an integer from 0 to 4294967295',
  ],
  [
    'an integer of thirty digits',
    'seed: 100000000000000000000000000000',
    's.yaml:3:7: seed: 100000000000000000000000000000; expected an integer from 0 to 4294967295',
  ],
  [
    'an unknown reset value',
    'machine: { unknown_reset: bogus }',
    's.yaml:3:27: machine.unknown_reset: "bogus"; expected one of zero, random, worst-case or { group: NAME }',
  ],
  [
    'a misspelt reset value',
    'machine: { unknown_reset: worst_case }',
    's.yaml:3:27: machine.unknown_reset: "worst_case"; expected one of zero, random, worst-case or { group: NAME }' +
      ' (did you mean worst-case?)',
  ],
  [
    'a second document',
    '# its beginning:\n---\nseed: 2\n---\nseed: 3',
    's.yaml:4:1: another YAML document begins here; a scenario is one document, so remove this and what follows',
  ],
  ['a fraction where a count is due', 'seed: 1.5', 's.yaml:3:7: seed: 1.5; expected an integer'],
  [
    'a time without a unit',
    'timeline: [{ at: 3, mpam: off }]',
    's.yaml:3:18: timeline.0.at: 3; expected a time from 0 to 36000s in whole ns (write a unit: 3ns, 3us, 3ms or 3s)',
  ],
  [
    'a time finer than a nanosecond',
    'schedule: { source: simulated, time_slice: 1000.5ns }',
    's.yaml:3:44: schedule.time_slice: "1000.5ns"; expected a time from 1us to 1099511627.776us in whole ns' +
      ' (write a number and one of the units ns, us, ms, s, min)',
  ],
  [
    'an unknown source of the schedule',
    'schedule: { source: recording }',
    's.yaml:3:21: schedule.source: "recording"; expected one of simulated, recorded (did you mean recorded?)',
  ],
  [
    'a group that is not there',
    'cpu_defaults: { 0: gold }',
    's.yaml:3:20: cpu_defaults.0: there is no group "gold" (known: default)',
  ],
  [
    'a misspelt group',
    'groups: { gold: { partid: 1 } }\ncpu_defaults: { 0: glod }',
    's.yaml:4:20: cpu_defaults.0: there is no group "glod" (did you mean gold?)',
  ],
  [
    'a PARTID above what the PEs implement',
    'groups: { gold: { partid: 64 } }',
    's.yaml:3:17: groups.gold: PARTID 64 is above partid_max 63 of machine "machine"',
  ],
  [
    'a PMG above what one of the machines implements',
    'groups: { gold: { partid: 1, pmg: 2 } }\nmachines: { x: { features: { pmg_max: 3 } }, y: {} }',
    's.yaml:3:17: groups.gold: PMG 2 is above pmg_max 1 of machine "y"',
  ],
  [
    'two groups with one label',
    'groups:\n  gold: { partid: 1 }\n  silver: { partid: 0x1, pmg: 0 }',
    's.yaml:5:3: groups.silver: has the same label as group "gold"',
  ],
  [
    'another label for the default group',
    'groups: { default: { partid: 1 } }',
    's.yaml:3:11: groups.default: is always there with label 0/0 and cannot be given another',
  ],
  [
    'a group without PARTID',
    'groups: { gold: { partid_d: 1 } }',
    's.yaml:3:17: groups.gold: has no PARTID (give partid, or partid_d and partid_i)',
  ],
  [
    'a CPU that the machine does not have',
    'timeline:\n- { at: 1ms, cpu_offline: 2 }',
    's.yaml:4:27: timeline.0.cpu_offline: CPU 2; the machine has CPUs 0 to 1',
  ],
  [
    'a vCPU that the VM does not have',
    'timeline:\n- { at: 1ms, move: { vm: web, vcpu: 2 }, to: default }',
    's.yaml:4:37: timeline.0.move.vcpu: 2; VM "web" has vCPUs 0 to 1',
  ],
  [
    'an unknown VM',
    'timeline:\n- { at: 1ms, move: { vm: wbe }, to: default }',
    's.yaml:4:26: timeline.0.move.vm: there is no VM "wbe" (did you mean web?)',
  ],
  [
    'a command at the end of the run',
    'timeline:\n- { at: 5ms, mpam: off }',
    's.yaml:4:9: timeline.0.at: is not before the end of the run (until)',
  ],
  [
    'a list entry that is no command',
    'timeline:\n- { at: 1ms }',
    's.yaml:4:3: timeline.0: a mapping; expected one of the commands move, cpu_default, mpam, cpu_offline, cpu_online,' +
      ' cpu_pm, guest_access (write or read), poke, set_partition, write_msc, capture',
  ],
  [
    'features that exclude each other',
    'machine: { features: { el3: false, has_sdeflt: true } }',
    's.yaml:3:48: machine.features.has_sdeflt: true; expected false without EL3',
  ],
  [
    'a host without EL2',
    'machine: { features: { el2: false, has_hcr: false, has_tidr: false } }',
    's.yaml:3:29: machine.features.el2: false; KVM needs EL2',
  ],
  [
    'PEs given to one machine of several',
    'machines: { x: { pes: 4 } }',
    's.yaml:3:18: machines.x.pes: unknown key (known: mode, kernel, unknown_reset, features, topology)',
  ],
  [
    'a name that is none',
    'machines: { "a b": {} }',
    's.yaml:3:13: machines.a b: "a b" cannot be a name here' +
      ' (use letters, digits, - and _, at most 64, starting with a letter or digit)',
  ],
  [
    'a guest with time at EL0 but none at EL1',
    'guest_activity: { el1: 0 }',
    's.yaml:3:24: guest_activity.el1: 0 is not an integer in 1..1099511627776; set el0 to 0 for a guest that stays at EL1',
  ],
  ['the same key twice', 'seed: 1\nseed: 2', 's.yaml:4:1: seed: this key is there twice'],
  ['a NUL byte', 'name: a\0b', 's.yaml:3:8: NUL byte; a scenario is a text file in UTF-8'],
  [
    'a key that is special to JavaScript',
    '__proto__: { polluted: true }',
    's.yaml:3:1: __proto__: cannot be used as a key',
  ],
  [
    'a value of another type',
    'name: !!binary aGVsbG8=',
    's.yaml:3:16: name: is neither text, number, true/false, list nor mapping',
  ],
];

describe('a mistake in a scenario is answered with its place and what is allowed', () => {
  it.each(CASES)('%s', (_title, added, problem) => {
    expect(problems(BASE + added)).toEqual([problem]);
  });

  it('reports several mistakes at once, in the order of the file', () => {
    const text = 'seed: -1\nuntil: 5\nmachine: { mode: x }\n';
    expect(problems(text).map((problem) => problem.slice(0, 11))).toEqual([
      's.yaml:1:7:',
      's.yaml:2:8:',
      's.yaml:3:18',
    ]);
  });

  it('says that an empty scenario lacks an end and something to run', () => {
    expect(problems('')).toEqual([
      's.yaml:1:1: until: missing; a simulated schedule has no end of its own (e.g. until: 100ms)',
      's.yaml:1:1: tenants: nothing runs: a simulated schedule needs at least one VM or host task',
    ]);
  });

  it('names line and column of broken YAML', () => {
    expect(problems('until: 5ms\nmachine: { mode: vhe\n')[0]).toMatch(/^s\.yaml:3:1: /);
  });

  it('checks the rules of a recorded schedule against tenants and VMs', () => {
    const text = `tenants: { a: { vms: { web: } }, b: }
schedule:
  source: recorded
  file: x.trace
  rules:
    - { vm: web, tenant: b, comm: "CPU {vcpu}/KVM" }
    - { comm: "CPU {cpu}/KVM", vm: web }
    - { vm: web, vcpu: 1, tgid: 7 }
    - { tenant: a }
    - { comm: x }
    - { comm: "CPU {vcpu}/KVM", tenant: a }
`;
    expect(problems(text)).toEqual([
      's.yaml:6:26: schedule.rules.0.tenant: VM "web" belongs to tenant "a"',
      's.yaml:7:15: schedule.rules.1.comm: "{cpu}" in "CPU {cpu}/KVM" is unknown; the only placeholder is {vcpu}',
      's.yaml:8:24: schedule.rules.2.vcpu: 1; the VM has vCPUs 0 to 0',
      's.yaml:9:7: schedule.rules.3: has no condition; give comm, tgid or tid (comm: "*" is any)',
      's.yaml:10:7: schedule.rules.4: says nothing about the thread (give a vm, a tenant or a group)',
      's.yaml:11:15: schedule.rules.5.comm: a vCPU needs a VM (give the vm too)',
    ]);
  });
});

describe('characters that a terminal would obey', () => {
  const NAME_HINT = '(use letters, digits, - and _, at most 64, starting with a letter or digit)';

  it.each([
    ['tenants: { "a\\e[31m": }', '2:12: tenants.a\\x1b[31m: "a\\x1b[31m" cannot be a name here'],
    ['tenants: { a: { vms: { "w\\a": } } }', '2:24: tenants.a.vms.w\\x07: "w\\x07" cannot be a name here'],
    ['groups: { "g\\u202e": { partid: 1 } }', '2:11: groups.g\\u202e: "g\\u202e" cannot be a name here'],
    ['machines: { "m\\n": }', '2:13: machines.m\\x0a: "m\\x0a" cannot be a name here'],
    ['host_tasks: { "h\\x9b": }', '2:15: host_tasks.h\\x9b: "h\\x9b" cannot be a name here'],
  ])('are refused in names, and not printed: %s', (added, problem) => {
    expect(problems(`until: 5ms\n${added}`)).toEqual([`s.yaml:${problem} ${NAME_HINT}`]);
  });

  it.each([
    ['description: "a\\e[2J"', '3:14: description: "a\\u001b[2J"'],
    ['description: "\\u202etxt.exe"', '3:14: description: "\\u202etxt.exe"'],
    ['timeline: [{ at: 1ms, move: { comm: "a\\b" }, to: default }]', '3:37: timeline.0.move.comm: "a\\b"'],
    ['schedule: { source: recorded, file: "a\\nb" }', '3:37: schedule.file: "a\\nb"'],
    [
      'schedule: { source: recorded, file: a, rules: [{ comm: "\\e", group: default }] }',
      '3:56: schedule.rules.0.comm: "\\u001b"',
    ],
  ])('are refused in texts: %s', (added, problem) => {
    const expected = 'expected text without control characters and without changes of direction';
    expect(problems(BASE + added)).toEqual([`s.yaml:${problem}; ${expected}`]);
  });

  it('are escaped in whatever else a problem repeats', () => {
    expect(problems(`${BASE}"\u202e\x1b": 1`)[0]).toMatch(/^s\.yaml:3:1: \\u202e\\x1b: unknown key/);
    expect(problems(BASE, 'seed=\x1b[2J')[0]).toMatch(/^--set seed=\\x1b\[2J: seed: /);
  });

  it('may be line ends and tabs in a description', () => {
    expect(problems(`${BASE}description: |\n  two\tlines\n  of text\n`)).toEqual([]);
  });
});

describe('an override', () => {
  it('that is far out of range is told once, with the range', () => {
    expect(problems(BASE, 'seed=1e30')).toEqual([
      '--set seed=1e30: seed: 1e+30; expected an integer from 0 to 4294967295',
    ]);
  });

  it('is one YAML document', () => {
    expect(problems(BASE, 'seed=1\n---\n2')[0]).toMatch(/seed: the value is not YAML: another YAML document/);
  });

  it('is itself the place of the problem it brings in', () => {
    expect(problems(BASE, 'machine.mode=vheh')).toEqual([
      '--set machine.mode=vheh: machine.mode: "vheh"; expected one of vhe, nvhe, pkvm, hvhe (did you mean vhe?)',
    ]);
  });

  it.each([
    ['machine', '--set machine: is not of the form path=value, e.g. machine.mode=nvhe or timeline.0.at=5ms'],
    ['until.x=1', '--set until.x=1: until.x: until is neither a mapping nor a list (or an alias), so it has no "x"'],
    ['seed=[1', '--set seed=[1: seed: the value is not YAML: '],
    ['__proto__.x=1', '--set __proto__.x=1: is not of the form path=value'],
  ])('that cannot be made says why: %s', (override, problem) => {
    expect(problems(BASE, override)[0]).toContain(problem);
  });

  it('outside a list is refused with the length of the list', () => {
    const text = `${BASE}timeline: [{ at: 1ms, mpam: off }]\n`;
    expect(problems(text, 'timeline.2.at=1ms')).toEqual([
      '--set timeline.2.at=1ms: timeline.2.at: timeline is a list of 1; "2" is no index of it',
    ]);
  });
});
