/** Comma-separated values as in RFC 4180, with line feeds. */
import type { Cell } from './table.ts';

export function* csvLines(columns: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  yield columns.map(quoted).join(',');
  for (const row of rows) yield row.map((cell) => (cell === null ? '' : quoted(String(cell)))).join(',');
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
