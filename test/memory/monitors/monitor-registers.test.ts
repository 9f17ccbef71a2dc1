/** Which bits of the monitor registers exist, what they keep, and what is told of changes (A 2.3, 2.5). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../../src/arch/msc-registers.ts';
import type { CsuFeatures, MbwuFeatures, MscFrontFeatures } from '../../../src/memory/msc-config.ts';
import { ALL_CSU, ALL_MBWU, MonitorFixture, NS, textOf } from './monitor-fixture.ts';

const {
  MSMON_CFG_CSU_FLT: CSU_FLT,
  MSMON_CFG_CSU_CTL: CSU_CTL,
  MSMON_CFG_MBWU_FLT: MBWU_FLT,
  MSMON_CFG_MBWU_CTL: MBWU_CTL,
  MSMON_CSU: CSU,
  MSMON_CSU_CAPTURE: CSU_CAPTURE,
  MSMON_MBWU: MBWU,
  MSMON_MBWU_CAPTURE: MBWU_CAPTURE,
  MSMON_MBWU_L: MBWU_L,
  MSMON_MBWU_L_CAPTURE: MBWU_L_CAPTURE,
} = MscRegister;

interface Variant {
  readonly csu?: Partial<CsuFeatures>;
  readonly mbwu?: Partial<MbwuFeatures>;
  readonly front?: Partial<MscFrontFeatures>;
}

function fixtureOf({ csu, mbwu, front = {} }: Variant): MonitorFixture {
  return new MonitorFixture({ csu: { ...ALL_CSU, ...csu }, mbwu: { ...ALL_MBWU, ...mbwu }, front });
}

type Row = readonly [what: string, register: MscRegister, variant: Variant, ones: bigint];

/** What a register holds after all ones were written, by hand from the fields of A 2.5. TYPE is 0x43 and 0x42. */
const ALL_ONES: readonly Row[] = [
  ['MSMON_CFG_CSU_FLT: XCL, PMG, PARTID', CSU_FLT, {}, 0x80ffffffn],
  ['MSMON_CFG_CSU_FLT without HAS_XCL', CSU_FLT, { csu: { hasXcl: false } }, 0x00ffffffn],
  ['MSMON_CFG_CSU_FLT of v1.0, which has no XCL', CSU_FLT, { front: { version: 'v1.0' } }, 0x00ffffffn],
  ['MSMON_CFG_MBWU_FLT: RWBW, PMG, PARTID', MBWU_FLT, {}, 0xc0ffffffn],
  ['MSMON_CFG_MBWU_FLT without HAS_RWBW', MBWU_FLT, { mbwu: { hasRwbw: false } }, 0x00ffffffn],
  ['MSMON_CFG_CSU_CTL: EN, CAPT_EVNT, CAPT_RESET, MATCH_*, and nothing about overflow', CSU_CTL, {}, 0xf8030043n],
  ['MSMON_CFG_CSU_CTL without HAS_CAPTURE', CSU_CTL, { csu: { hasCapture: false } }, 0x80030043n],
  ['MSMON_CFG_CSU_CTL with NO_MATCH_PARTID', CSU_CTL, { csu: { noMatchPartid: true } }, 0xf8020043n],
  ['MSMON_CFG_CSU_CTL with NO_MATCH_PMG', CSU_CTL, { csu: { noMatchPmg: true } }, 0xf8010043n],
  ['MSMON_CFG_MBWU_CTL: all but SUBTYPE and bits 12:11', MBWU_CTL, {}, 0xff8fe742n],
  ['MSMON_CFG_MBWU_CTL without HAS_CAPTURE', MBWU_CTL, { mbwu: { hasCapture: false } }, 0x870fc742n],
  ['MSMON_CFG_MBWU_CTL without HAS_OFLOW_CAPT', MBWU_CTL, { mbwu: { hasOflowCapt: false } }, 0xff0fc742n],
  ['MSMON_CFG_MBWU_CTL without HAS_OFLOW_LNKG', MBWU_CTL, { mbwu: { hasOflowLnkg: false } }, 0xff8fe042n],
  ['MSMON_CFG_MBWU_CTL without HAS_CEVNT_OFLW', MBWU_CTL, { mbwu: { hasCevntOflw: false } }, 0xff8be742n],
  ['MSMON_CFG_MBWU_CTL without HAS_LONG', MBWU_CTL, { mbwu: { longBits: 0 } }, 0xff8f0742n],
  ['MSMON_CFG_MBWU_CTL without SCALE', MBWU_CTL, { mbwu: { scale: 0 } }, 0xff87e742n],
  ['MSMON_CFG_MBWU_CTL with NO_MATCH_PARTID', MBWU_CTL, { mbwu: { noMatchPartid: true } }, 0xff8ee742n],
  ['MSMON_CFG_MBWU_CTL with NO_MATCH_PMG', MBWU_CTL, { mbwu: { noMatchPmg: true } }, 0xff8de742n],
  [
    'MSMON_CFG_MBWU_CTL without overflow interrupt',
    MBWU_CTL,
    { front: { hasOflowInterrupt: false }, mbwu: { hasOflowLnkg: false } },
    0xfd8fa042n,
  ],
  [
    'MSMON_CFG_MBWU_CTL with the interrupt as a message only',
    MBWU_CTL,
    { front: { hasOflowInterrupt: false, hasOflwMsi: true }, mbwu: { hasOflowLnkg: false } },
    0xff8fe042n,
  ],
  [
    'MSMON_CFG_MBWU_CTL of v1.0: no capture, linkage and events of overflow',
    MBWU_CTL,
    { front: { version: 'v1.0' } },
    0xff0bc042n,
  ],
  ['MSMON_CSU', CSU, {}, 0xffffffffn],
  ['MSMON_CSU with CSU_RO', CSU, { csu: { isReadOnly: true } }, 0n],
  ['MSMON_CSU of an MSC that manages NRDY', CSU, { front: { nrdyNs: 500 } }, 0x7fffffffn],
  ['MSMON_CSU_CAPTURE', CSU_CAPTURE, {}, 0xffffffffn],
  ['MSMON_CSU_CAPTURE without HAS_CAPTURE', CSU_CAPTURE, { csu: { hasCapture: false } }, 0n],
  ['MSMON_MBWU', MBWU, {}, 0xffffffffn],
  ['MSMON_MBWU_CAPTURE', MBWU_CAPTURE, {}, 0xffffffffn],
  ['MSMON_MBWU_CAPTURE without HAS_CAPTURE', MBWU_CAPTURE, { mbwu: { hasCapture: false } }, 0n],
  ['MSMON_MBWU_L with LWD', MBWU_L, {}, 0xffffffffffffffffn],
  ['MSMON_MBWU_L of 44 bits', MBWU_L, { mbwu: { longBits: 44 } }, 0x80000fffffffffffn],
  ['MSMON_MBWU_L without HAS_LONG', MBWU_L, { mbwu: { longBits: 0 } }, 0n],
  ['MSMON_MBWU_L_CAPTURE of 44 bits', MBWU_L_CAPTURE, { mbwu: { longBits: 44 } }, 0x80000fffffffffffn],
  ['MSMON_MBWU_L_CAPTURE without HAS_LONG', MBWU_L_CAPTURE, { mbwu: { longBits: 0 } }, 0n],
  ['MSMON_CSU_OFSR, as CSU monitors do not overflow', MscRegister.MSMON_CSU_OFSR, {}, 0n],
  ['MSMON_MBWU_OFSR, read-only', MscRegister.MSMON_MBWU_OFSR, {}, 0n],
  ['MSMON_OFLOW_SR, read-only', MscRegister.MSMON_OFLOW_SR, {}, 0n],
  ['a register that is no monitor register', MscRegister.MPAMCFG_CMAX, {}, 0n],
];

