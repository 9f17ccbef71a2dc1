/**
 * The registers of an MSC (memory-system component) that configure cache partitioning, as data: identities, offsets in the
 * feature page, fields, and what selects one of their many copies.
 *
 * Source: Arm IHI 0099 B.a, chapter 9 (A 2.2, 2.4). All are 32 bits wide and banked by PARTID space. Which bits of a field
 * exist depends on the MSC's widths (memory/setting-registers.ts).
 *
 * Left out so far: PART_SEL itself, bandwidth and priority controls, monitors, errors, PARTID translation and the programmable
 * default PARTID (MSC_DOMAINS, MSC_DCTRL).
 */

/** An MSC register's identity: its index in MSC_REGISTERS and the code of stored events. Never renumbered; at most CODE_MAX. */
export const MscRegister = {
  MPAMCFG_CMAX: 0,
  MPAMCFG_CMIN: 1,
  MPAMCFG_CASSOC: 2,
  MPAMCFG_EN: 3,
  MPAMCFG_DIS: 4,
  MPAMCFG_EN_FLAGS: 5,
  MPAMCFG_INTPARTID: 6,
  MPAMCFG_CPBM: 7,
  MPAMCFG_PART_SEL: 8,
  MPAMCFG_MBW_MIN: 9,
  MPAMCFG_MBW_MAX: 10,
  MPAMCFG_MBW_WINWD: 11,
  MPAMCFG_PRI: 12,
  MPAMCFG_MBW_PROP: 13,
  MPAMCFG_MBW_PBM: 14,
  MPAMF_ESR: 15,
  MPAMF_ECR: 16,
  MPAMF_ERR_MSI_MPAM: 17,
  MPAMF_ERR_MSI_ADDR_L: 18,
  MPAMF_ERR_MSI_ADDR_H: 19,
  MPAMF_ERR_MSI_DATA: 20,
  MPAMF_ERR_MSI_ATTR: 21,
  MSMON_CFG_MON_SEL: 22,
  MSMON_CAPT_EVNT: 23,
  MSMON_CFG_CSU_FLT: 24,
  MSMON_CFG_CSU_CTL: 25,
  MSMON_CFG_MBWU_FLT: 26,
  MSMON_CFG_MBWU_CTL: 27,
  MSMON_CSU: 28,
  MSMON_CSU_CAPTURE: 29,
  MSMON_CSU_OFSR: 30,
  MSMON_MBWU: 31,
  MSMON_MBWU_CAPTURE: 32,
  MSMON_MBWU_L: 33,
  MSMON_MBWU_L_CAPTURE: 34,
  MSMON_MBWU_OFSR: 35,
  MSMON_OFLOW_MSI_MPAM: 36,
  MSMON_OFLOW_MSI_ADDR_L: 37,
  MSMON_OFLOW_MSI_ADDR_H: 38,
  MSMON_OFLOW_MSI_DATA: 39,
  MSMON_OFLOW_MSI_ATTR: 40,
  MSMON_OFLOW_SR: 41,
  MPAMCFG_IN_TL: 42,
  MPAMCFG_IN_TL_BASE: 43,
  MPAMCFG_IN_TL_MASK: 44,
  MPAMCFG_OUT_TL: 45,
  MPAMCFG_OUT_TL_BASE: 46,
  MPAMCFG_OUT_TL_MASK: 47,
  MPAMF_IDR: 48,
  MPAMF_SIDR: 49,
  MPAMF_IIDR: 50,
  MPAMF_AIDR: 51,
  MPAMF_IMPL_IDR: 52,
  MPAMF_CPOR_IDR: 53,
  MPAMF_CCAP_IDR: 54,
  MPAMF_MBW_IDR: 55,
  MPAMF_PRI_IDR: 56,
  MPAMF_PARTID_NRW_IDR: 57,
  MPAMF_MSMON_IDR: 58,
  MPAMF_CSUMON_IDR: 59,
  MPAMF_MBWUMON_IDR: 60,
  MPAMF_IN_TL_IDR: 61,
  MPAMF_OUT_TL_IDR: 62,
} as const;
export type MscRegister = (typeof MscRegister)[keyof typeof MscRegister];

/** CMAX.SOFTLIM: at the limit, free lines and those of disabled PARTIDs may still be taken. */
export const CMAX_SOFTLIM = 0x80000000;
/** DIS.NFU: the settings of the disabled PARTID may be forgotten. */
export const DIS_NFU = 0x80000000;
/** EN.PARTID and DIS.PARTID. */
export const PARTID_FIELD = 0xffff;
/** INTPARTID.INTERNAL: must be written as 1. */
export const INTPARTID_INTERNAL = 0x10000;
export const INTPARTID_FIELD = 0xffff;
/** PARTIDs that one EN_FLAGS register is about. */
export const EN_FLAGS_PARTIDS = 32;

