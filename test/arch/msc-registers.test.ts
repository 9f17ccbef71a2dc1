import { describe, expect, it } from 'vitest';
import {
  CMAX_SOFTLIM,
  DIS_NFU,
  INTPARTID_FIELD,
  INTPARTID_INTERNAL,
  MSC_REGISTERS,
  MscRegister,
  mscRegisterName,
  PARTID_FIELD,
} from '../../src/arch/msc-registers.ts';
import { CODE_MAX } from '../../src/loop/event-row.ts';

const bits = (name: string): string => Array.from({ length: 32 }, (_, i) => `${name}${31 - i} ${31 - i}`).join(', ');

/** A 2.2 and A 2.4. */
const REFERENCE: Readonly<
  Record<string, readonly [offset: number, access: string, selectedBy: string, fields: string]>
> = {
  'MPAMCFG_CPBM<n>': [0x1000, 'rw', 'control', bits('P')],
  MPAMCFG_CMAX: [0x0108, 'rw', 'control', 'SOFTLIM 31, CMAX 15:0'],
  MPAMCFG_CMIN: [0x0110, 'rw', 'control', 'CMIN 15:0'],
  MPAMCFG_CASSOC: [0x0118, 'rw', 'control', 'CASSOC 15:0'],
  MPAMCFG_EN: [0x0300, 'wo', 'field', 'PARTID 15:0'],
  MPAMCFG_DIS: [0x0310, 'wo', 'field', 'NFU 31, PARTID 15:0'],
  MPAMCFG_EN_FLAGS: [0x0320, 'rw', 'group', bits('EN')],
  MPAMCFG_INTPARTID: [0x0600, 'rw', 'request', 'INTERNAL 16, INTPARTID 15:0'],
};

/** Codes in stored events. New registers get new codes; these stay. */
const CODES: Readonly<Record<string, number>> = {
  MPAMCFG_CMAX: 0,
  MPAMCFG_CMIN: 1,
  MPAMCFG_CASSOC: 2,
  MPAMCFG_EN: 3,
  MPAMCFG_DIS: 4,
  MPAMCFG_EN_FLAGS: 5,
  MPAMCFG_INTPARTID: 6,
  MPAMCFG_CPBM: 7,
};

function maskOf(register: MscRegister, fieldName: string): number {
  const field = MSC_REGISTERS[register]!.fields.find(({ name }) => name === fieldName)!;
  return 2 ** (field.high + 1) - 2 ** field.low;
}

describe('MSC registers', () => {
  it.each(Object.entries(REFERENCE))('%s lies where Arm puts it and has the fields of the manual', (name, expected) => {
    const register = MSC_REGISTERS.find((candidate) => candidate.name === name)!;
    const fields = register.fields.map(({ name, high, low }) => `${name} ${high === low ? high : `${high}:${low}`}`);
    expect([register.offset, register.access, register.selectedBy, fields.join(', ')]).toEqual(expected);
  });

  it('keep the numbers that stored events have', () => {
    expect(MscRegister).toMatchObject(CODES);
    expect(Object.keys(REFERENCE)).toHaveLength(MSC_REGISTERS.length);
    for (const [name, code] of Object.entries(MscRegister)) {
      expect(MSC_REGISTERS[code]!.name.replace('<n>', '')).toBe(name);
      expect(code).toBeLessThanOrEqual(CODE_MAX);
    }
  });

  it('are named with their number where there are several', () => {
    expect(mscRegisterName(MscRegister.MPAMCFG_CPBM, 3)).toBe('MPAMCFG_CPBM3');
    expect(mscRegisterName(MscRegister.MPAMCFG_CMAX, 0)).toBe('MPAMCFG_CMAX');
  });

  it('have constants that agree with their fields', () => {
    expect(maskOf(MscRegister.MPAMCFG_CMAX, 'SOFTLIM')).toBe(CMAX_SOFTLIM);
    expect(maskOf(MscRegister.MPAMCFG_DIS, 'NFU')).toBe(DIS_NFU);
    expect(maskOf(MscRegister.MPAMCFG_DIS, 'PARTID')).toBe(PARTID_FIELD);
    expect(maskOf(MscRegister.MPAMCFG_INTPARTID, 'INTERNAL')).toBe(INTPARTID_INTERNAL);
    expect(maskOf(MscRegister.MPAMCFG_INTPARTID, 'INTPARTID')).toBe(INTPARTID_FIELD);
  });

  it('leave room for 32768 portions, 32 in a word', () => {
    expect(MSC_REGISTERS[MscRegister.MPAMCFG_CPBM]!.words * 32).toBe(32768);
  });
});
