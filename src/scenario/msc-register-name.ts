/** Registers of MSCs by name, as Arm spells them: MPAMCFG_CMAX, MPAMCFG_CPBM3. */
import { MSC_REGISTERS, MscRegister } from '../arch/msc-registers.ts';

export interface NamedMscRegister {
  readonly register: MscRegister;
  /** The number of a register of which there are several, else 0. */
  readonly word: number;
}

/** Names without their number. */
export const MSC_REGISTER_NAMES = Object.keys(MscRegister) as readonly (keyof typeof MscRegister)[];

/** The register of that name, in whatever case; undefined: there is none. Of several the number must be there, and in range. */
export function mscRegisterNamed(text: string): NamedMscRegister | undefined {
  const [, stem = '', digits = ''] = /^([A-Z_]+)(0|[1-9]\d{0,3})?$/.exec(text.toUpperCase()) ?? [];
  const name = MSC_REGISTER_NAMES.find((known) => known === stem);
  if (name === undefined) return undefined;
  const register = MscRegister[name];
  const { words } = MSC_REGISTERS[register]!;
  if (words > 1 !== (digits !== '') || Number(digits) >= words) return undefined;
  return { register, word: Number(digits) };
}
