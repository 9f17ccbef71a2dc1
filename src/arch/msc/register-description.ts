/**
 * The shape in which the registers of an MSC (memory-system component) are described, and short hands to write them down.
 *
 * Source: Arm IHI 0099 B.a, chapter 9 (A 2.1 to 2.8).
 */

export interface MscField {
  readonly name: string;
  /** Most and least significant bit, 0 to 63. */
  readonly high: number;
  readonly low: number;
  /** What a field that software cannot change reads as, where that is the same in every MSC. */
  readonly fixed?: number;
  readonly doc: string;
}

/** The feature ID registers that say whether another register is there. */
type IdRegister = 'IDR' | 'CCAP_IDR' | 'MBW_IDR' | 'MSMON_IDR' | 'CSUMON_IDR' | 'MBWUMON_IDR';

/**
 * What must be so for a register to be there: a field of a feature ID register is 1, or with `!` 0 (the field of an ID register
 * that is not there itself is 0); or what no field tells: the page is that of the Secure PARTID space, errors can be
 * detected, there is any control, there is any monitor.
 */
export type MscCondition =
  | `MPAMF_${IdRegister}.${string}`
  | `!MPAMF_${IdRegister}.${string}`
  | 'Secure page'
  | 'errors'
  | 'controls'
  | 'monitors';

/**
 * What selects one of the copies of a register that a page has.
 *
 * `none`: there is one. `ris`: contents vary with PART_SEL.RIS. `control`: PART_SEL.RIS and the PARTID that controls are looked
 * up by, which is the internal PARTID where PARTIDs are narrowed. `request`: the PARTID that requests carry, PART_SEL.PARTID_SEL.
 * `group`: 32 of these. `field`: the PARTID in the value written. `monitor`: MON_SEL.RIS and the instance. `monitor-group`: 32
 * instances around MON_SEL.
 */
type MscSelection = 'none' | 'ris' | 'control' | 'request' | 'group' | 'field' | 'monitor' | 'monitor-group';

export interface MscRegisterDescription {
  /** As Arm spells it; with `<n>` where there are several words. */
  readonly name: string;
  /** Byte offset in the feature page, of word 0; word n is 4n further on. */
  readonly offset: number;
  /** Bits; of 64-bit registers that have a 32-bit form, of the long form. */
  readonly width: 32 | 64;
  /** Registers of that name that the architecture has room for, one after the other. */
  readonly words: number;
  /** `rw` registers may be read-only in an MSC: MBW_WINWD without WINDWR, MSMON_CSU with CSU_RO. */
  readonly access: 'rw' | 'ro' | 'wo';
  readonly selectedBy: MscSelection;
  /** All of these hold where the register is there; none: it is in every MSC. */
  readonly presentWhen: readonly MscCondition[];
  readonly fields: readonly MscField[];
  /**
   * What bits that exist hold after reset, for controls in the copy of PARTID 0 (A 2.8: suggested there); undefined: UNKNOWN,
   * or told by what the MSC implements.
   */
  readonly reset?: number;
  readonly doc: string;
}

/** A description as its table holds it, by name: 32 bits wide and one register unless it says otherwise. */
export type RegisterEntry = Omit<MscRegisterDescription, 'name' | 'width' | 'words'> &
  Partial<Pick<MscRegisterDescription, 'width' | 'words'>>;

export function field(name: string, high: number, low: number, doc: string): MscField {
  return { name, high, low, doc };
}

export function bit(name: string, at: number, doc: string): MscField {
  return field(name, at, at, doc);
}

/** 32 fields of one bit: `name31` to `name0`. */
export function bits(name: string, subject: string, doc: string): MscField[] {
  return Array.from({ length: 32 }, (_, i) => bit(`${name}${31 - i}`, 31 - i, `${subject} ${31 - i} ${doc}`));
}
