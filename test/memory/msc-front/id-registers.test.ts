/** What the feature ID registers say of an MSC (A 2.3), for each resource, and in older versions (A 1). */
import { describe, expect, it } from 'vitest';
import { AT, CACHE, CHANNEL, FEATURES, type FrontOptions, frontOf, NS, REALM, S, sel } from './front-fixture.ts';

const TRANSLATION = { partidMax: 100, hasDirect: true, hasBaseMask: true };

/** Read an ID register with PART_SEL.RIS set. */
function idOf(options: FrontOptions, ris: number, at: number): number {
  const { front } = frontOf(options);
  front.write32(NS, AT.PART_SEL, sel(0, ris));
  return front.read32(NS, at);
}

/** Bits by name, typed from A 2.3. */
const bits = (...positions: number[]): number => positions.reduce((sum, at) => sum + 2 ** at, 0);

describe('ID registers of RIS 0', () => {
  it.each([
    ['IDR: ranges, CCAP, CPOR, MBW, PRI, EXT, MSMON', AT.IDR, 46 + 3 * 2 ** 16 + bits(24, 25, 26, 27, 28, 30)],
    [
      'IDR: RIS, extended ESR, ESR, error MSI, EN/DIS, NFU, RIS_MAX 2',
      AT.IDR + 4,
      bits(0, 6, 7, 8, 10, 11) + 2 * 2 ** 24,
    ],
    ['IIDR', AT.IIDR, 0x12345678],
    ['AIDR of v1.1', AT.AIDR, 0x11],
    ['CPOR_IDR: 40 portions', AT.CPOR_IDR, 40],
    ['CCAP_IDR: widths 8 and 4, CASSOC, CMIN, soft limit', AT.CCAP_IDR, 8 + 4 * 2 ** 8 + bits(28, 29, 31)],
    ['MBW_IDR: 7 bits, MIN, MAX, PBM of 36, PROP, WINDWR', AT.MBW_IDR, 7 + bits(10, 11, 12, 13, 14) + 36 * 2 ** 16],
    ['PRI_IDR: 3 bits with 0 low, 5 bits with 0 high', AT.PRI_IDR, bits(0, 1, 16) + 3 * 2 ** 4 + 5 * 2 ** 20],
    ['MSMON_IDR: CSU, MBWU, OFLOW_SR, overflow MSI, local capture', AT.MSMON_IDR, bits(16, 17, 28, 29, 31)],
    ['CSUMON_IDR: 4, XCL, capture, nothing about overflow', AT.CSUMON_IDR, 4 + bits(29, 31)],
    ['MBWUMON_IDR: 8, scale 4, 63 bits', AT.MBWUMON_IDR, 8 + 4 * 2 ** 16 + bits(24, 25, 26, 27, 28, 29, 30, 31)],
  ])('%s', (_, at, expected) => {
    expect(idOf({}, 0, at)).toBe(expected);
  });

  it('SIDR has the ranges of the Secure space, in the Secure page only', () => {
    const { front } = frontOf();
    expect(front.read32(S, AT.SIDR)).toBe(46 + 3 * 2 ** 16);
    expect(front.read32(NS, AT.SIDR)).toBe(0);
  });

  it.each([
    ['CMIN alone is CCAP with NO_CMAX', { hasCmax: false, cassocWd: 0 }, AT.CCAP_IDR, 8 + bits(29, 30)],
    ['CASSOC alone is CCAP without CMAX_WD', { cmaxWd: 0 }, AT.CCAP_IDR, 4 * 2 ** 8 + bits(28, 30)],
    ['neither is no CCAP', { cmaxWd: 0, cassocWd: 0 }, AT.CCAP_IDR, 0],
  ])('%s', (_, change, at, expected) => {
    const resource = { ...CACHE, cacheControls: { ...CACHE.cacheControls!, ...change } };
    expect(idOf({ resources: [resource] }, 0, at)).toBe(expected);
  });

  it.each([
    ['both', 0],
    ['soft', 1],
    ['hard', 2],
  ] as const)('MAX_LIM tells that limits are %s', (maxLimit, expected) => {
    const resource = { ...CACHE, bandwidth: { ...CACHE.bandwidth!, maxLimit } };
    expect((idOf({ resources: [resource] }, 0, AT.MBW_IDR) >>> 8) & 3).toBe(expected);
  });

  it('tell of four spaces, narrowing, translation and default settings where these are', () => {
    const options: FrontOptions = {
      features: { intpartidMax: 31 },
      front: { spaces: 4, ingress: TRANSLATION, egress: { ...TRANSLATION, hasDirect: false }, hasDefaultPartid: true },
    };
    expect(idOf(options, 0, AT.IDR) >>> 31).toBe(1);
    // HAS_NFU (bit 43) must be 0 with narrowing.
    expect(idOf(options, 0, AT.IDR + 4)).toBe(bits(0, 6, 7, 8, 9, 10, 12, 13, 14) + 2 * 2 ** 24);
    expect(idOf(options, 0, AT.PARTID_NRW_IDR)).toBe(31);
    expect(idOf(options, 0, AT.IN_TL_IDR)).toBe(100 + bits(30, 31));
    expect(idOf(options, 0, AT.OUT_TL_IDR)).toBe(bits(30));
  });

  it('IIDR and AIDR are the same in all pages', () => {
    const { front } = frontOf({ front: { spaces: 4, version: 'v0.1' } });
    for (const space of [S, NS, REALM]) {
      expect([front.read32(space, AT.IIDR), front.read32(space, AT.AIDR)]).toEqual([0x12345678, 0x01]);
    }
  });
});

