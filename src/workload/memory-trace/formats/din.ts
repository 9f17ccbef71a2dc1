/**
 * Dinero III and IV "din" text: `label hexaddress`, the rest of the line being a comment, and the extended form of Dinero IV
 * with a size, also hex (xdinfmt.c), after the address. Labels: 0 or r read, 1 or w write, 2 or i fetch, m like a read.
 *
 * Escape records (3, 4), copy-backs (c) and invalidates (v) make no access. A comment that is one hex number of at most
 * 16 bits cannot be told from a size.
 */
import { BAD_LINE, type LineFormat, NO_ACCESS } from '../line-decoder.ts';
import { CR, endOfLine, LF, SPACE, skipBlanks, TAB, TextNumber } from '../text-number.ts';
import { type TraceColumns, TraceKind } from '../trace-batch.ts';
import { ACCESS_BYTES_MAX } from './access-bytes.ts';

const ESCAPE = -1;
const KIND_OF_LABEL: ReadonlyMap<number, TraceKind | typeof ESCAPE> = new Map(
  Object.entries({
    '0': TraceKind.read,
    r: TraceKind.read,
    m: TraceKind.read,
    '1': TraceKind.write,
    w: TraceKind.write,
    '2': TraceKind.fetch,
    i: TraceKind.fetch,
    '3': ESCAPE,
    '4': ESCAPE,
    c: ESCAPE,
    v: ESCAPE,
  } as const).flatMap(([label, kind]) => [
    [label.charCodeAt(0), kind],
    [label.toUpperCase().charCodeAt(0), kind],
  ]),
);

export class DinFormat implements LineFormat {
  readonly accessesMax = 1;
  readonly #number = new TextNumber();

  readLine(bytes: Uint8Array, at: number, into: TraceColumns): number {
    const labelAt = skipBlanks(bytes, at);
    const kind = KIND_OF_LABEL.get(bytes[labelAt]);
    const addressAt = skipBlanks(bytes, labelAt + 1);
    if (kind === undefined || addressAt === labelAt + 1) return BAD_LINE;
    const number = this.#number;
    const end = number.prefixedHex(bytes, addressAt);
    if (end === -1 || !isWordEnd(bytes[end])) return BAD_LINE;
    if (kind === ESCAPE) return NO_ACCESS;
    const { low, high } = number;
    into.add(low, high, this.#size(bytes, end), kind, kind === TraceKind.fetch ? 1 : 0);
    return endOfLineOrComment(bytes, end);
  }

  #size(bytes: Uint8Array, at: number): number {
    const end = this.#number.prefixedHex(bytes, skipBlanks(bytes, at));
    if (end === -1 || !isWordEnd(bytes[end])) return 0;
    const size = this.#number.word;
    return size <= ACCESS_BYTES_MAX ? size : 0;
  }
}

function isWordEnd(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CR || byte === LF;
}

function endOfLineOrComment(bytes: Uint8Array, at: number): number {
  const end = endOfLine(bytes, at);
  return end === -1 ? bytes.indexOf(LF, at) : end;
}
