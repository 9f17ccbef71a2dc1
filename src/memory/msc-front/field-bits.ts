/** The bits of a register that are in any of its fields (arch/msc-registers.ts). */
import { MSC_REGISTERS, type MscRegister } from '../../arch/msc-registers.ts';

/**
 * @param word 0 for the lower half of a 64-bit register and for 32-bit registers, 1 for the upper half.
 * @returns 32 bits, unsigned. Fields that reach across both halves are not counted.
 */
export function fieldBits(register: MscRegister, word = 0): number {
  return MSC_REGISTERS[register]!.fields.reduce((mask, { high, low }) => {
    const isInHalf = low >> 5 === word && high >> 5 === word;
    return isInHalf ? (mask | ((2 ** (high - low + 1) - 1) * 2 ** (low & 31))) >>> 0 : mask;
  }, 0);
}
