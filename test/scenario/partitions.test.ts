/** Settings of cache partitioning in a scenario: what they become, and what a mistake in them is answered with. */
import { describe, expect, it } from 'vitest';
import { PartidSpace } from '../../src/arch/label.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';

/** An L3 per two PEs with every control, and an L2 with none. New text begins in line 6. */
const BASE = `until: 5ms
machine: { pes: 4, topology: { l1d: { size: 64KiB }, l1i: { size: 64KiB }, l2: { size: 1MiB }, l3: { size: 4MiB,
  ways: 16, pes: 2, controls: { partid_max: 63, cmax_wd: 8, has_softlim: true, has_cmin: true, cassoc_wd: 4 } } } }
groups: { gold: { partid: 5 }, split: { partid_d: 6, partid_i: 7 } }
tenants: { a: { vms: { web: } } }
`;

function scenario(text: string): Scenario {
  const result = parseScenario(BASE + text, 's.yaml');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.value;
}

function problems(text: string, base = BASE): string[] {
  const result = parseScenario(base + text, 's.yaml');
  return result.ok ? [] : result.problems.map(formatProblem);
}

const ALL = { machine: undefined, msc: 'L3', ris: undefined, space: PartidSpace.nonSecure };

describe('a partition', () => {
  it('has the settings that the file says, and no others', () => {
    const { partitions } = scenario(`partitions:
  - { cache: L3, partid: 1, cpbm: 0x00f }
  - { cache: L3, partid: 2, cpbm: "0-3,8", cmax: 50%, softlim: true, cmin: 10%, cassoc: 25%, enabled: true }
  - { cache: L3, partid: 3, cmax: 0x7fff, cmin: "0x0040", cassoc: 12.5% }
  - { cache: L3, partid: 4, enabled: false }
`);
    expect(partitions).toEqual([
      { ...ALL, partid: 1, settings: { cpbm: [0x0f] } },
      {
        ...ALL,
        partid: 2,
        settings: {
          cpbm: [0x10f],
          cmax: { percentMilli: 50_000 },
          softlim: true,
          cmin: { percentMilli: 10_000 },
          cassoc: { percentMilli: 25_000 },
          enabled: true,
        },
      },
      {
        ...ALL,
        partid: 3,
        settings: { cmax: { field: 0x7fff }, cmin: { field: 0x40 }, cassoc: { percentMilli: 12_500 } },
      },
      { ...ALL, partid: 4, settings: { enabled: false } },
    ]);
  });

  it('is that of a group’s PARTID, or of both where they differ', () => {
    const { partitions } = scenario(`partitions:
  - { cache: L3, group: gold, cpbm: 1 }
  - { cache: L3, group: split, cpbm: 2 }
`);
    expect(partitions.map(({ partid, settings }) => [partid, settings.cpbm])).toEqual([
      [5, [1]],
      [6, [2]],
      [7, [2]],
    ]);
  });

  it('is in one cache or in all of a level, in whatever case they are written', () => {
    const { partitions } = scenario(`partitions:
  - { cache: l3, partid: 1, cpbm: 1 }
  - { cache: L3-1, partid: 1, cpbm: 1, space: secure }
`);
    expect(partitions.map(({ msc, space }) => [msc, space])).toEqual([
      ['L3', PartidSpace.nonSecure],
      ['l3-1', PartidSpace.secure],
    ]);
  });

  it('may be for one machine', () => {
    const { partitions } = scenario(`machines: { x: , y: }
partitions: [{ cache: L3, machine: y, partid: 1, cpbm: 1 }]`);
    expect(partitions[0]?.machine).toBe(1);
  });

  it('may change at run time, a command for each PARTID', () => {
    const { timeline } = scenario(`timeline:
  - { at: 2ms, set_partition: { cache: L3, group: gold, cpbm: 0x0ff } }
  - { at: 1ms, set_partition: { cache: L3, group: split, enabled: true } }
`);
    const command = { kind: 'setPartition', ...ALL };
    expect(timeline).toEqual([
      { atNs: 1_000_000, command: { ...command, partid: 6, settings: { enabled: true } } },
      { atNs: 1_000_000, command: { ...command, partid: 7, settings: { enabled: true } } },
      { atNs: 2_000_000, command: { ...command, partid: 5, settings: { cpbm: [0xff] } } },
    ]);
  });

  it('of a recorded schedule may name any cache, as the number of PEs is not known yet', () => {
    const base = BASE.replace('pes: 4, ', '');
    const text = `schedule: { source: recorded, file: x.gz }\npartitions: [{ cache: l3-9, partid: 1, cpbm: 1 }]`;
    expect(problems(text, base)).toEqual([]);
    expect(problems('partitions: [{ cache: l3-2, partid: 1, cpbm: 1 }]')).toEqual([
      's.yaml:6:23: partitions.0.cache: there is no cache "l3-2" (the caches of L3 are l3-0 to l3-1)',
    ]);
  });
});

