/**
 * The host's side: thread switch, CPU bring-up, power management (K 2.2, 2.3).
 *
 * All of it runs in the host kernel; `finaliseEl2State` runs at EL2 before the kernel drops to EL1 under nVHE.
 */

import { MPAM2_ENMPAMSM_HI, MPAMEN_HI, MPAMSM_MASK_HI, MPAMSM_MASK_LO, Name } from '../arch/registers.ts';
import { World } from '../loop/event-row.ts';
import { enterHostKernel, type KvmHost, msr } from './kvm-host.ts';

/** Constants of this module, as imported ones are not folded into optimised code. */
const { MPAM0_EL1, MPAM1_EL1, MPAMSM_EL1 } = Name;
const MPAMEN = MPAMEN_HI;

/**
 * `mpam_thread_switch` (K 2.2). `low` and `high` are the task's `mpam_partid_pmg`.
 * The compare is against Linux's copy, never the register: what changed behind Linux's back is not repaired.
 */
export function threadSwitch(host: KvmHost, pe: number, low: number, high: number): void {
  if (!host.kernel.switchesThreadLabels || !host.mpamEnabled) return;
  let valueLow = low;
  let valueHigh = high;
  if (low === host.globalDefaultLow && high === host.globalDefaultHigh) {
    valueLow = host.defaultLow(pe);
    valueHigh = host.defaultHigh(pe);
  }
  if (valueLow === host.currentLow(pe) && valueHigh === host.currentHigh(pe)) return;
  writeHostLabels(host, pe, valueLow, valueHigh);
  host.setCurrent(pe, valueLow, valueHigh);
}

/**
 * The three writes that every host label change makes, in order (K 2.2 steps 5 to 8). By name: under VHE, MPAM1_EL1 is
 * MPAM2_EL2, written whole, which also clears its trap bits. The ISB between the writes changes nothing here.
 */
function writeHostLabels(host: KvmHost, pe: number, low: number, high: number): void {
  msr(host, pe, MPAM1_EL1, low, high | MPAMEN);
  if (host.hasSme && host.kernel.managesMpamsm) {
    msr(host, pe, MPAMSM_EL1, low & MPAMSM_MASK_LO, high & MPAMSM_MASK_HI);
  }
  msr(host, pe, MPAM0_EL1, low, high);
}

/** `finalise_el2_state` (K 2.3): on each CPU while still at EL2; label 0, no traps. */
export function finaliseEl2State(host: KvmHost, pe: number): void {
  host.pes.setHcr(pe, host.mode.e2h, host.isVhe);
  host.pes.enter(pe, 2, host.isVhe ? World.host : World.hyp);
  msr(host, pe, Name.MPAM2_EL2, 0, host.kernel.managesMpamsm ? MPAM2_ENMPAMSM_HI : 0);
  if (host.hasHcr) msr(host, pe, Name.MPAMHCR_EL2, 0, 0);
  enterHostKernel(host, pe);
}

/** `cpu_enable_mpam` (K 2.3): capability enable, at boot and on every CPU online. */
export function cpuEnableMpam(host: KvmHost, pe: number): void {
  if (host.kernel.cpuEnable === 'zero-mpam1') {
    msr(host, pe, Name.MPAM1_EL1, 0, 0);
    return;
  }
  if (host.mpamEnabled) writeHostLabels(host, pe, host.currentLow(pe), host.currentHigh(pe));
  else writeHostLabels(host, pe, 0, 0);
}

/** The cpu_pm notifier at CPU_PM_EXIT (K 2.3): the current labels again, with no early-out and no look at the key. */
export function cpuPmExit(host: KvmHost, pe: number): void {
  if (host.kernel.restoresOnCpuPmExit) writeHostLabels(host, pe, host.currentLow(pe), host.currentHigh(pe));
}

/** EL3 firmware before it hands over: MPAMEN on, TRAPLOWER off, default label (K 1.5, last row). */
export function firmwareInit(host: KvmHost, pe: number): void {
  if (!host.hasEl3) return;
  host.pes.enter(pe, 3, World.firmware);
  msr(host, pe, Name.MPAM3_EL3, 0, MPAMEN_HI);
}
