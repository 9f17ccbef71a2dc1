/** An MSC with several resources (RIS), and the settings of PARTIDs out of range (A 3.9, 3.10, 3.12). */
import { describe, expect, it } from 'vitest';
import { packLabel } from '../../src/arch/label.ts';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { PLAIN_FRONT } from '../../src/memory/implied-mscs.ts';
import type { MscConfig } from '../../src/memory/msc-config.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { labelOf, NON_SECURE, SECURE } from './controls-fixture.ts';
import { ALL_BANDWIDTH, cacheResource, channelResource, MSC_FEATURES, mscControlsOf, mscOf } from './msc-fixture.ts';

const {
  MPAMCFG_CPBM: CPBM,
  MPAMCFG_CMAX: CMAX,
  MPAMCFG_MBW_MIN: MIN,
  MPAMCFG_MBW_MAX: MAX,
  MPAMCFG_MBW_WINWD: WINWD,
  MPAMCFG_EN_FLAGS: EN_FLAGS,
  MPAMCFG_DIS: DIS,
  MPAMCFG_INTPARTID: INTPARTID,
} = MscRegister;
const NS = NON_SECURE;

/** A cache as RIS 0, and channels as RIS 2 and 5: with gaps, as A 3.10 allows. */
const RESOURCES = [
  cacheResource(),
  channelResource({ ris: 2, channel: 0 }),
  channelResource({ ris: 5, channel: 1, bandwidth: { ...ALL_BANDWIDTH, bwaWd: 4 } }),
];

