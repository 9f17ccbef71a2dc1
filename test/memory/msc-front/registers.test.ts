/** Every register of a feature page: which bits exist, what they hold after reset, and who may write them (A 2.2 to 2.6). */
import { describe, expect, it } from 'vitest';
import { settingAt } from '../../../src/memory/settings/setting-place.ts';
import {
  AT,
  BANDWIDTH,
  CACHE,
  CHANNEL,
  CSU,
  DEFAULT_PARTID,
  frontOf,
  INGRESS_TL,
  INTERNAL,
  NS,
  REALM,
  ROOT,
  S,
  sel,
} from './front-fixture.ts';

const ONES = 0xffffffff;

/**
 * Offset, bits that can be written, bits that always read as one, and reset value; all for RIS 0 and PARTID 0.
 * The MSC: CPBM_WD 40, CMAX_WD 8, CASSOC_WD 4, BWA_WD 7, BWPBM_WD 36, INTPRI 3 and DSPRI 5 bits, MAX_LIM 00, WINDWR, PARTID_MAX 46.
 */
const WRITABLE: readonly (readonly [name: string, at: number, writable: number, fixed: number, reset: number])[] = [
  ['MPAMF_ERR_MSI_MPAM', AT.ERR_MSI_MPAM, 0x00ffffff, 0, 0],
  ['MPAMF_ERR_MSI_ADDR_L', AT.ERR_MSI_ADDR_L, 0xfffffffc, 0, 0],
  ['MPAMF_ERR_MSI_ADDR_H', AT.ERR_MSI_ADDR_H, 0x000fffff, 0, 0],
  ['MPAMF_ERR_MSI_DATA', AT.ERR_MSI_DATA, ONES, 0, 0],
  ['MPAMF_ERR_MSI_ATTR', AT.ERR_MSI_ATTR, 0x3f000001, 0, 0],
  ['MPAMF_ECR', AT.ECR, 0x00000001, 0, 0],
  ['MPAMF_ESR, lower half', AT.ESR, 0x8fffffff, 0, 0],
  ['MPAMF_ESR, upper half', AT.ESR + 4, 0x0000000f, 0, 0],
  ['MPAMCFG_PART_SEL', AT.PART_SEL, 0x0f00ffff, 0, 0],
  ['MPAMCFG_CMAX', AT.CMAX, 0x8000ff00, 0, 0xff00],
  ['MPAMCFG_CMIN', AT.CMIN, 0x0000ff00, 0, 0],
  ['MPAMCFG_CASSOC', AT.CASSOC, 0x0000f000, 0, 0xf000],
  ['MPAMCFG_MBW_MIN', AT.MBW_MIN, 0x0000fe00, 0, 0xfe00],
  ['MPAMCFG_MBW_MAX', AT.MBW_MAX, 0x8000fe00, 0, 0xfe00],
  ['MPAMCFG_MBW_WINWD', AT.MBW_WINWD, 0x00ffffff, 0, 0x0a00],
  ['MPAMCFG_EN_FLAGS', AT.EN_FLAGS, ONES, 0, ONES],
  ['MPAMCFG_PRI', AT.PRI, 0x001f0007, 0, 0x00000007],
  ['MPAMCFG_MBW_PROP', AT.MBW_PROP, 0x8000007f, 0, 0],
  ['MSMON_CFG_MON_SEL', AT.MON_SEL, 0x0f00ffff, 0, 0],
  ['MSMON_CFG_CSU_FLT', AT.CSU_FLT, 0x80ffffff, 0, 0],
  ['MSMON_CFG_CSU_CTL', AT.CSU_CTL, 0xf8030000, 0x43, 0],
  ['MSMON_CFG_MBWU_FLT', AT.MBWU_FLT, 0xc0ffffff, 0, 0],
  ['MSMON_CFG_MBWU_CTL', AT.MBWU_CTL, 0xff8fe700, 0x42, 0],
  ['MSMON_CSU_CAPTURE', AT.CSU_CAPTURE, ONES, 0, 0],
  ['MSMON_MBWU', AT.MBWU, ONES, 0, 0],
  ['MSMON_MBWU_CAPTURE', AT.MBWU_CAPTURE, ONES, 0, 0],
  ['MSMON_MBWU_L, lower half', AT.MBWU_L, ONES, 0, 0],
  ['MSMON_MBWU_L, upper half', AT.MBWU_L + 4, ONES, 0, 0],
  ['MSMON_MBWU_L_CAPTURE, lower half', AT.MBWU_L_CAPTURE, ONES, 0, 0],
  ['MSMON_MBWU_L_CAPTURE, upper half', AT.MBWU_L_CAPTURE + 4, ONES, 0, 0],
  ['MSMON_OFLOW_MSI_MPAM', AT.OFLOW_MSI_MPAM, 0x00ffffff, 0, 0],
  ['MSMON_OFLOW_MSI_ADDR_L', AT.OFLOW_MSI_ADDR_L, 0xfffffffc, 0, 0],
  ['MSMON_OFLOW_MSI_ADDR_H', AT.OFLOW_MSI_ADDR_H, 0x000fffff, 0, 0],
  ['MSMON_OFLOW_MSI_DATA', AT.OFLOW_MSI_DATA, ONES, 0, 0],
  ['MSMON_OFLOW_MSI_ATTR', AT.OFLOW_MSI_ATTR, 0x3f000001, 0, 0],
  ['MPAMCFG_CPBM0', AT.CPBM, ONES, 0, ONES],
  ['MPAMCFG_CPBM1', AT.CPBM + 4, 0x000000ff, 0, 0x000000ff],
  ['MPAMCFG_MBW_PBM0', AT.MBW_PBM, ONES, 0, ONES],
  ['MPAMCFG_MBW_PBM1', AT.MBW_PBM + 4, 0x0000000f, 0, 0x0000000f],
];

