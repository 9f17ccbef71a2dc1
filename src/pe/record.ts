/**
 * The layout of one PE's record in the block.
 *
 * A record of 128 words (512 bytes) holds all that a register write looks at, except for one table of who may access what.
 * Records, labels, that table and the event ring are reached through one view of the whole block: every further typed
 * array would cost a world switch about a tenth of its speed.
 *
 * | words   | what                                                                                                   |
 * |---------|--------------------------------------------------------------------------------------------------------|
 * | 0..31   | register file: bits 31:0 of a register at `2 * Reg`, bits 63:32 after it                               |
 * | 32..47  | by register: how a label follows from it (DIRECT)                                                      |
 * | 48..51  | by Exception level: where its label comes from (label-selection.ts)                                    |
 * | 52..58  | one word each, below                                                                                   |
 * | 64..127 | by register, four words: bits that MSR changes, bits whose change has consequences (lower, upper half) |
 *
 * Labels are not in the record, so that their reader finds them side by side: two words (data, instruction) for each of
 * four Exception levels of each PE.
 */
import { packLabel } from '../arch/label.ts';
import { REGISTER_COUNT } from '../arch/registers.ts';
import { EventKind, packMeta } from '../loop/event-row.ts';
import type { PeProfile } from './profile.ts';

export const RECORD_SHIFT = 7;
export const RECORD_WORDS = 1 << RECORD_SHIFT;

/**
 * At the label registers MPAMn_ELn: the PARTID space, in its place in a packed label, where the label of ELn is that
 * register's PARTID and PMG and no other label is; elsewhere NOT_DIRECT.
 */
export const DIRECT = 32;
export const NOT_DIRECT = -1;
export const SELECTIONS = 48;
/** The meta word (event-row.ts) of a change of register 0: has the PE and its present EL and World. */
export const META = 52;
/** HCR_EL2.{E2H, TGE} and Security state (context.ts). */
export const CONTEXT = 53;
/** Word of the block where the access rows (access.ts) of PEs like this one start. */
export const ACCESS_ROWS = 54;
/** The same for the present state of TRAPLOWER. */
export const ACCESS_ROWS_NOW = 55;
/** The same for the present Exception level and context: the row that MSR and MRS use. */
export const ACCESS_ROW = 56;
/** The bits of a packed label that are 0 only where PARTID and PMG are in range for sure. */
export const HIGH_BITS = 57;
/** 1 if the PE has alternative PARTID spaces. */
export const HAS_ALTSP = 58;

/** The masks of register 0; those of the others follow (profile.ts). */
export const MASKS = 64;

export const LABELS_SHIFT = 3;
export const LABELS_PER_PE = 1 << LABELS_SHIFT;

/** Fill in what stays as it is. The PE's access rows start at word `accessRows` of the block. */
export function initRecord(words: Int32Array, base: number, pe: number, profile: PeProfile, accessRows: number): void {
  words[base + META] = packMeta(EventKind.registerChange, 0, 0, 0, pe);
  words[base + ACCESS_ROWS] = accessRows;
  words[base + ACCESS_ROWS_NOW] = accessRows;
  words[base + HIGH_BITS] = packLabel(0, highBits(profile.partidMax, 0xffff), highBits(profile.pmgMax, 0xff));
  words[base + HAS_ALTSP] = profile.hasAltsp ? 1 : 0;
  words.fill(NOT_DIRECT, base + DIRECT, base + DIRECT + REGISTER_COUNT);
  words.set(profile.masks, base + MASKS);
}

/** Those of `bits` that are set in no number up to the largest 2^n - 1 that `max` reaches. */
function highBits(max: number, bits: number): number {
  const lengthOfMax = 31 - Math.clz32(max + 1);
  return bits & ~((1 << lengthOfMax) - 1);
}
