/**
 * Reads stored events back as canonical rows: the event tables, merged by seq.
 *
 * A chunk of consecutive seqs is read from every table and each row is put where its seq says, so the merge is free and
 * a missing or doubled seq shows as a hole or a clash. Memory is one chunk, whatever the size of the run.
 */
import type Database from 'better-sqlite3';
import {
  ROW_WORDS,
  timeHighOf,
  WORD_ARG1,
  WORD_ARG2,
  WORD_ARG3,
  WORD_ARG4,
  WORD_CAUSE,
  WORD_META,
  WORD_SUBJECT,
} from '../loop/event-row.ts';
import { EVENT_TABLES, selectSql } from './event-tables.ts';

/** Rows read at a time. */
const CHUNK_ROWS = 4096;

/** A run of canonical rows; `rows` is used again for the next one. */
export interface StoredRows {
  readonly firstSeq: number;
  readonly count: number;
  readonly timeHigh: number;
  /** Starts with the row of firstSeq. */
  readonly rows: Int32Array;
}

/** A stored event is missing, doubled, or holds what no event can. */
export class DamagedEventError extends Error {
  override readonly name = 'DamagedEventError';
  readonly seq: number;

  constructor(seq: number, what: string) {
    super(`event ${seq} ${what}`);
    this.seq = seq;
  }
}

/** One row as `selectSql` gives it. Values are numbers unless the file is damaged. */
type SelectedRow = readonly (number | null)[];

export class EventReader {
  readonly #selects: readonly Database.Statement<[number, number], SelectedRow>[];
  readonly #rows = new Int32Array(CHUNK_ROWS * ROW_WORDS);
  readonly #timeHigh = new Int32Array(CHUNK_ROWS);

  constructor(database: Database.Database) {
    this.#selects = EVENT_TABLES.map((table) =>
      database.prepare<[number, number], SelectedRow>(selectSql(table)).raw(true),
    );
  }

  /**
   * The rows from firstSeq to lastSeq, both included, in pieces whose times share their upper half.
   * @throws DamagedEventError at the first event that cannot be given back.
   */
  *read(firstSeq: number, lastSeq: number): IterableIterator<StoredRows> {
    for (let from = firstSeq; from <= lastSeq; from += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, lastSeq - from + 1);
      this.#readChunk(from, count);
      let at = 0;
      while (at < count) {
        const timeHigh = this.#timeHigh[at]!;
        let end = at + 1;
        while (end < count && this.#timeHigh[end] === timeHigh) end++;
        const rows = this.#rows.subarray(at * ROW_WORDS, end * ROW_WORDS);
        yield { firstSeq: from + at, count: end - at, timeHigh, rows };
        at = end;
      }
    }
  }

  #readChunk(firstSeq: number, count: number): void {
    this.#rows.fill(0, 0, count * ROW_WORDS);
    for (const select of this.#selects) {
      for (const row of select.all(firstSeq, firstSeq + count - 1)) this.#place(row, firstSeq);
    }
    for (let at = 0; at < count; at++) {
      if (this.#rows[at * ROW_WORDS + WORD_META] === 0) throw new DamagedEventError(firstSeq + at, 'is missing');
    }
  }

  #place(row: SelectedRow, firstSeq: number): void {
    const seq = row[0]!;
    const time = row[1]!;
    const meta = row[2];
    if (meta === null) throw new DamagedEventError(seq, 'holds a value out of range');
    if (!Number.isSafeInteger(time) || time < 0) throw new DamagedEventError(seq, `has the time ${time}`);
    const at = seq - firstSeq;
    const word = at * ROW_WORDS;
    const rows = this.#rows;
    if (rows[word + WORD_META] !== 0) throw new DamagedEventError(seq, 'is there twice');
    const timeHigh = timeHighOf(time);
    this.#timeHigh[at] = timeHigh;
    // Storing into an Int32Array keeps the low 32 bits, which is what the unsigned columns need.
    rows[word] = time;
    rows[word + WORD_META] = meta!;
    rows[word + WORD_CAUSE] = row[3]!;
    rows[word + WORD_SUBJECT] = row[4]!;
    rows[word + WORD_ARG1] = row[5]!;
    rows[word + WORD_ARG2] = row[6]!;
    rows[word + WORD_ARG3] = row[7]!;
    rows[word + WORD_ARG4] = row[8]!;
  }
}
