/** Which register of an MSC's settings, and which of its many copies. */
import { MSC_REGISTERS, MscRegister } from '../../arch/msc-registers.ts';
import type { MscConfig } from '../msc-config.ts';

/** By register: whether its copies belong to the PARTID that controls are looked up by. */
const IS_CONTROL = MSC_REGISTERS.map(({ selectedBy }) => selectedBy === 'control');

export interface SettingPlace {
  readonly register: MscRegister;
  /** PARTID space, 0 to 3. */
  readonly space: number;
  /** 0 to 65535: an internal PARTID for controls of an MSC that narrows PARTIDs; for EN_FLAGS any of the group. */
  readonly partid: number;
  /** The n of MPAMCFG_CPBM<n> and MPAMCFG_MBW_PBM<n>, else 0. */
  readonly word: number;
  /** 0 to 15; of no meaning for registers that an MSC has once. */
  readonly ris: number;
}

export function settingAt(register: MscRegister, space: number, partid: number, word = 0, ris = 0): SettingPlace {
  return { register, space, partid, word, ris };
}

/** True if the copies of the register belong to the PARTID that controls are looked up by. */
export function isControl(register: MscRegister): boolean {
  return IS_CONTROL[register]!;
}

/**
 * The RIS that a register is kept under and told of: 0 for what an MSC has once. MBW_WINWD is one for all RIS (A 7 #5), that of
 * the first resource with bandwidth controls.
 */
export function keptRis({ resources }: MscConfig, register: MscRegister, ris: number): number {
  if (register !== MscRegister.MPAMCFG_MBW_WINWD) return isControl(register) ? ris : 0;
  return resources.find(({ bandwidth }) => bandwidth !== undefined)?.ris ?? 0;
}
