import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as bits from '../../src/arch/fields.ts';
import {
  decodeFields,
  encodeFields,
  formatHex64,
  NAME_COUNT,
  NAMES,
  Name,
  REGISTER_COUNT,
  REGISTERS,
  Reg,
  RegisterFieldError,
  registerByName,
} from '../../src/arch/registers.ts';

/** K 1.1: op0, op1, CRn, CRm, op2. */
const ENCODINGS: readonly [name: string, encoding: string][] = [
  ['MPAM0_EL1', '3,0,10,5,1'],
  ['MPAM1_EL1', '3,0,10,5,0'],
  ['MPAM2_EL2', '3,4,10,5,0'],
  ['MPAM3_EL3', '3,6,10,5,0'],
  ['MPAMHCR_EL2', '3,4,10,4,0'],
  ['MPAMVPMV_EL2', '3,4,10,4,1'],
  ['MPAMVPM0_EL2', '3,4,10,6,0'],
  ['MPAMVPM1_EL2', '3,4,10,6,1'],
  ['MPAMVPM2_EL2', '3,4,10,6,2'],
  ['MPAMVPM3_EL2', '3,4,10,6,3'],
  ['MPAMVPM4_EL2', '3,4,10,6,4'],
  ['MPAMVPM5_EL2', '3,4,10,6,5'],
  ['MPAMVPM6_EL2', '3,4,10,6,6'],
  ['MPAMVPM7_EL2', '3,4,10,6,7'],
  ['MPAMIDR_EL1', '3,0,10,4,4'],
  ['MPAMSM_EL1', '3,0,10,5,3'],
  ['MPAM1_EL12', '3,5,10,5,0'],
];

const LABEL_FIELDS = 'PMG_D 47:40, PMG_I 39:32, PARTID_D 31:16, PARTID_I 15:0';
const VPM_FIELDS = (n: number): string =>
  [3, 2, 1, 0].map((i) => `PhyPARTID${4 * n + i} ${16 * i + 15}:${16 * i}`).join(', ');

/** K 1.1 and A 5.1. */
const FIELDS: Readonly<Record<string, string>> = {
  MPAM0_EL1: LABEL_FIELDS,
  MPAM1_EL1: `MPAMEN 63, FORCED_NS 60, ALTSP_FRCD 54, ${LABEL_FIELDS}`,
  MPAM2_EL2:
    'MPAMEN 63, TIDR 58, ALTSP_HFC 56, ALTSP_EL2 55, ALTSP_FRCD 54, EnMPAMSM 50, TRAPMPAM0EL1 49, TRAPMPAM1EL1 48, ' +
    LABEL_FIELDS,
  MPAM3_EL3:
    'MPAMEN 63, TRAPLOWER 62, SDEFLT 61, FORCE_NS 60, ALTSP_HEN 57, ALTSP_HFC 56, ALTSP_EL3 55, RT_ALTSP_NS 52, ' +
    LABEL_FIELDS,
  MPAMHCR_EL2: 'TRAP_MPAMIDR_EL1 31, GSTAPP_PLK 8, EL1_VPMEN 1, EL0_VPMEN 0',
  MPAMVPMV_EL2: Array.from({ length: 32 }, (_, i) => `VPM_V${31 - i} ${31 - i}`).join(', '),
  MPAMVPM0_EL2: VPM_FIELDS(0),
  MPAMVPM1_EL2: VPM_FIELDS(1),
  MPAMVPM2_EL2: VPM_FIELDS(2),
  MPAMVPM3_EL2: VPM_FIELDS(3),
  MPAMVPM4_EL2: VPM_FIELDS(4),
  MPAMVPM5_EL2: VPM_FIELDS(5),
  MPAMVPM6_EL2: VPM_FIELDS(6),
  MPAMVPM7_EL2: VPM_FIELDS(7),
  MPAMIDR_EL1:
    'HAS_SDEFLT 61, HAS_FORCE_NS 60, SP4 59, HAS_TIDR 58, HAS_ALTSP 57, HAS_BW_CTRL 56, PMG_MAX 39:32, ' +
    'VPMR_MAX 20:18, HAS_HCR 17, PARTID_MAX 15:0',
  MPAMSM_EL1: 'PMG_D 47:40, PARTID_D 31:16',
};

