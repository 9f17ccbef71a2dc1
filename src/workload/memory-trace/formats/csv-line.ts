/** Comma-separated text without quotes: the header's names, and where the fields of a line are. */
import { COMMA, CR, LF, SPACE, skipBlanks, TAB } from '../text-number.ts';

/** Names of the first line, in small letters; undefined if `head` does not hold a whole line. */
export function headerNames(head: Buffer): readonly string[] | undefined {
  const end = head.indexOf(LF);
  if (end === -1) return undefined;
  const text = head.toString('utf8', 0, end).replace(/^\ufeff/, '');
  return text.split(',').map((name) => name.trim().toLowerCase());
}

/** The fields of one line after the other, in arrays that are reused. Blanks around a field do not belong to it. */
export class CsvLine {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Where the line feed is. */
  end = 0;

  constructor(fieldsMax: number) {
    this.starts = new Int32Array(fieldsMax);
    this.ends = new Int32Array(fieldsMax);
  }

  /** Splits the line at `at`. Returns how many fields it has; those beyond the maximum are counted only. */
  split(bytes: Uint8Array, at: number): number {
    let fields = 0;
    let from = at;
    let i = at;
    for (; bytes[i] !== LF; i++) {
      if (bytes[i] !== COMMA) continue;
      this.#put(fields++, bytes, from, i);
      from = i + 1;
    }
    this.#put(fields++, bytes, from, i > from && bytes[i - 1] === CR ? i - 1 : i);
    this.end = i;
    return fields;
  }

  #put(field: number, bytes: Uint8Array, from: number, to: number): void {
    if (field >= this.starts.length) return;
    let end = to;
    while (end > from && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end--;
    this.starts[field] = Math.min(skipBlanks(bytes, from), end);
    this.ends[field] = end;
  }
}
