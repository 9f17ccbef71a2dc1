/** PARTIDs that are disabled and enabled, with and without NFU (A 3.8). */
import { describe, expect, it } from 'vitest';
import { packLabel } from '../../src/arch/label.ts';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { controlsOf, labelOf, NON_SECURE, SECURE } from './controls-fixture.ts';
import { ALL_CONTROLS } from './recording-slots.ts';

const {
  MPAMCFG_CPBM: CPBM,
  MPAMCFG_CMAX: CMAX,
  MPAMCFG_EN: EN,
  MPAMCFG_DIS: DIS,
  MPAMCFG_EN_FLAGS: EN_FLAGS,
} = MscRegister;

const NS = NON_SECURE;
const NFU = 0x80000000;

describe('disabled PARTIDs', () => {
  it('go to the slot that may allocate nowhere, and come back with their settings', () => {
    const { controls, slots, changes } = controlsOf(ALL_CONTROLS);
    controls.write(settingAt(CMAX, NS, 1), 0x7f00);
    controls.adopt(3, labelOf(1));
    const slot = slots.slotOfOwner.get(3);
    controls.write(settingAt(DIS, NS, 0), 1); // the PARTID is in the value, not in the selector
    expect([slots.slotOfOwner.get(3), slots.settled]).toEqual([0, 1]);
    controls.write(settingAt(EN, NS, 0), 1);
    expect([slots.slotOfOwner.get(3), slots.settled]).toEqual([slot, 2]);
    expect(
      changes.slice(1).map(({ register, partid, oldValue, newValue }) => [register, partid, oldValue, newValue]),
    ).toEqual([
      [EN_FLAGS, 0, 0xffffffff, 0xfffffffd],
      [EN_FLAGS, 0, 0xfffffffd, 0xffffffff],
    ]);
    expect(controls.read(settingAt(CMAX, NS, 1))).toBe(0x7f00);
  });

  it('share their state between EN, DIS and EN_FLAGS', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.adopt(3, labelOf(33));
    controls.adopt(4, labelOf(1));
    controls.write(settingAt(EN_FLAGS, NS, 32), 0xfffffffd);
    expect([slots.slotOfOwner.get(3), slots.slotOfOwner.get(4)]).toEqual([0, 1]);
    controls.write(settingAt(EN, NS, 0), 33);
    expect(controls.read(settingAt(EN_FLAGS, NS, 40))).toBe(0xffffffff);
    expect(slots.slotOfOwner.get(3)).toBe(1);
  });

  it('of one space leave the same PARTID of the others alone', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.adopt(3, labelOf(1));
    controls.adopt(4, packLabel(SECURE, 1, 0));
    controls.write(settingAt(DIS, SECURE, 0), 1);
    expect([slots.slotOfOwner.get(3), slots.slotOfOwner.get(4)]).toEqual([1, 0]);
  });

  it('forget their settings with NFU, as changes that depend on the seed alone', () => {
    const forgotten = (seed: number, neighbours: number): unknown => {
      const { controls, changes } = controlsOf(ALL_CONTROLS, seed);
      for (let partid = 2; partid < 2 + neighbours; partid++) controls.write(settingAt(DIS, NS, 0), NFU | partid);
      changes.length = 0;
      controls.write(settingAt(DIS, NS, 0), NFU | 1);
      expect(changes[0]!.register).toBe(EN_FLAGS);
      return changes.slice(1);
    };
    const changes = forgotten(1, 0);
    expect(changes).toContainEqual(expect.objectContaining({ register: CPBM, partid: 1, oldValue: 0xffffffff }));
    expect(forgotten(1, 20)).toEqual(changes);
    expect(forgotten(2, 0)).not.toEqual(changes);
  });

  it('forget them anew each time', () => {
    const { controls } = controlsOf(ALL_CONTROLS);
    const portions = Array.from({ length: 5 }, () => {
      controls.write(settingAt(DIS, NS, 0), NFU | 1);
      return controls.read(settingAt(CPBM, NS, 1));
    });
    expect(new Set(portions).size).toBe(5);
  });

  it('keep their settings without NFU, and where the cache has no NFU', () => {
    for (const [features, value] of [
      [ALL_CONTROLS, 1],
      [{ ...ALL_CONTROLS, hasNfu: false }, NFU | 1],
    ] as const) {
      const { controls, changes } = controlsOf(features);
      controls.write(settingAt(DIS, NS, 0), value);
      expect(changes.map(({ register }) => register)).toEqual([EN_FLAGS]);
      expect(controls.read(settingAt(CPBM, NS, 1))).toBe(0xffffffff);
    }
  });
});
