/** How settings limit the partitions of a cache, and which partition an unexpected label is (A 2.6, 3.1 to 3.4, 3.12). */
import { describe, expect, it } from 'vitest';
import { packLabel } from '../../src/arch/label.ts';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { UNLIMITED } from '../../src/loop/assembly/layout.ts';
import type { CacheControlFeatures } from '../../src/memory/msc-config.ts';
import { TooManyPartitionsError } from '../../src/memory/settings/partition-placement.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { controlsOf, labelOf, NON_SECURE, SECURE } from './controls-fixture.ts';
import { ALL_CONTROLS } from './recording-slots.ts';

const { MPAMCFG_CPBM: CPBM, MPAMCFG_CMAX: CMAX, MPAMCFG_CMIN: CMIN, MPAMCFG_CASSOC: CASSOC } = MscRegister;

const NS = NON_SECURE;
const LINES = 1024 * 16;
const SOFTLIM = 0x80000000;

describe('settings in the cache', () => {
  it('restrict nothing after reset: all partitions share a slot without limits', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    for (let partid = 0; partid < 256; partid++) controls.adopt(3 + partid, labelOf(partid));
    expect(slots.isUnrestricted).toBe(true);
    expect(new Set(slots.slotOfOwner.values())).toEqual(new Set([1]));
  });

  it('give a partition that they limit a slot of its own, and leave the others where they are', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.adopt(3, labelOf(1));
    controls.adopt(4, labelOf(2));
    controls.write(settingAt(CPBM, NS, 2), 0x0f);
    expect(slots.of(4).portions).toEqual([0x0f]);
    expect(slots.of(4).limits).toBeUndefined();
    expect(slots.of(3)).toEqual({ limits: undefined, portions: undefined });
    expect([...slots.portionKinds]).toEqual(['32 sets']);
    expect(slots.settled).toBe(1);
  });

  it('apply to owners that come later, whatever their PMG', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.write(settingAt(CMAX, NS, 9), 0x7f00);
    controls.adopt(3, labelOf(9, 0));
    controls.adopt(4, labelOf(9, 3));
    controls.adopt(5, packLabel(SECURE, 9, 0));
    expect(slots.slotOfOwner.get(3)).toBe(slots.slotOfOwner.get(4));
    expect(slots.of(3).limits?.growthLimit).toBe(LINES / 2);
    expect(slots.of(5).limits).toBeUndefined();
    expect(slots.settled).toBe(0);
  });

  /** A 3.1 on 16,384 lines and 16 ways; widths 8 and 4. */
  const none = { growthLimit: UNLIMITED, dropLimit: UNLIMITED, minimum: 0, associativity: UNLIMITED, isSoft: false };
  it.each([
    ['CMAX 50 %', CMAX, 0x7f00, { growthLimit: 8192, dropLimit: 8192 }],
    ['the smallest CMAX, 1/256', CMAX, 0x0000, { growthLimit: 64, dropLimit: 64 }],
    ['CMAX 50 % with SOFTLIM', CMAX, SOFTLIM | 0x7f00, { growthLimit: 8192, dropLimit: 8192, isSoft: true }],
    ['CMIN 50 %', CMIN, 0x8000, { minimum: 8192 }],
    ['CMIN of all ones, which is not all', CMIN, 0xff00, { minimum: 16320 }],
    ['CASSOC of 4 of 16 ways', CASSOC, 0x3000, { associativity: 4 }],
  ] as const)('%s becomes the right numbers of lines and ways', (_, register, value, expected) => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.adopt(3, labelOf(1));
    controls.write(settingAt(register, NS, 1), value);
    expect(slots.of(3).limits).toEqual({ ...none, ...expected });
  });

  it('a soft limit of 100 % is no limit', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.adopt(3, labelOf(1));
    controls.write(settingAt(CMAX, NS, 1), SOFTLIM | 0xff00);
    expect(slots.isUnrestricted).toBe(true);
    controls.write(settingAt(CMIN, NS, 1), 0x8000);
    expect(slots.of(3).limits).toEqual({ ...none, minimum: 8192 });
  });

  it('growth stops at the share rounded up, priority drops above the share rounded down', () => {
    const { controls, slots } = controlsOf({ ...ALL_CONTROLS, cmaxWd: 16 });
    controls.adopt(3, labelOf(1));
    controls.write(settingAt(CMAX, NS, 1), 0x0000); // 1/65536 of 16,384 lines: a quarter of a line
    expect(slots.of(3).limits).toMatchObject({ growthLimit: 1, dropLimit: 0 });
  });

  it('are lifted again when the register holds all ones', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.adopt(3, labelOf(1));
    controls.write(settingAt(CPBM, NS, 1), 0);
    expect(slots.of(3).portions).toEqual([0]);
    controls.write(settingAt(CPBM, NS, 1), 0xffffffff);
    controls.write(settingAt(CMAX, NS, 1), 0x0100);
    controls.write(settingAt(CMAX, NS, 1), 0xff00);
    expect(slots.of(3)).toEqual({ limits: none, portions: [0xffffffff] });
  });

  it('254 partitions may have limits of their own; one more is refused in words', () => {
    const { controls } = controlsOf({ ...ALL_CONTROLS, partidMax: 300 });
    for (let partid = 0; partid <= 254; partid++) {
      controls.write(settingAt(CPBM, NS, partid), 1);
      if (partid < 254) controls.adopt(3 + partid, labelOf(partid));
    }
    controls.adopt(900, labelOf(300)); // without limits: there is always room
    expect(() => controls.adopt(901, labelOf(254))).toThrow(TooManyPartitionsError);
    expect(() => controls.adopt(901, labelOf(254))).toThrow(/cache l3-0: 255 partitions .* at most 254/);
  });
});

describe('labels that the cache does not expect', () => {
  const small: CacheControlFeatures = { ...ALL_CONTROLS, partidMax: 46, pmgMax: 1 };
  /** A 2.6 codes 2 and 4, A 3.12. */
  it.each([
    ['default', 46, 1, 46, 1],
    ['default', 47, 1, 0, 1],
    ['default', 46, 2, 0, 0],
    ['default', 65535, 255, 0, 0],
    ['modulo', 46, 1, 46, 1],
    ['modulo', 47, 1, 0, 1],
    ['modulo', 100, 2, 6, 0],
  ] as const)('%s: PARTID %i and PMG %i are processed as %i and %i', (outOfRange, partid, pmg, toPartid, toPmg) => {
    for (const space of [0, 1, 2, 3]) {
      const { controls } = controlsOf({ ...small, outOfRange });
      expect(controls.effectiveLabel(packLabel(space, partid, pmg))).toBe(packLabel(space, toPartid, toPmg));
      expect(controls.effectiveLabel(packLabel(space, partid, pmg, true))).toBe(packLabel(space, toPartid, toPmg));
    }
  });

  it.each([
    ['default', 0],
    ['modulo', 6],
  ] as const)('%s: an owner with PARTID 100 of 47 is under the controls of PARTID %i', (outOfRange, partid) => {
    const { controls, slots } = controlsOf({ ...small, outOfRange });
    controls.adopt(3, labelOf(100));
    controls.write(settingAt(CPBM, NS, partid), 0x3);
    expect(slots.of(3).portions).toEqual([0x3]);
  });
});
