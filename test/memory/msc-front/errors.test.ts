/** The error codes of A 2.6: each by its cause, what it captures and what becomes of the access; overwriting and clearing. */
import { describe, expect, it } from 'vitest';
import { settingAt } from '../../../src/memory/settings/setting-place.ts';
import { AT, CACHE, CHANNEL, type FrontFixture, frontOf, INTERNAL, NS, S, sel } from './front-fixture.ts';

const esr = (code: number, partidMon: number, pmg = 0): number => code * 2 ** 24 + pmg * 2 ** 16 + partidMon;
const OVRWR = 2 ** 31;

/** Both halves of ESR. */
const recorded = ({ front }: FrontFixture): readonly [number, number] => [
  front.read32(NS, AT.ESR),
  front.read32(NS, AT.ESR + 4),
];

describe('code 1, PARTID_SEL_Range', () => {
  it('comes with the later access where PART_SEL takes any value: it reads 0 and writes nothing', () => {
    const fixture = frontOf();
    const { front, changes, errors } = fixture;
    front.write32(NS, AT.PART_SEL, sel(47, 2));
    expect(errors()).toEqual([]);
    expect(front.read32(NS, AT.PART_SEL)).toBe(sel(47, 2));
    expect(front.read32(NS, AT.MBW_MAX)).toBe(0);
    expect(recorded(fixture)).toEqual([esr(1, 47), 2]);
    const before = changes().length;
    front.write32(NS, AT.MBW_MAX, 0x1000);
    expect(
      changes()
        .slice(before)
        .every(({ register }) => register === 15),
    ).toBe(true);
    expect(errors().map(({ code, partid, ris, pmg }) => [code, partid, ris, pmg])).toEqual([
      [1, 47, 2, 0],
      [1, 47, 2, 0],
    ]);
  });

  it('comes with the write of PART_SEL where that is checked, and leaves PART_SEL as it was', () => {
    const fixture = frontOf({ front: { outOfRangeSelector: 'dropped' } });
    fixture.front.write32(NS, AT.PART_SEL, sel(46, 2));
    fixture.front.write32(NS, AT.PART_SEL, sel(47));
    expect(fixture.front.read32(NS, AT.PART_SEL)).toBe(sel(46, 2));
    expect(recorded(fixture)).toEqual([esr(1, 47), 0]);
  });

  it.each([
    ['EN', AT.EN],
    ['DIS', AT.DIS],
  ])('comes with a write of %s that names a PARTID out of range', (_, at) => {
    const fixture = frontOf();
    fixture.front.write32(NS, at, 60);
    expect(recorded(fixture)).toEqual([esr(1, 60), 0]);
  });

  it('comes with EN_FLAGS, too, but not with registers that PART_SEL does not select', () => {
    const { front, errors } = frontOf();
    front.write32(NS, AT.PART_SEL, sel(500));
    for (const at of [AT.IDR, AT.ESR, AT.MON_SEL, AT.MBWU, AT.ECR]) front.read32(NS, at);
    expect(errors()).toEqual([]);
    front.read32(NS, AT.EN_FLAGS);
    expect(errors().map(({ code }) => code)).toEqual([1]);
  });
});

describe('codes 2 and 4, requests out of range', () => {
  it.each([
    [2, 47, 3],
    [4, 12, 9],
  ] as const)('code %i captures the PARTID and PMG of the request, and no RIS', (code, partid, pmg) => {
    const fixture = frontOf();
    fixture.front.requestError(code, NS, partid, pmg);
    expect(recorded(fixture)).toEqual([esr(code, partid, pmg), 0]);
    expect(fixture.errors()).toEqual([{ type: 'error', code, space: NS, ris: 0, partid, pmg, overwrote: false }]);
    expect(fixture.front.read32(S, AT.ESR)).toBe(0);
  });
});

