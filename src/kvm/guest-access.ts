/**
 * What a guest gets when it touches MPAM (K 3.5): its accesses trap and KVM answers with an UNDEFINED exception; the ID
 * fields that would advertise MPAM read as 0.
 */
import type { Name } from '../arch/registers.ts';
import { AccessOutcome } from '../pe/processing-elements.ts';
import { type KvmHost, recordTrap, TrapAnswer } from './kvm-host.ts';

export interface GuestAccess {
  readonly name: Name;
  readonly isWrite: boolean;
  /** Value of a write, as halves. */
  readonly lo: number;
  readonly hi: number;
}

/**
 * Let the guest, which is running on the PE at its EL, access a register.
 * @returns AccessOutcome: `done` when nothing trapped it (K 3.6, first row: traps may be off while a vCPU is loaded),
 *   `trapToEl2` when the caller must take the guest exit and then call `answerGuestTrap`.
 */
export function guestAccess(host: KvmHost, pe: number, access: GuestAccess): number {
  const outcome = access.isWrite
    ? host.pes.write(pe, access.name, access.lo, access.hi)
    : host.pes.read(pe, access.name);
  // An access that EL2 traps is told when it is answered; all others here, the untrapped ones too.
  if (outcome === AccessOutcome.undefined) {
    recordTrap(host, pe, access.name, outcome, access.isWrite, TrapAnswer.undefinedByPe);
  } else if (outcome !== AccessOutcome.trapToEl2) {
    recordTrap(host, pe, access.name, outcome, access.isWrite);
  }
  return outcome;
}

/** `undef_access` (or, for a protected VM, EL2's own answer): recorded where the trap is handled. */
export function answerGuestTrap(host: KvmHost, pe: number, access: GuestAccess): void {
  const answer = host.mode.protectsGuests ? TrapAnswer.undefInjectedByHyp : TrapAnswer.undefInjectedByHost;
  recordTrap(host, pe, access.name, AccessOutcome.trapToEl2, access.isWrite, answer);
}
