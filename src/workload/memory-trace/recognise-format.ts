/** Tells from the first bytes of a trace, decompressed, which formats it may have. */
import { LINE_FORMATS, RECORD_FORMATS } from './decoders.ts';
import { countLines } from './line-decoder.ts';
import { LF } from './text-number.ts';
import type { TraceFormatName } from './trace-formats.ts';

/** Bytes that are looked at. */
export const HEAD_BYTES = 64 * 1024;
const LINES_MAX = 1000;
/** One line in so many may be something else, such as output of the traced program. */
const BAD_SHARE = 4;

/** All that fit best: none if it is no trace, several if it could be one or the other. */
export function possibleFormats(head: Buffer): readonly TraceFormatName[] {
  return head.includes(0) ? possibleRecordFormats(head) : possibleLineFormats(head);
}

/** Those of which most lines make accesses. */
function possibleLineFormats(head: Buffer): readonly TraceFormatName[] {
  // The last line may be cut; but a file of less than the head may just lack its last line end.
  const text = head.length < HEAD_BYTES ? Buffer.concat([head, Buffer.of(LF)]) : head;
  const fitting = keysOf(LINE_FORMATS).flatMap((name) => {
    const format = LINE_FORMATS[name](text);
    if (typeof format === 'string') return [];
    const { good, bad, used } = countLines(format, text, LINES_MAX);
    return used > 0 && bad * BAD_SHARE <= good ? [{ name, used }] : [];
  });
  const most = Math.max(...fitting.map(({ used }) => used));
  return fitting.filter(({ used }) => used === most).map(({ name }) => name);
}

function possibleRecordFormats(head: Buffer): readonly TraceFormatName[] {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const fitting = keysOf(RECORD_FORMATS).filter((name) => RECORD_FORMATS[name].looksLike(view));
  // It alone begins with a record that says what it is.
  return fitting.includes('drmemtrace') ? ['drmemtrace'] : fitting;
}

function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(table) as Key[];
}
