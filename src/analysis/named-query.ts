/** What a named query is, and the parts that many of them have in common. */
import type { RunPart } from './run-parts.ts';

export interface NamedQuery {
  readonly name: string;
  readonly title: string;
  /** One sentence: what a row tells. */
  readonly doc: string;
  /** Names of the filters, as `:name` in the SQL. */
  readonly parameters: readonly string[];
  /** It has no rows in a run without this. */
  readonly about?: RunPart;
  readonly sql: string;
}

/** `(:name IS NULL OR name = :name)` for each filter. */
export const filters = (...names: readonly string[]): string =>
  names.map((name) => `(:${name} IS NULL OR ${name} = :${name})`).join(' AND ');

/** A label as PARTID/PMG, from the columns `partid` and `pmg`, whose names may begin with a prefix. */
export const labelText = (prefix = ''): string => `printf('%d/%d', ${prefix}partid, ${prefix}pmg)`;
