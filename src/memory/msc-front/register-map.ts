/**
 * Which register is at which offset of a feature page: tables, as every access looks something up in them.
 *
 * Source: Arm IHI 0099 B.a, table 9-8 (A 2.2).
 */
import { MSC_REGISTERS } from '../../arch/msc-registers.ts';

/** Bytes of a page up to and with the last architected register. The page is inside a block of 64 KiB (A 2.1). */
export const MAPPED_BYTES = 0x4000;
/** What `registerAt` says of reserved locations. */
export const RESERVED = 0xff;

const REGISTERS = new Uint8Array(MAPPED_BYTES / 4).fill(RESERVED);
const WORDS = new Uint16Array(MAPPED_BYTES / 4);

MSC_REGISTERS.forEach(({ offset, width, words }, register) => {
  const count = words * (width / 32);
  for (let word = 0; word < count; word++) {
    REGISTERS[offset / 4 + word] = register;
    WORDS[offset / 4 + word] = word;
  }
});

/** The register at an offset below MAPPED_BYTES that is a multiple of 4, or RESERVED. */
export function registerAt(offset: number): number {
  return REGISTERS[offset >>> 2]!;
}

/** Which word of the register, or half of a 64-bit register, is at an offset. */
export function wordAt(offset: number): number {
  return WORDS[offset >>> 2]!;
}

/** True for a register of 64 bits; RESERVED is none. */
export function isWide(register: number): boolean {
  return MSC_REGISTERS[register]?.width === 64;
}