describe('code 3, MSMONCFG_ID_RANGE', () => {
  it.each([
    ['a PARTID', AT.MBWU_FLT, 47, 0],
    ['a PMG', AT.MBWU_FLT, 5, 4],
    ['a PARTID of a CSU monitor', AT.CSU_FLT, 0xffff, 0xff],
  ])('comes with a filter that gets %s out of range, which is stored', (_, at, partid, pmg) => {
    const fixture = frontOf();
    fixture.front.write32(NS, at, partid + pmg * 2 ** 16);
    expect(recorded(fixture)).toEqual([esr(3, partid, pmg), 0]);
    expect(fixture.front.read32(NS, at)).toBe(partid + pmg * 2 ** 16);
  });

  it('captures the RIS, and does not come with a filter in range', () => {
    const fixture = frontOf();
    fixture.front.write32(NS, AT.MON_SEL, sel(1, 2));
    fixture.front.write32(NS, AT.MBWU_FLT, 46 + 3 * 2 ** 16);
    expect(fixture.errors()).toEqual([]);
    fixture.front.write32(NS, AT.MBWU_FLT, 46 + 4 * 2 ** 16);
    expect(recorded(fixture)).toEqual([esr(3, 46, 4), 2]);
  });
});

describe('code 5, Monitor_Range', () => {
  it('comes with the access, as NUM_MON differs by type and by RIS', () => {
    const fixture = frontOf();
    const { front, errors } = fixture;
    front.write32(NS, AT.MON_SEL, sel(4));
    front.write32(NS, AT.MBWU, 5);
    expect(front.read32(NS, AT.MBWU)).toBe(5);
    expect(errors()).toEqual([]);
    expect(front.read32(NS, AT.CSU)).toBe(0);
    expect(recorded(fixture)).toEqual([esr(5, 4), 0]);
    front.write32(NS, AT.MON_SEL, sel(2, 2));
    front.write32(NS, AT.MBWU, 5);
    expect(recorded(fixture)).toEqual([OVRWR + esr(5, 2), 2]);
    expect(front.read32(NS, AT.MBWU)).toBe(0);
  });

  it('comes with the write of MON_SEL where that is checked and no type has so many', () => {
    const fixture = frontOf({ front: { outOfRangeSelector: 'dropped' } });
    const { front, errors } = fixture;
    front.write32(NS, AT.MON_SEL, sel(7));
    front.write32(NS, AT.MON_SEL, sel(2, 2));
    expect(front.read32(NS, AT.MON_SEL)).toBe(sel(7));
    expect(recorded(fixture)).toEqual([esr(5, 2), 2]);
    front.read32(NS, AT.CSU); // instance 7 is an MBWU only
    expect(errors().map(({ code, partid }) => [code, partid])).toEqual([
      [5, 2],
      [5, 7],
    ]);
  });
});

