/** What all comma-separated formats have in common: a header, perhaps, and records of as many fields. */
import { BAD_LINE, type LineFormat } from '../line-decoder.ts';
import type { TraceColumns } from '../trace-batch.ts';
import { CsvLine } from './csv-line.ts';

/** How a format's records become accesses: one at most. */
export interface CsvRecordReader {
  /** Adds the access of the record whose fields are in `line`. Returns line.end; or BAD_LINE or NO_ACCESS, adding nothing. */
  readRecord(bytes: Uint8Array, line: CsvLine, into: TraceColumns): number;
}

export class CsvFormat implements LineFormat {
  readonly accessesMax = 1;
  readonly #line: CsvLine;
  readonly #columns: number;
  readonly #reader: CsvRecordReader;
  #isHeader: boolean;

  constructor(columns: number, hasHeader: boolean, reader: CsvRecordReader) {
    this.#line = new CsvLine(columns);
    this.#columns = columns;
    this.#reader = reader;
    this.#isHeader = hasHeader;
  }

  readLine(bytes: Uint8Array, at: number, into: TraceColumns): number {
    const line = this.#line;
    const fields = line.split(bytes, at);
    if (this.#isHeader) {
      this.#isHeader = false;
      return line.end;
    }
    return fields === this.#columns ? this.#reader.readRecord(bytes, line, into) : BAD_LINE;
  }
}