interface MscField {
  readonly name: string;
  /** Most and least significant bit, 0 to 31. */
  readonly high: number;
  readonly low: number;
  readonly doc: string;
}

export interface MscRegisterDescription {
  /** As Arm spells it; with `<n>` where there are several words. */
  readonly name: string;
  /** Byte offset in the feature page, of word 0; word n is 4n further on. */
  readonly offset: number;
  /** Words that the architecture has room for. */
  readonly words: number;
  readonly access: 'rw' | 'wo';
  /**
   * Which PARTID a copy belongs to: `control`, the one that controls are looked up by (the internal PARTID where PARTIDs
   * are narrowed); `request`, the one that requests carry; `group`, 32 of these; `field`, the one in the value written.
   */
  readonly selectedBy: 'control' | 'request' | 'group' | 'field';
  readonly fields: readonly MscField[];
  readonly doc: string;
}

export const MSC_REGISTERS: readonly MscRegisterDescription[] = [
  control('MPAMCFG_CMAX', 0x0108, 'Largest share of the cache that the PARTID may occupy.', [
    bit('SOFTLIM', 31, 'At the limit, free lines and those of disabled PARTIDs may still be taken.'),
    field('CMAX', 15, 0, 'Fraction of the cache, left-justified in CMAX_WD bits.'),
  ]),
  control('MPAMCFG_CMIN', 0x0110, 'Share of the cache below which the PARTID has raised priority.', [
    field('CMIN', 15, 0, 'Fraction of the cache, left-justified in CMAX_WD bits.'),
  ]),
  control('MPAMCFG_CASSOC', 0x0118, 'Largest share of the ways of a set that the PARTID may occupy.', [
    field('CASSOC', 15, 0, 'Fraction of the ways, left-justified in CASSOC_WD bits.'),
  ]),
  {
    name: 'MPAMCFG_EN',
    offset: 0x0300,
    words: 1,
    access: 'wo',
    selectedBy: 'field',
    fields: [field('PARTID', 15, 0, 'The PARTID to enable.')],
    doc: 'A write enables a PARTID.',
  },
  {
    name: 'MPAMCFG_DIS',
    offset: 0x0310,
    words: 1,
    access: 'wo',
    selectedBy: 'field',
    fields: [
      bit('NFU', 31, 'No further use: the settings of the PARTID may be forgotten.'),
      field('PARTID', 15, 0, 'The PARTID to disable.'),
    ],
    doc: 'A write disables a PARTID.',
  },
  {
    name: 'MPAMCFG_EN_FLAGS',
    offset: 0x0320,
    words: 1,
    access: 'rw',
    selectedBy: 'group',
    fields: bits('EN', 'PARTID', 'of the group is enabled.'),
    doc: 'Which of 32 PARTIDs are enabled, from a multiple of 32 on; EN and DIS change the same state.',
  },
  {
    name: 'MPAMCFG_INTPARTID',
    offset: 0x0600,
    words: 1,
    access: 'rw',
    selectedBy: 'request',
    fields: [
      bit('INTERNAL', 16, 'Must be written as 1, or the write has no effect.'),
      field('INTPARTID', 15, 0, 'The internal PARTID of requests with this PARTID.'),
    ],
    doc: 'PARTID narrowing: which internal PARTID controls the requests of a PARTID.',
  },
  {
    ...control('MPAMCFG_CPBM<n>', 0x1000, 'Portions 32n to 32n + 31 of the cache that the PARTID may allocate.', [
      ...bits('P', 'Portion', 'of these may be allocated.'),
    ]),
    words: 1024,
  },
];

/** The register's name, with its number where there are several: `MPAMCFG_CMAX`, `MPAMCFG_CPBM0`. */
export function mscRegisterName(register: MscRegister, word: number): string {
  return MSC_REGISTERS[register]!.name.replace('<n>', String(word));
}

function control(name: string, offset: number, doc: string, fields: readonly MscField[]): MscRegisterDescription {
  return { name, offset, words: 1, access: 'rw', selectedBy: 'control', fields, doc };
}

function field(name: string, high: number, low: number, doc: string): MscField {
  return { name, high, low, doc };
}

function bit(name: string, at: number, doc: string): MscField {
  return field(name, at, at, doc);
}

function bits(name: string, subject: string, doc: string): MscField[] {
  return Array.from({ length: 32 }, (_, i) => bit(`${name}${31 - i}`, 31 - i, `${subject} ${31 - i} ${doc}`));
}