describe('codes 6 and 7, PARTID narrowing', () => {
  const narrow = () => frontOf({ features: { intpartidMax: 15, hasNfu: false } });

  it('a control accessed without INTERNAL is code 6, with what was selected', () => {
    const fixture = narrow();
    fixture.front.write32(NS, AT.PART_SEL, sel(9, 0));
    fixture.front.write32(NS, AT.CPBM, 1);
    expect(recorded(fixture)).toEqual([esr(6, 9), 0]);
    expect(fixture.front.read32(NS, AT.CPBM)).toBe(0);
    expect(fixture.controls.read(settingAt(7, NS, 9))).toBe(0xffffffff);
  });

  it('INTPARTID written without INTERNAL or out of range is code 6, with the INTPARTID, and maps nothing', () => {
    const fixture = narrow();
    const { front, errors } = fixture;
    front.write32(NS, AT.PART_SEL, 20);
    front.write32(NS, AT.INTPARTID, 3);
    front.write32(NS, AT.INTPARTID, INTERNAL | 16);
    expect(errors().map(({ code, partid, ris }) => [code, partid, ris])).toEqual([
      [6, 3, 0],
      [6, 16, 0],
    ]);
    expect(front.read32(NS, AT.INTPARTID)).toBe(INTERNAL);
    front.write32(NS, AT.INTPARTID, INTERNAL | 15);
    expect(front.read32(NS, AT.INTPARTID)).toBe(INTERNAL | 15);
    expect(errors()).toHaveLength(2);
  });

  it('INTPARTID accessed with PART_SEL.INTERNAL is code 7', () => {
    const fixture = narrow();
    fixture.front.write32(NS, AT.PART_SEL, INTERNAL | 4);
    expect(fixture.front.read32(NS, AT.INTPARTID)).toBe(0);
    expect(recorded(fixture)).toEqual([esr(7, 4), 0]);
    fixture.front.write32(NS, AT.INTPARTID, INTERNAL | 1);
    expect(fixture.errors().map(({ code }) => code)).toEqual([7, 7]);
    fixture.front.write32(NS, AT.PART_SEL, 4);
    expect(fixture.front.read32(NS, AT.INTPARTID)).toBe(INTERNAL);
  });

  it('an internal PARTID above INTPARTID_MAX is code 1; PARTID_SEL of INTPARTID may be any request PARTID', () => {
    const fixture = narrow();
    fixture.front.write32(NS, AT.PART_SEL, INTERNAL | 16);
    fixture.front.read32(NS, AT.CPBM);
    expect(recorded(fixture)).toEqual([esr(1, 16), 0]);
    fixture.front.write32(NS, AT.PART_SEL, 46);
    fixture.front.read32(NS, AT.INTPARTID);
    fixture.front.write32(NS, AT.PART_SEL, 47);
    fixture.front.read32(NS, AT.INTPARTID);
    expect(fixture.errors().map(({ code, partid }) => [code, partid])).toEqual([
      [1, 16],
      [1, 47],
    ]);
  });

  it('EN, DIS and EN_FLAGS are of request PARTIDs and know no INTERNAL', () => {
    const { front, controls, errors } = narrow();
    for (const internal of [0, INTERNAL]) {
      front.write32(NS, AT.PART_SEL, internal | 40);
      front.write32(NS, AT.DIS, 33);
      expect(front.read32(NS, AT.EN_FLAGS)).toBe(0x7ffd);
      expect(controls.isEnabled(NS, 33)).toBe(false);
    }
    expect(errors()).toEqual([]);
  });
});

describe('codes 8 to 10, RIS', () => {
  const accesses: readonly (readonly [name: string, code: number, partidMon: number, ris: number, at: number])[] = [
    ['8: PART_SEL.RIS names no resource', 8, 6, 1, AT.CPBM],
    ['9: the resource lacks the control', 9, 6, 2, AT.CPBM],
    ['9: the resource lacks the control', 9, 6, 2, AT.MBW_MIN],
    ['10: MON_SEL.RIS names no resource', 10, 3, 1, AT.MBWU],
    ['10: MON_SEL.RIS names no resource', 10, 3, 15, AT.MBWU_OFSR],
  ];
  it.each(accesses)('%s', (_, code, partidMon, ris, at) => {
    for (const reportsRisErrors of [true, false]) {
      const fixture = frontOf({ front: { reportsRisErrors } });
      fixture.front.write32(NS, AT.PART_SEL, sel(6, ris));
      fixture.front.write32(NS, AT.MON_SEL, sel(3, ris));
      expect(fixture.front.read32(NS, at)).toBe(0);
      expect(recorded(fixture)).toEqual(reportsRisErrors ? [esr(code, partidMon), ris] : [0, 0]);
      fixture.front.write32(NS, at, 0xffffffff);
      expect(fixture.errors()).toHaveLength(reportsRisErrors ? (at === AT.MBWU_OFSR ? 1 : 2) : 0);
    }
  });

  it('do not come without RIS: what the only resource lacks is a reserved location', () => {
    const { front, errors } = frontOf({ resources: [{ ...CHANNEL, ris: 0 }] });
    front.read32(NS, AT.CPBM);
    front.read32(NS, AT.CSU);
    expect(errors()).toEqual([]);
  });

  it('do not come with words beyond CPBM_WD', () => {
    const { front, errors } = frontOf();
    front.write32(NS, AT.CPBM + 8, 1);
    expect(front.read32(NS, AT.CPBM + 8)).toBe(0);
    expect(errors()).toEqual([]);
  });
});

