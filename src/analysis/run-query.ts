/** Queries over one run file: a named query or the user's own SQL, read-only. */
import Database from 'better-sqlite3';
import { openForReading } from '../history/run-file.ts';
import { asStoreError } from '../history/store-error.ts';
import { NAMED_QUERIES, namedQuery } from './named-queries.ts';

/** A question that cannot be answered as it was put. The message says why, and what to try. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

export type QueryValue = string | number | null | Buffer;

/** Filters of named queries, or `:name` parameters of SQL. */
export type QueryParameters = Readonly<Record<string, string | number | null>>;

export interface QueryOptions {
  readonly params?: QueryParameters;
}

export interface QueryResult {
  readonly columns: readonly string[];
  /** Rows as arrays in the order of `columns`; read lazily, once. The file is closed after the last row. */
  readonly rows: IterableIterator<readonly QueryValue[]>;
  /** Close the file before the last row has been read. */
  close(): void;
}

/**
 * Ask a run file a question.
 * @param nameOrSql - the name of a query in NAMED_QUERIES, or one SQL statement that returns rows.
 * @throws QueryError if there is no such query, if the SQL is wrong, writes, or is more than one statement, and for unknown
 * or missing parameters; StoreError if the file is not a whole run file.
 */
export function runQuery(path: string, nameOrSql: string, { params = {} }: QueryOptions = {}): QueryResult {
  const named = namedQuery(nameOrSql.trim());
  if (named === undefined && /^[\w-]*$/.test(nameOrSql.trim())) throw unknownQuery(nameOrSql.trim());
  const sql = named?.sql ?? nameOrSql;
  const database = openForReading(path);
  try {
    const statement = prepareReading(database, sql);
    const bound = bindable(sql, params);
    const columns = statement.columns().map(({ name }) => name);
    return { columns, rows: rowsOf(database, statement, bound, path), close: () => database.close() };
  } catch (error) {
    database.close();
    throw explain(error, path);
  }
}

type Reading = Database.Statement<[QueryParameters], readonly QueryValue[]>;

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
  return statement.raw(true) as Reading;
}

/** The parameters that the SQL names, each with its value; those not given are NULL, so filters match everything. */
function bindable(sql: string, params: QueryParameters): QueryParameters {
  const wanted = new Set([...sql.matchAll(/[:@$]([A-Za-z_]\w*)/g)].map(([, name]) => name!));
  const unknown = Object.keys(params).find((name) => !wanted.has(name));
  if (unknown === undefined) return Object.fromEntries([...wanted].map((name) => [name, params[name] ?? null]));
  const known = wanted.size === 0 ? 'it has none' : `it has ${[...wanted].join(', ')}`;
  throw new QueryError(`The query has no parameter "${unknown}"; ${known}`);
}

function* rowsOf(
  database: Database.Database,
  statement: Reading,
  bound: QueryParameters,
  path: string,
): IterableIterator<readonly QueryValue[]> {
  try {
    yield* statement.iterate(bound);
  } catch (error) {
    throw explain(error, path);
  } finally {
    database.close();
  }
}

/** Errors of the file stay errors of the file; the rest of what SQLite says is about the query. */
function explain(error: unknown, path: string): unknown {
  const known = asStoreError(error, path);
  if (known !== error) return known;
  if (error instanceof Database.SqliteError) return new QueryError(`SQLite says: ${error.message}`);
  // better-sqlite3 refuses what cannot be bound, such as a bare `?`.
  if (error instanceof RangeError || error instanceof TypeError) return new QueryError(`${error.message}; use :name`);
  return error;
}
