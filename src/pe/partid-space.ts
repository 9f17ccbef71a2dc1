/**
 * Which PARTID space a request is sent with: the primary one of its Security state, or an alternative.
 *
 * Source: Arm ARM D21.2 and AltPARTIDSpace, UsePrimarySpaceEL2, UsePrimarySpaceEL10 of the shared pseudocode (A 5.2).
 * The controls are 0 where a PE does not implement them, so no feature is asked for here. EL3 is in Secure state only
 * where there are no alternative spaces.
 */
import {
  MPAM2_ALTSP_EL2_HI,
  MPAM2_ALTSP_HFC_HI,
  MPAM3_ALTSP_EL3_HI,
  MPAM3_ALTSP_HEN_HI,
  MPAM3_ALTSP_HFC_HI,
  MPAM3_FORCE_NS_HI,
  MPAM3_RT_ALTSP_NS_HI,
  MPAMEN_HI,
} from '../arch/fields.ts';
import { PartidSpace } from '../arch/label.ts';
import { Reg } from '../arch/registers.ts';
import { isEl0InHost, isEl2Enabled } from './context.ts';
import type { PeProfile } from './profile.ts';

const MPAM2_HI = 2 * Reg.MPAM2_EL2 + 1;
const MPAM3_HI = 2 * Reg.MPAM3_EL3 + 1;

/** MPAM is on: MPAMEN of the highest implemented Exception level. */
export function isMpamEnabled(profile: PeProfile, registers: Int32Array, base: number): boolean {
  // The label registers MPAM1_EL1 to MPAM3_EL3 are numbered by their Exception level.
  return (registers[base + 2 * profile.highestEl + 1]! & MPAMEN_HI) !== 0;
}

/** PARTID space of requests made at `el`, whose Security state is `security`. */
export function selectPartidSpace(
  profile: PeProfile,
  registers: Int32Array,
  base: number,
  context: number,
  el: number,
  security: PartidSpace,
): PartidSpace {
  const mpam3Hi = registers[base + MPAM3_HI]!;
  switch (security) {
    case PartidSpace.nonSecure:
      return PartidSpace.nonSecure;
    case PartidSpace.root:
      if ((mpam3Hi & MPAM3_ALTSP_EL3_HI) === 0) return PartidSpace.root;
      return (mpam3Hi & MPAM3_RT_ALTSP_NS_HI) !== 0 ? PartidSpace.nonSecure : PartidSpace.secure;
    case PartidSpace.secure:
      if ((mpam3Hi & MPAM3_FORCE_NS_HI) !== 0) return PartidSpace.nonSecure;
  }
  const followsEl2 = el === 2 || (el === 0 && isEl0InHost(context));
  const usesAlternative = followsEl2
    ? usesAlternativeAtEl2(profile, registers, base)
    : usesAlternativeAtEl10(profile, registers, base, context);
  return usesAlternative ? PartidSpace.nonSecure : security;
}

/** EL2 uses the alternative space of its Security state; MPAM2_EL2.ALTSP_FRCD reports it. */
export function usesAlternativeAtEl2(profile: PeProfile, registers: Int32Array, base: number): boolean {
  const mpam3Hi = registers[base + MPAM3_HI]!;
  if ((mpam3Hi & MPAM3_ALTSP_HEN_HI) === 0) return (mpam3Hi & MPAM3_ALTSP_HFC_HI) !== 0;
  return isMpamEnabled(profile, registers, base) && (registers[base + MPAM2_HI]! & MPAM2_ALTSP_EL2_HI) !== 0;
}

/** EL1 (and EL0 outside a host) uses the alternative space; MPAM1_EL1.ALTSP_FRCD reports it. */
export function usesAlternativeAtEl10(
  profile: PeProfile,
  registers: Int32Array,
  base: number,
  context: number,
): boolean {
  const mpam3Hi = registers[base + MPAM3_HI]!;
  if ((mpam3Hi & MPAM3_ALTSP_HEN_HI) === 0) return (mpam3Hi & MPAM3_ALTSP_HFC_HI) !== 0;
  return (
    isMpamEnabled(profile, registers, base) &&
    isEl2Enabled(context) &&
    (registers[base + MPAM2_HI]! & MPAM2_ALTSP_HFC_HI) !== 0
  );
}
