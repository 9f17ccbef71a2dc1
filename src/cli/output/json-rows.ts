/** Rows as a JSON array of objects, one object per line, written as they come. */
import type { Cell } from './table.ts';

export function* jsonLines(columns: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  let pending: string | undefined;
  yield '[';
  for (const row of rows) {
    if (pending !== undefined) yield `${pending},`;
    pending = JSON.stringify(Object.fromEntries(columns.map((column, at) => [column, jsonCell(row[at] ?? null)])));
  }
  if (pending !== undefined) yield pending;
  yield ']';
}

/** JSON has no integers of 64 bits; as a text the value is kept. */
function jsonCell(cell: Cell): string | number | null {
  return typeof cell === 'bigint' ? String(cell) : cell;
}
