/**
 * valgrind's lackey, `--trace-mem=yes`: `I  hexaddress,size` in column 0, ` L`, ` S` and ` M` in column 1.
 *
 * Lines of valgrind itself (`==pid==`, `--pid--`, `**pid**`) are skipped. What the program printed among them is no line of
 * the format and is told as an issue.
 */
import { BAD_LINE, type LineFormat } from '../line-decoder.ts';
import { COMMA, endOfLine, LF, SPACE, skipBlanks, TextNumber } from '../text-number.ts';
import { type TraceColumns, TraceKind } from '../trace-batch.ts';
import { ACCESS_BYTES_MAX } from './access-bytes.ts';

const LETTER_I = 0x49;
const LETTER_L = 0x4c;
const LETTER_M = 0x4d;
const LETTER_S = 0x53;
/** The doubled characters around the process id in valgrind's own lines. */
const BANNER_MARKS = new Set(['=', '-', '*'].map((mark) => mark.charCodeAt(0)));

export class LackeyFormat implements LineFormat {
  readonly accessesMax = 1;
  readonly #number = new TextNumber();

  readLine(bytes: Uint8Array, at: number, into: TraceColumns): number {
    const isFetch = bytes[at] === LETTER_I;
    const letterAt = isFetch ? at : at + 1;
    const kind = isFetch ? TraceKind.fetch : dataKind(bytes, at);
    if (kind === undefined || bytes[letterAt + 1] !== SPACE) return this.#banner(bytes, at);

    const number = this.#number;
    const comma = number.hex(bytes, skipBlanks(bytes, letterAt + 1));
    if (comma === -1 || bytes[comma] !== COMMA) return BAD_LINE;
    const { low, high } = number;
    const end = number.decimal(bytes, comma + 1);
    if (end === -1 || number.word > ACCESS_BYTES_MAX) return BAD_LINE;
    const lineEnd = endOfLine(bytes, end);
    if (lineEnd >= 0) into.add(low, high, number.low, kind, isFetch ? 1 : 0);
    return lineEnd;
  }

  #banner(bytes: Uint8Array, at: number): number {
    const mark = bytes[at];
    if (bytes[at + 1] !== mark || !BANNER_MARKS.has(mark)) return BAD_LINE;
    const end = this.#number.decimal(bytes, at + 2);
    if (end === -1 || bytes[end] !== mark || bytes[end + 1] !== mark) return BAD_LINE;
    return bytes.indexOf(LF, end);
  }
}

function dataKind(bytes: Uint8Array, at: number): TraceKind | undefined {
  if (bytes[at] !== SPACE) return undefined;
  switch (bytes[at + 1]) {
    case LETTER_L:
      return TraceKind.read;
    case LETTER_S:
      return TraceKind.write;
    case LETTER_M:
      return TraceKind.modify;
    default:
      return undefined;
  }
}
