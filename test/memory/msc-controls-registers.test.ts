/** What the registers of cache partitioning hold, keep, ignore and tell (A 2.4, 2.8). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { controlsOf, labelOf, NON_SECURE, SECURE } from './controls-fixture.ts';
import { ALL_CONTROLS, PORTIONS_ONLY } from './recording-slots.ts';

const {
  MPAMCFG_CPBM: CPBM,
  MPAMCFG_CMAX: CMAX,
  MPAMCFG_CMIN: CMIN,
  MPAMCFG_CASSOC: CASSOC,
  MPAMCFG_EN: EN,
  MPAMCFG_DIS: DIS,
  MPAMCFG_EN_FLAGS: EN_FLAGS,
  MPAMCFG_INTPARTID: INTPARTID,
} = MscRegister;

const NS = NON_SECURE;
const INTERNAL = 0x10000;

describe('registers of cache partitioning', () => {
  /** A 2.4 and A 2.8: what exists, and what every PARTID holds after reset. */
  const RESET: readonly [register: MscRegister, word: number, implemented: number, reset: number][] = [
    [CPBM, 0, 0xffffffff, 0xffffffff],
    [CPBM, 1, 0x000000ff, 0x000000ff],
    [CPBM, 2, 0, 0],
    [CMAX, 0, 0x8000ff00, 0x0000ff00],
    [CMIN, 0, 0x0000ff00, 0],
    [CASSOC, 0, 0x0000f000, 0x0000f000],
    [CASSOC, 1, 0, 0],
    [EN_FLAGS, 0, 0xffffffff, 0xffffffff],
    [EN, 0, 0, 0],
    [DIS, 0, 0, 0],
    [INTPARTID, 0, 0, 0],
  ];
  const FORTY_PORTIONS = { ...ALL_CONTROLS, cpbmWd: 40 };

  it.each(RESET)(
    'register %i word %i resets as PARTID 0 should, at every PARTID and space',
    (register, word, _, reset) => {
      const { controls } = controlsOf(FORTY_PORTIONS);
      for (const partid of [0, 1, 7, 255]) {
        for (const space of [0, 1, 2, 3]) expect(controls.read(settingAt(register, space, partid, word))).toBe(reset);
      }
    },
  );

  it.each(RESET.filter(([register]) => register !== EN && register !== DIS))(
    'register %i word %i keeps the bits that exist, and the others read as zero',
    (register, word, implemented) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 255 }), fc.nat(0xffffffff), (partid, value) => {
          const { controls, changes } = controlsOf(FORTY_PORTIONS);
          controls.write(settingAt(register, NS, partid, word), value);
          const expected = (value & implemented) >>> 0;
          expect(controls.read(settingAt(register, NS, partid, word))).toBe(expected);
          controls.write(settingAt(register, NS, partid, word), value | 0);
          expect(controls.read(settingAt(register, NS, partid, word))).toBe(expected);
          expect(changes.length).toBeLessThanOrEqual(1);
        }),
        { seed: 24, numRuns: 60 },
      );
    },
  );

  it('bits of portions from CPBM_WD on do not exist, the one at CPBM_WD included', () => {
    for (const cpbmWd of [1, 8, 12, 15, 31, 32, 33, 64, 32768]) {
      const { controls } = controlsOf({ ...ALL_CONTROLS, cpbmWd });
      let portions = 0;
      for (let word = 0; word < 1024; word++) {
        controls.write(settingAt(CPBM, NS, 0, word), 0xffffffff);
        for (let bits = controls.read(settingAt(CPBM, NS, 0, word)); bits !== 0; bits = (bits & (bits - 1)) >>> 0)
          portions++;
      }
      expect(portions).toBe(cpbmWd);
    }
  });

  it('have one copy per PARTID and space, and one of EN_FLAGS for 32 PARTIDs', () => {
    const { controls } = controlsOf(ALL_CONTROLS);
    controls.write(settingAt(CPBM, NS, 5), 0xff);
    controls.write(settingAt(EN_FLAGS, NS, 37), 0x0f);
    expect(controls.read(settingAt(CPBM, NS, 4))).toBe(0xffffffff);
    expect(controls.read(settingAt(CPBM, SECURE, 5))).toBe(0xffffffff);
    expect([32, 63].map((partid) => controls.read(settingAt(EN_FLAGS, NS, partid)))).toEqual([0x0f, 0x0f]);
    expect([31, 64].map((partid) => controls.read(settingAt(EN_FLAGS, NS, partid)))).toEqual([0xffffffff, 0xffffffff]);
  });

  it('have no enable bits above the largest PARTID', () => {
    const { controls } = controlsOf({ ...ALL_CONTROLS, partidMax: 46 }); // 47 PARTIDs, as Vera has
    expect(controls.read(settingAt(EN_FLAGS, NS, 32))).toBe(0x7fff);
    expect(controls.read(settingAt(EN_FLAGS, NS, 64))).toBe(0);
  });

  it('tell of a write only if the value changed, and count the others', () => {
    const { controls, changes } = controlsOf(ALL_CONTROLS);
    controls.write(settingAt(CMAX, NS, 3), 0x7fff);
    controls.write(settingAt(CMAX, NS, 3), 0x7f00); // the lower bits do not exist
    controls.write(settingAt(CPBM, NS, 3), 0xffffffff);
    expect(changes).toEqual([
      { register: CMAX, space: NS, ris: 0, partid: 3, word: 0, internal: false, oldValue: 0xff00, newValue: 0x7f00 },
    ]);
    expect([controls.unchangedWrites, controls.ignoredWrites]).toEqual([2, 0]);
  });

  it('ignore and count writes to what the cache does not have', () => {
    const { controls, slots, changes } = controlsOf(PORTIONS_ONLY);
    controls.adopt(3, labelOf(1));
    for (const register of [CMAX, CMIN, CASSOC, EN_FLAGS, INTPARTID])
      controls.write(settingAt(register, NS, 1), INTERNAL);
    controls.write(settingAt(DIS, NS, 1), 1);
    controls.write(settingAt(EN, NS, 1), 1);
    controls.write(settingAt(CPBM, NS, 1, 1), 1);
    controls.write(settingAt(CPBM, NS, 256), 1); // PARTID_MAX is 255
    expect(controls.read(settingAt(CPBM, NS, 256))).toBe(0);
    expect([controls.ignoredWrites, controls.unchangedWrites, changes.length]).toEqual([9, 0, 0]);
    expect(slots.isUnrestricted).toBe(true);
  });
});
