import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import type { CacheControlFeatures } from '../../src/memory/msc-config.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { controlsOf, labelOf, NON_SECURE } from './controls-fixture.ts';
import { ALL_CONTROLS, NARROWING } from './recording-slots.ts';

const POISONED: CacheControlFeatures = { ...ALL_CONTROLS, cpbmWd: 40, reset: 'poison' };
const { MPAMCFG_CPBM, MPAMCFG_CMAX, MPAMCFG_CMIN, MPAMCFG_CASSOC, MPAMCFG_EN_FLAGS, MPAMCFG_INTPARTID } = MscRegister;
const NS = NON_SECURE;

const WORDS: readonly [register: MscRegister, word: number, implemented: number][] = [
  [MPAMCFG_CPBM, 0, 0xffffffff],
  [MPAMCFG_CPBM, 1, 0xff],
  [MPAMCFG_CMAX, 0, 0x8000ff00],
  [MPAMCFG_CMIN, 0, 0xff00],
  [MPAMCFG_CASSOC, 0, 0xf000],
];

describe('settings that are UNKNOWN after reset', () => {
  it('are those of PARTIDs other than 0, which has the defaults and is enabled', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { controls } = controlsOf(POISONED, seed);
      const contents = WORDS.map(([register, word]) => controls.read(settingAt(register, NS, 0, word)));
      expect(contents).toEqual([0xffffffff, 0xff, 0xff00, 0, 0xf000]);
      expect(controls.read(settingAt(MPAMCFG_EN_FLAGS, NS, 0)) & 1).toBe(1);
    }
  });

  it('take every bit that exists, and only those, as 0 and as 1 at some PARTID', () => {
    const { controls } = controlsOf(POISONED);
    const partids = Array.from({ length: 255 }, (_, index) => index + 1);
    for (const [register, word, implemented] of WORDS) {
      const values = partids.map((partid) => controls.read(settingAt(register, NS, partid, word)));
      expect(values.reduce((all, value) => (all | value) >>> 0, 0)).toBe(implemented);
      expect(values.reduce((all, value) => (all & value) >>> 0, 0xffffffff)).toBe(0);
    }
    const flags = Array.from({ length: 8 }, (_, group) => controls.read(settingAt(MPAMCFG_EN_FLAGS, NS, 32 * group)));
    const enabled = flags.flatMap((bits) => Array.from({ length: 32 }, (_, bit) => (bits >>> bit) & 1));
    expect(enabled).toContain(0);
    expect(enabled).toContain(1);
  });

  it('do not depend on the order in which they are looked at or used', () => {
    const access = fc.record({ partid: fc.nat(255), isAdopted: fc.boolean() });
    fc.assert(
      fc.property(fc.array(access, { maxLength: 20 }), fc.integer({ min: 1, max: 255 }), (accesses, partid) => {
        const { controls } = controlsOf(POISONED, 7);
        accesses.forEach((earlier, index) => {
          if (earlier.isAdopted) controls.adopt(3 + index, labelOf(earlier.partid));
          else controls.read(settingAt(MPAMCFG_CPBM, NS, earlier.partid));
        });
        const { controls: fresh } = controlsOf(POISONED, 7);
        for (const [register, word] of WORDS) {
          expect(controls.read(settingAt(register, NS, partid, word))).toBe(
            fresh.read(settingAt(register, NS, partid, word)),
          );
        }
      }),
      { seed: 28 },
    );
  });

  it('differ between seeds, caches, spaces, PARTIDs and words', () => {
    const portions = (seed: number, name: string, space: number, partid: number, word = 0): number =>
      controlsOf({ ...POISONED, cpbmWd: 64 }, seed, name).controls.read(settingAt(MPAMCFG_CPBM, space, partid, word));
    const values = [
      portions(1, 'l3-0', 1, 1),
      portions(2, 'l3-0', 1, 1),
      portions(1, 'l3-1', 1, 1),
      portions(1, 'l3-0', 3, 1),
      portions(1, 'l3-0', 1, 2),
      portions(1, 'l3-0', 1, 1, 1),
    ];
    expect(new Set(values).size).toBe(values.length);
    expect(portions(1, 'l3-0', 1, 1)).toBe(values[0]);
  });

  it('restrict who uses them, and are told as changes from the defaults when they are first used', () => {
    const { controls, slots, changes } = controlsOf({ ...POISONED, hasEndis: false });
    const words = WORDS.map(([register, word]) => controls.read(settingAt(register, NS, 5, word)));
    expect(changes).toEqual([]);
    controls.adopt(3, labelOf(5));
    const defaults = [0xffffffff, 0xff, 0xff00, 0, 0xf000];
    const expected = WORDS.map(([register, word], index) => ({
      register,
      space: NS,
      ris: 0,
      partid: 5,
      word,
      internal: false,
      oldValue: defaults[index]!,
      newValue: words[index]!,
    })).filter(({ oldValue, newValue }) => oldValue !== newValue);
    expect(expected.length).toBeGreaterThan(2);
    expect(changes).toHaveLength(expected.length);
    expect(changes).toEqual(expect.arrayContaining(expected));
    expect(slots.of(3).portions).toEqual(words.slice(0, 2));
    controls.adopt(4, labelOf(5, 1));
    expect(changes).toHaveLength(expected.length);
  });

  it('are told before the first write to the register', () => {
    const { controls, changes } = controlsOf(POISONED);
    const unknown = controls.read(settingAt(MPAMCFG_CPBM, NS, 5));
    controls.write(settingAt(MPAMCFG_CPBM, NS, 5), 0x1);
    expect(changes.map(({ oldValue, newValue }) => [oldValue, newValue])).toEqual([
      [0xffffffff, unknown],
      [unknown, 0x1],
    ]);
  });

  it('may leave a PARTID disabled until firmware enables it', () => {
    const { controls, slots } = controlsOf(POISONED);
    const flags = controls.read(settingAt(MPAMCFG_EN_FLAGS, NS, 0));
    for (let partid = 0; partid < 32; partid++) controls.adopt(3 + partid, labelOf(partid));
    for (let partid = 0; partid < 32; partid++) {
      expect(slots.slotOfOwner.get(3 + partid) === 0).toBe(((flags >>> partid) & 1) === 0);
    }
    controls.write(settingAt(MPAMCFG_EN_FLAGS, NS, 0), 0xffffffff);
    expect([...slots.slotOfOwner.values()]).not.toContain(0);
  });

  it('map to internal PARTIDs that exist', () => {
    const { controls } = controlsOf({ ...NARROWING, intpartidMax: 20, reset: 'poison' });
    const mapped = Array.from(
      { length: 256 },
      (_, partid) => controls.read(settingAt(MPAMCFG_INTPARTID, NS, partid)) - 0x10000,
    );
    expect(mapped[0]).toBe(0);
    expect([Math.min(...mapped), Math.max(...mapped)]).toEqual([0, 20]);
  });

  it('of an internal PARTID are told when a PARTID is mapped to it', () => {
    const { controls, slots, changes } = controlsOf({ ...NARROWING, hasEndis: false, reset: 'poison' });
    controls.adopt(3, labelOf(0));
    expect(changes).toEqual([]);
    const unknown = controls.read(settingAt(MPAMCFG_CPBM, NS, 9));
    controls.write(settingAt(MPAMCFG_INTPARTID, NS, 0), 0x10009);
    expect(changes).toContainEqual(
      expect.objectContaining({ register: MPAMCFG_CPBM, partid: 9, internal: true, newValue: unknown }),
    );
    expect(slots.of(3).portions).toEqual([unknown]);
  });

  it('do not exist for controls that the cache lacks', () => {
    const { controls } = controlsOf({ ...POISONED, cpbmWd: 0, hasCmax: false, hasCmin: false, cassocWd: 0 });
    for (const [register, word] of WORDS) expect(controls.read(settingAt(register, NS, 9, word))).toBe(0);
  });
});
