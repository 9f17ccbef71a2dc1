/**
 * The MPAM system registers of a PE: their identities, the names software reaches them by, and their values taken
 * apart into fields and put together again. The facts themselves are in register-catalogue.ts.
 */
import { type Encoding, type FieldDescription, MPAM1_EL12_ENCODING, REGISTERS } from './register-catalogue.ts';

export * from './fields.ts';
export { REGISTERS } from './register-catalogue.ts';

/** A register's identity: its index in REGISTERS, in the register file, and in stored events. Never renumbered. */
export const Reg = {
  MPAM0_EL1: 0,
  MPAM1_EL1: 1,
  MPAM2_EL2: 2,
  MPAM3_EL3: 3,
  MPAMHCR_EL2: 4,
  MPAMVPMV_EL2: 5,
  MPAMVPM0_EL2: 6,
  MPAMVPM1_EL2: 7,
  MPAMVPM2_EL2: 8,
  MPAMVPM3_EL2: 9,
  MPAMVPM4_EL2: 10,
  MPAMVPM5_EL2: 11,
  MPAMVPM6_EL2: 12,
  MPAMVPM7_EL2: 13,
  MPAMIDR_EL1: 14,
  MPAMSM_EL1: 15,
} as const;
export type Reg = (typeof Reg)[keyof typeof Reg];

export const REGISTER_COUNT = 16;

/** The names of MRS and MSR. A name is not a register: under E2H, MPAM1_EL1 at EL2 reaches MPAM2_EL2. */
export const Name = { ...Reg, MPAM1_EL12: 16 } as const;
export type Name = (typeof Name)[keyof typeof Name];

export const NAME_COUNT = 17;

/** A name of MRS and MSR with its encoding; the index in NAMES is its `Name`. */
export interface NameDescription {
  readonly name: string;
  readonly encoding: Encoding;
}

export const NAMES: readonly NameDescription[] = [
  ...REGISTERS.map(({ name, encoding }) => ({ name, encoding })),
  { name: 'MPAM1_EL12', encoding: MPAM1_EL12_ENCODING },
];

/** A 64-bit value as signed 32-bit halves. */
export interface RegisterValue {
  readonly lo: number;
  readonly hi: number;
}

export interface FieldValue {
  readonly name: string;
  /** Unsigned. */
  readonly value: number;
}

/** A field name or value that does not fit the register. */
export class RegisterFieldError extends Error {
  override readonly name = 'RegisterFieldError';
}

/** The register or alias of that name (MPAM1_EL12 included), in any case, or undefined. */
export function registerByName(text: string): Name | undefined {
  const wanted = text.toUpperCase();
  const index = NAMES.findIndex(({ name }) => name === wanted);
  return index === -1 ? undefined : (index as Name);
}

/** All named fields of a register's value, most significant first. */
export function decodeFields(reg: Reg, lo: number, hi: number): FieldValue[] {
  return REGISTERS[reg]!.fields.map((field) => ({ name: field.name, value: extract(field, lo, hi) }));
}

/**
 * The value in which the named fields are as given and all else is 0.
 * @throws RegisterFieldError if the register has no such field or the value does not fit it.
 */
export function encodeFields(reg: Reg, values: Readonly<Record<string, number>>): RegisterValue {
  const register = REGISTERS[reg]!;
  let lo = 0;
  let hi = 0;
  for (const [name, value] of Object.entries(values)) {
    const field = register.fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      const known = register.fields.map((candidate) => candidate.name).join(', ');
      throw new RegisterFieldError(`${register.name} has no field ${name}; it has ${known}`);
    }
    const max = fieldMax(field);
    if (!Number.isInteger(value) || value < 0 || value > max) {
      throw new RegisterFieldError(`${register.name}.${name} = ${value} is out of range: an integer from 0 to ${max}`);
    }
    if (field.low >= 32) hi |= value << (field.low - 32);
    else lo |= value << field.low;
  }
  return { lo, hi };
}

/** `0x` and 16 hexadecimal digits. */
export function formatHex64(lo: number, hi: number): string {
  return `0x${hex32(hi)}${hex32(lo)}`;
}

function extract(field: FieldDescription, lo: number, hi: number): number {
  const half = field.low >= 32 ? hi : lo;
  return ((half >>> (field.low & 31)) & fieldMax(field)) >>> 0;
}

function fieldMax(field: FieldDescription): number {
  return 2 ** (field.high - field.low + 1) - 1;
}

function hex32(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}
