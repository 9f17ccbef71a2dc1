/**
 * This project's own plain CSV. The first line names the columns, in any order, in small or capital letters:
 *
 * - `address` (required): byte address, decimal or hex with 0x, up to 64 bits;
 * - `size`: bytes touched, decimal or hex, 0 to 2^32 - 1; without it, or empty: within one line;
 * - `kind`: read, write, fetch or modify, or the first letter (i, too, for fetch); without it, or empty: read;
 * - `instructions`: since the access before, up to and with this one, 0 to 2^32 - 1; without it, or empty: 0.
 *
 * Other columns are ignored. There are no quotes.
 */
import { BAD_LINE, type LineFormat } from '../line-decoder.ts';
import { LOWER_CASE, TextNumber } from '../text-number.ts';
import { type TraceColumns, TraceKind } from '../trace-batch.ts';
import { CsvFormat, type CsvRecordReader } from './csv-format.ts';
import { type CsvLine, headerNames } from './csv-line.ts';

const NO_NUMBER = -1;
const KIND_OF_WORD: ReadonlyMap<string, TraceKind> = new Map(
  Object.entries({
    ...TraceKind,
    r: TraceKind.read,
    w: TraceKind.write,
    f: TraceKind.fetch,
    m: TraceKind.modify,
  }).concat([['i', TraceKind.fetch]]),
);

/** The format of a file that begins with `head`, or what is wrong with its header: completes "FILE: ". */
export function plainCsvFormat(head: Buffer): LineFormat | string {
  const names = headerNames(head);
  if (names === undefined || !names.includes('address')) return 'has no first line that names a column "address"';
  const repeated = names.find((name, i) => name !== '' && names.indexOf(name) !== i);
  if (repeated !== undefined) return `names the column "${repeated}" twice`;
  return new CsvFormat(names.length, true, new PlainCsvRecords(names));
}

class PlainCsvRecords implements CsvRecordReader {
  readonly #address: number;
  readonly #size: number;
  readonly #kind: number;
  readonly #instructions: number;
  readonly #number = new TextNumber();

  constructor(names: readonly string[]) {
    this.#address = names.indexOf('address');
    this.#size = names.indexOf('size');
    this.#kind = names.indexOf('kind');
    this.#instructions = names.indexOf('instructions');
  }

  readRecord(bytes: Uint8Array, line: CsvLine, into: TraceColumns): number {
    const size = this.#word(bytes, line, this.#size);
    const instructions = this.#word(bytes, line, this.#instructions);
    const kind = this.#kindOf(bytes, line);
    if (size === NO_NUMBER || instructions === NO_NUMBER || kind === undefined) return BAD_LINE;
    const number = this.#number;
    const end = number.hexOrDecimal(bytes, line.starts[this.#address]);
    if (end !== line.ends[this.#address]) return BAD_LINE;
    into.add(number.low, number.high, size, kind, instructions);
    return line.end;
  }

  #word(bytes: Uint8Array, line: CsvLine, column: number): number {
    if (column === -1 || line.starts[column] === line.ends[column]) return 0;
    const end = this.#number.hexOrDecimal(bytes, line.starts[column]);
    return end === line.ends[column] && this.#number.high === 0 ? this.#number.word : NO_NUMBER;
  }

  #kindOf(bytes: Uint8Array, line: CsvLine): TraceKind | undefined {
    if (this.#kind === -1) return TraceKind.read;
    const from = line.starts[this.#kind];
    const to = line.ends[this.#kind];
    if (to - from > 'modify'.length) return undefined;
    if (from === to) return TraceKind.read;
    let word = '';
    for (let i = from; i < to; i++) word += String.fromCharCode(bytes[i] | LOWER_CASE);
    return KIND_OF_WORD.get(word);
  }
}
