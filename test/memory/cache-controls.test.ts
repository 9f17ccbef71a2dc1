import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packLabel } from '../../src/arch/label.ts';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { UNLIMITED } from '../../src/loop/assembly/layout.ts';
import type { CacheControlFeatures } from '../../src/memory/hierarchy-config.ts';
import { TooManyPartitionsError } from '../../src/memory/partition-placement.ts';
import { controlsOf, labelOf, NON_SECURE, SECURE } from './controls-fixture.ts';
import { ALL_CONTROLS, NARROWING, PORTIONS_ONLY } from './recording-slots.ts';

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
const LINES = 1024 * 16;
const SOFTLIM = 0x80000000;
const NFU = 0x80000000;
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
        for (const space of [0, 1, 2, 3]) expect(controls.read(register, space, partid, word)).toBe(reset);
      }
    },
  );

  it.each(RESET.filter(([register]) => register !== EN && register !== DIS))(
    'register %i word %i keeps the bits that exist, and the others read as zero',
    (register, word, implemented) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 255 }), fc.nat(0xffffffff), (partid, value) => {
          const { controls, changes } = controlsOf(FORTY_PORTIONS);
          controls.write(register, NS, partid, word, value);
          const expected = (value & implemented) >>> 0;
          expect(controls.read(register, NS, partid, word)).toBe(expected);
          controls.write(register, NS, partid, word, value | 0);
          expect(controls.read(register, NS, partid, word)).toBe(expected);
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
        controls.write(CPBM, NS, 0, word, 0xffffffff);
        for (let bits = controls.read(CPBM, NS, 0, word); bits !== 0; bits = (bits & (bits - 1)) >>> 0) portions++;
      }
      expect(portions).toBe(cpbmWd);
    }
  });

  it('have one copy per PARTID and space, and one of EN_FLAGS for 32 PARTIDs', () => {
    const { controls } = controlsOf(ALL_CONTROLS);
    controls.write(CPBM, NS, 5, 0, 0xff);
    controls.write(EN_FLAGS, NS, 37, 0, 0x0f);
    expect(controls.read(CPBM, NS, 4, 0)).toBe(0xffffffff);
    expect(controls.read(CPBM, SECURE, 5, 0)).toBe(0xffffffff);
    expect([32, 63].map((partid) => controls.read(EN_FLAGS, NS, partid, 0))).toEqual([0x0f, 0x0f]);
    expect([31, 64].map((partid) => controls.read(EN_FLAGS, NS, partid, 0))).toEqual([0xffffffff, 0xffffffff]);
  });

  it('have no enable bits above the largest PARTID', () => {
    const { controls } = controlsOf({ ...ALL_CONTROLS, partidMax: 46 }); // 47 PARTIDs, as Vera has
    expect(controls.read(EN_FLAGS, NS, 32, 0)).toBe(0x7fff);
    expect(controls.read(EN_FLAGS, NS, 64, 0)).toBe(0);
  });

  it('tell of a write only if the value changed, and count the others', () => {
    const { controls, changes } = controlsOf(ALL_CONTROLS);
    controls.write(CMAX, NS, 3, 0, 0x7fff);
    controls.write(CMAX, NS, 3, 0, 0x7f00); // the lower bits do not exist
    controls.write(CPBM, NS, 3, 0, 0xffffffff);
    expect(changes).toEqual([
      { register: CMAX, space: NS, partid: 3, word: 0, internal: false, oldValue: 0xff00, newValue: 0x7f00 },
    ]);
    expect([controls.unchangedWrites, controls.ignoredWrites]).toEqual([2, 0]);
  });

  it('ignore and count writes to what the cache does not have', () => {
    const { controls, slots, changes } = controlsOf(PORTIONS_ONLY);
    controls.adopt(3, labelOf(1));
    for (const register of [CMAX, CMIN, CASSOC, EN_FLAGS, INTPARTID]) controls.write(register, NS, 1, 0, INTERNAL);
    controls.write(DIS, NS, 1, 0, 1);
    controls.write(EN, NS, 1, 0, 1);
    controls.write(CPBM, NS, 1, 1, 1);
    controls.write(CPBM, NS, 256, 0, 1); // PARTID_MAX is 255
    expect(controls.read(CPBM, NS, 256, 0)).toBe(0);
    expect([controls.ignoredWrites, controls.unchangedWrites, changes.length]).toEqual([9, 0, 0]);
    expect(slots.isUnrestricted).toBe(true);
  });
});

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
    controls.write(CPBM, NS, 2, 0, 0x0f);
    expect(slots.of(4).portions).toEqual([0x0f]);
    expect(slots.of(4).limits).toBeUndefined();
    expect(slots.of(3)).toEqual({ limits: undefined, portions: undefined });
    expect([...slots.portionKinds]).toEqual(['32 sets']);
    expect(slots.settled).toBe(1);
  });

  it('apply to owners that come later, whatever their PMG', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.write(CMAX, NS, 9, 0, 0x7f00);
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
    controls.write(register, NS, 1, 0, value);
    expect(slots.of(3).limits).toEqual({ ...none, ...expected });
  });

  it('a soft limit of 100 % is no limit', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.adopt(3, labelOf(1));
    controls.write(CMAX, NS, 1, 0, SOFTLIM | 0xff00);
    expect(slots.isUnrestricted).toBe(true);
    controls.write(CMIN, NS, 1, 0, 0x8000);
    expect(slots.of(3).limits).toEqual({ ...none, minimum: 8192 });
  });

  it('growth stops at the share rounded up, priority drops above the share rounded down', () => {
    const { controls, slots } = controlsOf({ ...ALL_CONTROLS, cmaxWd: 16 });
    controls.adopt(3, labelOf(1));
    controls.write(CMAX, NS, 1, 0, 0x0000); // 1/65536 of 16,384 lines: a quarter of a line
    expect(slots.of(3).limits).toMatchObject({ growthLimit: 1, dropLimit: 0 });
  });

  it('are lifted again when the register holds all ones', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.adopt(3, labelOf(1));
    controls.write(CPBM, NS, 1, 0, 0);
    expect(slots.of(3).portions).toEqual([0]);
    controls.write(CPBM, NS, 1, 0, 0xffffffff);
    controls.write(CMAX, NS, 1, 0, 0x0100);
    controls.write(CMAX, NS, 1, 0, 0xff00);
    expect(slots.of(3)).toEqual({ limits: none, portions: [0xffffffff] });
  });

  it('254 partitions may have limits of their own; one more is refused in words', () => {
    const { controls } = controlsOf({ ...ALL_CONTROLS, partidMax: 300 });
    for (let partid = 0; partid <= 254; partid++) {
      controls.write(CPBM, NS, partid, 0, 1);
      if (partid < 254) controls.adopt(3 + partid, labelOf(partid));
    }
    controls.adopt(900, labelOf(300)); // without limits: there is always room
    expect(() => controls.adopt(901, labelOf(254))).toThrow(TooManyPartitionsError);
    expect(() => controls.adopt(901, labelOf(254))).toThrow(/cache l3-0: 255 partitions .* at most 254/);
  });
});

