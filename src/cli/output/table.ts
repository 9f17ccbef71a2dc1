/** Tables of text for terminals: aligned columns, numbers to the right, no borders. */
import { styled } from './terminal.ts';

export type Cell = string | number | bigint | null;

/** Column widths come from the first rows; later, wider cells push their line out, but nothing is held back. */
const MEASURED_ROWS = 1000;
const GAP = '  ';
/** With a unit or without; `-` stands for no number. */
const NUMBER = /^(-|[<>-]?[\d.,]+( %| ns| ms| s)?)$/;

/** The lines of a table: header, then rows. A column whose measured cells are all numbers is aligned to the right. */
export function* tableLines(columns: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  const iterator = rows[Symbol.iterator]();
  const measured: (readonly Cell[])[] = [];
  let next = iterator.next();
  while (!next.done && measured.length < MEASURED_ROWS) {
    measured.push(next.value);
    next = iterator.next();
  }
  const layout = columns.map((column, at) =>
    columnLayout(
      column,
      measured.map((row) => row[at] ?? null),
    ),
  );
  yield styled('bold', line(columns, layout));
  for (const row of measured) yield line(row, layout);
  while (!next.done) {
    yield line(next.value, layout);
    next = iterator.next();
  }
}

/** A whole table as one text; for tables known to be small. */
export function table(columns: readonly string[], rows: Iterable<readonly Cell[]>): string {
  return [...tableLines(columns, rows)].join('\n');
}

interface ColumnLayout {
  readonly width: number;
  readonly isNumeric: boolean;
}

function columnLayout(column: string, cells: readonly Cell[]): ColumnLayout {
  const width = cells.reduce<number>((widest, cell) => Math.max(widest, cellText(cell).length), column.length);
  const present = cells.filter((cell) => cell !== null && cell !== '');
  const isNumeric = present.some((cell) => cell !== '-') && present.every((cell) => NUMBER.test(cellText(cell)));
  return { width, isNumeric };
}

function line(cells: readonly Cell[], layout: readonly ColumnLayout[]): string {
  const padded = layout.map(({ width, isNumeric }, at) => {
    const text = cellText(cells[at] ?? null);
    return isNumeric ? text.padStart(width) : text.padEnd(width);
  });
  return padded.join(GAP).trimEnd();
}

/** Control characters would disturb the terminal; stored texts come from recordings. */
function cellText(cell: Cell): string {
  if (cell === null) return '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being replaced
  return typeof cell === 'string' ? cell.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ') : String(cell);
}
