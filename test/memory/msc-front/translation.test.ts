/** PARTID translation on the way in and out (A 2.7). */
import { describe, expect, it } from 'vitest';
import { packLabel } from '../../../src/arch/label.ts';
import { MscRegister } from '../../../src/arch/msc-registers.ts';
import { applyBaseMask } from '../../../src/memory/msc-front/translation-registers.ts';
import { AT, type FrontFixture, frontOf, INGRESS_TL, NS, S } from './front-fixture.ts';

const ENABLE = 0x80000000;
const IN_TL = MscRegister.MPAMCFG_IN_TL;
const BOTH = { partidMax: 100, hasDirect: true, hasBaseMask: true };

const label = (partid: number, pmg = 2, space = NS): number => packLabel(space, partid, pmg);

describe('BASE and MASK', () => {
  it.each([
    [0x0000, 0x1200, 8, 0x1200],
    [0x0034, 0x1200, 8, 0x1234],
    [0xab34, 0x12ff, 8, 0x1234],
    [0xab34, 0x5678, 0, 0x5678],
    [0xab34, 0x5678, 16, 0xab34],
    [0xab34, 0x5678, 31, 0xab34],
    [0x0003, 0x0004, 2, 0x0007],
    [0x0007, 0x0004, 2, 0x0007],
  ])('PARTID 0x%s with BASE %i and MASK_WD %i is %i', (partid, base, width, expected) => {
    expect(applyBaseMask(partid, base, width)).toBe(expected);
  });
});

describe('ingress translation', () => {
  it('does nothing until it is enabled', () => {
    const { front } = frontOf({ front: { ingress: BOTH } });
    front.write32(NS, AT.PART_SEL, INGRESS_TL | 5);
    front.write32(NS, AT.IN_TL, 9);
    expect(front.translateIngress(label(5))).toBe(label(5));
    front.write32(NS, AT.IN_TL, ENABLE | 9);
    expect(front.translateIngress(label(5))).toBe(label(9));
    expect(front.translateIngress(label(5, 2, S))).toBe(label(5, 2, S));
  });

  it('takes the entry of the PARTID, else BASE and MASK, else the PARTID', () => {
    const { front } = frontOf({ front: { ingress: BOTH } });
    front.write32(NS, AT.PART_SEL, INGRESS_TL | 5);
    front.write32(NS, AT.IN_TL, ENABLE | 9);
    expect(front.translateIngress(label(6))).toBe(label(6));
    front.write32(NS, AT.IN_TL_BASE, 0x20);
    front.write32(NS, AT.IN_TL_MASK, 2);
    expect(front.translateIngress(label(6))).toBe(label(0x22));
    expect(front.translateIngress(label(5))).toBe(label(9));
    expect(front.translateEgress(label(5))).toBe(label(5));
  });

  it('has BASE and MASK or entries as the MSC implements them', () => {
    const direct = frontOf({ front: { ingress: { ...BOTH, hasBaseMask: false } } }).front;
    direct.write32(NS, AT.IN_TL_BASE, 0xffff);
    expect(direct.read32(NS, AT.IN_TL_BASE)).toBe(0);
    expect(direct.read32(NS, AT.IN_TL_MASK)).toBe(0);
    const computed = frontOf({ front: { ingress: { ...BOTH, hasDirect: false } } }).front;
    computed.write32(NS, AT.IN_TL, 0xffffffff);
    expect(computed.read32(NS, AT.IN_TL)).toBe(ENABLE);
    computed.write32(NS, AT.IN_TL_MASK, 0xffffffff);
    expect(computed.read32(NS, AT.IN_TL_MASK)).toBe(0x1f);
    computed.write32(NS, AT.IN_TL_BASE, 0xffffffff);
    expect(computed.read32(NS, AT.IN_TL_BASE)).toBe(0xffff);
  });
});