/** Constant in fields.ts, register, the fields it covers. */
const CONSTANTS: readonly [constant: keyof typeof bits, half: 'lo' | 'hi', reg: Reg, fields: readonly string[]][] = [
  ['LABEL_MASK_HI', 'hi', Reg.MPAM0_EL1, ['PMG_D', 'PMG_I']],
  ['LABEL_MASK_LO', 'lo', Reg.MPAM0_EL1, ['PARTID_D', 'PARTID_I']],
  ['MPAMSM_MASK_HI', 'hi', Reg.MPAMSM_EL1, ['PMG_D']],
  ['MPAMSM_MASK_LO', 'lo', Reg.MPAMSM_EL1, ['PARTID_D']],
  ['MPAMEN_HI', 'hi', Reg.MPAM1_EL1, ['MPAMEN']],
  ['MPAMEN_HI', 'hi', Reg.MPAM2_EL2, ['MPAMEN']],
  ['MPAMEN_HI', 'hi', Reg.MPAM3_EL3, ['MPAMEN']],
  ['MPAM1_FORCED_NS_HI', 'hi', Reg.MPAM1_EL1, ['FORCED_NS']],
  ['MPAM1_ALTSP_FRCD_HI', 'hi', Reg.MPAM1_EL1, ['ALTSP_FRCD']],
  ['MPAM2_TIDR_HI', 'hi', Reg.MPAM2_EL2, ['TIDR']],
  ['MPAM2_ALTSP_HFC_HI', 'hi', Reg.MPAM2_EL2, ['ALTSP_HFC']],
  ['MPAM2_ALTSP_EL2_HI', 'hi', Reg.MPAM2_EL2, ['ALTSP_EL2']],
  ['MPAM2_ALTSP_FRCD_HI', 'hi', Reg.MPAM2_EL2, ['ALTSP_FRCD']],
  ['MPAM2_ENMPAMSM_HI', 'hi', Reg.MPAM2_EL2, ['EnMPAMSM']],
  ['MPAM2_TRAPMPAM0EL1_HI', 'hi', Reg.MPAM2_EL2, ['TRAPMPAM0EL1']],
  ['MPAM2_TRAPMPAM1EL1_HI', 'hi', Reg.MPAM2_EL2, ['TRAPMPAM1EL1']],
  ['MPAM3_TRAPLOWER_HI', 'hi', Reg.MPAM3_EL3, ['TRAPLOWER']],
  ['MPAM3_SDEFLT_HI', 'hi', Reg.MPAM3_EL3, ['SDEFLT']],
  ['MPAM3_FORCE_NS_HI', 'hi', Reg.MPAM3_EL3, ['FORCE_NS']],
  ['MPAM3_ALTSP_HEN_HI', 'hi', Reg.MPAM3_EL3, ['ALTSP_HEN']],
  ['MPAM3_ALTSP_HFC_HI', 'hi', Reg.MPAM3_EL3, ['ALTSP_HFC']],
  ['MPAM3_ALTSP_EL3_HI', 'hi', Reg.MPAM3_EL3, ['ALTSP_EL3']],
  ['MPAM3_RT_ALTSP_NS_HI', 'hi', Reg.MPAM3_EL3, ['RT_ALTSP_NS']],
  ['MPAMHCR_TRAP_MPAMIDR_EL1_LO', 'lo', Reg.MPAMHCR_EL2, ['TRAP_MPAMIDR_EL1']],
  ['MPAMHCR_GSTAPP_PLK_LO', 'lo', Reg.MPAMHCR_EL2, ['GSTAPP_PLK']],
  ['MPAMHCR_EL1_VPMEN_LO', 'lo', Reg.MPAMHCR_EL2, ['EL1_VPMEN']],
  ['MPAMHCR_EL0_VPMEN_LO', 'lo', Reg.MPAMHCR_EL2, ['EL0_VPMEN']],
];

const values: Readonly<Record<string, number>> = { ...bits };

const anyReg = fc.integer({ min: 0, max: REGISTER_COUNT - 1 }) as fc.Arbitrary<Reg>;
const anyHalf = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

