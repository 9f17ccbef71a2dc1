/** Settings of bandwidth as people write them: the registers that they become, and what is refused (A 2.3, 2.4, 3.1). */
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import type { ResourceConfig } from '../../src/memory/msc-config.ts';
import { applySettings } from '../../src/memory/settings/apply-settings.ts';
import type { PartitionSettings } from '../../src/memory/settings/partition-settings.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { settingsProblems } from '../../src/memory/settings/settings-problems.ts';
import { NON_SECURE } from './controls-fixture.ts';
import { ALL_BANDWIDTH, cacheResource, channelResource, MSC_FEATURES, mscControlsOf, mscOf } from './msc-fixture.ts';

const {
  MPAMCFG_MBW_MIN: MIN,
  MPAMCFG_MBW_MAX: MAX,
  MPAMCFG_MBW_WINWD: WINWD,
  MPAMCFG_MBW_PROP: PROP,
  MPAMCFG_MBW_PBM: PBM,
  MPAMCFG_PRI: PRI,
  MPAMCFG_CPBM: CPBM,
  MPAMCFG_INTPARTID: INTPARTID,
} = MscRegister;
const NS = NON_SECURE;

describe('settings of bandwidth', () => {
  it('become register writes, in the order of Linux (K 5.3)', () => {
    const { controls, changes } = mscControlsOf(mscOf([channelResource()]));
    const problems = applySettings(controls, NS, 5, {
      mbwPbm: [0xf0],
      winwd: 1280,
      mbwMin: { percentMilli: 25_000 },
      mbwMax: { percentMilli: 80_000 },
      hardlim: true,
      stride: 4,
      intpri: 3,
      dspri: 2,
    });
    expect(problems).toEqual([]);
    expect(changes.map(({ register, word, newValue }) => [register, word, newValue])).toEqual([
      [PBM, 0, 0xf0],
      [PBM, 1, 0],
      [WINWD, 0, 1280],
      [MIN, 0, 0x4000],
      [MAX, 0, 0x8000cb00], // Arm's table: 80 % in 8 bits is 0xcb
      [PROP, 0, 0x80000003],
      [PRI, 0, 0x00020003],
    ]);
  });

  it('leave alone what is not given: MAX and HARDLIM, and the two priorities, are set one without the other', () => {
    const { controls } = mscControlsOf(mscOf([channelResource()]));
    const set = (settings: PartitionSettings): void => {
      expect(applySettings(controls, NS, 5, settings)).toEqual([]);
    };
    set({ hardlim: true });
    expect(controls.read(settingAt(MAX, NS, 5))).toBe(0x8000ff00);
    set({ mbwMax: { percentMilli: 50_000 } });
    expect(controls.read(settingAt(MAX, NS, 5))).toBe(0x80007f00);
    set({ hardlim: false });
    expect(controls.read(settingAt(MAX, NS, 5))).toBe(0x00007f00);
    set({ dspri: 5 });
    expect(controls.read(settingAt(PRI, NS, 5))).toBe(0x0005000f);
    set({ intpri: 1 });
    expect(controls.read(settingAt(PRI, NS, 5))).toBe(0x00050001);
  });

  it('take the 16-bit field as it is, and a stride of 0 as none', () => {
    const { controls } = mscControlsOf(mscOf([channelResource()]));
    applySettings(controls, NS, 5, { mbwMin: { field: 0x1234 }, mbwMax: { field: 0x4321 }, stride: 256 });
    expect([MIN, MAX, PROP].map((register) => controls.read(settingAt(register, NS, 5)))).toEqual([
      0x1200, 0x4300, 0x800000ff,
    ]);
    applySettings(controls, NS, 5, { stride: 0 });
    expect(controls.read(settingAt(PROP, NS, 5))).toBe(0);
  });

  it('go to the resource that is named, and to none by mistake', () => {
    const config = mscOf([cacheResource(), channelResource({ ris: 2 })]);
    const { controls, changes } = mscControlsOf(config);
    expect(applySettings(controls, NS, 5, { mbwMin: { percentMilli: 0 } }, 2)).toEqual([]);
    expect(applySettings(controls, NS, 5, { cpbm: [1] })).toEqual([]);
    expect(changes.map(({ register, ris }) => [register, ris])).toEqual([
      [MIN, 2],
      [CPBM, 0],
    ]);
    expect(() => applySettings(controls, NS, 5, {}, 1)).toThrow('mem-0 has no RIS 1');
  });

  it('are those of the internal PARTID where PARTIDs are narrowed, which is mapped first', () => {
    const features = { ...MSC_FEATURES, hasNfu: false, intpartidMax: 31 };
    const { controls, changes } = mscControlsOf(mscOf([channelResource()], { features }));
    applySettings(controls, NS, 200, { intpartid: 9, mbwMax: { percentMilli: 50_000 } });
    expect(changes.map(({ register, partid, internal }) => [register, partid, internal])).toEqual([
      [INTPARTID, 200, false],
      [MAX, 9, true],
    ]);
  });
});

