/**
 * Side rows (side-tables.ts) in the run file: what the run met beside its events, in order of discovery.
 *
 * They are numbered from 1. Each is stored in the table of its kind with its number, and read back in order, so that the
 * lines can be made again from the columns. A thread that becomes known better replaces its row in `thread`; the earlier
 * row moves to `thread_history`.
 */
import type Database from 'better-sqlite3';
import { MultiRowInsert } from './multi-row-insert.ts';
import { SIDE_TABLES, type SideTable, type SideValue } from './side-tables.ts';

/** The elements of a line: its tag, then the values of the columns. */
type LineValues = readonly [tag: string, ...SideValue[]];

/** Takes the rows of one table. */
interface SideTableWriter {
  add(side: number, line: LineValues): void;
  flush(): void;
}

/** Stores side rows under consecutive numbers. */
export class SideRowWriter {
  readonly #tables: ReadonlyMap<string, SideTableWriter>;

  constructor(database: Database.Database) {
    this.#tables = new Map(
      SIDE_TABLES.map((table) => {
        const { history } = table;
        const writer =
          history === undefined ? new AppendWriter(database, table) : new ReplaceWriter(database, table, history);
        return [table.tag, writer];
      }),
    );
  }

  /** Store the rows of some lines, the first under the number `lastSide` + 1. @returns the number of the last one. */
  write(lastSide: number, lines: string): number {
    // Every line ends with a line feed; one inside of a text is escaped.
    const rows = JSON.parse(`[${lines.slice(0, -1).replaceAll('\n', ',')}]`) as LineValues[];
    let side = lastSide;
    for (const row of rows) {
      const table = this.#tables.get(row[0]);
      if (table === undefined) throw new Error(`side row ${side + 1} has the unknown kind ${row[0]}`);
      side++;
      table.add(side, row);
    }
    return side;
  }

  /** Insert what has gathered. */
  flush(): void {
    for (const table of this.#tables.values()) table.flush();
  }
}

/** The names of the table's columns, the side row's number first. */
function columnNames({ sideColumn, columns }: SideTable): string[] {
  return [sideColumn, ...columns.map(({ column }) => column)];
}

class AppendWriter implements SideTableWriter {
  readonly #insert: MultiRowInsert<SideValue>;

  constructor(database: Database.Database, table: SideTable) {
    const names = columnNames(table);
    const row = `(${names.map(() => '?').join()})`;
    this.#insert = new MultiRowInsert<SideValue>(database, names.length, 0, (rowCount) => {
      return `INSERT INTO ${table.name} (${names.join()}) VALUES ${new Array(rowCount).fill(row).join()}`;
    });
  }

  add(side: number, line: LineValues): void {
    const { values, next } = this.#insert;
    values[next] = side;
    for (let at = 1; at < line.length; at++) values[next + at] = line[at]!;
    this.#insert.endRow();
  }

  flush(): void {
    this.#insert.flush();
  }
}

/** A row takes the place of the one with its id, which moves to the table of history. */
class ReplaceWriter implements SideTableWriter {
  readonly #keepHistory: Database.Statement;
  readonly #replace: Database.Statement;

  constructor(database: Database.Database, table: SideTable, history: string) {
    const names = columnNames(table);
    const list = names.join();
    const updates = names.filter((name) => name !== 'id').map((name) => `${name} = excluded.${name}`);
    this.#keepHistory = database.prepare(
      `INSERT INTO ${history} (${list}) SELECT ${list} FROM ${table.name} WHERE id = ?`,
    );
    this.#replace = database.prepare(
      `INSERT INTO ${table.name} (${list}) VALUES (${names.map(() => '?').join()})
       ON CONFLICT (id) DO UPDATE SET ${updates.join()}`,
    );
  }

  add(side: number, [, id, ...values]: LineValues): void {
    this.#keepHistory.run(id);
    this.#replace.run(side, id, ...values);
  }

  flush(): void {
    // Nothing gathers.
  }
}

/** One stored side row; `line` as `sideLine` made it. */
export interface StoredSideRow {
  readonly side: number;
  readonly line: string;
}

/** The stored side rows in order, their lines made again from the columns. Lazily read. */
export function* readSideRows(database: Database.Database): IterableIterator<StoredSideRow> {
  const sources: SideSource[] = [];
  try {
    for (const table of SIDE_TABLES) {
      sources.push(new SideSource(database, table, table.name));
      if (table.history !== undefined) sources.push(new SideSource(database, table, table.history));
    }
    for (let next = smallest(sources); next !== undefined; next = smallest(sources)) yield next.take();
  } finally {
    for (const source of sources) source.close();
  }
}

/** The source whose next row comes first; undefined when all are at their ends. */
function smallest(sources: readonly SideSource[]): SideSource | undefined {
  let found: SideSource | undefined;
  for (const source of sources) {
    if (source.side < (found?.side ?? Number.POSITIVE_INFINITY)) found = source;
  }
  return found;
}

/** The rows of one table, in order. */
class SideSource {
  readonly #tag: string;
  readonly #rows: IterableIterator<SideValue[]>;
  /** The next row: its number, then its columns. */
  #next: SideValue[] | undefined;

  constructor(database: Database.Database, table: SideTable, name: string) {
    this.#tag = table.tag;
    const sql = `SELECT ${columnNames(table).join()} FROM ${name} ORDER BY ${table.sideColumn}`;
    this.#rows = database.prepare<[], SideValue[]>(sql).raw(true).iterate();
    this.#advance();
  }

  /** Number of the next row; Infinity at the end. */
  get side(): number {
    return this.#next === undefined ? Number.POSITIVE_INFINITY : Number(this.#next[0]);
  }

  take(): StoredSideRow {
    const side = this.side;
    const line = this.#next!;
    line[0] = this.#tag;
    this.#advance();
    return { side, line: `${JSON.stringify(line)}\n` };
  }

  close(): void {
    this.#rows.return?.();
  }

  #advance(): void {
    const { value, done } = this.#rows.next();
    this.#next = done === true ? undefined : value;
  }
}
