/** Request PARTIDs that are narrowed to internal ones (A 3.9). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { controlsOf, labelOf, NON_SECURE } from './controls-fixture.ts';
import { NARROWING } from './recording-slots.ts';

const {
  MPAMCFG_CPBM: CPBM,
  MPAMCFG_CMAX: CMAX,
  MPAMCFG_EN: EN,
  MPAMCFG_DIS: DIS,
  MPAMCFG_INTPARTID: INTPARTID,
} = MscRegister;

const NS = NON_SECURE;
const LINES = 1024 * 16;
const INTERNAL = 0x10000;

describe('narrowed PARTIDs', () => {
  const map = (intpartid: number): number => INTERNAL | intpartid;

  it('are all under internal PARTID 0 after reset', () => {
    const { controls, slots } = controlsOf(NARROWING);
    controls.adopt(3, labelOf(0));
    controls.adopt(4, labelOf(200));
    expect(controls.read(settingAt(INTPARTID, NS, 200))).toBe(map(0));
    controls.write(settingAt(CPBM, NS, 0), 0xff);
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
    controls.write(settingAt(INTPARTID, NS, 100), map(7));
    controls.write(settingAt(INTPARTID, NS, 200), map(7));
    controls.write(settingAt(CMAX, NS, 7), 0x7f00);
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
    controls.write(settingAt(CMAX, NS, 7), 0x7f00);
    controls.write(settingAt(CMAX, NS, 8), 0x3f00);
    controls.write(settingAt(INTPARTID, NS, 100), map(7));
    controls.adopt(3, labelOf(100));
    controls.write(settingAt(INTPARTID, NS, 100), map(8));
    expect(slots.of(3).limits?.growthLimit).toBe(LINES / 4);
    expect(slots.settled).toBe(1);
  });

  it('are disabled one by one, whoever shares the internal PARTID', () => {
    const { controls, slots } = controlsOf(NARROWING);
    for (const [owner, partid] of [
      [3, 100],
      [4, 200],
    ] as const) {
      controls.write(settingAt(INTPARTID, NS, partid), map(7));
      controls.adopt(owner, labelOf(partid));
    }
    controls.write(settingAt(DIS, NS, 0), 100);
    expect([slots.slotOfOwner.get(3), slots.slotOfOwner.get(4)]).toEqual([0, 1]);
  });

  it.each([
    ['without INTERNAL', 5],
    ['above INTPARTID_MAX', INTERNAL | 32],
  ])('are not mapped by a write %s', (_, value) => {
    const { controls, changes } = controlsOf(NARROWING);
    controls.write(settingAt(INTPARTID, NS, 100), value);
    expect([controls.read(settingAt(INTPARTID, NS, 100)), changes.length, controls.ignoredWrites]).toEqual([
      map(0),
      0,
      1,
    ]);
  });

  it('have controls for internal PARTIDs only', () => {
    const { controls } = controlsOf(NARROWING);
    controls.write(settingAt(CPBM, NS, 32), 1);
    expect([controls.read(settingAt(CPBM, NS, 31)), controls.read(settingAt(CPBM, NS, 32))]).toEqual([0xffffffff, 0]);
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
          controls.write(settingAt(register, NS, partid), value);
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