describe('ID registers of another RIS', () => {
  it('describe that resource, and the MSC as before', () => {
    expect(idOf({}, 2, AT.IDR)).toBe(46 + 3 * 2 ** 16 + bits(26, 28, 30));
    expect(idOf({}, 2, AT.IDR + 4)).toBe(idOf({}, 0, AT.IDR + 4));
    expect(idOf({}, 2, AT.MBW_IDR)).toBe(16 + bits(11, 14));
    expect(idOf({}, 2, AT.CPOR_IDR)).toBe(0);
    expect(idOf({}, 2, AT.CSUMON_IDR)).toBe(0);
    expect(idOf({}, 2, AT.MBWUMON_IDR) & 0xffff).toBe(2);
  });

  it('follow PART_SEL.RIS, not MON_SEL.RIS, even for monitors', () => {
    const { front } = frontOf();
    front.write32(NS, AT.MON_SEL, sel(0, 2));
    expect(front.read32(NS, AT.MBWUMON_IDR) & 0xffff).toBe(8);
  });

  it('read without resource where RIS is undefined, and that is no error', () => {
    const { front, errors } = frontOf();
    front.write32(NS, AT.PART_SEL, sel(0, 1));
    expect(front.read32(NS, AT.IDR)).toBe(46 + 3 * 2 ** 16 + bits(28));
    for (const at of [AT.CPOR_IDR, AT.CCAP_IDR, AT.MBW_IDR, AT.PRI_IDR, AT.MSMON_IDR, AT.CSUMON_IDR, AT.MBWUMON_IDR]) {
      expect(front.read32(NS, at)).toBe(0);
    }
    expect(errors()).toEqual([]);
  });

  it('promise nothing where RIS is undefined but what does not vary by RIS', () => {
    const whole: FrontOptions = {
      front: { spaces: 4, ingress: TRANSLATION, egress: TRANSLATION, hasDefaultPartid: true },
    };
    // SP4, HAS_ENDIS, HAS_NFU and RIS_MAX; none of RIS, ESR, error MSI, translation and default settings.
    expect(idOf(whole, 1, AT.IDR + 4)).toBe(bits(9, 10, 11) + 2 * 2 ** 24);
    expect(idOf({ features: { intpartidMax: 31 } }, 1, AT.IDR) >>> 31).toBe(1);
  });
});

describe('an MSC of v1.0', () => {
  const V10: FrontOptions = { front: { version: 'v1.0', ingress: TRANSLATION, hasDefaultPartid: true, spaces: 4 } };

  it('has a 32-bit IDR without EXT, and says its version', () => {
    expect(idOf(V10, 0, AT.IDR)).toBe(46 + 3 * 2 ** 16 + bits(24, 25, 26, 27, 30));
    expect(idOf(V10, 0, AT.IDR + 4)).toBe(0);
    expect(idOf(V10, 0, AT.AIDR)).toBe(0x10);
  });

  it.each([
    ['CCAP_IDR: CMAX alone, without soft limit', AT.CCAP_IDR, 8],
    ['MSMON_IDR: no OFLOW_SR, no MSI', AT.MSMON_IDR, bits(16, 17, 31)],
    ['CSUMON_IDR: no XCL, no overflow linkage, capture or status', AT.CSUMON_IDR, 4 + bits(31)],
    ['MBWUMON_IDR: no overflow linkage, capture or status', AT.MBWUMON_IDR, 8 + 4 * 2 ** 16 + bits(28, 29, 30, 31)],
  ])('%s', (_, at, expected) => {
    expect(idOf(V10, 0, at)).toBe(expected);
  });

  it.each([
    ['CMIN', AT.CMIN],
    ['CASSOC', AT.CASSOC],
    ['EN_FLAGS', AT.EN_FLAGS],
    ['the upper half of ESR', AT.ESR + 4],
    ['ERR_MSI_DATA', AT.ERR_MSI_DATA],
    ['OFLOW_MSI_DATA', AT.OFLOW_MSI_DATA],
    ['IN_TL_BASE', AT.IN_TL_BASE],
  ])('has no %s', (_, at) => {
    const { front } = frontOf(V10);
    front.write32(NS, at, 0xffffffff);
    expect(front.read32(NS, at)).toBe(0);
  });

  it('has neither RIS nor pages of Root and Realm', () => {
    const { front } = frontOf(V10);
    front.write32(NS, AT.PART_SEL, sel(3, 2));
    expect(front.read32(NS, AT.PART_SEL)).toBe(3);
    expect(front.read32(REALM, AT.IDR)).toBe(0);
  });

  it('lacks CCAP altogether where its only capacity control is one of v1.1', () => {
    const resource = { ...CACHE, cacheControls: { ...CACHE.cacheControls!, hasCmax: false } };
    expect(idOf({ ...V10, resources: [resource, CHANNEL] }, 0, AT.IDR) & bits(24)).toBe(0);
  });
});

it('an MSC that only passes labels on has ranges and versions, and no PART_SEL', () => {
  const { front } = frontOf({
    features: { ...FEATURES, hasEndis: false, hasNfu: false },
    front: { hasEsr: false },
    resources: [{ ...CHANNEL, ris: 0, bandwidth: undefined, monitors: { csu: undefined, mbwu: undefined } }],
  });
  expect(front.read32(NS, AT.IDR)).toBe(46 + 3 * 2 ** 16 + bits(28));
  expect(front.read32(NS, AT.IDR + 4)).toBe(0);
  for (const at of [AT.PART_SEL, AT.MON_SEL, AT.ECR, AT.ESR]) {
    front.write32(NS, at, 0xffffffff);
    expect(front.read32(NS, at)).toBe(0);
  }
});