describe('disabled PARTIDs', () => {
  it('go to the slot that may allocate nowhere, and come back with their settings', () => {
    const { controls, slots, changes } = controlsOf(ALL_CONTROLS);
    controls.write(CMAX, NS, 1, 0, 0x7f00);
    controls.adopt(3, labelOf(1));
    const slot = slots.slotOfOwner.get(3);
    controls.write(DIS, NS, 0, 0, 1); // the PARTID is in the value, not in the selector
    expect([slots.slotOfOwner.get(3), slots.settled]).toEqual([0, 1]);
    controls.write(EN, NS, 0, 0, 1);
    expect([slots.slotOfOwner.get(3), slots.settled]).toEqual([slot, 2]);
    expect(
      changes.slice(1).map(({ register, partid, oldValue, newValue }) => [register, partid, oldValue, newValue]),
    ).toEqual([
      [EN_FLAGS, 0, 0xffffffff, 0xfffffffd],
      [EN_FLAGS, 0, 0xfffffffd, 0xffffffff],
    ]);
    expect(controls.read(CMAX, NS, 1, 0)).toBe(0x7f00);
  });

  it('share their state between EN, DIS and EN_FLAGS', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.adopt(3, labelOf(33));
    controls.adopt(4, labelOf(1));
    controls.write(EN_FLAGS, NS, 32, 0, 0xfffffffd);
    expect([slots.slotOfOwner.get(3), slots.slotOfOwner.get(4)]).toEqual([0, 1]);
    controls.write(EN, NS, 0, 0, 33);
    expect(controls.read(EN_FLAGS, NS, 40, 0)).toBe(0xffffffff);
    expect(slots.slotOfOwner.get(3)).toBe(1);
  });

  it('of one space leave the same PARTID of the others alone', () => {
    const { controls, slots } = controlsOf(ALL_CONTROLS);
    controls.adopt(3, labelOf(1));
    controls.adopt(4, packLabel(SECURE, 1, 0));
    controls.write(DIS, SECURE, 0, 0, 1);
    expect([slots.slotOfOwner.get(3), slots.slotOfOwner.get(4)]).toEqual([1, 0]);
  });

  it('forget their settings with NFU, as changes that depend on the seed alone', () => {
    const forgotten = (seed: number, neighbours: number): unknown => {
      const { controls, changes } = controlsOf(ALL_CONTROLS, seed);
      for (let partid = 2; partid < 2 + neighbours; partid++) controls.write(DIS, NS, 0, 0, NFU | partid);
      changes.length = 0;
      controls.write(DIS, NS, 0, 0, NFU | 1);
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
      controls.write(DIS, NS, 0, 0, NFU | 1);
      return controls.read(CPBM, NS, 1, 0);
    });
    expect(new Set(portions).size).toBe(5);
  });

  it('keep their settings without NFU, and where the cache has no NFU', () => {
    for (const [features, value] of [
      [ALL_CONTROLS, 1],
      [{ ...ALL_CONTROLS, hasNfu: false }, NFU | 1],
    ] as const) {
      const { controls, changes } = controlsOf(features);
      controls.write(DIS, NS, 0, 0, value);
      expect(changes.map(({ register }) => register)).toEqual([EN_FLAGS]);
      expect(controls.read(CPBM, NS, 1, 0)).toBe(0xffffffff);
    }
  });
});

