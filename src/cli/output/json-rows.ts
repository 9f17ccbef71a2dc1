/** Rows as a JSON array of objects, one object per line, written as they come. */
import type { Cell } from './table.ts';

export function* jsonLines(columns: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  const names = columns.map((column) => JSON.stringify(column));
  let pending: string | undefined;
  yield '[';
  for (const row of rows) {
    if (pending !== undefined) yield `${pending},`;
    // Written member by member: an object would move names that look like numbers to its front.
    pending = `{${names.map((name, at) => `${name}:${JSON.stringify(jsonCell(row[at] ?? null))}`).join()}}`;
  }
  if (pending !== undefined) yield pending;
  yield ']';
}

/** Many readers of JSON lose digits of integers beyond 2^53; as a text the value is kept. */
function jsonCell(cell: Cell): string | number | null {
  return typeof cell === 'bigint' ? String(cell) : cell;
}
