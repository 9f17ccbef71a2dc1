/**
 * The part of a PE's state, other than MPAM registers, that decides about labels and accesses: HCR_EL2.{E2H, TGE},
 * the Security state below EL3, and whether EL2 is enabled in it. One byte per PE.
 *
 * bit 0 E2H, bit 1 TGE, bit 2 EL2 enabled, bits 4:3 Security state (coded as its primary PARTID space).
 */
import { PartidSpace } from '../arch/label.ts';

const E2H = 1;
const TGE = 2;
const EL2_ENABLED = 4;
const SECURITY_SHIFT = 3;

/** EL2 runs a host kernel: `ELIsInHost(EL2)`. */
const HOST_AT_EL2 = EL2_ENABLED | E2H;
/** EL0 runs a process of that host: `ELIsInHost(EL0)`. */
const HOST_AT_EL0 = EL2_ENABLED | E2H | TGE;

/** The first three bits: what decides, beside the Exception level, which register a name reaches. */
export const hcrContext = (context: number): number => context & (E2H | TGE | EL2_ENABLED);
export const HCR_CONTEXT_BITS = 3;

export const isTgeSet = (context: number): boolean => (context & TGE) !== 0;
export const isEl2Enabled = (context: number): boolean => (context & EL2_ENABLED) !== 0;
export const isEl2Host = (context: number): boolean => (context & HOST_AT_EL2) === HOST_AT_EL2;
export const isEl0InHost = (context: number): boolean => (context & HOST_AT_EL0) === HOST_AT_EL0;
/** Security state of EL2, EL1 and EL0. */
export const securityBelowEl3 = (context: number): PartidSpace => ((context >> SECURITY_SHIFT) & 3) as PartidSpace;

/** HCR_EL2.{E2H, TGE} as they are in a context. */
export const hcrBits = (e2h: boolean, tge: boolean): number => (e2h ? E2H : 0) | (tge ? TGE : 0);

export const withHcr = (context: number, hcr: number): number => (context & ~(E2H | TGE)) | hcr;

export function withSecurity(context: number, security: PartidSpace, el2Enabled: boolean): number {
  return (context & (E2H | TGE)) | (el2Enabled ? EL2_ENABLED : 0) | (security << SECURITY_SHIFT);
}

/** Security state of an Exception level: EL3 is in Root state with FEAT_RME and in Secure state without. */
export function securityAtEl(context: number, el: number, hasRme: boolean): PartidSpace {
  if (el < 3) return securityBelowEl3(context);
  return hasRme ? PartidSpace.root : PartidSpace.secure;
}