describe('a register that software writes', () => {
  it.each(WRITABLE)(
    '%s holds what the MSC implements of it, and is otherwise RAZ/WI',
    (_, at, writable, fixed, reset) => {
      const { front } = frontOf();
      expect(front.read32(NS, at)).toBe((reset | fixed) >>> 0);
      front.write32(NS, at, ONES);
      // A selector of all ones leads elsewhere, but the selector itself is always there.
      expect(front.read32(NS, at)).toBe((writable | fixed) >>> 0);
      front.write32(NS, at, 0);
      expect(front.read32(NS, at)).toBe(fixed);
    },
  );

  it.each(WRITABLE)('%s has a copy for each PARTID space', (_, at, writable, fixed, reset) => {
    const { front } = frontOf({ front: { spaces: 4 } });
    const other = reset === writable >>> 0 ? 0 : writable;
    front.write32(REALM, at, other);
    expect(front.read32(REALM, at)).toBe((other | fixed) >>> 0);
    for (const space of [S, NS, ROOT]) expect(front.read32(space, at)).toBe((reset | fixed) >>> 0);
  });

  it('MSMON_CSU is soon what is measured again, and cannot be written where CSU_RO is 1', () => {
    for (const isReadOnly of [false, true]) {
      const resource = { ...CACHE, monitors: { ...CACHE.monitors, csu: { ...CSU, isReadOnly } } };
      const { front, count } = frontOf({ resources: [resource] });
      count(640);
      front.write32(NS, AT.CSU_CTL, 0x80000000);
      front.write32(NS, AT.CSU, 0x12345);
      expect(front.read32(NS, AT.CSU)).toBe(640);
    }
  });
});