describe('entries', () => {
  it('are selected by PARTID_SEL, of the way that INGRESS_TL says', () => {
    const { front, changes } = frontOf({ front: { ingress: BOTH, egress: BOTH } });
    front.write32(NS, AT.PART_SEL, INGRESS_TL | 5);
    front.write32(NS, AT.OUT_TL, ENABLE | 7);
    expect(front.read32(NS, AT.OUT_TL)).toBe(0);
    front.write32(NS, AT.IN_TL, ENABLE | 9);
    front.write32(NS, AT.PART_SEL, 5);
    expect(front.read32(NS, AT.IN_TL)).toBe(0);
    front.write32(NS, AT.OUT_TL, ENABLE | 7);
    expect(front.read32(NS, AT.OUT_TL)).toBe(ENABLE + 7);
    expect(front.translateEgress(label(5))).toBe(label(7));
    expect(front.translateIngress(label(5))).toBe(label(9));
    expect(changes().filter(({ register }) => register !== 8)).toMatchObject([
      { register: 42, partid: 5, oldValue: 0, newValue: ENABLE + 9 },
      { register: 45, partid: 5, oldValue: 0, newValue: ENABLE + 7 },
    ]);
  });

  it('of the way in may be of PARTIDs above PARTID_MAX, up to IN_PARTID_MAX; beyond is error 1', () => {
    const { front, errors } = frontOf({ front: { ingress: BOTH, egress: BOTH } });
    front.write32(NS, AT.PART_SEL, INGRESS_TL | 100);
    front.write32(NS, AT.IN_TL, ENABLE | 3);
    expect(errors()).toEqual([]);
    expect(front.translateIngress(label(100))).toBe(label(3));
    front.write32(NS, AT.PART_SEL, INGRESS_TL | 101);
    expect(front.read32(NS, AT.IN_TL)).toBe(0);
    front.write32(NS, AT.PART_SEL, 47);
    front.read32(NS, AT.OUT_TL);
    expect(errors().map(({ code, partid }) => [code, partid])).toEqual([
      [1, 101],
      [1, 47],
    ]);
  });

  it('are checked when PART_SEL is written where that drops values out of range', () => {
    const { front, errors } = frontOf({ front: { ingress: BOTH, outOfRangeSelector: 'dropped' } });
    front.write32(NS, AT.PART_SEL, INGRESS_TL | 100);
    front.write32(NS, AT.PART_SEL, INGRESS_TL | 101);
    expect(front.read32(NS, AT.PART_SEL)).toBe(INGRESS_TL | 100);
    expect(errors().map(({ code }) => code)).toEqual([1]);
  });
});

describe('ENABLE', () => {
  /** What IN_TL reads as by the register changes that were told, entry by entry. */
  const toldOf = ({ changes }: FrontFixture): Map<number, number> =>
    new Map(changes().flatMap(({ register, partid, newValue }) => (register === IN_TL ? [[partid, newValue]] : [])));

  it('is a change of each entry that is configured, whichever it is written with', () => {
    const fixture = frontOf({ front: { ingress: BOTH } });
    const write = (partid: number, value: number): void => {
      fixture.front.write32(NS, AT.PART_SEL, INGRESS_TL | partid);
      fixture.front.write32(NS, AT.IN_TL, value);
    };
    write(9, 1);
    write(5, 2);
    write(7, 0);
    for (const enable of [ENABLE, 0, ENABLE]) {
      write(5, enable + 3);
      for (const partid of [5, 7, 9]) {
        fixture.front.write32(NS, AT.PART_SEL, INGRESS_TL | partid);
        expect(toldOf(fixture).get(partid)).toBe(fixture.front.read32(NS, AT.IN_TL));
      }
    }
    const values = fixture.changes().filter(({ register }) => register === IN_TL);
    const last = values.slice(-3);
    expect(last.map(({ partid, oldValue, newValue }) => [partid, oldValue, newValue])).toEqual([
      [5, 3, ENABLE + 3],
      [7, 0, ENABLE],
      [9, 1, ENABLE + 1],
    ]);
  });
});

describe('a request', () => {
  // PARTID_MAX is 46, PMG_MAX 3, IN_PARTID_MAX 100.
  const front = ({ enable = 0, hasDirect = true } = {}) => {
    const { front: made } = frontOf({ front: { ingress: { ...BOTH, hasDirect } } });
    made.write32(NS, AT.PART_SEL, INGRESS_TL | 60);
    made.write32(NS, AT.IN_TL, enable + 9);
    made.write32(NS, AT.PART_SEL, INGRESS_TL | 5);
    made.write32(NS, AT.IN_TL, enable + 50);
    return made;
  };

  it.each([
    ['within both maxima is none', 6, undefined],
    ['above PARTID_MAX that becomes one of the MSC is none', 60, undefined],
    ['above PARTID_MAX that stays as it is is one', 61, 2],
    ['that becomes one above PARTID_MAX is one', 5, 2],
    ['above IN_PARTID_MAX is one', 101, 2],
  ])('of a PARTID %s (error 2)', (_, partid, code) => {
    expect(front({ enable: ENABLE }).requestErrorOf(label(partid))).toBe(code);
  });

  it('above IN_PARTID_MAX is an error even if BASE and MASK make it one of the MSC; without entries there is no such maximum', () => {
    for (const hasDirect of [true, false]) {
      const made = front({ enable: ENABLE, hasDirect });
      made.write32(NS, AT.IN_TL_MASK, 4);
      expect(made.requestErrorOf(label(100))).toBe(undefined);
      expect(made.requestErrorOf(label(101))).toBe(hasDirect ? 2 : undefined);
    }
  });

  it('is judged as it comes where translation is off, and in the other spaces', () => {
    expect(front().requestErrorOf(label(60))).toBe(2);
    expect(front().requestErrorOf(label(5))).toBe(undefined);
    expect(front({ enable: ENABLE }).requestErrorOf(label(60, 0, S))).toBe(2);
  });

  it('may have a PMG that is not there, too: error 4, unless its PARTID is wrong', () => {
    const made = front({ enable: ENABLE });
    expect(made.requestErrorOf(label(60, 4))).toBe(4);
    expect(made.requestErrorOf(label(61, 4))).toBe(2);
  });
});