describe('settings of bandwidth that a resource cannot have', () => {
  const none: Partial<ResourceConfig> = { bandwidth: undefined, priority: undefined };
  const soft: Partial<ResourceConfig> = { bandwidth: { ...ALL_BANDWIDTH, maxLimit: 'soft' } };
  const hard: Partial<ResourceConfig> = { bandwidth: { ...ALL_BANDWIDTH, maxLimit: 'hard', windwr: false } };

  const REFUSED: readonly [what: string, resource: ResourceConfig, settings: PartitionSettings, message: string][] = [
    ['MIN without one', channelResource(none), { mbwMin: { field: 0 } }, 'mbwMin: this memory has no MBW_MIN'],
    ['MAX without one', cacheResource(), { mbwMax: { field: 0 } }, 'mbwMax: this cache has no MBW_MAX'],
    [
      'a map without one',
      channelResource(none),
      { mbwPbm: [1] },
      'mbwPbm: this memory has no bandwidth portion map (HAS_PBM is 0)',
    ],
    [
      'a stride without one',
      channelResource(none),
      { stride: 1 },
      'stride: this memory has no proportional stride (HAS_PROP is 0)',
    ],
    ['INTPRI without one', channelResource(none), { intpri: 0 }, 'intpri: this memory has no INTPRI (HAS_INTPRI is 0)'],
    ['DSPRI without one', channelResource(none), { dspri: 0 }, 'dspri: this memory has no DSPRI (HAS_DSPRI is 0)'],
    [
      'a limit without MAX',
      channelResource(none),
      { hardlim: false },
      'hardlim: this memory has no MBW_MAX (HAS_MAX is 0)',
    ],
    [
      'a hard limit',
      channelResource(soft),
      { hardlim: true },
      'hardlim: this memory has soft limits only (MAX_LIM is 1)',
    ],
    [
      'a soft limit',
      channelResource(hard),
      { hardlim: false },
      'hardlim: this memory has hard limits only (MAX_LIM is 2)',
    ],
    [
      'a window',
      channelResource(hard),
      { winwd: 256 },
      'winwd: the accounting window of this memory cannot be set (WINDWR is 0)',
    ],
    ['no window', channelResource(), { winwd: 0 }, 'winwd: 0 is not an integer from 1 to 16777215'],
    ['a window of 2^24', channelResource(), { winwd: 2 ** 24 }, 'winwd: 16777216 is not an integer from 1 to 16777215'],
    ['a stride of 257', channelResource(), { stride: 257 }, 'stride: 257 is not an integer from 0 to 256'],
    [
      'a priority of 16',
      channelResource(),
      { intpri: 16 },
      'intpri: 16 is not an integer from 0 to 15, the largest value of 4 bits',
    ],
    ['a priority of 1.5', channelResource(), { dspri: 1.5 }, 'dspri: 1.5 is not an integer from 0 to 7'],
    [
      'MAX 0 %',
      channelResource(),
      { mbwMax: { percentMilli: 0 } },
      'mbwMax: 0 % is less than a maximum of 8 bits can be, which is 0.391 %',
    ],
    [
      'MIN of 101 %',
      channelResource(),
      { mbwMin: { percentMilli: 101_000 } },
      'mbwMin: 101 % is not a share from 0 to 100 %',
    ],
    [
      'a field of 17 bits',
      channelResource(),
      { mbwMin: { field: 0x10000 } },
      'mbwMin: 65536 is not an integer from 0 to 65535',
    ],
    [
      'portion 40',
      channelResource(),
      { mbwPbm: [0, 0x100] },
      'mbwPbm: bandwidth portion 40 does not exist: this memory has bandwidth portions 0 to 39 (BWPBM_WD 40)',
    ],
    [
      'a portion map of a cache',
      channelResource(),
      { cpbm: [1] },
      'cpbm: this memory has no portion map (HAS_CPOR_PART is 0)',
    ],
    [
      'PARTID 256',
      channelResource(),
      { mbwMin: { field: 0 } },
      'partid: 256 is not an integer from 0 to 255, the largest PARTID of this memory',
    ],
  ];

  it.each(REFUSED)(
    '%s is refused with the value and what is allowed, and nothing is written',
    (what, resource, settings, expected) => {
      const partid = what === 'PARTID 256' ? 256 : 5;
      const { controls, changes } = mscControlsOf(mscOf([resource]));
      const found = applySettings(controls, NS, partid, settings);
      expect(found.map(({ setting, message }) => `${setting}: ${message}`)).toEqual([
        expect.stringContaining(expected),
      ]);
      expect(settingsProblems({ msc: MSC_FEATURES, resource }, partid, settings)).toEqual(found);
      expect([changes.length, controls.ignoredWrites, controls.unchangedWrites]).toEqual([0, 0, 0]);
    },
  );

  it('a limit of the one kind that there is may be asked for', () => {
    for (const [resource, hardlim] of [
      [channelResource(soft), false],
      [channelResource(hard), true],
    ] as const) {
      expect(settingsProblems({ msc: MSC_FEATURES, resource }, 5, { hardlim })).toEqual([]);
    }
  });

  it('MIN of 0 % and of 100 % can be expressed', () => {
    for (const percentMilli of [0, 100_000]) {
      expect(
        settingsProblems({ msc: MSC_FEATURES, resource: channelResource() }, 5, { mbwMin: { percentMilli } }),
      ).toEqual([]);
    }
  });
});
