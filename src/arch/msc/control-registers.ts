/**
 * The registers of an MSC that configure partitioning, and their selector.
 *
 * Source: Arm IHI 0099 B.a, chapter 9 (A 2.2, 2.4; resets A 2.8). Which bits of a field exist depends on the MSC's widths
 * (memory/setting-registers.ts).
 */
import { bit, bits, field, type MscCondition, type MscField, type RegisterEntry } from './register-description.ts';

/** A register per PARTID that controls are looked up by, and per RIS. */
function control(
  offset: number,
  presentWhen: readonly MscCondition[],
  reset: number | undefined,
  doc: string,
  fields: readonly MscField[],
): RegisterEntry {
  const entry: RegisterEntry = { offset, access: 'rw', selectedBy: 'control', presentWhen, fields, doc };
  return reset === undefined ? entry : { ...entry, reset };
}

const CACHE_CONTROLS = {
  MPAMCFG_CMAX: control(
    0x0108,
    ['MPAMF_IDR.HAS_CCAP_PART', '!MPAMF_CCAP_IDR.NO_CMAX'],
    0xffff,
    'Largest share of the cache that the PARTID may occupy.',
    [
      bit('SOFTLIM', 31, 'At the limit, free lines and those of disabled PARTIDs may still be taken.'),
      field('CMAX', 15, 0, 'Fraction of the cache, left-justified in CMAX_WD bits.'),
    ],
  ),
  // The text gives CMIN no reset value: 0 is the setting that does not limit (A 3.11), and what Linux writes.
  MPAMCFG_CMIN: control(
    0x0110,
    ['MPAMF_CCAP_IDR.HAS_CMIN'],
    0,
    'Share of the cache below which the PARTID has raised priority.',
    [field('CMIN', 15, 0, 'Fraction of the cache, left-justified in CMAX_WD bits.')],
  ),
  MPAMCFG_CASSOC: control(
    0x0118,
    ['MPAMF_CCAP_IDR.HAS_CASSOC'],
    0xffff,
    'Largest share of the ways of a set that the PARTID may occupy.',
    [field('CASSOC', 15, 0, 'Fraction of the ways, left-justified in CASSOC_WD bits.')],
  ),
  MPAMCFG_CPBM: {
    ...control(
      0x1000,
      ['MPAMF_IDR.HAS_CPOR_PART'],
      0xffffffff,
      'Portions 32n to 32n + 31 of the cache that the PARTID may allocate.',
      bits('P', 'Portion', 'of these may be allocated.'),
    ),
    words: 1024,
  },
} satisfies Record<string, RegisterEntry>;

const BANDWIDTH_CONTROLS = {
  MPAMCFG_MBW_MIN: control(
    0x0200,
    ['MPAMF_MBW_IDR.HAS_MIN'],
    0xffff,
    'Share of the bandwidth below which requests of the PARTID are preferred.',
    [field('MIN', 15, 0, 'Fraction of the bandwidth, left-justified in BWA_WD bits.')],
  ),
  MPAMCFG_MBW_MAX: control(
    0x0208,
    ['MPAMF_MBW_IDR.HAS_MAX'],
    0xffff,
    'Share of the bandwidth from which on requests of the PARTID are not preferred, or not served.',
    [
      bit(
        'HARDLIM',
        31,
        'At the limit requests are held. RAZ/WI where all limits are soft, RAO/WI where all are hard.',
      ),
      field('MAX', 15, 0, 'Fraction of the bandwidth, left-justified in BWA_WD bits.'),
    ],
  ),
  MPAMCFG_MBW_WINWD: control(
    0x0220,
    ['MPAMF_IDR.HAS_MBW_PART'],
    undefined,
    'Accounting window of bandwidth; read-only unless MBW_IDR.WINDWR is 1. One per PARTID for all RIS (A 7).',
    [field('US_INT', 23, 8, 'Whole microseconds.'), field('US_FRAC', 7, 0, 'Fraction of a microsecond, in 1/256.')],
  ),
  MPAMCFG_PRI: control(
    0x0400,
    ['MPAMF_IDR.HAS_PRI_PART'],
    undefined,
    'Priorities of requests of the PARTID. Right-justified, unlike fractions.',
    [field('DSPRI', 31, 16, 'Priority that requests go on with.'), field('INTPRI', 15, 0, 'Priority inside the MSC.')],
  ),
  MPAMCFG_MBW_PROP: control(
    0x0500,
    ['MPAMF_MBW_IDR.HAS_PROP'],
    0,
    'Proportional stride: the cost of bandwidth to the PARTID.',
    [
      bit('EN', 31, 'The PARTID is regulated by its stride.'),
      field('STRIDEM1', 15, 0, 'Stride less 1, right-justified in BWA_WD bits.'),
    ],
  ),
  MPAMCFG_MBW_PBM: {
    ...control(
      0x2000,
      ['MPAMF_MBW_IDR.HAS_PBM'],
      0xffffffff,
      'Portions 32n to 32n + 31 of the bandwidth that the PARTID may use.',
      bits('P', 'Bandwidth portion', 'of these may be used.'),
    ),
    words: 128,
  },
} satisfies Record<string, RegisterEntry>;

