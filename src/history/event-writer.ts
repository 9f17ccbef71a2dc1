/**
 * Writes event batches into an open run file: rows to their tables, the hash chain, one transaction per batch.
 *
 * A stored batch is one or more whole event batches, committed as one transaction once it holds enough rows, so a
 * crash leaves a prefix of whole batches. Rows are bound as nine numbers (event-tables.ts) and inserted many at a time.
 */
import type Database from 'better-sqlite3';
import {
  joinTime,
  metaKind,
  ROW_WORDS,
  WORD_ARG1,
  WORD_ARG2,
  WORD_ARG3,
  WORD_ARG4,
  WORD_CAUSE,
  WORD_META,
  WORD_SUBJECT,
} from '../loop/event-row.ts';
import type { EventTable } from './event-columns.ts';
import { BOUND_VALUES, EVENT_TABLES, insertSql } from './event-tables.ts';
import { HashChain } from './hash-chain.ts';
import { MultiRowInsert } from './multi-row-insert.ts';
import { SideRowWriter } from './side-rows.ts';

/** Rows that a batch gathers before it is committed, unless the caller says otherwise. */
export const DEFAULT_TRANSACTION_ROWS = 4096;

export class EventWriter {
  readonly #database: Database.Database;
  readonly #chain: HashChain;
  readonly #side: SideRowWriter;
  readonly #tables: readonly (TableWriter | undefined)[];
  readonly #insertBatch: Database.Statement;
  readonly #transactionRows: number;
  #batchId = 0;
  #batchFirstSeq = 1;
  #lastSeq = 0;
  #lastTimeHigh = 0;
  #lastTimeLow = 0;
  #lastSide = 0;
  #committedSide = 0;
  #digest = '';

  constructor(database: Database.Database, headerHash: string, transactionRows = DEFAULT_TRANSACTION_ROWS) {
    this.#database = database;
    this.#chain = new HashChain(headerHash);
    this.#side = new SideRowWriter(database);
    this.#tables = tableWriters(database);
    this.#insertBatch = database.prepare('INSERT INTO batch VALUES (?, ?, ?, ?, ?)');
    this.#transactionRows = transactionRows;
  }

  /** seq of the last row written, 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Hash of the last committed batch. */
  get digest(): string {
    return this.#digest;
  }

  /** Store side rows, given as their lines (side-tables.ts). To be called before the rows that refer to them. */
  addSide(lines: string): void {
    if (lines === '') return;
    this.#begin();
    this.#chain.addSideLines(lines);
    this.#lastSide = this.#side.write(this.#lastSide, lines);
  }

  /**
   * Store `count` rows of one event batch, or of a part of it.
   * @throws Error if they do not follow the last row without a gap, or go back in time: the producer is broken.
   */
  addRows(firstSeq: number, count: number, timeHigh: number, rows: Int32Array): void {
    if (count === 0) return;
    if (firstSeq !== this.#lastSeq + 1) {
      throw new Error(`events do not follow: got seq ${firstSeq} after ${this.#lastSeq}`);
    }
    this.#begin();
    this.#checkOrder(firstSeq, count, timeHigh, rows);
    this.#chain.addRows(rows, count, timeHigh);
    for (let at = 0; at < count; at++) {
      const kind = metaKind(rows[at * ROW_WORDS + WORD_META]);
      const table = this.#tables[kind];
      if (table === undefined) throw new Error(`event ${firstSeq + at} has the unknown kind ${kind}`);
      table.add(rows, at * ROW_WORDS, firstSeq + at, timeHigh);
    }
    this.#lastSeq += count;
  }

  /** An event batch is complete: commit if enough rows, of events and beside them, have gathered. */
  endBatch(): void {
    const events = this.#lastSeq - this.#batchFirstSeq + 1;
    if (events + this.#lastSide - this.#committedSide >= this.#transactionRows) this.commit();
  }

  /** Commit what has gathered as one stored batch. The first batch is stored even if it holds nothing. */
  commit(): void {
    const isNew = this.#lastSeq >= this.#batchFirstSeq || this.#lastSide > this.#committedSide || this.#batchId === 0;
    if (!isNew) return;
    this.#begin();
    for (const table of this.#tables) table?.flush();
    this.#side.flush();
    this.#batchId++;
    this.#digest = this.#chain.hash();
    this.#insertBatch.run(this.#batchId, this.#batchFirstSeq, this.#lastSeq, this.#lastSide, this.#digest);
    this.#database.exec('COMMIT');
    this.#batchFirstSeq = this.#lastSeq + 1;
    this.#committedSide = this.#lastSide;
  }

  #begin(): void {
    if (!this.#database.inTransaction) this.#database.exec('BEGIN IMMEDIATE');
  }

  /** Time must not go back and causes must lie before their effects: both are promises of the file. */
  #checkOrder(firstSeq: number, count: number, timeHigh: number, rows: Int32Array): void {
    let last = timeHigh === this.#lastTimeHigh ? this.#lastTimeLow : 0;
    let isOrdered = timeHigh >= this.#lastTimeHigh;
    for (let at = 0; at < count && isOrdered; at++) {
      const timeLow = rows[at * ROW_WORDS] >>> 0;
      isOrdered = timeLow >= last;
      last = timeLow;
      const distance = rows[at * ROW_WORDS + WORD_CAUSE] >>> 0;
      if (distance >= firstSeq + at) throw new Error(`event ${firstSeq + at} has a cause before the first event`);
    }
    if (!isOrdered) throw new Error(`time goes back between events ${firstSeq - 1} and ${firstSeq + count - 1}`);
    this.#lastTimeHigh = timeHigh;
    this.#lastTimeLow = last;
  }
}

/** Takes the rows of one kind. */
class TableWriter {
  readonly #insert: MultiRowInsert<number>;

  constructor(database: Database.Database, table: EventTable) {
    this.#insert = new MultiRowInsert(database, BOUND_VALUES, 0, (rowCount) => insertSql(table, rowCount));
  }

  add(rows: Int32Array, word: number, seq: number, timeHigh: number): void {
    const { values, next: at } = this.#insert;
    values[at] = seq;
    values[at + 1] = joinTime(timeHigh, rows[word]);
    values[at + 2] = rows[word + WORD_META] >>> 0;
    values[at + 3] = rows[word + WORD_CAUSE] >>> 0;
    values[at + 4] = rows[word + WORD_SUBJECT];
    values[at + 5] = rows[word + WORD_ARG1];
    values[at + 6] = rows[word + WORD_ARG2];
    values[at + 7] = rows[word + WORD_ARG3];
    values[at + 8] = rows[word + WORD_ARG4];
    this.#insert.endRow();
  }

  flush(): void {
    this.#insert.flush();
  }
}

/** Table writers by event kind. */
function tableWriters(database: Database.Database): (TableWriter | undefined)[] {
  const writers: (TableWriter | undefined)[] = [];
  for (const table of EVENT_TABLES) writers[table.kind] = new TableWriter(database, table);
  return writers;
}
