/** Settings of memory, register writes and capture events: what they become, and what a mistake is answered with. */
import { describe, expect, it } from 'vitest';
import { PartidSpace } from '../../src/arch/label.ts';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { mscRegisterNamed } from '../../src/scenario/msc-register-name.ts';
import { mscsNamed } from '../../src/scenario/named-mscs.ts';
import { mscProblems, mscScenario, NON_SECURE } from './msc-scenario.ts';

describe('settings of memory', () => {
  it('are bandwidth controls, of all channels or of one', () => {
    const { partitions } = mscScenario(`partitions:
  - { msc: Memory, group: gold, mbw_min: 10%, mbw_max: 25%, hardlim: true, mbw_pbm: "0-3,39", stride: 7, intpri: 5, window: 3us }
  - { msc: MEM-1, ris: 1, partid: 2, mbw_max: 0x7fff, stride: 0, window: 10ns }
`);
    const settings = { mbwMin: { percentMilli: 10_000 }, mbwMax: { percentMilli: 25_000 }, hardlim: true };
    expect(partitions).toEqual([
      {
        ...{ ...NON_SECURE, msc: 'memory', partid: 5 },
        settings: { ...settings, mbwPbm: [0xf, 0x80], stride: 7, intpri: 5, winwd: 768 },
      },
      {
        ...{ ...NON_SECURE, msc: 'mem-1', ris: 1, partid: 2 },
        settings: { mbwMax: { field: 0x7fff }, stride: 0, winwd: 3 }, // 2.56 of 1/256 us
      },
    ]);
  });
});

describe('a name means', () => {
  const { machines } = mscScenario('');
  const named = (name: string, peCount: number | undefined = 4): string[] =>
    mscsNamed(name, machines, peCount).map((msc) => `${msc.name} ${msc.config?.resources.length ?? 'no MSC'}`);

  it.each([
    ['L3', ['l3-0 1']],
    ['l3-1', ['l3-1 1']],
    ['l3-2', []],
    ['L2', ['l2-0 no MSC']],
    ['memory', ['mem-0 2']],
    ['mem-1', ['mem-1 2']],
    ['mem-2', []],
    ['mem-01', []],
    ['SLC', []],
  ])('%s: %o', (name, expected) => {
    expect(named(name)).toEqual(expected);
  });

  it('one of any number while the number of PEs is not known', () => {
    const anyNumber = (name: string): number => mscsNamed(name, machines, undefined).length;
    expect([anyNumber('mem-700'), anyNumber('l3-700'), anyNumber('mem-5000')]).toEqual([1, 1, 0]);
  });
});

describe('a register of an MSC', () => {
  it.each([
    ['MPAMCFG_CMAX', MscRegister.MPAMCFG_CMAX, 0],
    ['MPAMCFG_CPBM1023', MscRegister.MPAMCFG_CPBM, 1023],
    ['MPAMCFG_MBW_PBM0', MscRegister.MPAMCFG_MBW_PBM, 0],
    ['MPAMF_ERR_MSI_ADDR_L', MscRegister.MPAMF_ERR_MSI_ADDR_L, 0],
    ['mpamcfg_mbw_pbm7', MscRegister.MPAMCFG_MBW_PBM, 7],
  ])('is found by the name %s', (name, register, word) => {
    expect(mscRegisterNamed(name)).toEqual({ register, word });
  });

  it.each(['MPAMCFG_CPBM', 'MPAMCFG_CPBM1024', 'MPAMCFG_MBW_PBM128', 'MPAMCFG_CPBM01', 'MPAMCFG_CMAX0', ''])(
    'is not found by %o',
    (name) => {
      expect(mscRegisterNamed(name)).toBeUndefined();
    },
  );

  it('is written at a time, with what selects its copy', () => {
    const { timeline } = mscScenario(`timeline:
  - { at: 1ms, write_msc: { msc: memory, register: MPAMCFG_MBW_PBM1, partid: 3, ris: 1, space: secure, value: 0xff } }
  - { at: 2ms, write_msc: { msc: mem-0, register: MSMON_CFG_MBWU_CTL, instance: 2, value: 0x80010042 } }
  - { at: 3ms, write_msc: { msc: l3-1, register: MPAMF_ESR, machine: machine, value: "0x100000000" } }
`);
    expect(timeline.map(({ command }) => command)).toEqual([
      {
        ...{ kind: 'writeMsc', machine: undefined, msc: 'memory', ris: 1, space: PartidSpace.secure },
        ...{ register: MscRegister.MPAMCFG_MBW_PBM, word: 1, partid: 3, instance: 0, lo: 0xff, hi: 0 },
      },
      {
        ...{ kind: 'writeMsc', ...NON_SECURE, msc: 'mem-0' },
        ...{ register: MscRegister.MSMON_CFG_MBWU_CTL, word: 0, partid: 0, instance: 2, lo: 0x80010042 | 0, hi: 0 },
      },
      {
        ...{ kind: 'writeMsc', ...NON_SECURE, machine: 0, msc: 'l3-1' },
        ...{ register: MscRegister.MPAMF_ESR, word: 0, partid: 0, instance: 0, lo: 0, hi: 1 },
      },
    ]);
  });
});

