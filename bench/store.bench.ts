/**
 * The event store: rows per second of register changes and schedule events through the real writer.
 *
 * Floor: a bare better-sqlite3 multi-row insert of the same values into the same tables, with the same pragmas and as
 * many rows per transaction; its values lie ready to be bound, nothing is hashed and nothing checked.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createRunStore } from '../src/history/create-run-store.ts';
import { columnsOf, EVENT_TABLES } from '../src/history/event-tables.ts';
import { EventWriter } from '../src/history/event-writer.ts';
import { migrateToCurrent } from '../src/history/run-file.ts';
import { ROW_WORDS } from '../src/loop/event-row.ts';
import type { EventBatch } from '../src/run/event-batch.ts';
import { rowsOf, type SyntheticEvent, syntheticEvents, syntheticHeader } from '../test/support/synthetic-events.ts';
import { measureRatio, printRatio } from './ratio.ts';

const BATCH_ROWS = 4096;
const BATCHES = 24;
const ROWS = BATCHES * BATCH_ROWS;
/** Rows per INSERT of the floor: more gain nothing. */
const STATEMENT_ROWS = 128;
const TABLES = EVENT_TABLES.slice(0, 2);

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mpamlab-bench-'));
  let files = 0;
  const nextPath = () => join(folder, `${files++}.db`);
  try {
    const events = changesAndSchedule();
    const batches = batchesOfRows(rowsOf(events));
    const inserts = boundValues(events);
    const { floorPerSecond } = await measureRatio({
      name: 'store: writer, inline',
      operations: ROWS,
      unit: 'rows/s',
      goal: 0.8,
      run: () => writeReal(newDatabase(nextPath()), batches),
      floor: () => writeBare(newDatabase(nextPath()), inserts),
    });
    await measureThread(nextPath(), batches, floorPerSecond);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Register changes and schedule events in the proportion of world switches, numbered without gaps. */
function changesAndSchedule(): SyntheticEvent[] {
  const kinds: number[] = TABLES.map(({ kind }) => kind);
  return syntheticEvents(1, 2 * ROWS)
    .filter(({ kind }) => kinds.includes(kind))
    .slice(0, ROWS)
    .map((event, at) => ({ ...event, seq: at + 1, timeNs: at * 100, causeSeq: at < 4 ? 0 : at - 2 }));
}

function batchesOfRows(rows: Int32Array): EventBatch[] {
  return Array.from({ length: BATCHES }, (_, at) => {
    const from = at * BATCH_ROWS;
    const own = rows.subarray(from * ROW_WORDS, (from + BATCH_ROWS) * ROW_WORDS);
    return { firstSeq: from + 1, count: BATCH_ROWS, timeHigh: 0, rows: own, side: [] };
  });
}

function newDatabase(path: string): Database.Database {
  const database = new Database(path);
  migrateToCurrent(database);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  return database;
}

function writeReal(database: Database.Database, batches: readonly EventBatch[]): void {
  const writer = new EventWriter(database, '00'.repeat(32), BATCH_ROWS);
  for (const { firstSeq, count, timeHigh, rows } of batches) {
    writer.addRows(firstSeq, count, timeHigh, rows);
    writer.endBatch();
  }
  database.close();
}

type Values = readonly (number | null)[];

/** One INSERT of the floor: a table, a number of rows, their values. */
interface BareInsert {
  readonly table: number;
  readonly rowCount: number;
  readonly values: Values;
}

/** The floor's work, cut into transactions of one batch and statements of up to STATEMENT_ROWS rows. */
function boundValues(events: readonly SyntheticEvent[]): BareInsert[][] {
  return Array.from({ length: BATCHES }, (_, at) => {
    const batch = events.slice(at * BATCH_ROWS, (at + 1) * BATCH_ROWS);
    return TABLES.flatMap(({ kind }, table) => {
      const rows = batch.filter((event) => event.kind === kind).map(columnValues);
      const inserts: BareInsert[] = [];
      while (rows.length > 0) {
        const taken = rows.splice(0, rows.length >= STATEMENT_ROWS ? STATEMENT_ROWS : 1);
        inserts.push({ table, rowCount: taken.length, values: taken.flat() });
      }
      return inserts;
    });
  });
}

/** Values in the order of the table's columns. */
function columnValues({ seq, timeNs, kind, pe, code, words, world, el, causeSeq }: SyntheticEvent): Values {
  const [subject, ...others] = words;
  const isChange = kind === TABLES[0]!.kind;
  const shown = isChange ? words.map((word) => word >>> 0) : [subject === -1 ? null : subject, ...others];
  return [seq, timeNs, pe, code, ...shown, world, el, causeSeq === 0 ? null : causeSeq];
}

function writeBare(database: Database.Database, batches: readonly (readonly BareInsert[])[]): void {
  const statements = TABLES.map((table) => {
    const row = `(${columnsOf(table).fill('?').join()})`;
    return (rowCount: number) =>
      database.prepare(`INSERT INTO ${table.name} VALUES ${new Array(rowCount).fill(row).join()}`);
  });
  const many = statements.map((prepare) => prepare(STATEMENT_ROWS));
  const single = statements.map((prepare) => prepare(1));
  for (const inserts of batches) {
    database.exec('BEGIN IMMEDIATE');
    for (const { table, rowCount, values } of inserts) (rowCount === 1 ? single : many)[table]!.run(...values);
    database.exec('COMMIT');
  }
  database.close();
}

/** The producer's side of the writer thread: how fast it can append for long, and what an append costs it by itself. */
async function measureThread(path: string, batches: readonly EventBatch[], floorPerSecond: number): Promise<void> {
  const store = createRunStore(path, syntheticHeader());
  let round = 0;
  const appendAll = (): void => {
    for (const batch of batches) {
      store.append({ ...batch, firstSeq: round * ROWS + batch.firstSeq, timeHigh: round });
    }
    round++;
  };
  // The first rounds fill the queue and wait for the thread to start.
  appendAll();
  appendAll();
  const start = performance.now();
  for (let i = 0; i < 8; i++) appendAll();
  const perSecond = (8 * ROWS * 1000) / (performance.now() - start);
  await store.finish('completed', { counters: [], figures: {} });
  const ratio = perSecond / floorPerSecond;
  printRatio(
    { name: 'store: writer thread, seen by its producer', unit: 'rows/s', goal: 0.8 },
    { perSecond, floorPerSecond, ratio },
  );
}
