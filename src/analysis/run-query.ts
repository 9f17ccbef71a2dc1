/** Queries over one run file: a named query or the user's own SQL, read-only. */
import Database from 'better-sqlite3';
import { openForReading } from '../history/run-file.ts';
import { asStoreError } from '../history/store-error.ts';
import { NAMED_QUERIES, namedQuery } from './named-queries.ts';
import { QueryError } from './query-error.ts';
import { filterValues, type QueryParameters, sqlValues } from './query-parameters.ts';
import { noteIfWithout } from './run-parts.ts';

/** Integers beyond 2^53 are bigints, all others numbers. */
export type QueryValue = string | number | bigint | null | Buffer;

export interface QueryOptions {
  readonly params?: QueryParameters;
}

export interface QueryResult {
  /** Each name once: a second `a` is `a_2`. */
  readonly columns: readonly string[];
  /** Rows as arrays in the order of `columns`; read lazily, once. The file is closed after the last row. */
  readonly rows: IterableIterator<readonly QueryValue[]>;
  /** Why a named query has no rows: the run is without what it asks about. */
  readonly note: string | undefined;
  /** Close the file before the last row has been read. */
  close(): void;
}

/**
 * Ask a run file a question.
 * @param nameOrSql - the name of a query in NAMED_QUERIES, or one SQL statement that returns rows.
 * @throws QueryError if there is no such query, if the SQL is wrong, writes, or is more than one statement, and for unknown
 * or missing parameters and for filters that name nothing in the run; StoreError if the file is not a whole run file.
 */
export function runQuery(path: string, nameOrSql: string, { params = {} }: QueryOptions = {}): QueryResult {
  const named = namedQuery(nameOrSql.trim());
  if (named === undefined && /^[\w-]*$/.test(nameOrSql.trim())) throw unknownQuery(nameOrSql.trim());
  const sql = named?.sql ?? nameOrSql;
  const database = openForReading(path);
  try {
    const statement = prepareReading(database, sql);
    const bound = named === undefined ? sqlValues(sql, params) : filterValues(database, named, params);
    const columns = uniqueNames(statement.columns().map(({ name }) => name));
    const note = named?.about === undefined ? undefined : noteIfWithout(database, named.about);
    return { columns, rows: rowsOf(database, statement, bound, path), note, close: () => database.close() };
  } catch (error) {
    database.close();
    throw explain(error, path);
  }
}

type Reading = Database.Statement<[QueryParameters], QueryValue[]>;

function unknownQuery(name: string): QueryError {
  const names = NAMED_QUERIES.map((query) => query.name).join(', ');
  return new QueryError(`There is no query "${name}". Named queries: ${names}; anything else is taken as SQL`);
}

/** Prepare one statement that returns rows and changes nothing. */
function prepareReading(database: Database.Database, sql: string): Reading {
  let statement: Database.Statement<[QueryParameters], unknown>;
  try {
    statement = database.prepare(sql);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // better-sqlite3's words for an empty text and for more than one statement.
    throw new QueryError(`${error.message.replace(/^The supplied SQL string/, 'The SQL text')}; give exactly one`);
  }
  if (!statement.readonly || !statement.reader) {
    throw new QueryError(
      'A run file is only read: give a statement that returns rows and changes nothing (SELECT, WITH)',
    );
  }
  return statement.raw(true).safeIntegers(true) as Reading;
}

/** `a, a, b` to `a, a_2, b`: rows become objects in many places, and must not lose a column. */
function uniqueNames(columns: readonly string[]): string[] {
  const taken = new Set(columns);
  const used = new Set<string>();
  return columns.map((column) => {
    let name = column;
    for (let number = 2; used.has(name) || (name !== column && taken.has(name)); number++) name = `${column}_${number}`;
    used.add(name);
    return name;
  });
}

function* rowsOf(
  database: Database.Database,
  statement: Reading,
  bound: QueryParameters,
  path: string,
): IterableIterator<readonly QueryValue[]> {
  try {
    for (const row of statement.iterate(bound)) yield withNumbers(row);
  } catch (error) {
    throw explain(error, path);
  } finally {
    database.close();
  }
}

/** SQLite's integers have 64 bits; those that a number holds exactly become one. */
function withNumbers(row: QueryValue[]): readonly QueryValue[] {
  for (let at = 0; at < row.length; at++) {
    const value = row[at];
    if (typeof value !== 'bigint') continue;
    const number = Number(value);
    if (Number.isSafeInteger(number)) row[at] = number;
  }
  return row;
}

/** Errors of the file stay errors of the file; the rest of what SQLite says is about the query. */
function explain(error: unknown, path: string): unknown {
  const known = asStoreError(error, path);
  if (known !== error) return known;
  if (error instanceof Database.SqliteError) return new QueryError(`SQLite says: ${error.message}`);
  const missing = error instanceof RangeError ? /^Missing named parameter "(.*)"/.exec(error.message)?.[1] : undefined;
  if (missing !== undefined) {
    return new QueryError(`The query needs a value for "${missing}"; give one as a parameter (--param ${missing}=...)`);
  }
  // better-sqlite3 refuses what cannot be bound, such as a bare `?`.
  if (error instanceof RangeError || error instanceof TypeError) return new QueryError(`${error.message}; use :name`);
  return error;
}