/** Registers that are there once for all RIS. */
const PARTID_REGISTERS = {
  MPAMCFG_PART_SEL: {
    offset: 0x0100,
    access: 'rw',
    selectedBy: 'none',
    presentWhen: ['controls'],
    fields: [
      field('RIS', 27, 24, 'Resource instance.'),
      bit('DEFAULT_PARTID', 18, 'The settings of PARTIDs out of range are accessed, not those of PARTID_SEL.'),
      bit('INGRESS_TL', 17, 'PARTID_SEL selects an entry of the ingress translation, not of the egress translation.'),
      bit('INTERNAL', 16, 'PARTID_SEL is an internal PARTID. RAZ/WI where PARTIDs are not narrowed.'),
      field('PARTID_SEL', 15, 0, 'PARTID.'),
    ],
    doc: 'Which copy of the MPAMCFG registers is accessed.',
  },
  MPAMCFG_EN: {
    offset: 0x0300,
    access: 'wo',
    selectedBy: 'field',
    presentWhen: ['MPAMF_IDR.HAS_ENDIS'],
    fields: [field('PARTID', 15, 0, 'The PARTID to enable.')],
    doc: 'A write enables a PARTID.',
  },
  MPAMCFG_DIS: {
    offset: 0x0310,
    access: 'wo',
    selectedBy: 'field',
    presentWhen: ['MPAMF_IDR.HAS_ENDIS'],
    fields: [
      bit('NFU', 31, 'No further use: the settings of the PARTID may be forgotten.'),
      field('PARTID', 15, 0, 'The PARTID to disable.'),
    ],
    doc: 'A write disables a PARTID.',
  },
  MPAMCFG_EN_FLAGS: {
    offset: 0x0320,
    access: 'rw',
    selectedBy: 'group',
    presentWhen: ['MPAMF_IDR.HAS_ENDIS'],
    fields: bits('EN', 'PARTID', 'of the group is enabled.'),
    doc: 'Which of 32 PARTIDs are enabled, from a multiple of 32 on; EN and DIS change the same state.',
  },
  MPAMCFG_INTPARTID: {
    offset: 0x0600,
    access: 'rw',
    selectedBy: 'request',
    presentWhen: ['MPAMF_IDR.HAS_PARTID_NRW'],
    fields: [
      bit('INTERNAL', 16, 'Must be written as 1, or the write has no effect.'),
      field('INTPARTID', 15, 0, 'The internal PARTID of requests with this PARTID.'),
    ],
    reset: 0x10000,
    doc: 'PARTID narrowing: which internal PARTID controls the requests of a PARTID.',
  },
} satisfies Record<string, RegisterEntry>;

export const CONTROL_REGISTERS = { ...CACHE_CONTROLS, ...BANDWIDTH_CONTROLS, ...PARTID_REGISTERS };
