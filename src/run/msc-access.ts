/**
 * How software reaches a register of an MSC: it writes the selector, then accesses the register (A 2.1). Every write that
 * changes something is an event, that of the selector, too.
 */
import { PART_SEL_INTERNAL, SEL_RIS_SHIFT } from '../arch/msc/fields.ts';
import { MSC_REGISTERS, MscRegister } from '../arch/msc-registers.ts';
import type { Msc } from '../memory/msc.ts';

/** One copy of a register. */
export interface MscRegisterCopy {
  readonly register: MscRegister;
  /** The n of registers of which there are several. */
  readonly word: number;
  readonly space: number;
  readonly ris: number;
  /** What selects it, where something does: a PARTID (an internal one for controls, where PARTIDs are narrowed). */
  readonly partid: number;
  readonly instance: number;
}

/** Write a register as software does. `hi` is 0 for registers of 32 bits. */
export function writeMscRegister(msc: Msc, copy: MscRegisterCopy, lo: number, hi: number): void {
  const { register, word, space } = copy;
  select(msc, copy);
  const { offset, width } = MSC_REGISTERS[register]!;
  if (width === 64) msc.front.write64(space, offset, lo, hi);
  else msc.front.write32(space, offset + 4 * word, lo);
}

function select({ front, config }: Msc, { register, space, ris, partid, instance }: MscRegisterCopy): void {
  const { selectedBy } = MSC_REGISTERS[register]!;
  switch (selectedBy) {
    case 'control':
    case 'request':
    case 'group': {
      const isInternal = selectedBy === 'control' && config.features.intpartidMax !== undefined;
      const value = partid | (ris << SEL_RIS_SHIFT) | (isInternal ? PART_SEL_INTERNAL : 0);
      front.write32(space, MSC_REGISTERS[MscRegister.MPAMCFG_PART_SEL]!.offset, value);
      break;
    }
    case 'monitor':
    case 'monitor-group':
      front.write32(space, MSC_REGISTERS[MscRegister.MSMON_CFG_MON_SEL]!.offset, instance | (ris << SEL_RIS_SHIFT));
      break;
    default:
  }
}
