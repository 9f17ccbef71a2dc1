import { describe, expect, it } from 'vitest';
import * as masks from '../../src/arch/msc/fields.ts';
import { packFields } from '../../src/arch/msc/pack-fields.ts';
import { MSC_REGISTERS, MscRegister } from '../../src/arch/msc-registers.ts';
import { MSC_FIELDS } from './msc-register-reference.ts';

/** Registers that a constant's first part stands for: all of them have the field in the same place. */
const REGISTERS_OF: Readonly<Record<string, readonly string[]>> = {
  CMAX: ['MPAMCFG_CMAX'],
  MBW_MAX: ['MPAMCFG_MBW_MAX'],
  MBW_PROP: ['MPAMCFG_MBW_PROP'],
  PRI: ['MPAMCFG_PRI'],
  DIS: ['MPAMCFG_DIS'],
  INTPARTID: ['MPAMCFG_INTPARTID'],
  PART_SEL: ['MPAMCFG_PART_SEL'],
  MON_SEL: ['MSMON_CFG_MON_SEL'],
  SEL: ['MPAMCFG_PART_SEL', 'MSMON_CFG_MON_SEL'],
  FLT: ['MSMON_CFG_CSU_FLT', 'MSMON_CFG_MBWU_FLT'],
  CSU_FLT: ['MSMON_CFG_CSU_FLT'],
  MBWU_FLT: ['MSMON_CFG_MBWU_FLT'],
  CTL: ['MSMON_CFG_CSU_CTL', 'MSMON_CFG_MBWU_CTL'],
  MBWU_CTL: ['MSMON_CFG_MBWU_CTL'],
  MSMON: ['MSMON_CSU', 'MSMON_MBWU', 'MSMON_CSU_CAPTURE', 'MSMON_MBWU_CAPTURE'],
  CAPT_EVNT: ['MSMON_CAPT_EVNT'],
  OFLOW_SR: ['MSMON_OFLOW_SR'],
  ESR: ['MPAMF_ESR'],
  ECR: ['MPAMF_ECR'],
  TL: ['MPAMCFG_IN_TL', 'MPAMCFG_OUT_TL'],
};

/** Constants whose name is not that of a register and a field. */
const OTHERS: Readonly<Record<string, number>> = {
  MBW_WINWD_US: 0xffffff, // US_INT 23:8 and US_FRAC 7:0
  PARTID_FIELD: 0xffff, // of EN and DIS
  INTPARTID_FIELD: 0xffff,
  EN_FLAGS_PARTIDS: 32,
  CSU_CTL_TYPE: 0x43,
  MBWU_CTL_TYPE: 0x42,
  MSI_ATTR_MSIEN: 1,
  TL_MASK_WD: 0x1f,
};

/** Highest and lowest bit, as the reference has it. */
function fieldBits(register: string, field: string): [number, number] {
  const found = MSC_FIELDS[register]!.split(', ').find((text) => text.startsWith(`${field} `))!;
  const [high, low = high] = found.slice(field.length + 1).split(':');
  return [Number(high), Number(low)];
}

describe('masks of fields', () => {
  it.each(Object.entries(masks))('%s is what its register’s field is', (name, value) => {
    if (name in OTHERS) {
      expect(value).toBe(OTHERS[name]);
      return;
    }
    const isShift = name.endsWith('_SHIFT');
    const prefix = Object.keys(REGISTERS_OF)
      .filter((candidate) => name.startsWith(`${candidate}_`))
      .reduce((longest, candidate) => (candidate.length > longest.length ? candidate : longest), '');
    const field = name.slice(prefix.length + 1).replace(/_SHIFT$/, '');
    for (const register of REGISTERS_OF[prefix]!) {
      const [high, low] = fieldBits(register, field);
      const isPlainNumber = name === 'PRI_DSPRI' || isShift;
      expect(value).toBe(isPlainNumber ? low : 2 ** (high + 1) - 2 ** low);
    }
  });
});

describe('packed fields', () => {
  const idr = MSC_REGISTERS[MscRegister.MPAMF_IDR]!;

  it('make the value of a register, in two halves', () => {
    const value = packFields(idr, {
      PARTID_MAX: 255,
      PMG_MAX: 3,
      EXT: true,
      HAS_PARTID_NRW: 1,
      HAS_RIS: 1,
      RIS_MAX: 15,
    });
    expect(value).toEqual({ lo: 0x900300ff, hi: 0x0f000001 });
    expect(packFields(idr, {})).toEqual({ lo: 0, hi: 0 });
  });

  it.each([
    ['a field that is not there', { CPBM_WD: 1 }, 'MPAMF_IDR has no field CPBM_WD'],
    ['a value that does not fit', { PMG_MAX: 256 }, 'MPAMF_IDR.PMG_MAX: 256 does not fit into bits 23:16'],
    ['a value that is no count', { RIS_MAX: -1 }, 'MPAMF_IDR.RIS_MAX: -1 does not fit into bits 59:56'],
  ])('%s is refused loudly', (_, values, message) => {
    expect(() => packFields(idr, values)).toThrow(message);
  });
});
