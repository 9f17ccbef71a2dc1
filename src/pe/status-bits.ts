/**
 * Register bits that software cannot write because they show other state: MPAMEN below the highest Exception level,
 * FORCED_NS and ALTSP_FRCD (Arm ARM D24.12.2, D24.12.3; K 1.1).
 *
 * They are kept in the register file like any other bit and recomputed when what they show may have changed, so that
 * their changes are events too.
 */
import {
  MPAM1_ALTSP_FRCD_HI,
  MPAM1_FORCED_NS_HI,
  MPAM2_ALTSP_FRCD_HI,
  MPAM3_FORCE_NS_HI,
  MPAMEN_HI,
} from '../arch/fields.ts';
import { PartidSpace } from '../arch/label.ts';
import { Reg } from '../arch/registers.ts';
import { securityBelowEl3 } from './context.ts';
import { isMpamEnabled, usesAlternativeAtEl2, usesAlternativeAtEl10 } from './partid-space.ts';
import type { PeProfile } from './profile.ts';

/** The status bits of MPAM1_EL1, upper half; to be masked with what the profile implements. */
export function mpam1StatusHi(profile: PeProfile, registers: Int32Array, base: number, context: number): number {
  const isSecure = securityBelowEl3(context) === PartidSpace.secure;
  const forceNs = (registers[base + 2 * Reg.MPAM3_EL3 + 1]! & MPAM3_FORCE_NS_HI) !== 0;
  return (
    (isMpamEnabled(profile, registers, base) ? MPAMEN_HI : 0) |
    (isSecure && forceNs ? MPAM1_FORCED_NS_HI : 0) |
    (usesAlternativeAtEl10(profile, registers, base, context) ? MPAM1_ALTSP_FRCD_HI : 0)
  );
}

/** The status bits of MPAM2_EL2, upper half; to be masked with what the profile implements. */
export function mpam2StatusHi(profile: PeProfile, registers: Int32Array, base: number): number {
  return (
    (isMpamEnabled(profile, registers, base) ? MPAMEN_HI : 0) |
    (usesAlternativeAtEl2(profile, registers, base) ? MPAM2_ALTSP_FRCD_HI : 0)
  );
}