describe('narrowed PARTIDs', () => {
  const map = (intpartid: number): number => INTERNAL | intpartid;

  it('are all under internal PARTID 0 after reset', () => {
    const { controls, slots } = controlsOf(NARROWING);
    controls.adopt(3, labelOf(0));
    controls.adopt(4, labelOf(200));
    expect(controls.read(INTPARTID, NS, 200, 0)).toBe(map(0));
    controls.write(CPBM, NS, 0, 0, 0xff);
    expect([slots.of(3).portions, slots.of(4).portions]).toEqual([[0xff], [0xff]]);
  });

  it('that share an internal PARTID share its slot, so one limit and one account', () => {
    const { controls, slots, changes } = controlsOf(NARROWING);
    for (const [owner, partid] of [
      [3, 100],
      [4, 200],
      [5, 201],
    ] as const)
      controls.adopt(owner, labelOf(partid));
    controls.write(INTPARTID, NS, 100, 0, map(7));
    controls.write(INTPARTID, NS, 200, 0, map(7));
    controls.write(CMAX, NS, 7, 0, 0x7f00);
    expect(slots.slotOfOwner.get(3)).toBe(slots.slotOfOwner.get(4));
    expect(slots.of(3).limits?.growthLimit).toBe(LINES / 2);
    expect(slots.of(5).limits).toBeUndefined();
    expect(changes.map(({ register, partid, internal }) => [register, partid, internal])).toEqual([
      [INTPARTID, 100, false],
      [INTPARTID, 200, false],
      [CMAX, 7, true],
    ]);
  });

  it('move to the account of another internal PARTID when mapped anew', () => {
    const { controls, slots } = controlsOf(NARROWING);
    controls.write(CMAX, NS, 7, 0, 0x7f00);
    controls.write(CMAX, NS, 8, 0, 0x3f00);
    controls.write(INTPARTID, NS, 100, 0, map(7));
    controls.adopt(3, labelOf(100));
    controls.write(INTPARTID, NS, 100, 0, map(8));
    expect(slots.of(3).limits?.growthLimit).toBe(LINES / 4);
    expect(slots.settled).toBe(1);
  });

  it('are disabled one by one, whoever shares the internal PARTID', () => {
    const { controls, slots } = controlsOf(NARROWING);
    for (const [owner, partid] of [
      [3, 100],
      [4, 200],
    ] as const) {
      controls.write(INTPARTID, NS, partid, 0, map(7));
      controls.adopt(owner, labelOf(partid));
    }
    controls.write(DIS, NS, 0, 0, 100);
    expect([slots.slotOfOwner.get(3), slots.slotOfOwner.get(4)]).toEqual([0, 1]);
  });

  it.each([
    ['without INTERNAL', 5],
    ['above INTPARTID_MAX', INTERNAL | 32],
  ])('are not mapped by a write %s', (_, value) => {
    const { controls, changes } = controlsOf(NARROWING);
    controls.write(INTPARTID, NS, 100, 0, value);
    expect([controls.read(INTPARTID, NS, 100, 0), changes.length, controls.ignoredWrites]).toEqual([map(0), 0, 1]);
  });

  it('have controls for internal PARTIDs only', () => {
    const { controls } = controlsOf(NARROWING);
    controls.write(CPBM, NS, 32, 0, 1);
    expect([controls.read(CPBM, NS, 31, 0), controls.read(CPBM, NS, 32, 0)]).toEqual([0xffffffff, 0]);
    expect(controls.ignoredWrites).toBe(1);
  });

  it('end in the slot that the last map and the last controls say, in whatever order they were written', () => {
    const write = fc.oneof(
      fc.record({ register: fc.constant(INTPARTID), partid: fc.nat(5), value: fc.nat(3).map(map) }),
      fc.record({ register: fc.constant(CPBM), partid: fc.nat(3), value: fc.nat(0xffffffff) }),
      fc.record({ register: fc.constantFrom(EN, DIS), partid: fc.constant(0), value: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), fc.nat(30), (writes, adoptedAt) => {
        const { controls, slots } = controlsOf(NARROWING);
        const mapped = new Array<number>(6).fill(0);
        const portions = new Array<number>(4).fill(0xffffffff);
        const enabled = new Array<boolean>(6).fill(true);
        const adopt = (): void => {
          for (let partid = 0; partid < 6; partid++) controls.adopt(3 + partid, labelOf(partid));
        };
        writes.forEach(({ register, partid, value }, index) => {
          if (index === adoptedAt) adopt();
          controls.write(register, NS, partid, 0, value);
          if (register === INTPARTID) mapped[partid] = value - INTERNAL;
          else if (register === CPBM) portions[partid] = value;
          else enabled[value] = register === EN;
        });
        if (adoptedAt >= writes.length) adopt();
        mapped.forEach((intpartid, partid) => {
          expect(slots.slotOfOwner.get(3 + partid) !== 0).toBe(enabled[partid]);
          if (enabled[partid]) expect(slots.of(3 + partid).portions ?? [0xffffffff]).toEqual([portions[intpartid]]);
        });
      }),
      { seed: 39, numRuns: 300 },
    );
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
    controls.write(CPBM, NS, partid, 0, 0x3);
    expect(slots.of(3).portions).toEqual([0x3]);
  });
});