describe('code 11, RIS_No_Monitor', () => {
  it.each([
    ['error', 0, 0, [esr(11, 1), 2]],
    ['silent', 0, 0, [0, 0]],
    ['fffffffe', 0xfffffffe, 0, [0, 0]],
  ] as const)('%s: one of the behaviours that are permitted', (missingMonitor, value, config, expected) => {
    const fixture = frontOf({ front: { missingMonitor } });
    fixture.front.write32(NS, AT.MON_SEL, sel(1, 2));
    expect(fixture.front.read32(NS, AT.CSU)).toBe(value);
    expect(recorded(fixture)).toEqual(expected);
    expect(fixture.front.read32(NS, AT.CSU_CAPTURE)).toBe(value);
    expect(fixture.front.read32(NS, AT.CSU_CTL)).toBe(config);
    fixture.front.write32(NS, AT.CSU, 1);
    expect(fixture.front.read32(NS, AT.CSU)).toBe(value);
  });

  it('does not come where the monitor is there and lacks the register', () => {
    const { front, errors } = frontOf();
    front.write32(NS, AT.MON_SEL, sel(1, 2));
    expect(front.read64(NS, AT.MBWU_L)).toEqual({ lo: 0, hi: 0 }); // RIS 2 has no long counter
    expect(errors()).toEqual([]);
  });
});

describe('MPAMF_ESR', () => {
  it('is overwritten by a new error, whose code clears what it does not capture, and shows OVRWR', () => {
    const fixture = frontOf();
    fixture.front.requestError(2, NS, 100, 7);
    fixture.front.write32(NS, AT.PART_SEL, sel(50, 2));
    fixture.front.read32(NS, AT.MBW_MAX);
    expect(recorded(fixture)).toEqual([OVRWR + esr(1, 50), 2]);
    fixture.front.requestError(4, NS, 1, 8);
    expect(recorded(fixture)).toEqual([OVRWR + esr(4, 1, 8), 0]);
    expect(fixture.errors().map(({ overwrote }) => overwrote)).toEqual([false, true, true]);
  });

  it('starts anew when software has cleared it', () => {
    const fixture = frontOf();
    fixture.front.requestError(2, NS, 100, 7);
    fixture.front.requestError(2, NS, 100, 7);
    fixture.front.write32(NS, AT.ESR + 4, 0);
    fixture.front.write32(NS, AT.ESR, 0);
    expect(recorded(fixture)).toEqual([0, 0]);
    fixture.front.requestError(2, NS, 101, 0);
    expect(recorded(fixture)).toEqual([esr(2, 101), 0]);
  });

  it('may hold OVRWR without ERRCODE only because software wrote that', () => {
    const fixture = frontOf();
    fixture.front.write32(NS, AT.ESR, OVRWR);
    expect(recorded(fixture)).toEqual([OVRWR, 0]);
    fixture.front.requestError(2, NS, 101, 0);
    expect(recorded(fixture)).toEqual([OVRWR + esr(2, 101), 0]);
    expect(fixture.errors()[0]!.overwrote).toBe(false);
  });

  it('has 32 bits without HAS_EXTD_ESR, and no RIS without HAS_RIS', () => {
    for (const options of [{ front: { hasExtdEsr: false } }, { resources: [CACHE] }]) {
      const fixture = frontOf(options);
      fixture.front.write32(NS, AT.ESR + 4, 0xffffffff);
      expect(recorded(fixture)).toEqual([0, 0]);
    }
  });

  it('is not there without HAS_ESR: nothing is recorded, reported or signalled', () => {
    const fixture = frontOf({ front: { hasEsr: false } });
    fixture.front.write32(NS, AT.ECR, 1);
    fixture.front.write32(NS, AT.ESR, 0xffffffff);
    fixture.front.requestError(2, NS, 101, 0);
    fixture.front.write32(NS, AT.PART_SEL, 0xffff);
    expect(fixture.front.read32(NS, AT.CPBM)).toBe(0);
    expect(recorded(fixture)).toEqual([0, 0]);
    expect(fixture.front.read32(NS, AT.ECR)).toBe(0);
    expect(fixture.log.map(({ type }) => type)).toEqual(['register']);
  });

  it('is told of as an error, then as the change of the register', () => {
    const { front, log } = frontOf();
    front.requestError(4, NS, 1, 8);
    expect(log).toMatchObject([
      { type: 'error', code: 4 },
      { type: 'register', change: { register: 15, space: NS, word: 0, oldValue: 0, newValue: esr(4, 1, 8) } },
    ]);
  });
});
