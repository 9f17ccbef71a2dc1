/**
 * Is a run file what its writer wrote? Everything is read back and hashed again, from the columns.
 *
 * Checked, in this order: the header; event by event, name by name and sample by sample the hash chain, batch by batch; rows outside all
 * batches; the seal over status, totals and the list of batches; tables, triggers and views; and SQLite's own
 * structure, which finds damaged indexes and pages. What is left unseen are bytes that hold nothing.
 */
import Database from 'better-sqlite3';
import { asc } from 'drizzle-orm';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { DamagedEventError, EventReader } from './event-reader.ts';
import { EVENT_TABLES } from './event-tables.ts';
import { type RunStatus, sealOf } from './finish-run.ts';
import { HashChain } from './hash-chain.ts';
import { type BatchRow, loadHeader, type RunRow, requireRunRow } from './header-rows.ts';
import { INDEX_NAMES, INDEX_SQL } from './indexes.ts';
import { migrateToCurrent, openForReading } from './run-file.ts';
import { hashHeader } from './run-header.ts';
import { batch } from './schema.ts';
import { readSideRows, type StoredSideRow } from './side-rows.ts';
import { asStoreError } from './store-error.ts';

/** What a problem is about. */
type IntegrityArea = 'header' | 'batch' | 'events' | 'seal' | 'schema' | 'structure';

/** One thing that is not as it was written. */
export interface IntegrityProblem {
  readonly area: IntegrityArea;
  readonly message: string;
  /** The first batch that is not as it was written. */
  readonly batch?: number;
  readonly firstSeq?: number;
  readonly lastSeq?: number;
}

export interface IntegrityReport {
  readonly path: string;
  readonly isWhole: boolean;
  readonly status: RunStatus;
  readonly batches: number;
  readonly events: number;
  readonly digest: string;
  readonly problems: readonly IntegrityProblem[];
  /** One sentence for people: what the file holds. */
  readonly summary: string;
}

/**
 * Check a run file. Damage is reported, not thrown; a killed run is closed first, as by `openRun`.
 * @throws StoreError if the file cannot be opened as a run file at all.
 */
export function checkIntegrity(path: string): IntegrityReport {
  const database = openForReading(path);
  try {
    // One moment of the file, should it be growing.
    database.exec('BEGIN');
    const orm = drizzle(database);
    const row = requireRunRow(orm, path);
    const batches = orm.select().from(batch).orderBy(asc(batch.id)).all();
    const problems = [
      ...headerProblems(orm, row),
      ...attempt('batch', () => chainProblems(database, row.headerHash, batches)),
      ...attempt('events', () => strayEvents(database, batches.at(-1)?.lastSeq ?? 0)),
      ...attempt('seal', () => sealProblems(orm, row, batches)),
      ...attempt('schema', () => schemaProblems(database)),
      ...attempt('structure', () => structureProblems(database)),
    ];
    return reportOf(path, row.status as RunStatus, batches, problems);
  } catch (error) {
    throw asStoreError(error, path);
  } finally {
    database.close();
  }
}

function reportOf(
  path: string,
  status: RunStatus,
  batches: readonly BatchRow[],
  problems: readonly IntegrityProblem[],
): IntegrityReport {
  const last = batches.at(-1);
  const isWhole = problems.length === 0;
  const events = last?.lastSeq ?? 0;
  const holds = events === 0 ? 'holds no events' : `holds batches 1..${batches.length}, seq 1..${events}`;
  return {
    ...{ path, isWhole, status, problems, batches: batches.length },
    events,
    digest: last?.hash ?? '',
    summary: `${status}: ${holds}, ${isWhole ? 'whole' : 'damaged'}`,
  };
}

/** Run one check; an error of SQLite on the way is a finding. */
function attempt(area: IntegrityArea, check: () => IntegrityProblem[]): IntegrityProblem[] {
  try {
    return check();
  } catch (error) {
    return [{ area, message: sqliteMessage(error) }];
  }
}

/** The text of a SQLite error; any other error goes on. */
function sqliteMessage(error: unknown): string {
  if (!(error instanceof Database.SqliteError)) throw error;
  return `SQLite says "${error.message}" (${error.code})`;
}

function headerProblems(orm: BetterSQLite3Database, row: RunRow): IntegrityProblem[] {
  return attempt('header', () => {
    if (hashHeader(loadHeader(orm, row)) === row.headerHash) return [];
    return [{ area: 'header', message: 'the scenario, or a table of names, is not as it was written' }];
  });
}

/** Walk the chain until the first batch that does not come out right. */
function chainProblems(
  database: Database.Database,
  headerHash: string,
  batches: readonly BatchRow[],
): IntegrityProblem[] {
  const chain = new HashChain(headerHash);
  const walk = new ChainWalk(database, chain);
  let previous: BatchRow | undefined;
  try {
    for (const [at, row] of batches.entries()) {
      const problem = walk.problemOf(row, previous);
      if (problem !== undefined) {
        const isHashAlone = problem === HASH_DIFFERS && at + 1 < batches.length && walk.isRight(batches[at + 1]!);
        const message = isHashAlone ? 'its hash is not as it was written; its events are' : problem;
        return [problemOfBatch(row, message)];
      }
      previous = row;
    }
    return walk.sideProblemAfter(previous);
  } finally {
    walk.close();
  }
}

const HASH_DIFFERS = 'its events, names or samples are not as they were written';

