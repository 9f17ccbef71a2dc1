/**
 * Where a PE of a driven machine is: what a client set beside its MPAM registers. Out of reset a PE is at its highest
 * Exception level, in Non-secure state below EL3, with EL2 (if it has one) enabled.
 */
import type { PeFeatures } from '../../arch/features.ts';
import { PartidSpace } from '../../arch/label.ts';

export interface PeState {
  /** State of EL2, EL1 and EL0, by its primary PARTID space. */
  readonly security: PartidSpace;
  readonly el2Enabled: boolean;
  /** HCR_EL2.{E2H, TGE}. */
  readonly e2h: boolean;
  readonly tge: boolean;
}

export function peStateAfterReset({ el2 }: PeFeatures): PeState {
  return { security: PartidSpace.nonSecure, el2Enabled: el2, e2h: false, tge: false };
}
