/** Many rows by one INSERT: what a statement costs by itself is shared by its rows. */
import type Database from 'better-sqlite3';

/** Rows per statement, largest first. More rows per statement gain little; the small ones take what is left over. */
const STATEMENT_ROWS = [128, 16, 1] as const;

interface SizedStatement<Value> {
  readonly rowCount: number;
  readonly values: Value[];
  /** Prepared on first use, as some tables stay small. */
  statement?: Database.Statement;
}

/**
 * Gathers the rows of one table and inserts them when there are many, and at `flush`. To add a row: put its values into
 * `values`, from `next` on, and call `endRow`.
 */
export class MultiRowInsert<Value extends string | number | null> {
  readonly values: Value[];
  readonly #database: Database.Database;
  readonly #sqlOf: (rowCount: number) => string;
  readonly #width: number;
  readonly #statements: readonly SizedStatement<Value>[];
  #used = 0;

  /**
   * @param width - values of a row.
   * @param blank - any value: what the array holds before the first row.
   * @param sqlOf - the INSERT of so many rows, with `width` parameters for each.
   */
  constructor(database: Database.Database, width: number, blank: Value, sqlOf: (rowCount: number) => string) {
    this.#database = database;
    this.#width = width;
    this.#sqlOf = sqlOf;
    this.#statements = STATEMENT_ROWS.map((rowCount) => {
      return { rowCount, values: new Array<Value>(rowCount * width).fill(blank) };
    });
    this.values = this.#statements[0]!.values;
  }

  /** Where the values of the next row go. */
  get next(): number {
    return this.#used;
  }

  /** The values of a row are complete. */
  endRow(): void {
    this.#used += this.#width;
    if (this.#used < this.values.length) return;
    this.#used = 0;
    // Spread arguments reach the binding without a property lookup per value.
    this.#statementAt(0).run(...this.values);
  }

  /** Insert what has gathered. */
  flush(): void {
    let from = 0;
    for (let size = 1; size < this.#statements.length; size++) {
      const { values } = this.#statements[size]!;
      while (this.#used - from >= values.length) {
        for (let at = 0; at < values.length; at++) values[at] = this.values[from + at]!;
        this.#statementAt(size).run(...values);
        from += values.length;
      }
    }
    this.#used = 0;
  }

  #statementAt(size: number): Database.Statement {
    const entry = this.#statements[size]!;
    entry.statement ??= this.#database.prepare(this.#sqlOf(entry.rowCount));
    return entry.statement;
  }
}
