/**
 * The layout of one PE's record in the block, and of the constant tables that it refers to.
 *
 * A PE is a record of 64 words (256 bytes): its register file first, then what is derived from it and wanted on every
 * access. One array of records and one array of tables is all that a register write touches beside the event ring;
 * every further typed array would cost a world switch about a tenth of its speed.
 */
import { REGISTER_COUNT } from '../arch/registers.ts';
import { ACCESS_ROWS_WORDS } from './access.ts';

export const RECORD_WORDS = 64;

/** Registers are pairs of words from word 0 on: bits 31:0 at `2 * Reg`, bits 63:32 after it. */
export const REGISTER_WORDS = 2 * REGISTER_COUNT;
/** Label selections (label-selection.ts) of EL0 to EL3. */
export const SELECTIONS_AT = 2 * REGISTER_COUNT;
/** HCR_EL2.{E2H, TGE} and Security state (context.ts). */
export const CONTEXT_AT = SELECTIONS_AT + 4;
/** Where the tables of the PE's profile start, as an index into all tables. */
export const TABLES_AT = CONTEXT_AT + 1;
/** Where the access row for the current Exception level and context starts, as an index into all tables. */
export const ACCESS_ROW_AT = TABLES_AT + 1;

/** In a profile's tables: the bits that MSR changes, as word pairs by register. The others keep their value. */
export const WRITABLE = 0;
/** The bits whose change has consequences for labels, for other registers or for who may access what. */
export const CONSEQUENTIAL = WRITABLE + REGISTER_WORDS;
/** What each name reaches in each state of the PE (access.ts). */
export const ACCESS_ROWS = CONSEQUENTIAL + REGISTER_WORDS;
export const TABLES_WORDS = ACCESS_ROWS + ACCESS_ROWS_WORDS;

/** Labels are beside the records: two (data, instruction) for each of four Exception levels. */
export const LABELS_PER_PE = 8;