/** Registers that ignore writes, in the page of the Secure space. */
const READ_ONLY = [
  ['MPAMF_IDR', AT.IDR],
  ['MPAMF_IDR, upper half', AT.IDR + 4],
  ['MPAMF_SIDR', AT.SIDR],
  ['MPAMF_IIDR', AT.IIDR],
  ['MPAMF_AIDR', AT.AIDR],
  ['MPAMF_CPOR_IDR', AT.CPOR_IDR],
  ['MPAMF_CCAP_IDR', AT.CCAP_IDR],
  ['MPAMF_MBW_IDR', AT.MBW_IDR],
  ['MPAMF_PRI_IDR', AT.PRI_IDR],
  ['MPAMF_MSMON_IDR', AT.MSMON_IDR],
  ['MPAMF_CSUMON_IDR', AT.CSUMON_IDR],
  ['MPAMF_MBWUMON_IDR', AT.MBWUMON_IDR],
] as const;

describe('a register that software only reads', () => {
  it.each(READ_ONLY)('%s is not 0 here, and ignores writes without a word', (_, at) => {
    const { front, log } = frontOf();
    const value = front.read32(S, at);
    expect(value).not.toBe(0);
    front.write32(S, at, ~value);
    expect(front.read32(S, at)).toBe(value);
    expect(log).toEqual([]);
  });

  it.each([
    ['MSMON_CSU_OFSR', AT.CSU_OFSR],
    ['MSMON_MBWU_OFSR', AT.MBWU_OFSR],
    ['MSMON_OFLOW_SR', AT.OFLOW_SR],
  ])('%s is 0 while nothing overflowed, and ignores writes', (_, at) => {
    const { front, log } = frontOf();
    front.write32(NS, at, ONES);
    expect(front.read32(NS, at)).toBe(0);
    expect(log).toEqual([]);
  });

  it('MPAMCFG_MBW_WINWD is one of them without WINDWR', () => {
    const { front } = frontOf({ resources: [{ ...CACHE, bandwidth: { ...BANDWIDTH, windwr: false } }] });
    front.write32(NS, AT.MBW_WINWD, 0x1234);
    expect(front.read32(NS, AT.MBW_WINWD)).toBe(0x0a00);
  });
});

describe('a register that software only writes', () => {
  it.each([
    ['MPAMCFG_EN', AT.EN],
    ['MPAMCFG_DIS', AT.DIS],
    ['MSMON_CAPT_EVNT', AT.CAPT_EVNT],
  ])('%s reads as 0', (_, at) => {
    const { front } = frontOf();
    front.write32(NS, at, 3);
    expect(front.read32(NS, at)).toBe(0);
  });
});

describe('what is not there', () => {
  const absent = [AT.IMPL_IDR, AT.PARTID_NRW_IDR, AT.INTPARTID, AT.IN_TL_IDR, AT.IN_TL, AT.OUT_TL_IDR, AT.OUT_TL];
  const reserved = [
    0x000c, 0x0010, 0x0060, 0x0104, 0x0210, 0x0700, 0x0870, 0x0900, 0x1008, 0x2008, 0x3ffc, 0x4000, 0x10000,
  ];

  it.each([...absent, ...reserved])('offset 0x%s is RAZ/WI, and no error', (offset) => {
    const { front, log } = frontOf();
    front.write32(NS, offset, ONES);
    front.write64(NS, offset & ~7, ONES, ONES);
    expect(front.read32(NS, offset)).toBe(0);
    expect(log.filter(({ type }) => type === 'error')).toEqual([]);
  });

  it('an access that is not aligned to its size reads 0 and writes nothing', () => {
    const { front, log } = frontOf();
    for (const offset of [AT.CMAX + 1, AT.CMAX + 2, AT.IDR + 3]) {
      front.write32(NS, offset, ONES);
      expect(front.read32(NS, offset)).toBe(0);
    }
    front.write64(NS, AT.IDR + 4, ONES, ONES);
    expect(front.read64(NS, AT.IDR + 4)).toEqual({ lo: 0, hi: 0 });
    expect(log).toEqual([]);
  });

  it('the page of a PARTID space that the MSC does not support is RAZ/WI', () => {
    const { front, log } = frontOf();
    for (const space of [ROOT, REALM]) {
      front.write32(space, AT.CPBM, 1);
      expect(front.read32(space, AT.CPBM)).toBe(0);
      expect(front.read64(space, AT.IDR)).toEqual({ lo: 0, hi: 0 });
    }
    expect(log).toEqual([]);
  });
});