/** TYPE is all that a register keeps when zeros are written, or shows when nothing was. */
const zeros = (register: MscRegister): bigint => (register === CSU_CTL ? 0x43n : register === MBWU_CTL ? 0x42n : 0n);

describe('monitor registers', () => {
  it.each(ALL_ONES)('%s: bits that exist are kept, others read as zero', (_, register, variant, ones) => {
    const fixture = fixtureOf(variant);
    expect(fixture.read(register)).toBe(zeros(register));
    fixture.write(register, 0xffffffffffffffffn);
    expect(fixture.read(register)).toBe(ones);
    expect(fixture.read(register, { instance: 39 })).toBe(zeros(register));
    fixture.write(register, 0n);
    expect(fixture.read(register)).toBe(zeros(register));
  });

  it.each(ALL_ONES)('%s: any value is kept as far as its bits exist', (_, register, variant, ones) => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const fixture = fixtureOf(variant);
        fixture.write(register, value);
        const type = zeros(register);
        expect(fixture.read(register)).toBe(
          type === 0n ? value & ones : (value & ones & ~0xffn) | (value & 0x700n & ones) | type,
        );
      }),
    );
  });

  it('has an instance per number, PARTID space, RIS and type, each with registers of its own', () => {
    const fixture = new MonitorFixture({ csu: ALL_CSU, mbwu: ALL_MBWU, ris: [0, 3] });
    const places = [0, 3].flatMap((ris) =>
      [0, 1, 2, 3].flatMap((space) => [0, 39].map((instance) => ({ ris, space, instance }))),
    );
    for (const [i, at] of places.entries()) {
      fixture.write(CSU_FLT, i, at);
      fixture.write(MBWU_FLT, 100 + i, at);
    }
    expect(places.map((at) => fixture.read(CSU_FLT, at))).toEqual(places.map((_, i) => BigInt(i)));
    expect(places.map((at) => fixture.read(MBWU_FLT, at))).toEqual(places.map((_, i) => BigInt(100 + i)));
  });

  it.each([
    ['a number from NUM_MON on', { instance: 40 }],
    ['a RIS that the MSC does not have', { ris: 1 }],
  ])('reads as zero and ignores writes at %s', (_, at) => {
    const fixture = fixtureOf({});
    for (const register of [CSU_CTL, CSU, MBWU_CTL, MBWU_L]) {
      fixture.write(register, 0x1234n, at);
      expect(fixture.read(register, at)).toBe(0n);
    }
    expect(fixture.events).toEqual([]);
  });

  it('reads as zero and ignores writes where the resource lacks the type', () => {
    const fixture = new MonitorFixture({ csu: ALL_CSU });
    fixture.write(MBWU_CTL, 0x80000000);
    expect(fixture.read(MBWU_CTL)).toBe(0n);
    expect(fixture.read(CSU_CTL)).toBe(0x43n);
  });

  it('keeps 65,535 instances of each type without making any before it is written', () => {
    const fixture = fixtureOf({ csu: { numMon: 65535 }, mbwu: { numMon: 65535 } });
    fixture.write(MBWU_FLT, 7, { instance: 65534 });
    expect(fixture.read(MBWU_FLT, { instance: 65534 })).toBe(7n);
    expect(fixture.read(MBWU_FLT, { instance: 65535 })).toBe(0n);
  });

  it('takes the halves of a long register one by one, each change with the number of its half', () => {
    const fixture = fixtureOf({});
    fixture.writeHalf(MBWU_L, 'low', 0x89abcdef);
    fixture.writeHalf(MBWU_L, 'high', 0x81234567);
    expect(fixture.read(MBWU_L)).toBe(0x8123456789abcdefn);
    fixture.writeHalf(MBWU_L, 'low', 1);
    expect(fixture.read(MBWU_L)).toBe(0x8123456700000001n);
    expect(fixture.events.map(textOf)).toEqual([
      `register ${MBWU_L}.0 of 0/${NS}/0: 0x0 to 0x89abcdef`,
      `register ${MBWU_L}.1 of 0/${NS}/0: 0x0 to 0x81234567`,
      `register ${MBWU_L}.0 of 0/${NS}/0: 0x89abcdef to 0x1`,
    ]);
  });

  it('does not know an upper half of 32-bit registers', () => {
    const fixture = fixtureOf({});
    for (const register of [CSU_FLT, CSU, CSU_CAPTURE, MBWU_FLT, MBWU, MBWU_CAPTURE]) {
      fixture.write(register, 3);
      fixture.writeHalf(register, 'high', 0xffffffff);
      expect(fixture.read(register)).toBe(3n);
    }
  });

  it('tells of a change once, and not of a write that leaves the register as it was', () => {
    const fixture = fixtureOf({});
    fixture.write(CSU_FLT, 5);
    fixture.write(CSU_FLT, 5);
    fixture.write(MBWU_CTL, 0x80000000);
    fixture.write(MBWU_CTL, 0x80000055);
    expect(fixture.events.map(textOf)).toEqual([
      `register ${CSU_FLT}.0 of 0/${NS}/0: 0x0 to 0x5`,
      `register ${MBWU_CTL}.0 of 0/${NS}/0: 0x42 to 0x80000042`,
    ]);
  });
});
