/**
 * What the register catalogue comes to on a PE with given features: masks, reset values and access tables.
 *
 * PEs with the same features share one profile. It is made once, so that a register write costs table look-ups and
 * never asks what a field is.
 */
import { mpamidrValue, type PeFeatures, validateFeatures } from '../arch/features.ts';
import {
  LABEL_MASK_HI,
  LABEL_MASK_LO,
  MPAM2_ALTSP_EL2_HI,
  MPAM2_ALTSP_HFC_HI,
  MPAMEN_HI,
  MPAMHCR_TRAP_MPAMIDR_EL1_LO,
} from '../arch/fields.ts';
import { type FieldDescription, fieldExists, registerExists } from '../arch/register-catalogue.ts';
import { REGISTER_COUNT, REGISTERS, Reg } from '../arch/registers.ts';
import { buildAccessRows } from './access.ts';

/** Words per register in a profile's `masks`, and the lower halves' places in them. */
export const MASK_WORDS = 4;
export const WRITABLE = 0;
export const CONSEQUENTIAL = 2;

/** Word arrays below are word pairs by register: bits 31:0 at `2 * Reg`, bits 63:32 after it. */
export interface PeProfile {
  readonly features: PeFeatures;
  /**
   * Four words for every register: the bits that MSR changes (lower, upper half; the others keep their value), and the
   * bits whose change has consequences for labels, other registers or access rights.
   */
  readonly masks: Int32Array;
  /** What each name reaches in each state of the PE (access.ts). */
  readonly accessRows: Int32Array;
  /** Bits that follow other state: status fields, and MPAMEN below the highest Exception level. */
  readonly status: Int32Array;
  /** Bits that are UNKNOWN after a Warm reset. */
  readonly resetUnknown: Int32Array;
  /** Bits that are 1 after a Warm reset, ID fields included. */
  readonly resetOnes: Int32Array;
  /** The highest implemented Exception level, and the number of the register whose MPAMEN counts. */
  readonly highestEl: number;
  readonly partidMax: number;
  readonly pmgMax: number;
  /** Largest virtual PARTID that the map holds. */
  readonly vpartidMax: number;
  readonly keepsPmgOnError: boolean;
  readonly reducesVpartidByModulo: boolean;
  readonly hasAltsp: boolean;
  /** MPAMSM_EL1 labels the requests of the streaming unit. */
  readonly usesMpamsm: boolean;
}

/** The profiles of all PEs; PEs with the same features object share one. */
export function buildProfiles(peCount: number, featuresOfPe: (pe: number) => PeFeatures): readonly PeProfile[] {
  const byFeatures = new Map<PeFeatures, PeProfile>();
  return Array.from({ length: peCount }, (_, pe) => {
    const features = featuresOfPe(pe);
    const profile = byFeatures.get(features) ?? buildProfile(features);
    byFeatures.set(features, profile);
    return profile;
  });
}

/** @throws Error if no PE can have these features; user input is to be checked by `validateFeatures` before. */
function buildProfile(features: PeFeatures): PeProfile {
  const [problem] = validateFeatures(features);
  if (problem) throw new Error(`PE feature ${problem.field} = ${problem.value}: must be ${problem.allowed}`);
  const highestEl = features.el3 ? 3 : features.el2 ? 2 : 1;
  const collect = (chosen: (field: FieldDescription, reg: number) => boolean): Int32Array =>
    collectBits(features, chosen);
  const isStatus = (field: FieldDescription, reg: number): boolean =>
    field.reset === 'status' || (field.access === 'highestEl' && reg !== highestEl);
  const resetOnes = collect((field) => field.reset === 'one' || (field.reset === 'oneWithoutEl3' && !features.el3));
  const mpamidr = mpamidrValue(features);
  resetOnes[2 * Reg.MPAMIDR_EL1] = mpamidr.lo;
  resetOnes[2 * Reg.MPAMIDR_EL1 + 1] = mpamidr.hi;
  const writable = collect((field, reg) => field.access !== 'ro' && !isStatus(field, reg));
  return {
    features,
    masks: buildMasks(writable),
    accessRows: buildAccessRows(features),
    status: collect(isStatus),
    resetUnknown: collect((field) => field.reset === 'unknown' || (field.reset === 'oneWithoutEl3' && features.el3)),
    resetOnes,
    highestEl,
    partidMax: features.partidMax,
    pmgMax: features.pmgMax,
    vpartidMax: 4 * features.vpmrMax + 3,
    keepsPmgOnError: features.pmgOnPartidError === 'kept',
    reducesVpartidByModulo: features.vpartidReduction === 'modulo',
    hasAltsp: features.hasAltsp,
    usesMpamsm: features.sme && features.mpamsmPrecedence,
  };
}

function buildMasks(writable: Int32Array): Int32Array {
  const masks = new Int32Array(REGISTER_COUNT * MASK_WORDS);
  for (let reg = 0; reg < REGISTER_COUNT; reg++) {
    masks[reg * MASK_WORDS + WRITABLE] = writable[2 * reg]!;
    masks[reg * MASK_WORDS + WRITABLE + 1] = writable[2 * reg + 1]!;
  }
  fillConsequential(masks);
  return masks;
}

/**
 * Bits that a world switch changes without consequence are the EL2 traps, which are looked at when they could act,
 * and MPAMSM_EL1, which is read when a streaming label is asked for.
 */
function fillConsequential(masks: Int32Array): void {
  const mark = (reg: Reg, lo: number, hi: number): void => {
    masks[reg * MASK_WORDS + CONSEQUENTIAL] = lo;
    masks[reg * MASK_WORDS + CONSEQUENTIAL + 1] = hi;
  };
  mark(Reg.MPAM0_EL1, LABEL_MASK_LO, LABEL_MASK_HI);
  mark(Reg.MPAM1_EL1, LABEL_MASK_LO, LABEL_MASK_HI | MPAMEN_HI);
  mark(Reg.MPAM2_EL2, LABEL_MASK_LO, LABEL_MASK_HI | MPAMEN_HI | MPAM2_ALTSP_HFC_HI | MPAM2_ALTSP_EL2_HI);
  mark(Reg.MPAM3_EL3, -1, -1);
  mark(Reg.MPAMHCR_EL2, ~MPAMHCR_TRAP_MPAMIDR_EL1_LO, 0);
  for (let reg: number = Reg.MPAMVPMV_EL2; reg <= Reg.MPAMVPM7_EL2; reg++) mark(reg as Reg, -1, -1);
}

/** The bits of all chosen fields that exist, as word pairs by register. */
function collectBits(features: PeFeatures, chosen: (field: FieldDescription, reg: number) => boolean): Int32Array {
  const words = new Int32Array(2 * REGISTER_COUNT);
  REGISTERS.forEach((register, reg) => {
    if (!registerExists(register, features)) return;
    for (const field of register.fields) {
      if (!fieldExists(field, features) || !chosen(field, reg)) continue;
      const half = field.low >= 32 ? 1 : 0;
      words[2 * reg + half]! |= fieldMask(field);
    }
  });
  return words;
}

/** The field's bits inside its half. */
function fieldMask(field: FieldDescription): number {
  const width = field.high - field.low + 1;
  return (2 ** width - 1) << (field.low & 31);
}
