/**
 * The registers of an MSC's monitors: cache storage usage (CSU) and memory bandwidth usage (MBWU).
 *
 * Source: Arm IHI 0099 B.a, chapter 9 (A 2.2, 2.5). Left out: allocation monitors (CSA, a 2025 addition).
 */
import { bit, bits, field, type MscCondition, type MscField, type RegisterEntry } from './register-description.ts';

const CSU: MscCondition = 'MPAMF_MSMON_IDR.MSMON_CSU';
const MBWU: MscCondition = 'MPAMF_MSMON_IDR.MSMON_MBWU';

const MONITORED_LABEL: readonly MscField[] = [
  field('PMG', 23, 16, 'PMG to match.'),
  field('PARTID', 15, 0, 'PARTID to match.'),
];

/** What the control registers of both kinds have, from bit 31 to bit 20. */
const CONTROL_UPPER: readonly MscField[] = [
  bit('EN', 31, 'The monitor collects.'),
  field('CAPT_EVNT', 30, 28, 'Event that captures: 0 none, 1 to 6 external, 7 local.'),
  bit('CAPT_RESET', 27, 'The value is zeroed after a capture.'),
  bit('OFLOW_STATUS', 26, 'The value exceeded its width.'),
  bit('OFLOW_INTR', 25, 'An overflow interrupts.'),
  bit('OFLOW_FRZ', 24, 'An overflow stops counting until the value is written.'),
  bit('OFLOW_CAPT', 23, 'An overflow captures.'),
  { ...field('SUBTYPE', 22, 20, 'RAZ/WI.'), fixed: 0 },
];
const CONTROL_MATCH: readonly MscField[] = [
  bit('CEVNT_OFLW', 18, 'A capture event counts as an overflow.'),
  bit('MATCH_PMG', 17, 'Only requests or lines of the filter’s PMG.'),
  bit('MATCH_PARTID', 16, 'Only requests or lines of the filter’s PARTID.'),
];
const OFLOW_LNKG = field('OFLOW_LNKG', 10, 8, 'Capture event that an overflow raises, 1 to 6; 0: none.');

/** A counter and its capture register: NRDY is the uppermost bit. */
function value(high: number, doc: string): readonly MscField[] {
  const nrdyAt = high < 32 ? 31 : 63;
  return [bit('NRDY', nrdyAt, 'The value is not to be trusted.'), field('VALUE', high, 0, doc)];
}
const BYTES = value(30, 'Bytes.');
const COUNTED = value(30, 'Bytes, or with SCLEN bytes shifted right by SCALE.');
const COUNTED_LONG = value(62, 'Bytes; bits 43:0 where LWD is 0.');

function monitor(
  offset: number,
  presentWhen: readonly MscCondition[],
  doc: string,
  fields: readonly MscField[],
): RegisterEntry {
  return { offset, access: 'rw', selectedBy: 'monitor', presentWhen, fields, doc };
}

function overflowStatus(offset: number, present: MscCondition, doc: string): RegisterEntry {
  return {
    offset,
    access: 'ro',
    selectedBy: 'monitor-group',
    presentWhen: [present],
    fields: bits('OFLOW_PND', 'Instance', 'of the group has a pending overflow.'),
    doc,
  };
}

const CSU_REGISTERS = {
  MSMON_CFG_CSU_FLT: monitor(0x0810, [CSU], 'Whose storage is measured.', [
    bit('XCL', 31, 'Only modified lines.'),
    ...MONITORED_LABEL,
  ]),
  MSMON_CFG_CSU_CTL: monitor(
    0x0818,
    [CSU],
    'How storage is measured. Overflow fields are RAZ/WI: it cannot overflow.',
    [...CONTROL_UPPER, ...CONTROL_MATCH, OFLOW_LNKG, { ...field('TYPE', 7, 0, 'CSU.'), fixed: 0x43 }],
  ),
  MSMON_CSU: monitor(0x0840, [CSU], 'Storage in use now; read-only where CSUMON_IDR.CSU_RO is 1.', BYTES),
  MSMON_CSU_CAPTURE: monitor(0x0848, ['MPAMF_CSUMON_IDR.HAS_CAPTURE'], 'MSMON_CSU at the last capture.', BYTES),
  MSMON_CSU_OFSR: overflowStatus(0x0858, 'MPAMF_CSUMON_IDR.HAS_OFSR', 'Overflows of 32 CSU instances.'),
} satisfies Record<string, RegisterEntry>;

