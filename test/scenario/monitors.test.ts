/** The monitors of a scenario: what they become, and what a mistake in them is answered with. */
import { describe, expect, it } from 'vitest';
import { PartidSpace } from '../../src/arch/label.ts';
import { MSC_BASE, mscProblems, mscScenario, NON_SECURE } from './msc-scenario.ts';

describe('a monitor', () => {
  it('filters by a group’s label, by PARTID and PMG, or by nothing', () => {
    const { monitors } = mscScenario(`monitors:
  - { msc: L3, csu: 1, group: gold, xcl: true }
  - { msc: mem-0, mbwu: 3, ris: 1, partid: 2 }
  - { msc: mem-0, mbwu: 3, ris: 0, pmg: 1, space: secure }
  - { msc: memory, mbwu: 0 }
`);
    const plain = {
      group: undefined,
      partid: undefined,
      pmg: undefined,
      traffic: 'both',
      isModifiedOnly: false,
      isLong: false,
    };
    expect(monitors).toEqual([
      {
        ...NON_SECURE,
        ...plain,
        msc: 'L3',
        type: 'csu',
        instance: 1,
        group: 1,
        partid: 5,
        pmg: 1,
        isModifiedOnly: true,
      },
      { ...NON_SECURE, ...plain, msc: 'mem-0', ris: 1, type: 'mbwu', instance: 3, partid: 2 },
      { ...NON_SECURE, ...plain, msc: 'mem-0', ris: 0, space: PartidSpace.secure, type: 'mbwu', instance: 3, pmg: 1 },
      { ...NON_SECURE, ...plain, msc: 'memory', type: 'mbwu', instance: 0 },
    ]);
  });

  it('is read as a long counter where there is one, unless the scenario says otherwise', () => {
    const base = MSC_BASE.replace('long_bits: 0', 'long_bits: 44, has_rwbw: true');
    const text = `monitors: [{ msc: memory, mbwu: 0, rw: reads }, { msc: memory, mbwu: 1, long: false }, { msc: L3, csu: 0 }]`;
    const { monitors } = mscScenario(text, base);
    expect(monitors.map(({ traffic, isLong }) => [traffic, isLong])).toEqual([
      ['reads', true],
      ['both', false],
      ['both', false],
    ]);
  });
});

const monitor = (text: string): string => `monitors: [{ ${text} }]`;

describe('a mistake in a monitor is answered with what is wrong and what is allowed:', () => {
  it.each([
    ['a monitor of no type', monitor('msc: L3'), 'monitors.0: is not one monitor (give csu or mbwu)'],
    ['a monitor type that is not there', monitor('msc: memory, csu: 0'), 'monitors.0.csu: memory has no CSU monitors'],
    [
      'an instance that is not there',
      monitor('msc: L3, csu: 2'),
      'monitors.0.csu: 2; instances are 0 to 1 (NUM_MON 2) (l3-0)',
    ],
    [
      'a PARTID space without a feature page',
      monitor('msc: L3, csu: 0, space: realm'),
      'monitors.0.space: no feature page of this space (it has 2) (l3-0)',
    ],
    [
      'a filter beyond PARTID_MAX',
      monitor('msc: L3, csu: 0, partid: 64'),
      'monitors.0.partid: 64 is above PARTID_MAX 63 (l3-0)',
    ],
    [
      'a filter by direction that is not there',
      monitor('msc: memory, mbwu: 0, rw: writes'),
      'monitors.0.rw: writes; reads and writes cannot be told apart (HAS_RWBW is 0) (mem-0)',
    ],
    [
      'a long counter that is not there',
      monitor('msc: memory, mbwu: 0, long: true'),
      'monitors.0.long: true; there is no long counter (HAS_LONG is 0) (mem-0)',
    ],
    [
      'a group of two labels',
      monitor('msc: L3, csu: 0, group: split'),
      'monitors.0.group: "split" has a label for data and another for instructions (give partid and pmg)',
    ],
    [
      'a group and a PARTID',
      monitor('msc: L3, csu: 0, group: gold, partid: 1'),
      'monitors.0.partid: has a group, too (give one of the two)',
    ],
    [
      'an instance that is programmed twice',
      'monitors: [{ msc: memory, mbwu: 1 }, { msc: L3, csu: 1 }, { msc: MEMORY, mbwu: 1, partid: 3 }]',
      'monitors.2.mbwu: 1; monitors.0 is the same instance',
    ],
  ])('%s', (_title, text, expected) => {
    expect(mscProblems(text)).toEqual([expected]);
  });
});