describe('64-bit accesses', () => {
  it('read and write both halves of a 64-bit register', () => {
    const { front } = frontOf();
    expect(front.read64(NS, AT.IDR)).toEqual({ lo: front.read32(NS, AT.IDR), hi: front.read32(NS, AT.IDR + 4) });
    front.write64(NS, AT.MBWU_L, 0x89abcdef, 0x01234567);
    expect(front.read32(NS, AT.MBWU_L)).toBe(0x89abcdef);
    expect(front.read32(NS, AT.MBWU_L + 4)).toBe(0x01234567);
    expect(front.read64(NS, AT.MBWU_L)).toEqual({ lo: 0x89abcdef, hi: 0x01234567 });
    front.write64(NS, AT.ESR, 0x8fffffff, ONES);
    expect(front.read64(NS, AT.ESR)).toEqual({ lo: 0x8fffffff, hi: 0xf });
  });

  it('to two registers of 32 bits reach both', () => {
    const { front } = frontOf();
    front.write64(NS, AT.CPBM, 0x11, 0x22);
    expect(front.read64(NS, AT.CPBM)).toEqual({ lo: 0x11, hi: 0x22 });
  });

  it('are one access, so that they err once', () => {
    const { front, errors } = frontOf();
    front.write32(NS, AT.MON_SEL, sel(100));
    front.read64(NS, AT.MBWU_L);
    front.write64(NS, AT.MBWU_L, 0, 0);
    expect(errors().map(({ code }) => code)).toEqual([5, 5]);
  });
});