describe('the register catalogue', () => {
  it('gives every name the encoding of the Arm ARM', () => {
    const known = NAMES.map(({ name, encoding: e }) => [name, [e.op0, e.op1, e.CRn, e.CRm, e.op2].join()]);
    expect(known).toEqual(ENCODINGS);
    expect(NAMES).toHaveLength(NAME_COUNT);
  });

  it('numbers registers and names by their place in the catalogue', () => {
    expect(REGISTERS.map(({ name }, reg) => [name, reg])).toEqual(Object.entries(Reg));
    expect(NAMES.map(({ name }, index) => [name, index])).toEqual(Object.entries(Name));
    expect(REGISTERS).toHaveLength(REGISTER_COUNT);
  });

  it('has the fields of the Arm ARM at their places', () => {
    const text = (high: number, low: number): string => (high === low ? `${low}` : `${high}:${low}`);
    for (const { name, fields } of REGISTERS) {
      expect(`${name}: ${fields.map((f) => `${f.name} ${text(f.high, f.low)}`).join(', ')}`).toBe(
        `${name}: ${FIELDS[name]}`,
      );
    }
  });

  it('keeps every field inside one half, apart from the others', () => {
    for (const { name, fields } of REGISTERS) {
      const covered = new Set<number>();
      for (const { high, low } of fields) {
        expect([name, high >> 5]).toEqual([name, low >> 5]);
        for (let at = low; at <= high; at++) {
          expect([name, at, covered.has(at)]).toEqual([name, at, false]);
          covered.add(at);
        }
      }
    }
  });

  it('says one sentence about every register and field', () => {
    for (const { doc, fields } of REGISTERS) {
      for (const text of [doc, ...fields.map((field) => field.doc)]) expect(text).toMatch(/^[A-Z].*\.$/);
    }
  });

  it.each(CONSTANTS)('agrees with the constant %s', (constant, half, reg, fields) => {
    const ones = Object.fromEntries(
      fields.map((name) => {
        const field = REGISTERS[reg]!.fields.find((candidate) => candidate.name === name)!;
        return [name, 2 ** (field.high - field.low + 1) - 1];
      }),
    );
    expect(values[constant]).toBe(encodeFields(reg, ones)[half]);
  });

  it('is covered by a test of every constant', () => {
    expect([...new Set(CONSTANTS.map(([constant]) => constant))].sort()).toEqual(Object.keys(values).sort());
  });
});

describe('field values', () => {
  it('come back as they were put in', () => {
    fc.assert(
      fc.property(anyReg, anyHalf, anyHalf, (reg, lo, hi) => {
        const decoded = decodeFields(reg, lo, hi);
        const encoded = encodeFields(reg, Object.fromEntries(decoded.map(({ name, value }) => [name, value])));
        expect(decodeFields(reg, encoded.lo, encoded.hi)).toEqual(decoded);
      }),
    );
  });

  it('are the bits of the 64-bit value, unsigned', () => {
    fc.assert(
      fc.property(anyReg, anyHalf, anyHalf, (reg, lo, hi) => {
        const value = (BigInt.asUintN(32, BigInt(hi)) << 32n) | BigInt.asUintN(32, BigInt(lo));
        const decoded = decodeFields(reg, lo, hi);
        REGISTERS[reg]!.fields.forEach((field, index) => {
          const mask = (1n << BigInt(field.high - field.low + 1)) - 1n;
          expect(decoded[index]).toEqual({ name: field.name, value: Number((value >> BigInt(field.low)) & mask) });
        });
        expect(formatHex64(lo, hi)).toBe(`0x${value.toString(16).padStart(16, '0')}`);
      }),
    );
  });

  it('are refused when they do not fit, with the range', () => {
    expect(() => encodeFields(Reg.MPAM0_EL1, { PMG_D: 256 })).toThrow(
      new RegisterFieldError('MPAM0_EL1.PMG_D = 256 is out of range: an integer from 0 to 255'),
    );
    expect(() => encodeFields(Reg.MPAM0_EL1, { PARTID_D: -1 })).toThrow(RegisterFieldError);
    expect(() => encodeFields(Reg.MPAM0_EL1, { PARTID_D: 1.5 })).toThrow(RegisterFieldError);
  });

  it('are refused for a field that the register does not have, with the fields it has', () => {
    expect(() => encodeFields(Reg.MPAM0_EL1, { MPAMEN: 1 })).toThrow(
      'MPAM0_EL1 has no field MPAMEN; it has PMG_D, PMG_I, PARTID_D, PARTID_I',
    );
  });
});

describe('register names', () => {
  it('are found in any case, the alias included', () => {
    expect(registerByName('mpam2_el2')).toBe(Name.MPAM2_EL2);
    expect(registerByName('MPAM1_EL12')).toBe(Name.MPAM1_EL12);
    expect(registerByName('MPAM4_EL4')).toBeUndefined();
  });
});