describe('an MSC with several resources', () => {
  it('keeps the settings of each apart', () => {
    const { controls, channels, caches, changes } = mscControlsOf(mscOf(RESOURCES));
    controls.adopt(3, labelOf(1));
    controls.write(settingAt(MAX, NS, 1, 0, 2), 0x7fff);
    controls.write(settingAt(MAX, NS, 1, 0, 5), 0x3fff);
    controls.write(settingAt(CPBM, NS, 1), 0xf0);
    expect([2, 5].map((ris) => controls.read(settingAt(MAX, NS, 1, 0, ris)))).toEqual([0x7f00, 0x3000]); // 8 and 4 bits
    expect([2, 5].map((ris) => channels.get(ris)!.of(3).limits!.maximum)).toEqual([0x8000, 0x4000]);
    expect(caches.get(0)!.of(3).portions).toEqual([0xf0]);
    expect(changes.map(({ register, ris }) => [register, ris])).toEqual([
      [MAX, 2],
      [MAX, 5],
      [CPBM, 0],
    ]);
  });

  it('has a control only where the resource has it', () => {
    const { controls } = mscControlsOf(mscOf(RESOURCES));
    const bits = (register: MscRegister): number[] =>
      [0, 1, 2, 5, 15].map((ris) => controls.implementedBits(settingAt(register, 0, 1, 0, ris)));
    expect(bits(CPBM)).toEqual([0xffffffff, 0, 0, 0, 0]);
    expect(bits(MIN)).toEqual([0, 0, 0xff00, 0xf000, 0]);
    expect(bits(EN_FLAGS)).toEqual(new Array(5).fill(0xffffffff)); // of the MSC, whatever the RIS
    controls.write(settingAt(MIN, NS, 1, 0, 1), 0);
    expect([controls.ignoredWrites, controls.read(settingAt(MIN, NS, 1, 0, 1))]).toEqual([1, 0]);
  });

  it('enables, disables and narrows PARTIDs for all of them at once', () => {
    const narrowing: Partial<MscConfig> = { features: { ...MSC_FEATURES, hasNfu: false, intpartidMax: 31 } };
    const { controls, channels, caches, changes } = mscControlsOf(mscOf(RESOURCES, narrowing));
    controls.adopt(3, labelOf(1));
    controls.write(settingAt(CMAX, NS, 7), 0x7f00);
    controls.write(settingAt(MAX, NS, 7, 0, 2), 0x7f00);
    controls.write(settingAt(INTPARTID, NS, 1, 0, 5), 0x10007);
    expect(caches.get(0)!.of(3).limits!.growthLimit).toBe((1024 * 16) / 2);
    expect(channels.get(2)!.of(3).limits!.maximum).toBe(0x8000);
    controls.write(settingAt(DIS, NS, 0, 0, 2), 1);
    const slots = [caches.get(0), channels.get(2), channels.get(5)].map((resource) => resource!.slotOfOwner.get(3));
    expect(slots).toEqual([0, 0, 0]);
    expect(changes.slice(-2).map(({ register, ris }) => [register, ris])).toEqual([
      [INTPARTID, 0],
      [EN_FLAGS, 0],
    ]);
  });

  it('has one accounting window per PARTID for all of them (A 7)', () => {
    const { controls, channels, changes } = mscControlsOf(mscOf(RESOURCES));
    controls.adopt(3, labelOf(1));
    controls.write(settingAt(WINWD, NS, 1, 0, 5), 512);
    expect([0, 2, 5].map((ris) => controls.read(settingAt(WINWD, NS, 1, 0, ris)))).toEqual([512, 512, 512]); // whichever is selected
    expect([2, 5].map((ris) => channels.get(ris)!.of(3).limits!.windowPs)).toEqual([2_000_000, 2_000_000]);
    expect(changes.map(({ ris }) => ris)).toEqual([2]); // told of the first resource that has it
  });

  it('has UNKNOWN settings of each after reset, told once', () => {
    const features = { ...MSC_FEATURES, reset: 'poison' } as const;
    const config = mscOf([RESOURCES[1]!, { ...RESOURCES[1]!, ris: 3, channel: 1 }], { features });
    const { controls, changes } = mscControlsOf(config);
    const known = [MIN, MAX, WINWD].map((register) => controls.read(settingAt(register, NS, 0, 0, 2)));
    expect(known).toEqual([0xff00, 0xff00, 2560]);
    const values = Array.from({ length: 50 }, (_, n) =>
      [2, 3].map((ris) => controls.read(settingAt(MAX, NS, n + 1, 0, ris))),
    );
    expect(new Set(values.map(([first]) => first)).size).toBeGreaterThan(20);
    expect(values.filter(([first, second]) => first === second).length).toBeLessThan(10);
    controls.adopt(3, labelOf(9));
    const told = changes.filter(({ partid }) => partid === 9);
    const names = told.map(({ register, word, ris }) => `${register} ${word} ${ris}`);
    expect(new Set(names).size).toBe(names.length);
    expect(told.filter(({ register }) => register === WINWD)).toHaveLength(1);
    for (const { register, word, ris, newValue } of told) {
      expect(controls.read(settingAt(register, NS, 9, word, ris))).toBe(newValue);
    }
    controls.adopt(4, labelOf(9, 1));
    expect(changes.filter(({ partid }) => partid === 9)).toHaveLength(told.length);
  });

  it('forgets the settings of all of them with NFU, but a window that cannot be written', () => {
    const bandwidth = { ...ALL_BANDWIDTH, windwr: false };
    const resources = [cacheResource(), channelResource({ ris: 2, bandwidth })];
    const { controls, changes } = mscControlsOf(mscOf(resources));
    controls.write(settingAt(DIS, NS, 0), 0x80000001);
    expect(new Set(changes.map(({ ris }) => ris))).toEqual(new Set([0, 2]));
    expect(controls.read(settingAt(WINWD, NS, 1, 0, 2))).toBe(2560);
  });

  it('forgets the window that all of them share once', () => {
    const { controls, changes } = mscControlsOf(mscOf(RESOURCES));
    controls.write(settingAt(DIS, NS, 0), 0x80000001);
    expect(changes.filter(({ register }) => register === WINWD)).toHaveLength(1);
  });

  it('has a window that is known after reset where it cannot be written', () => {
    const features = { ...MSC_FEATURES, reset: 'poison' } as const;
    const bandwidth = { ...ALL_BANDWIDTH, windwr: false };
    const { controls, changes } = mscControlsOf(mscOf([channelResource({ bandwidth })], { features }));
    controls.adopt(3, labelOf(9));
    expect(controls.read(settingAt(WINWD, NS, 9))).toBe(2560);
    expect(changes.filter(({ register }) => register === WINWD)).toEqual([]);
  });
});