describe('the selectors', () => {
  it('PART_SEL says whose copy of a control is accessed, and of which resource', () => {
    const { front, controls } = frontOf();
    front.write32(NS, AT.PART_SEL, sel(5));
    front.write32(NS, AT.MBW_MAX, 0x4000);
    front.write32(NS, AT.PART_SEL, sel(5, 2));
    expect(front.read32(NS, AT.MBW_MAX)).toBe(0xffff);
    front.write32(NS, AT.MBW_MAX, 0x1234);
    front.write32(NS, AT.PART_SEL, sel(6));
    expect(front.read32(NS, AT.MBW_MAX)).toBe(0xfe00);
    expect(controls.read(settingAt(10, NS, 5))).toBe(0x4000);
    expect(controls.read(settingAt(10, NS, 5, 0, 2))).toBe(0x1234);
  });

  it('MON_SEL says which monitor is accessed, and of which resource', () => {
    const { front } = frontOf();
    front.write32(NS, AT.MON_SEL, sel(1));
    front.write32(NS, AT.MBWU_FLT, 7);
    front.write32(NS, AT.MON_SEL, sel(1, 2));
    front.write32(NS, AT.MBWU_FLT, 8);
    front.write32(NS, AT.MON_SEL, sel(0));
    expect(front.read32(NS, AT.MBWU_FLT)).toBe(0);
    front.write32(NS, AT.MON_SEL, sel(1));
    expect(front.read32(NS, AT.MBWU_FLT)).toBe(7);
  });

  it('MBW_WINWD is one for all resources of the MSC', () => {
    const { front } = frontOf();
    front.write32(NS, AT.PART_SEL, sel(3, 2));
    front.write32(NS, AT.MBW_WINWD, 0x500);
    front.write32(NS, AT.PART_SEL, sel(3, 0));
    expect(front.read32(NS, AT.MBW_WINWD)).toBe(0x500);
  });

  it('EN_FLAGS are of 32 PARTIDs around PARTID_SEL; EN and DIS take the PARTID from the value', () => {
    const { front, controls } = frontOf();
    front.write32(NS, AT.PART_SEL, sel(45, 5)); // neither the RIS nor PARTID_SEL matter to EN and DIS
    front.write32(NS, AT.DIS, 33);
    expect(front.read32(NS, AT.EN_FLAGS)).toBe(0x7ffd);
    front.write32(NS, AT.EN_FLAGS, 0x0001);
    expect([32, 33, 46].map((partid) => controls.isEnabled(NS, partid))).toEqual([true, false, false]);
    front.write32(NS, AT.EN, 46);
    expect(front.read32(NS, AT.EN_FLAGS)).toBe(0x4001);
    expect(controls.isEnabled(S, 33)).toBe(true);
  });

  it.each([
    ['INTERNAL', INTERNAL],
    ['INGRESS_TL', INGRESS_TL],
    ['DEFAULT_PARTID', DEFAULT_PARTID],
    ['RIS', sel(0, 1)],
  ])('PART_SEL.%s is RAZ/WI without what it selects', (_, bit) => {
    const { front } = frontOf({ resources: [CACHE] });
    front.write32(NS, AT.PART_SEL, bit);
    expect(front.read32(NS, AT.PART_SEL)).toBe(0);
  });

  it('PART_SEL is there for the ID registers of several resources, even if none has a control', () => {
    const features = { hasEndis: false, hasNfu: false };
    const resources = [0, 1].map((ris) => ({ ...CHANNEL, ris, bandwidth: undefined }));
    const { front } = frontOf({ features, resources });
    front.write32(NS, AT.PART_SEL, sel(0, 1));
    expect(front.read32(NS, AT.PART_SEL)).toBe(sel(0, 1));
    const alone = frontOf({ features, resources: [resources[0]!] }).front;
    alone.write32(NS, AT.PART_SEL, 1);
    expect(alone.read32(NS, AT.PART_SEL)).toBe(0);
  });

  it('PART_SEL.DEFAULT_PARTID selects the settings of PARTIDs out of range, whatever PARTID_SEL is', () => {
    const { front, controls, errors } = frontOf({ front: { hasDefaultPartid: true } });
    front.write32(NS, AT.PART_SEL, DEFAULT_PARTID | 0xffff);
    front.write32(NS, AT.CPBM, 0x3);
    expect(front.read32(NS, AT.CPBM)).toBe(0x3);
    expect(controls.read(settingAt(7, NS, controls.defaultPartid!))).toBe(0x3);
    expect(errors()).toEqual([]);
  });

  it('every change of a register is told, with what selects it', () => {
    const { front, changes } = frontOf();
    front.write32(NS, AT.PART_SEL, sel(5, 2));
    front.write32(NS, AT.MBW_MAX, 0x1234);
    front.write32(NS, AT.MBW_MAX, 0x1234);
    front.write32(NS, AT.ERR_MSI_DATA, 9);
    expect(changes()).toEqual([
      { register: 8, space: NS, ris: 0, partid: 0, word: 0, internal: false, oldValue: 0, newValue: 0x02000005 },
      { register: 10, space: NS, ris: 2, partid: 5, word: 0, internal: false, oldValue: 0xffff, newValue: 0x1234 },
      { register: 20, space: NS, ris: 0, partid: 0, word: 0, internal: false, oldValue: 0, newValue: 9 },
    ]);
  });

  it('a local capture event of the Non-secure page stays there, whatever ALL is', () => {
    const { front, log } = frontOf();
    for (const space of [S, NS]) front.write32(space, AT.MBWU_CTL, 0x70000000);
    const captures = () => log.flatMap((event) => (event.type === 'capture' ? [[event.kind, event.space]] : []));
    front.write32(NS, AT.CAPT_EVNT, 2);
    expect(captures()).toEqual([]);
    front.write32(NS, AT.CAPT_EVNT, 3);
    const first = captures();
    expect(new Set(first.map(([, space]) => space))).toEqual(new Set([NS]));
    front.write32(S, AT.CAPT_EVNT, 3);
    expect(
      new Set(
        captures()
          .slice(first.length)
          .map(([, space]) => space),
      ),
    ).toEqual(new Set([S, NS]));
  });
});
