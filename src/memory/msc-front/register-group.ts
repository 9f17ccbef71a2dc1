import type { RegisterHalves } from '../../arch/msc/pack-fields.ts';

/** Registers of a feature page that one part of the front answers for. */
export interface RegisterGroup {
  /**
   * @param space PARTID space of the page, 0 to 3.
   * @param word the n of a register with several words; 1 for the upper half of a 64-bit register.
   * @returns 32 bits, unsigned.
   */
  read(register: number, space: number, word: number): number;
  /** @param value 32 bits, signed or unsigned. */
  write(register: number, space: number, word: number, value: number): void;
  /** One access to both halves of a 64-bit register; without it a 64-bit access is two of 32 bits, the lower first. */
  readWide?(register: number, space: number): RegisterHalves;
  writeWide?(register: number, space: number, lo: number, hi: number): void;
}
