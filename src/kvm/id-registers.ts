/**
 * The guest's view of the MPAM ID fields (K 3.5): always 0; user space may write 0, or the host's sanitised value, which
 * is accepted and ignored so that old VM images still start.
 */

/** ID_AA64PFR0_EL1.MPAM and ID_AA64PFR1_EL1.MPAM_frac. */
export interface MpamIdFields {
  readonly mpam: number;
  readonly mpamFrac: number;
}

/** What a guest reads, whatever the host has. */
export const GUEST_MPAM_ID_FIELDS: MpamIdFields = { mpam: 0, mpamFrac: 0 };

/** KVM_SET_ONE_REG on one of the two fields: whether KVM takes the value. It never changes what the guest reads. */
export function acceptsUserWrite(hostField: number, written: number): boolean {
  return written === 0 || written === hostField;
}
