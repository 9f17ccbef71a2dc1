/**
 * MRS and MSR of the MPAM registers: which register a name reaches, and who stops the access.
 *
 * Source: the accessor pseudocode of Arm ARM D24.12 (K 1.2), in its order: UNDEFINED, then MPAM3_EL3.TRAPLOWER, then
 * the EL2 controls on EL1. A trap is an outcome for the caller to act on. Left out: nested virtualization (NV, NV2),
 * EL3SDDUndef (debug state), and the write traps of FEAT_FGWTE3.
 *
 * All but the EL2 controls is worked out beforehand, as rows of a table: one row for every state that matters, one
 * entry for every name. An access costs one look-up.
 */

import type { PeFeatures } from '../arch/features.ts';
import {
  MPAM2_ENMPAMSM_HI,
  MPAM2_TIDR_HI,
  MPAM2_TRAPMPAM0EL1_HI,
  MPAM2_TRAPMPAM1EL1_HI,
  MPAMHCR_TRAP_MPAMIDR_EL1_LO,
} from '../arch/fields.ts';
import { type El2Trap, REGISTERS, registerExists } from '../arch/register-catalogue.ts';
import { NAME_COUNT, Name, Reg } from '../arch/registers.ts';
import { HCR_CONTEXT_BITS, hcrContext, isEl2Enabled, isEl2Host } from './context.ts';

/** What becomes of an MRS or MSR. A trap reports exception class 0x18. */
export const AccessOutcome = { done: 0, trapToEl2: 1, trapToEl3: 2, undefined: 3 } as const;
export type AccessOutcome = (typeof AccessOutcome)[keyof typeof AccessOutcome];

/** Added to an entry for EL1 where EL2 is enabled: the EL2 controls of that register are to be looked at. */
export const MAY_TRAP_TO_EL2 = 0x20;

/** Entries of a row, by name: those of MSR, then those of MRS from this one on. */
export const MRS = 32;
const ROW_SHIFT = 6;
const EL_SHIFT = ROW_SHIFT + HCR_CONTEXT_BITS;
/** One row for every Exception level and state of E2H, TGE and EL2 being enabled; and the same with TRAPLOWER set. */
export const TRAPLOWER_ROWS = 1 << (EL_SHIFT + 2);
export const ACCESS_ROWS_WORDS = 2 * TRAPLOWER_ROWS;

/** Where the row for this state starts, in words from the first row for the state of TRAPLOWER. */
export function accessRow(el: number, context: number): number {
  return (el << EL_SHIFT) | (hcrContext(context) << ROW_SHIFT);
}

/**
 * All access rows of a PE with these features. An entry is the first word of the register reached (with MAY_TRAP_TO_EL2
 * or without), or a negated AccessOutcome.
 */
export function buildAccessRows(features: PeFeatures): Int32Array {
  const rows = new Int32Array(ACCESS_ROWS_WORDS);
  for (const traplower of [false, true]) {
    for (let el = 0; el <= 3; el++) {
      for (let context = 0; context < 1 << HCR_CONTEXT_BITS; context++) {
        const row = (traplower ? TRAPLOWER_ROWS : 0) + accessRow(el, context);
        for (let name = 0; name < NAME_COUNT; name++) {
          rows[row + name] = accessEntry(features, el, context, traplower, name as Name, true);
          rows[row + MRS + name] = accessEntry(features, el, context, traplower, name as Name, false);
        }
      }
    }
  }
  return rows;
}

function accessEntry(
  features: PeFeatures,
  el: number,
  context: number,
  traplower: boolean,
  name: Name,
  isWrite: boolean,
): number {
  const reg = redirect(name, el, isEl2Host(context));
  if (reg === undefined) return -AccessOutcome.undefined;
  const register = REGISTERS[reg]!;
  const { minEl, writable, el2Traps } = register.access;
  if (el < minEl || !registerExists(register, features) || (isWrite && !writable)) return -AccessOutcome.undefined;
  if (el < 3 && traplower) return -AccessOutcome.trapToEl3;
  return el === 1 && isEl2Enabled(context) && el2Traps.length > 0 ? 2 * reg + MAY_TRAP_TO_EL2 : 2 * reg;
}

/** The register behind a name at an Exception level, before access rights are looked at. */
function redirect(name: Name, el: number, el2Host: boolean): Reg | undefined {
  if (name === Name.MPAM1_EL12) return el >= 2 && el2Host ? Reg.MPAM1_EL1 : undefined;
  return name === Name.MPAM1_EL1 && el === 2 && el2Host ? Reg.MPAM2_EL2 : name;
}

/** The EL2 controls send an EL1 access to this register to EL2. The PE's record starts at word `base`. */
export function isTrappedToEl2(state: Int32Array, base: number, reg: number): boolean {
  return REGISTERS[reg]!.access.el2Traps.some((trap) => isTrapSet(state, base, trap));
}

/** Controls that a PE does not implement hold 0; no control is asked about where its register does not exist. */
function isTrapSet(state: Int32Array, base: number, trap: El2Trap): boolean {
  const mpam2Hi = state[base + 2 * Reg.MPAM2_EL2 + 1]!;
  switch (trap) {
    case 'TRAPMPAM0EL1':
      return (mpam2Hi & MPAM2_TRAPMPAM0EL1_HI) !== 0;
    case 'TRAPMPAM1EL1':
      return (mpam2Hi & MPAM2_TRAPMPAM1EL1_HI) !== 0;
    case 'TIDR':
      return (mpam2Hi & MPAM2_TIDR_HI) !== 0;
    case 'EnMPAMSM':
      return (mpam2Hi & MPAM2_ENMPAMSM_HI) === 0;
    case 'TRAP_MPAMIDR_EL1':
      return (state[base + 2 * Reg.MPAMHCR_EL2]! & MPAMHCR_TRAP_MPAMIDR_EL1_LO) !== 0;
  }
}