describe('default settings of PARTIDs out of range (MSC_DCTRL)', () => {
  const front = { ...PLAIN_FRONT, hasDefaultPartid: true };
  const small = { ...MSC_FEATURES, partidMax: 46 };

  it('are a row of their own, which all of them are under', () => {
    const { controls, channels } = mscControlsOf(mscOf([channelResource()], { features: small, front }));
    const row = controls.defaultPartid!;
    controls.adopt(3, labelOf(47));
    controls.adopt(4, labelOf(200));
    controls.adopt(5, labelOf(0));
    controls.write(settingAt(MAX, NS, row), 0x7f00);
    controls.write(settingAt(MAX, NS, 0), 0x3f00);
    const slots = channels.get(0)!;
    expect([3, 4, 5].map((owner) => slots.of(owner).limits!.maximum)).toEqual([0x8000, 0x8000, 0x4000]);
    expect(slots.slotOfOwner.get(3)).toBe(slots.slotOfOwner.get(4));
  });

  it('are those of the first PARTID out of range, and no other one out of range has any', () => {
    const { controls, changes } = mscControlsOf(mscOf([channelResource()], { features: small, front }));
    expect(controls.defaultPartid).toBe(47);
    expect([46, 47, 48].map((partid) => controls.implementedBits(settingAt(MIN, NS, partid)))).toEqual([
      0xff00, 0xff00, 0,
    ]);
    controls.write(settingAt(MIN, SECURE, 47), 0);
    expect(changes).toEqual([
      { register: MIN, space: SECURE, ris: 0, partid: 47, word: 0, internal: false, oldValue: 0xff00, newValue: 0 },
    ]);
  });

  it('cannot be disabled, and monitors still see PARTID 0', () => {
    const { controls, channels } = mscControlsOf(mscOf([channelResource()], { features: small, front }));
    controls.adopt(3, labelOf(47, 2));
    controls.write(settingAt(DIS, NS, 0), 47);
    expect([controls.ignoredWrites, channels.get(0)!.slotOfOwner.get(3) === 0]).toEqual([1, false]);
    expect(controls.effectiveLabel(labelOf(47, 2))).toBe(labelOf(0, 2));
  });

  it('are an internal PARTID beyond the others where PARTIDs are narrowed', () => {
    const features = { ...small, hasNfu: false, intpartidMax: 9 };
    const { controls, channels, changes } = mscControlsOf(mscOf([channelResource()], { features, front }));
    controls.adopt(3, labelOf(47));
    controls.write(settingAt(MAX, NS, controls.defaultPartid!), 0x7f00);
    expect(channels.get(0)!.of(3).limits!.maximum).toBe(0x8000);
    expect(changes.at(-1)).toMatchObject({ partid: 10, internal: true });
  });

  it('are not there where every PARTID is in range, or the MSC has none', () => {
    const features = { ...MSC_FEATURES, partidMax: 65535 };
    expect(mscControlsOf(mscOf([channelResource()], { features, front })).controls.defaultPartid).toBeUndefined();
    expect(mscControlsOf(mscOf([channelResource()], { features: small })).controls.defaultPartid).toBeUndefined();
  });
});

describe('owners whose label becomes another one on the way in (A 2.7)', () => {
  it('move to the slot of their new PARTID, with their lines', () => {
    const { controls, caches, channels } = mscControlsOf(mscOf(RESOURCES));
    controls.write(settingAt(CPBM, NS, 2), 0x0f);
    controls.write(settingAt(MAX, NS, 2, 0, 2), 0x7f00);
    controls.adopt(3, labelOf(1));
    controls.adopt(3, packLabel(NS, 2, 0));
    expect(caches.get(0)!.of(3).portions).toEqual([0x0f]);
    expect(channels.get(2)!.of(3).limits!.maximum).toBe(0x8000);
    expect(caches.get(0)!.settled).toBe(1);
    controls.write(settingAt(CPBM, NS, 1), 0xff); // it is not of that partition any more
    expect(caches.get(0)!.of(3).portions).toEqual([0x0f]);
  });
});
