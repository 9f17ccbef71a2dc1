/**
 * `__activate_traps_mpam` and `__deactivate_traps_mpam` (K 3.1), called at EL2: from vCPU load and put under VHE, from
 * every guest entry and exit otherwise. No barrier is issued here; later synchronisation covers the writes.
 */

import {
  MPAM2_ENMPAMSM_HI,
  MPAM2_TIDR_HI,
  MPAM2_TRAPMPAM0EL1_HI,
  MPAM2_TRAPMPAM1EL1_HI,
  MPAMHCR_TRAP_MPAMIDR_EL1_LO,
  Name,
} from '../arch/registers.ts';
import { type KvmHost, mrs, msr } from './kvm-host.ts';

/** Constants of this module, as imported ones are not folded into optimised code. */
const { MPAM2_EL2, MPAMHCR_EL2 } = Name;
const ENMPAMSM_HI = MPAM2_ENMPAMSM_HI;
const TIDR_HI = MPAM2_TIDR_HI;
const TRAP_MPAMIDR_LO = MPAMHCR_TRAP_MPAMIDR_EL1_LO;
const GUEST_TRAPS_HI = MPAM2_TRAPMPAM0EL1_HI | MPAM2_TRAPMPAM1EL1_HI;

/** Make guest accesses to MPAM registers trap. Without MPAMHCR_EL2, TIDR stands in for TRAP_MPAMIDR_EL1. */
export function activateTraps(host: KvmHost, pe: number): void {
  if (host.hasHcr) msr(host, pe, MPAMHCR_EL2, TRAP_MPAMIDR_LO, 0);
  const traps = host.hasHcr ? GUEST_TRAPS_HI : GUEST_TRAPS_HI | TIDR_HI;
  if (host.kernel.trapWrites === 'whole') msr(host, pe, MPAM2_EL2, 0, traps);
  else clearSetMpam2High(host, pe, ENMPAMSM_HI, traps);
}

/** Give the registers back to the host. */
export function deactivateTraps(host: KvmHost, pe: number): void {
  if (host.kernel.trapWrites === 'whole') msr(host, pe, MPAM2_EL2, 0, 0);
  else clearSetMpam2High(host, pe, GUEST_TRAPS_HI | TIDR_HI, ENMPAMSM_HI);
  if (host.hasHcr) msr(host, pe, MPAMHCR_EL2, 0, 0);
}

/** `sysreg_clear_set_s` on the upper half of MPAM2_EL2: reads, and writes only a value that differs. */
function clearSetMpam2High(host: KvmHost, pe: number, clear: number, set: number): void {
  mrs(host, pe, MPAM2_EL2);
  const low = host.pes.valueLo;
  const oldHigh = host.pes.valueHi;
  const newHigh = (oldHigh & ~clear) | set;
  if (newHigh !== oldHigh) msr(host, pe, MPAM2_EL2, low, newHigh);
}
