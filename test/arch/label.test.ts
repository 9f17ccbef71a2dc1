import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  labelHasError,
  labelPartid,
  labelPmg,
  labelRegisterHigh,
  labelRegisterLow,
  labelSpace,
  PartidSpace,
  packLabel,
} from '../../src/arch/label.ts';
import { decodeFields, Reg } from '../../src/arch/registers.ts';

const partid = fc.integer({ min: 0, max: 0xffff });
const pmg = fc.integer({ min: 0, max: 0xff });

describe('a packed label', () => {
  it('gives back its space, PARTID, PMG and error', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), partid, pmg, fc.boolean(), (space, id, group, error) => {
        const label = packLabel(space, id, group, error);
        expect([labelSpace(label), labelPartid(label), labelPmg(label), labelHasError(label)]).toEqual([
          space,
          id,
          group,
          error,
        ]);
      }),
    );
  });

  it('has PARTID in bits 15:0, PMG in 23:16, space in 25:24 and the error in bit 26', () => {
    expect(packLabel(PartidSpace.realm, 0x1234, 0x56, true)).toBe(0x0756_1234);
    expect(packLabel(PartidSpace.nonSecure, 0xffff, 0xff, false)).toBe(0x01ff_ffff);
  });

  it('codes the PARTID space as the MPAM_SP signal does', () => {
    expect(PartidSpace).toEqual({ secure: 0b00, nonSecure: 0b01, root: 0b10, realm: 0b11 });
  });
});

describe('a label register', () => {
  it('is put together from data and instruction fields', () => {
    fc.assert(
      fc.property(partid, partid, pmg, pmg, (partidD, partidI, pmgD, pmgI) => {
        const fields = decodeFields(Reg.MPAM0_EL1, labelRegisterLow(partidD, partidI), labelRegisterHigh(pmgD, pmgI));
        expect(fields.map(({ value }) => value)).toEqual([pmgD, pmgI, partidD, partidI]);
      }),
    );
  });
});