it('a capture event is an external one, or a local one of a PARTID space', () => {
  const { timeline } = mscScenario(`timeline:
  - { at: 1ms, capture: { msc: memory, event: 6 } }
  - { at: 2ms, capture: { msc: L3, event: local, space: secure, all: true } }
`);
  expect(timeline.map(({ command }) => command)).toEqual([
    { kind: 'capture', ...NON_SECURE, msc: 'memory', event: 6, isForAll: false },
    { kind: 'capture', ...NON_SECURE, space: PartidSpace.secure, msc: 'L3', event: 'local', isForAll: true },
  ]);
});

const partition = (text: string): string => `partitions: [{ ${text} }]`;
const write = (text: string): string => `timeline: [{ at: 1ms, write_msc: { ${text} } }]`;
const capture = (text: string): string => `timeline: [{ at: 1ms, capture: { ${text} } }]`;

describe('a mistake is answered with what is wrong and what is allowed:', () => {
  it.each([
    [
      'a cache control of memory',
      partition('msc: memory, partid: 1, cpbm: 1'),
      'partitions.0.cpbm: this memory has no portion map (HAS_CPOR_PART is 0) (mem-0)',
    ],
    [
      'a bandwidth control of a cache',
      partition('msc: L3, partid: 1, mbw_max: 50%'),
      'partitions.0.mbw_max: this cache has no MBW_MAX (l3-0)',
    ],
    [
      'a window that a moving one cannot be',
      partition('msc: memory, partid: 1, window: 20ms'),
      // 2^20 - 2 lines of 16 ns, in whole 1/256 us.
      'partitions.0.window: 20000 us is more than a moving window can be: 16777.18359375 us (mem-0)',
    ],
    ['no MSC', partition('partid: 1, cpbm: 1'), 'partitions.0: names no MSC (give msc: L3, l3-0, memory or mem-0)'],
    [
      'two names',
      partition('msc: L3, cache: L3, partid: 1, cpbm: 1'),
      'partitions.0.cache: names an MSC, too (give msc or cache)',
    ],
    [
      'a memory that is not there',
      partition('msc: mem-2, partid: 1, mbw_max: 50%'),
      'partitions.0.msc: there is no MSC "mem-2" (the memories are mem-0 to mem-1)',
    ],
    [
      'a misspelt memory',
      partition('msc: memorie, partid: 1, mbw_max: 50%'),
      'partitions.0.msc: there is no MSC "memorie" (did you mean memory?)',
    ],
    [
      'a resource that is not there',
      partition('msc: memory, ris: 2, partid: 1, mbw_max: 50%'),
      'partitions.0.ris: 2; mem-0 has RIS 0 to 1',
    ],
    [
      'a name that nothing has',
      partition('msc: mem, partid: 1, mbw_max: 50%'),
      'partitions.0.msc: there is no MSC "mem" (known: L3, l3-0, memory, mem-0)',
    ],
    [
      'a PARTID space without a page',
      partition('msc: memory, space: realm, partid: 1, mbw_max: 50%'),
      'partitions.0.space: no feature page of this space (it has 2) (mem-0)',
    ],
    [
      'an unknown register',
      write('msc: L3, register: MPAMCFG_CMAXX, value: 1'),
      'timeline.0.write_msc.register: there is no register "MPAMCFG_CMAXX" (did you mean MPAMCFG_CMAX?)',
    ],
    [
      'a number beyond the registers',
      write('msc: memory, register: MPAMCFG_MBW_PBM128, partid: 1, value: 1'),
      'timeline.0.write_msc.register: there is no register "MPAMCFG_MBW_PBM128"' +
        ' (MPAMCFG_MBW_PBM<n> has the numbers 0 to 127)',
    ],
    [
      'a register that nobody can write',
      write('msc: L3, register: MPAMF_IDR, value: 1'),
      'timeline.0.write_msc.register: MPAMF_IDR is read-only',
    ],
    [
      'more than 32 bits',
      write('msc: L3, register: MPAMF_ECR, value: "0x100000000"'),
      'timeline.0.write_msc.value: more than the 32 bits of MPAMF_ECR',
    ],
    [
      'a control without its PARTID',
      write('msc: memory, register: MPAMCFG_MBW_MAX, value: 1'),
      'timeline.0.write_msc: MPAMCFG_MBW_MAX is selected by a PARTID (give partid)',
    ],
    [
      'a monitor register without its instance, and with a PARTID',
      write('msc: memory, register: MSMON_MBWU, partid: 1, value: 1'),
      'timeline.0.write_msc: MSMON_MBWU is selected by a monitor instance (give instance)',
      'timeline.0.write_msc.partid: MSMON_MBWU is not selected by a PARTID',
    ],
    [
      'an event that does not exist',
      capture('msc: L3, event: 7'),
      'timeline.0.capture.event: 7; expected an integer from 1 to 6',
    ],
    [
      'an external event for all spaces',
      capture('msc: L3, event: 1, all: true'),
      'timeline.0.capture.all: external events reach all PARTID spaces (leave it out)',
    ],
  ])('%s', (_title, text, ...expected) => {
    expect(mscProblems(text)).toEqual(expected);
  });
});
