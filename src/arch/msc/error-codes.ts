/**
 * The errors that an MSC reports in MPAMF_ESR.ERRCODE, as data: what causes them, and what the syndrome captures.
 *
 * Source: Arm IHI 0099 B.a, MPAMF_ESR (A 2.6). Codes 8 to 15 are reserved in v1.0, codes 12 to 15 in every version.
 */

/** MPAMF_ESR.ERRCODE. */
export const MscErrorCode = {
  none: 0,
  PARTID_SEL_Range: 1,
  Req_PARTID_Range: 2,
  MSMONCFG_ID_RANGE: 3,
  Req_PMG_Range: 4,
  Monitor_Range: 5,
  intPARTID_Range: 6,
  Unexpected_INTERNAL: 7,
  Undefined_RIS_PART_SEL: 8,
  RIS_No_Control: 9,
  Undefined_RIS_MON_SEL: 10,
  RIS_No_Monitor: 11,
} as const;
export type MscErrorCode = (typeof MscErrorCode)[keyof typeof MscErrorCode];

/** What a field of MPAMF_ESR holds after an error; a field that the code does not capture is written as 0. */
export interface MscErrorDescription {
  readonly name: string;
  /** What PARTID_MON is: a PARTID of that kind, or the number of a monitor instance. */
  readonly partidMon: 'PARTID_SEL' | 'reqPARTID' | 'PARTID' | 'intPARTID' | 'MON_SEL' | undefined;
  readonly capturesPmg: boolean;
  /** Into the 64-bit form of the register; the 32-bit form has no RIS. */
  readonly capturesRis: boolean;
  readonly doc: string;
}

/** By code; 12 to 15 are reserved. */
export const MSC_ERRORS: readonly MscErrorDescription[] = [
  error('none', undefined, [], 'No error since the register was cleared.'),
  error('PARTID_SEL_Range', 'PARTID_SEL', ['RIS'], 'PART_SEL names a PARTID above PARTID_MAX.'),
  error('Req_PARTID_Range', 'reqPARTID', ['PMG'], 'A memory request carries a PARTID above PARTID_MAX.'),
  error('MSMONCFG_ID_RANGE', 'PARTID', ['PMG', 'RIS'], 'The filter of a monitor holds a PARTID or PMG out of range.'),
  error('Req_PMG_Range', 'reqPARTID', ['PMG'], 'A memory request carries a PMG above PMG_MAX.'),
  error('Monitor_Range', 'MON_SEL', ['RIS'], 'MON_SEL names an instance at or above NUM_MON.'),
  error(
    'intPARTID_Range',
    'intPARTID',
    [],
    'INTPARTID out of range or not INTERNAL, or a control without PART_SEL.INTERNAL.',
  ),
  error('Unexpected_INTERNAL', 'reqPARTID', [], 'INTPARTID was accessed with PART_SEL.INTERNAL.'),
  error('Undefined_RIS_PART_SEL', 'PARTID_SEL', ['RIS'], 'PART_SEL.RIS names no resource.'),
  error('RIS_No_Control', 'PARTID_SEL', ['RIS'], 'The resource that PART_SEL.RIS names lacks that control.'),
  error('Undefined_RIS_MON_SEL', 'MON_SEL', ['RIS'], 'MON_SEL.RIS names no resource.'),
  error('RIS_No_Monitor', 'MON_SEL', ['RIS'], 'The resource that MON_SEL.RIS names lacks that type of monitor.'),
];

function error(
  name: keyof typeof MscErrorCode,
  partidMon: MscErrorDescription['partidMon'],
  captured: readonly ('PMG' | 'RIS')[],
  doc: string,
): MscErrorDescription {
  return { name, partidMon, capturesPmg: captured.includes('PMG'), capturesRis: captured.includes('RIS'), doc };
}