function problemOfBatch({ id, firstSeq, lastSeq }: BatchRow, problem: string): IntegrityProblem {
  const message = `batch ${id} (seq ${firstSeq}..${lastSeq}): ${problem}`;
  return { area: 'batch', message, batch: id, firstSeq, lastSeq };
}

/** Feeds the chain with what belongs to one batch after the other. */
class ChainWalk {
  readonly #chain: HashChain;
  readonly #events: EventReader;
  readonly #side: IterableIterator<StoredSideRow>;
  #lastSide = 0;

  constructor(database: Database.Database, chain: HashChain) {
    this.#chain = chain;
    this.#events = new EventReader(database);
    this.#side = readSideRows(database);
  }

  /** What is wrong with a batch, or undefined. */
  problemOf(row: BatchRow, previous: BatchRow | undefined): string | undefined {
    const { id, firstSeq, lastSeq } = row;
    if (id !== (previous?.id ?? 0) + 1) return `it follows batch ${previous?.id ?? 0}`;
    if (firstSeq !== (previous?.lastSeq ?? 0) + 1) return `it does not begin after seq ${previous?.lastSeq ?? 0}`;
    if (lastSeq < firstSeq - 1) return `it ends before it begins`;
    if (row.lastSide < this.#lastSide) return 'it has fewer names and samples than the batch before';
    try {
      return this.isRight(row) ? undefined : HASH_DIFFERS;
    } catch (error) {
      return error instanceof DamagedEventError ? error.message : sqliteMessage(error);
    }
  }

  /** Add the batch's events and side rows to the chain, and compare the hash. */
  isRight({ firstSeq, lastSeq, lastSide, hash }: BatchRow): boolean {
    for (const { rows, count, timeHigh } of this.#events.read(firstSeq, lastSeq)) {
      this.#chain.addRows(rows, count, timeHigh);
    }
    while (this.#lastSide < lastSide) {
      const next = this.#side.next();
      if (next.done === true || next.value.side !== this.#lastSide + 1) return false;
      this.#lastSide++;
      this.#chain.addSideLines(next.value.line);
    }
    return this.#chain.hash() === hash;
  }

  /** Names and samples that no batch covers. */
  sideProblemAfter(last: BatchRow | undefined): IntegrityProblem[] {
    if (this.#side.next().done === true) return [];
    return [{ area: 'batch', message: `there are names or samples after the last batch (${last?.id ?? 0})` }];
  }

  close(): void {
    this.#side.return?.();
  }
}

/** Events that belong to no batch. */
function strayEvents(database: Database.Database, lastSeq: number): IntegrityProblem[] {
  return EVENT_TABLES.flatMap(({ name }) => {
    const row = database
      .prepare<[number], { seq: number }>(`SELECT seq FROM ${name} WHERE seq > ? OR seq < 1 LIMIT 1`)
      .get(lastSeq);
    if (row === undefined) return [];
    return [{ area: 'events', message: `${name} has event ${row.seq}, which is in no batch` } as const];
  });
}

function sealProblems(orm: BetterSQLite3Database, row: RunRow, batches: readonly BatchRow[]): IntegrityProblem[] {
  if (row.status === 'running') return [];
  const problems: IntegrityProblem[] = [];
  if (row.digest !== (batches.at(-1)?.hash ?? null)) {
    problems.push({ area: 'seal', message: 'the digest is not the hash of the last batch' });
  }
  if (sealOf(orm) !== row.seal) {
    problems.push({ area: 'seal', message: 'the status, the totals or the list of batches is not as it was written' });
  }
  return problems;
}

interface SchemaRow {
  readonly name: string;
  readonly sql: string | null;
}

/** Compare tables, triggers, views and indexes with those of a file made now. */
function schemaProblems(database: Database.Database): IntegrityProblem[] {
  currentSchema ??= makeCurrentSchema();
  const expected = currentSchema;
  const found = schemaOf(database);
  // A run that is being written has no indexes yet.
  const mayLack = (name: string) => INDEX_NAMES.has(name) && !found.has(name);
  const wrong = [...expected].filter(([name, sql]) => found.get(name) !== sql && !mayLack(name));
  const extra = [...found.keys()].filter((name) => !expected.has(name));
  return [...wrong.map(([name]) => name), ...extra].map((name) => ({
    area: 'schema',
    message: `"${name}" is not as this version of the schema has it`,
  }));
}

/** What a file made now holds, by name. Made once: migrating an empty file takes as long as checking a small one. */
let currentSchema: ReadonlyMap<string, string> | undefined;

function makeCurrentSchema(): ReadonlyMap<string, string> {
  const model = new Database(':memory:');
  try {
    migrateToCurrent(model);
    for (const sql of INDEX_SQL) model.exec(sql);
    return schemaOf(model);
  } finally {
    model.close();
  }
}

function schemaOf(database: Database.Database): Map<string, string> {
  const rows = database.prepare<[], SchemaRow>('SELECT name, sql FROM sqlite_schema').all();
  return new Map(rows.map(({ name, sql }) => [name, sql ?? '']));
}

/** SQLite's own check: pages, records, indexes, constraints. */
function structureProblems(database: Database.Database): IntegrityProblem[] {
  const rows = database.prepare<[], [string]>('PRAGMA integrity_check(10)').raw(true).all();
  return rows.filter(([message]) => message !== 'ok').map(([message]) => ({ area: 'structure', message }));
}
