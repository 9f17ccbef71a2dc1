/**
 * Columns of event tables, and how words 3 to 7 of the canonical row (loop/event-row.ts) become them: as SQL for the writer,
 * and as functions for descriptions. Words that columns do not cover are 0.
 */
import { type EventKind, WORD_SUBJECT } from '../loop/event-row.ts';

/** Names the bound columns of words 3 to 7 in an INSERT. */
export type WordName = (word: number) => string;

export interface EventColumn {
  readonly column: string;
  /** SQL that makes the column from the row's words. */
  readonly value: (word: WordName) => string;
  /** SQL that is 0 if the column holds what a row can. Shifts are arithmetic, so a negative value leaves -1. */
  readonly outside: string;
  /** The same as `value`, from a row's words 3 to 7. */
  readonly read: (words: Int32Array) => number | null;
}

export interface EventTable {
  readonly kind: EventKind;
  readonly name: string;
  /** Column that holds the meta word's unit. */
  readonly unitColumn: 'pe' | 'msc';
  /** Column that holds the meta word's code. */
  readonly codeColumn: string;
  /** Columns made of words 3 to 7. */
  readonly columns: readonly EventColumn[];
  /** SQL that makes words 3 to 7 from the columns again. */
  readonly words: readonly string[];
}

/** A whole word as an unsigned number. `word` is its number in the row, 3 to 7. */
export function unsigned(column: string, word: number): EventColumn {
  return {
    column,
    value: (name) => `${name(word)} & 4294967295`,
    outside: `(${column} >> 32)`,
    read: (words) => words[word - WORD_SUBJECT]! >>> 0,
  };
}

/** A whole word as a signed number. */
export function signed(column: string, word: number): EventColumn {
  return {
    column,
    value: (name) => name(word),
    outside: `((${column} + 2147483648) >> 32)`,
    read: (words) => words[word - WORD_SUBJECT]!,
  };
}

/** `width` bits of a word, at most 31, as an unsigned number. */
export function bits(column: string, word: number, shift: number, width: number): EventColumn {
  const mask = 2 ** width - 1;
  return {
    column,
    value: (name) => `(${name(word)} >> ${shift}) & ${mask}`,
    outside: `(${column} >> ${width})`,
    read: (words) => (words[word - WORD_SUBJECT]! >>> shift) & mask,
  };
}
