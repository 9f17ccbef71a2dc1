import { describe, expect, it } from 'vitest';
import { MSC_ERRORS, MscErrorCode } from '../../src/arch/msc/error-codes.ts';

/** A 2.6: name, and what of the syndrome is captured. */
const REFERENCE: readonly [code: number, name: string, captured: string][] = [
  [0, 'none', ''],
  [1, 'PARTID_SEL_Range', 'PARTID_SEL, RIS'],
  [2, 'Req_PARTID_Range', 'reqPARTID, PMG'],
  [3, 'MSMONCFG_ID_RANGE', 'PARTID, PMG, RIS'],
  [4, 'Req_PMG_Range', 'reqPARTID, PMG'],
  [5, 'Monitor_Range', 'MON_SEL, RIS'],
  [6, 'intPARTID_Range', 'intPARTID'],
  [7, 'Unexpected_INTERNAL', 'reqPARTID'],
  [8, 'Undefined_RIS_PART_SEL', 'PARTID_SEL, RIS'],
  [9, 'RIS_No_Control', 'PARTID_SEL, RIS'],
  [10, 'Undefined_RIS_MON_SEL', 'MON_SEL, RIS'],
  [11, 'RIS_No_Monitor', 'MON_SEL, RIS'],
];

describe('error codes of an MSC', () => {
  it.each(REFERENCE)('%i is %s and captures %s', (code, name, captured) => {
    const error = MSC_ERRORS[code]!;
    const fields = [error.partidMon, error.capturesPmg ? 'PMG' : undefined, error.capturesRis ? 'RIS' : undefined];
    expect([error.name, fields.filter((field) => field !== undefined).join(', ')]).toEqual([name, captured]);
    expect(MscErrorCode[name as keyof typeof MscErrorCode]).toBe(code);
  });

  it('are all that are not reserved', () => {
    expect(MSC_ERRORS).toHaveLength(REFERENCE.length);
    expect(Object.values(MscErrorCode)).toEqual(REFERENCE.map(([code]) => code));
  });
});
