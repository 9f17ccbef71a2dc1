/**
 * Decodes formats of fixed-size little-endian records, in place: only a record that crosses chunks is put together in a
 * buffer of its size.
 */
import type { TraceColumns } from './trace-batch.ts';
import type { TraceDecoder } from './trace-decoder.ts';
import type { TraceIssueLog } from './trace-issues.ts';

export interface RecordFormat {
  readonly recordBytes: number;
  /** Accesses that one record makes at most. */
  readonly accessesMax: number;
  /** Reads the record at `at`, whose 1-based number is `record`, and adds its accesses. */
  readRecord(view: DataView, at: number, record: number, into: TraceColumns): void;
  /** After the last record. */
  finish?(): void;
}

export class RecordDecoder implements TraceDecoder {
  readonly #format: RecordFormat;
  readonly #issues: TraceIssueLog;
  readonly #carry: Uint8Array;
  readonly #carryView: DataView;
  #carried = 0;
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkView: DataView = new DataView(this.#chunk.buffer);
  #at = 0;
  #record = 0;

  constructor(format: RecordFormat, issues: TraceIssueLog) {
    this.#format = format;
    this.#issues = issues;
    this.#carry = new Uint8Array(format.recordBytes);
    this.#carryView = new DataView(this.#carry.buffer);
  }

  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#chunkView = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#at = 0;
  }

  decode(into: TraceColumns): boolean {
    const format = this.#format;
    const { recordBytes } = format;
    const countMax = into.capacity - format.accessesMax;
    if (this.#carried > 0) {
      if (!this.#fillCarry()) return false;
      if (into.count > countMax) return true;
      this.#carried = 0;
      format.readRecord(this.#carryView, 0, ++this.#record, into);
    }
    const view = this.#chunkView;
    const last = this.#chunk.length - recordBytes;
    let at = this.#at;
    for (; at <= last && into.count <= countMax; at += recordBytes) format.readRecord(view, at, ++this.#record, into);
    this.#at = at;
    if (at <= last) return true;
    this.#fillCarry();
    return false;
  }

  finish(brokeOff: boolean): string {
    this.#format.finish?.();
    if (this.#carried === 0) return '';
    const text = `${this.#carried} of ${this.#format.recordBytes} bytes of a record`;
    this.#carried = 0;
    if (brokeOff) return text;
    this.#issues.report('cut-record', this.#record + 1, text);
    return '';
  }

  /** Takes from the chunk what the record still lacks; true if it is whole then. */
  #fillCarry(): boolean {
    const { recordBytes } = this.#format;
    const piece = this.#chunk.subarray(this.#at, this.#at + recordBytes - this.#carried);
    this.#carry.set(piece, this.#carried);
    this.#carried += piece.length;
    this.#at += piece.length;
    return this.#carried === recordBytes;
  }
}
