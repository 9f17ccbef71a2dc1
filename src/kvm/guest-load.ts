/**
 * `__mpam_guest_load`, the patch that this laboratory grew from: "KVM: arm64: Force guest EL1 to use user-space's
 * partid configuration" (K 3.2 vCPU load 1, K 3.4 variant b). VHE only: under nVHE guest EL1 runs with the host
 * kernel's own MPAM1_EL1, which carries the VMM thread's label already.
 */

import { Name } from '../arch/registers.ts';
import type { KvmHost } from './kvm-host.ts';
import { copyLabel } from './label-copy.ts';

/** Copy the VMM thread's MPAM0_EL1 label into the guest's MPAM1_EL1, which VHE reaches by the name MPAM1_EL12. */
export function guestLoad(host: KvmHost, pe: number): void {
  const form = host.kernel.guestLoad;
  if (form === 'none') return;
  copyLabel(host, pe, Name.MPAM0_EL1, Name.MPAM1_EL12, form);
}
