/**
 * libCacheSim's csv of the CloudPhysics block traces (vscsi): `version,time,op,size,lbn`, named by a first line or, without
 * one, in this order. op is a SCSI operation code (hex, SBC-4 table 33), size in bytes, lbn in blocks of 512 bytes.
 *
 * A request touches size bytes from lbn * 512 on. Commands that are neither read nor write make no access.
 */
import { BAD_LINE, type LineFormat, NO_ACCESS } from '../line-decoder.ts';
import { DIGIT_0, TextNumber } from '../text-number.ts';
import { type TraceColumns, TraceKind } from '../trace-batch.ts';
import { CsvFormat, type CsvRecordReader } from './csv-format.ts';
import { type CsvLine, headerNames } from './csv-line.ts';

const DEFAULT_ORDER = ['version', 'time', 'op', 'size', 'lbn'];
const BLOCK_SHIFT = 9;
/** READ(6), (10), (16), (12). */
const READ_CODES = new Set([0x08, 0x28, 0x88, 0xa8]);
/** WRITE and WRITE AND VERIFY of the same lengths. */
const WRITE_CODES = new Set([0x0a, 0x2a, 0x8a, 0xaa, 0x2e, 0x8e, 0xae]);

/** The format of a file that begins with `head`, or what is wrong with its header: completes "FILE: ". */
export function libCacheSimCsvFormat(head: Buffer): LineFormat | string {
  const isNumber = head.length > 0 && head[0] >= DIGIT_0 && head[0] <= DIGIT_0 + 9;
  const names = isNumber ? DEFAULT_ORDER : (headerNames(head) ?? []);
  const missing = ['op', 'size', 'lbn'].find((name) => !names.includes(name));
  if (missing !== undefined) return `has no first line that names a column "${missing}"`;
  return new CsvFormat(names.length, !isNumber, new LibCacheSimRecords(names));
}

class LibCacheSimRecords implements CsvRecordReader {
  readonly #op: number;
  readonly #size: number;
  readonly #lbn: number;
  readonly #number = new TextNumber();

  constructor(names: readonly string[]) {
    this.#op = names.indexOf('op');
    this.#size = names.indexOf('size');
    this.#lbn = names.indexOf('lbn');
  }

  readRecord(bytes: Uint8Array, line: CsvLine, into: TraceColumns): number {
    const number = this.#number;
    if (number.hex(bytes, line.starts[this.#op]) !== line.ends[this.#op]) return BAD_LINE;
    const op = number.word;
    if (number.decimal(bytes, line.starts[this.#size]) !== line.ends[this.#size]) return BAD_LINE;
    const size = number.word;
    if (number.decimal(bytes, line.starts[this.#lbn]) !== line.ends[this.#lbn]) return BAD_LINE;
    if (size === Number.POSITIVE_INFINITY || number.high >>> (32 - BLOCK_SHIFT) !== 0) return BAD_LINE;
    const isRead = READ_CODES.has(op);
    if (!isRead && !WRITE_CODES.has(op)) return NO_ACCESS;
    const high = (number.high << BLOCK_SHIFT) | (number.low >>> (32 - BLOCK_SHIFT));
    into.add(number.low << BLOCK_SHIFT, high, size, isRead ? TraceKind.read : TraceKind.write, 0);
    return line.end;
  }
}