const MBWU_REGISTERS = {
  MSMON_CFG_MBWU_FLT: monitor(0x0820, [MBWU], 'Whose bandwidth is counted.', [
    field('RWBW', 31, 30, '0 reads and writes, 1 writes, 2 reads.'),
    ...MONITORED_LABEL,
  ]),
  MSMON_CFG_MBWU_CTL: monitor(0x0828, [MBWU], 'How bandwidth is counted.', [
    ...CONTROL_UPPER,
    bit('SCLEN', 19, 'The short counter is scaled by SCALE.'),
    ...CONTROL_MATCH,
    bit('OFLOW_STATUS_L', 15, 'The long counter exceeded its width.'),
    bit('OFLOW_INTR_L', 14, 'An overflow of the long counter interrupts.'),
    bit('OFLOW_CAPT_L', 13, 'An overflow of the long counter captures.'),
    OFLOW_LNKG,
    { ...field('TYPE', 7, 0, 'MBWU.'), fixed: 0x42 },
  ]),
  MSMON_MBWU: monitor(0x0860, [MBWU], 'Bytes counted.', COUNTED),
  MSMON_MBWU_CAPTURE: monitor(0x0868, ['MPAMF_MBWUMON_IDR.HAS_CAPTURE'], 'MSMON_MBWU at the last capture.', COUNTED),
  MSMON_MBWU_L: {
    ...monitor(0x0880, ['MPAMF_MBWUMON_IDR.HAS_LONG'], 'Bytes counted, never scaled.', COUNTED_LONG),
    width: 64,
  },
  MSMON_MBWU_L_CAPTURE: {
    ...monitor(
      0x0890,
      ['MPAMF_MBWUMON_IDR.HAS_LONG', 'MPAMF_MBWUMON_IDR.HAS_CAPTURE'],
      'MSMON_MBWU_L at the last capture.',
      COUNTED_LONG,
    ),
    width: 64,
  },
  MSMON_MBWU_OFSR: overflowStatus(
    0x0898,
    'MPAMF_MBWUMON_IDR.HAS_OFSR',
    'Overflows of 32 MBWU instances, of either width.',
  ),
} satisfies Record<string, RegisterEntry>;

/** Registers of all monitors of a page. */
const SHARED_REGISTERS = {
  MSMON_CFG_MON_SEL: {
    offset: 0x0800,
    access: 'rw',
    selectedBy: 'none',
    presentWhen: ['monitors'],
    fields: [field('RIS', 27, 24, 'Resource instance.'), field('MON_SEL', 15, 0, 'Monitor instance.')],
    doc: 'Which monitor is accessed.',
  },
  MSMON_CAPT_EVNT: {
    offset: 0x0808,
    access: 'wo',
    selectedBy: 'none',
    presentWhen: ['MPAMF_MSMON_IDR.HAS_LOCAL_CAPT_EVNT'],
    fields: [
      bit('ALL', 1, 'To monitors of the spaces that this one may reach, too.'),
      bit('NOW', 0, 'Raise the local capture event.'),
    ],
    doc: 'Local capture event. Both bits read as 0.',
  },
  MSMON_OFLOW_SR: {
    offset: 0x08f0,
    access: 'ro',
    selectedBy: 'none',
    presentWhen: ['MPAMF_MSMON_IDR.HAS_OFLOW_SR'],
    fields: [
      bit('CSU_OFLOW_PND', 31, 'A CSU instance has a pending overflow.'),
      bit('MBWU_OFLOW_PND', 30, 'An MBWU instance has a pending overflow.'),
      bit('CSA', 29, 'A CSA instance has a pending overflow.'),
      field('RIS_PND', 15, 0, 'Bit r: a monitor of RIS r has a pending overflow.'),
    ],
    doc: 'Where overflows are pending. Clears itself when the last status bit clears.',
  },
} satisfies Record<string, RegisterEntry>;

export const MONITOR_REGISTERS = { ...CSU_REGISTERS, ...MBWU_REGISTERS, ...SHARED_REGISTERS };
