/** What the log of a run keeps of an MSC's registers: who got another value. */
import type { MscRegister } from '../arch/msc-registers.ts';

/** One register of an MSC got another value. */
export interface MscRegisterChange {
  readonly register: MscRegister;
  /** PARTID space, 0 to 3. */
  readonly space: number;
  /** Resource instance; 0 for registers that an MSC has once for all of them. */
  readonly ris: number;
  /** What selects the copy: for EN_FLAGS the first PARTID of the group, for registers of monitors the instance. */
  readonly partid: number;
  /** The n of MPAMCFG_CPBM<n> and MPAMCFG_MBW_PBM<n>; of 64-bit registers 0 for the lower half, 1 for the upper; else 0. */
  readonly word: number;
  /** `partid` is an internal PARTID. */
  readonly internal: boolean;
  /** Unsigned, 32 bits. */
  readonly oldValue: number;
  readonly newValue: number;
}
