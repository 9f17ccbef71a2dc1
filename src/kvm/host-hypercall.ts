/**
 * Host hypercalls under nVHE, pKVM and hVHE (K 3.4 variant c). Patch 13/47, "Use kernel-space partid configuration for
 * hypercalls", gave EL2 the host kernel's label at the start of `handle_host_hcall`; it was dropped in v6. Without
 * it EL2 keeps PARTID 0, PMG 0. VHE has no such calls: the kernel is at EL2 itself.
 */

import { Name } from '../arch/registers.ts';
import { enterHostKernel, enterHyp, type KvmHost } from './kvm-host.ts';
import { copyLabel } from './label-copy.ts';

/** One HVC from the host kernel that returns to it. The caller has the PE in the host kernel. */
export function hostHypercall(host: KvmHost, pe: number): void {
  enterHyp(host, pe);
  handleHostHcall(host, pe);
  enterHostKernel(host, pe);
}

/**
 * The start of `handle_host_hcall`, at EL2: a whole write of MPAM2_EL2 on every hypercall, guest runs included.
 * The version posted in v2 read MPAM1_EL1 by that name, which under hVHE is MPAM2_EL2 itself.
 */
export function handleHostHcall(host: KvmHost, pe: number): void {
  const form = host.kernel.hypercallLabel;
  if (form === 'none') return;
  const isHvheAware = form !== 'whole';
  copyLabel(host, pe, host.mode.e2h && isHvheAware ? Name.MPAM1_EL12 : Name.MPAM1_EL1, Name.MPAM2_EL2, form);
}
