/**
 * The values of a query's parameters, as SQLite has to see them to find what is meant.
 *
 * A filter of a named query means a name or a number, whatever the value looks like: a tenant may be called `7`. In the
 * user's own SQL, whole numbers are bound as SQLite's integers: beside a column of text, these are taken as the text.
 */
import type Database from 'better-sqlite3';
import { listed } from '../scenario/suggest.ts';
import type { NamedQuery } from './named-query.ts';
import { QueryError } from './query-error.ts';

type ParameterValue = string | number | bigint | null;

/** Filters of named queries, or `:name` parameters of SQL. */
export type QueryParameters = Readonly<Record<string, ParameterValue>>;

/** Where the values of a filter are listed; a name that is not there would silently match nothing. */
const KNOWN_VALUES: Readonly<Record<string, string>> = {
  machine: 'SELECT name FROM machine ORDER BY id',
  tenant: 'SELECT name FROM tenant ORDER BY id',
  vm: 'SELECT name FROM vm ORDER BY id',
  register: 'SELECT name FROM register ORDER BY id',
  cpu: 'SELECT DISTINCT cpu FROM pe ORDER BY cpu',
  cache: 'SELECT name FROM cache GROUP BY name ORDER BY min(machine), min(id)',
  level: 'SELECT level FROM cache GROUP BY level ORDER BY min(machine), min(id)',
  evictor: 'SELECT name FROM tenant ORDER BY id',
  victim: 'SELECT name FROM tenant ORDER BY id',
  resource: 'SELECT ifnull(memory, name) FROM channel GROUP BY 1 ORDER BY min(machine), min(id)',
  waiter: 'SELECT name FROM tenant ORDER BY id',
  served: 'SELECT name FROM tenant ORDER BY id',
  msc: 'SELECT name FROM msc GROUP BY name ORDER BY min(id)',
};

/** Filters that are numbers; the others are names. */
const NUMBERS: ReadonlySet<string> = new Set(['cpu', 'vcpu', 'el', 'partid', 'instance']);

/** Longest list of known values in a message. */
const LISTED_MAX = 30;

/** The filters of a named query; one that is not given is NULL and matches everything. @throws QueryError */
export function filterValues(
  database: Database.Database,
  { parameters }: NamedQuery,
  params: QueryParameters,
): QueryParameters {
  checkNames(params, parameters);
  return Object.fromEntries(parameters.map((name) => [name, filterValue(database, name, params[name] ?? null)]));
}

function filterValue(database: Database.Database, name: string, value: ParameterValue): ParameterValue {
  if (value === null) return null;
  const text = String(value);
  if (NUMBERS.has(name) && integerOf(text) === undefined) {
    throw new QueryError(`The parameter ${name} is "${text}"; it must be a whole number`);
  }
  const sql = KNOWN_VALUES[name];
  const known = sql === undefined ? [] : database.prepare<[], [string | number]>(sql).raw(true).all().map(String);
  if (sql !== undefined && !known.includes(text)) {
    const has = known.length === 0 ? 'none' : listed(known, LISTED_MAX);
    throw new QueryError(`The run has no ${name} "${text}"; it has ${has}`);
  }
  return NUMBERS.has(name) ? integerOf(text)! : text;
}

/** The parameters of the user's SQL; SQLite itself asks for those that are missing. @throws QueryError */
export function sqlValues(sql: string, params: QueryParameters): QueryParameters {
  checkNames(params, [...new Set([...sql.matchAll(/[:@$]([A-Za-z_]\w*)/g)].map(([, name]) => name!))]);
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      return [name, typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value];
    }),
  );
}

function checkNames(params: QueryParameters, wanted: readonly string[]): void {
  const unknown = Object.keys(params).find((name) => !wanted.includes(name));
  if (unknown === undefined) return;
  const known = wanted.length === 0 ? 'it has none' : `it has ${wanted.join(', ')}`;
  throw new QueryError(`The query has no parameter "${unknown}"; ${known}`);
}

const INTEGER = /^(0|-?[1-9]\d{0,18})$/;

/** The integer that a text writes in its only way, if SQLite's 64 bits hold it: `007` is a text. */
export function integerOf(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
