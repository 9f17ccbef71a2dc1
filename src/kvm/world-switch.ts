/**
 * The world switch (K 3.2, 3.3): what KVM does to MPAM registers at vCPU load, guest entry, guest exit and vCPU put.
 *
 * Under VHE the work is done at load and put, which bracket a whole run of guest entries. Under nVHE, pKVM and hVHE it
 * is done in EL2 code at every entry and exit, and load and put do nothing. The caller has the PE in the host kernel
 * before load, entry and put, and in the guest before exit; afterwards it is where the function's name says.
 */

import { guestLoad } from './guest-load.ts';
import { handleHostHcall } from './host-hypercall.ts';
import { enterGuest, enterHostKernel, enterHyp, type KvmHost } from './kvm-host.ts';
import { activateTraps, deactivateTraps } from './trap-helpers.ts';

/** `kvm_arch_vcpu_load`: system registers first, traps last. */
export function vcpuLoad(host: KvmHost, pe: number): void {
  if (!host.isVhe) return;
  guestLoad(host, pe);
  activateTraps(host, pe);
}

/** `kvm_arch_vcpu_put`. MPAM1_EL12 keeps the stale guest label: it is out of context while TGE=1. */
export function vcpuPut(host: KvmHost, pe: number): void {
  if (host.isVhe) deactivateTraps(host, pe);
}

/** `__kvm_vcpu_run` up to the ERET. `el` is the guest's exception level: 0 or 1. */
export function guestEntry(host: KvmHost, pe: number, el: number): void {
  if (!host.isVhe) {
    enterHyp(host, pe);
    handleHostHcall(host, pe);
    activateTraps(host, pe);
  }
  enterGuest(host, pe, el);
}

/** From the exception that leaves the guest back to the host kernel. */
export function guestExit(host: KvmHost, pe: number): void {
  if (!host.isVhe) {
    enterHyp(host, pe);
    deactivateTraps(host, pe);
  }
  enterHostKernel(host, pe);
}
