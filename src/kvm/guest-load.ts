/**
 * `__mpam_guest_load`, the patch that this laboratory grew from: "KVM: arm64: Force guest EL1 to use user-space's
 * partid configuration" (K 3.2 vCPU load 1, K 3.4 variant b). VHE only: under nVHE guest EL1 runs with the host
 * kernel's own MPAM1_EL1, which carries the VMM thread's label already.
 */

import { LABEL_MASK_HI, MPAMEN_HI, Name } from '../arch/registers.ts';
import { type KvmHost, mrs, msr } from './kvm-host.ts';

/** Copy the VMM thread's MPAM0_EL1 label into the guest's MPAM1_EL1, which VHE reaches by the name MPAM1_EL12. */
export function guestLoad(host: KvmHost, pe: number): void {
  const form = host.kernel.guestLoad;
  if (form === 'none') return;
  mrs(host, pe, Name.MPAM0_EL1);
  const low = host.pes.valueLo;
  const high = host.pes.valueHi;
  if (form === 'whole') msr(host, pe, Name.MPAM1_EL12, low, high);
  else if (form === 'masked') msr(host, pe, Name.MPAM1_EL12, low, high & LABEL_MASK_HI);
  else msr(host, pe, Name.MPAM1_EL12, low, (high & LABEL_MASK_HI) | MPAMEN_HI);
}