const p = (text: string) => `partitions: [{ ${text} }]`;

const CASES: readonly (readonly [title: string, added: string, ...problems: string[]])[] = [
  [
    'a cache that is not there',
    p('cache: L4, partid: 1, cpbm: 1'),
    's.yaml:6:23: partitions.0.cache: there is no cache "L4" (did you mean L3?)',
  ],
  [
    'a cache without controls',
    p('cache: L2, partid: 1, cpbm: 1'),
    's.yaml:6:23: partitions.0.cache: L2 implements no partitioning (these do: L3)',
  ],
  [
    'a portion that is not there',
    p('cache: L3, partid: 1, cpbm: "0-16"'),
    's.yaml:6:44: partitions.0.cpbm: portion 16 does not exist: this cache has portions 0 to 15 (CPBM_WD 16) (l3-0)',
  ],
  [
    'a bitmap that is none',
    p('cache: L3, partid: 1, cpbm: "3-1"'),
    's.yaml:6:44: partitions.0.cpbm: "3-1"; expected a mask such as 0x0f, or portions such as 0-3,8, up to portion 32767',
  ],
  [
    'a percentage without its sign',
    p('cache: L3, partid: 1, cmax: 50'),
    's.yaml:6:44: partitions.0.cmax: 50; expected a percentage such as 12.5%, or the 16-bit field, 0x0000 to 0xffff' +
      ' (write 50% for a percentage, "0x32" for the field)',
  ],
  [
    'more than everything',
    p('cache: L3, partid: 1, cmax: 100.001%'),
    's.yaml:6:44: partitions.0.cmax: "100.001%"; expected a percentage such as 12.5%, or the 16-bit field, 0x0000 to 0xffff',
  ],
  [
    'less than a maximum can say',
    p('cache: L3, partid: 1, cmax: 0.1%'),
    's.yaml:6:44: partitions.0.cmax: 0.1 % is less than a maximum of 8 bits can be, which is 0.391 %; disable the PARTID' +
      ' to give it nothing (l3-0)',
  ],
  [
    'a PARTID that the cache does not have',
    p('cache: L3, partid: 64, cpbm: 1'),
    's.yaml:6:35: partitions.0.partid: 64 is not an integer from 0 to 63, the largest PARTID of this cache (l3-0)',
  ],
  [
    'settings for nobody',
    p('cache: L3, cpbm: 1'),
    's.yaml:6:14: partitions.0: is for nobody (give a group or a partid)',
  ],
  [
    'a group and a PARTID',
    p('cache: L3, group: gold, partid: 1, cpbm: 1'),
    's.yaml:6:40: partitions.0.partid: has a group, too (give one of the two)',
  ],
  [
    'no settings',
    p('cache: L3, group: gold'),
    's.yaml:6:14: partitions.0: sets nothing' +
      ' (give one of cpbm, cmax, softlim, cmin, cassoc, mbw_min, mbw_max, hardlim, mbw_pbm, stride, intpri, dspri, window,' +
      ' enabled, nfu, intpartid)',
  ],
  [
    'a machine that is not there',
    p('cache: L3, machine: y, group: gold, cpbm: 1'),
    's.yaml:6:36: partitions.0.machine: there is no machine "y" (known: machine)',
  ],
  [
    'NFU of a cache that forgets nothing',
    p('cache: L3, group: gold, enabled: false, nfu: true'),
    's.yaml:6:61: partitions.0.nfu: this cache does not forget settings (HAS_NFU is 0) (l3-0)',
  ],
  [
    'a misspelt setting at run time',
    'timeline: [{ at: 1ms, set_partition: { cache: L3, group: gold, cpmb: 1 } }]',
    's.yaml:6:64: timeline.0.set_partition.cpmb: unknown key (did you mean cpbm?)',
  ],
  [
    'a group that is not there at run time',
    'timeline: [{ at: 1ms, set_partition: { cache: L3, group: glod, cpbm: 1 } }]',
    's.yaml:6:58: timeline.0.set_partition.group: there is no group "glod" (did you mean gold?)',
  ],
];

describe('a mistake in a partition is answered with its place and what is allowed', () => {
  it.each(CASES)('%s', (_title, added, ...expected) => {
    expect(problems(added)).toEqual(expected);
  });

  it('nothing can be set without caches', () => {
    const base = 'until: 5ms\ntenants: { a: { vms: { web: } } }\n';
    expect(problems('partitions: [{ cache: L3, partid: 1, cpbm: 1 }]', base)).toEqual([
      's.yaml:3:23: partitions.0.cache: no machine has caches: there is nothing to set in L3' +
        ' (e.g. machine: { topology: reference })',
    ]);
  });
});
