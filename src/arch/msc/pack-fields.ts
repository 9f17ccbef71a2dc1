/** A register's value from its fields by name: how feature ID registers are written down. */
import type { MscRegisterDescription } from './register-description.ts';

/** 64 bits as two unsigned halves. */
export interface RegisterHalves {
  readonly lo: number;
  readonly hi: number;
}

/**
 * The value of a register whose fields hold these values; fields that are not named hold 0.
 * @throws Error for a field that the register does not have, or a value that does not fit.
 */
export function packFields(
  register: MscRegisterDescription,
  values: Readonly<Record<string, number | boolean>>,
): RegisterHalves {
  let lo = 0;
  let hi = 0;
  for (const [name, given] of Object.entries(values)) {
    const field = register.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new Error(`${register.name} has no field ${name}`);
    const value = Number(given);
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (field.high - field.low + 1)) {
      throw new Error(`${register.name}.${name}: ${value} does not fit into bits ${field.high}:${field.low}`);
    }
    if (field.low < 32) lo += value * 2 ** field.low;
    else hi += value * 2 ** (field.low - 32);
  }
  return { lo, hi };
}
