/**
 * Decodes text formats line by line, in place: a line that lies within one chunk is parsed where it is; only a line that
 * crosses chunks is put together in a buffer of fixed size. The parser itself finds the line's end, so that good lines are
 * looked at once.
 */
import { endOfLine, LF } from './text-number.ts';
import { TraceColumns } from './trace-batch.ts';
import type { TraceDecoder } from './trace-decoder.ts';
import type { TraceIssueLog } from './trace-issues.ts';

/** A longer line is no line of a trace: they have some ten bytes. */
export const LINE_BYTES_MAX = 4096;

/** What readLine says of a line that is none of its format; of one that is, but makes no access. */
export const BAD_LINE = -1;
export const NO_ACCESS = -2;

export interface LineFormat {
  /** Accesses that one line makes at most. */
  readonly accessesMax: number;
  /**
   * Reads the line at `at` and adds its accesses. Returns where the line feed is that ends it; or BAD_LINE or NO_ACCESS, and
   * has added nothing then.
   */
  readLine(bytes: Uint8Array, at: number, into: TraceColumns): number;
}

/** How the first lines of a text look to a format. */
export interface LineCounts {
  readonly good: number;
  readonly bad: number;
  /** Lines that make accesses. */
  readonly used: number;
}

const ONE_LINE_END = Buffer.of(LF);

export class LineDecoder implements TraceDecoder {
  readonly #format: LineFormat;
  readonly #issues: TraceIssueLog;
  /** What is being parsed: whole lines in bytes[at..to). A Buffer, as its search for a byte is the platform's fastest. */
  #bytes: Buffer = ONE_LINE_END;
  #at = 0;
  #to = 0;
  #line = 0;
  #isTooLong = false;
  /** The chunk, and where in it the lines begin that are not yet being parsed. */
  #chunk: Buffer = Buffer.alloc(0);
  #chunkAt = 0;
  /** A line that goes on in the next chunk, and the room for its line feed. */
  readonly #carry = Buffer.alloc(LINE_BYTES_MAX + 1);
  #carried = 0;
  #hasOverflowed = false;

  constructor(format: LineFormat, issues: TraceIssueLog) {
    this.#format = format;
    this.#issues = issues;
  }

  push(chunk: Uint8Array): void {
    this.#chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#chunkAt = 0;
  }

  decode(into: TraceColumns): boolean {
    while (this.#at < this.#to || this.#nextLines()) {
      if (this.#decodeLines(into)) return true;
    }
    return false;
  }

  finish(brokeOff: boolean): string {
    if (brokeOff) {
      const text = this.#carry.toString('latin1', 0, this.#carried);
      this.#carried = 0;
      this.#hasOverflowed = false;
      return text;
    }
    if (this.#carried > 0 || this.#hasOverflowed) this.push(ONE_LINE_END);
    return '';
  }

  #decodeLines(into: TraceColumns): boolean {
    const format = this.#format;
    const bytes = this.#bytes;
    const to = this.#to;
    const countMax = into.capacity - format.accessesMax;
    let at = this.#at;
    while (at < to && into.count <= countMax) {
      const before = into.count;
      this.#line++;
      const end = format.readLine(bytes, at, into);
      if (end >= 0 && end - at <= LINE_BYTES_MAX && !this.#isTooLong) {
        at = end + 1;
      } else {
        into.count = before;
        at = this.#refuse(at, end) + 1;
      }
    }
    this.#at = at;
    return at < to;
  }

  /** Tells what is wrong with the line at `at`; returns its end. */
  #refuse(at: number, found: number): number {
    const end = this.#bytes.indexOf(LF, at);
    if (this.#isTooLong || end - at > LINE_BYTES_MAX) {
      this.#issues.reportBytes('trace-line-too-long', this.#line, this.#bytes, at, end);
    } else if (endOfLine(this.#bytes, at) === -1) {
      const kind = found === NO_ACCESS ? 'not-an-access' : 'bad-trace-line';
      this.#issues.reportBytes(kind, this.#line, this.#bytes, at, end);
    }
    return end;
  }

  /** Goes on with the line that crosses into the chunk, then with the whole lines in it, and keeps what is left. */
  #nextLines(): boolean {
    const chunk = this.#chunk;
    const start = this.#chunkAt;
    this.#isTooLong = false;
    if (start >= chunk.length) return false;
    const isCarrying = this.#carried > 0 || this.#hasOverflowed;
    const lineEnd = isCarrying ? chunk.indexOf(LF, start) : chunk.lastIndexOf(LF);
    if (lineEnd < start) {
      this.#carryOver(start, chunk.length);
      return false;
    }
    if (isCarrying) {
      this.#carryOver(start, lineEnd);
      this.#takeCarried();
    } else {
      this.#bytes = chunk;
      this.#at = start;
      this.#to = lineEnd + 1;
    }
    this.#chunkAt = lineEnd + 1;
    return true;
  }

  #takeCarried(): void {
    this.#carry[this.#carried] = LF;
    this.#bytes = this.#carry;
    this.#at = 0;
    this.#to = this.#carried + 1;
    this.#isTooLong = this.#hasOverflowed;
    this.#carried = 0;
    this.#hasOverflowed = false;
  }

  #carryOver(from: number, to: number): void {
    const taken = Math.min(to - from, LINE_BYTES_MAX - this.#carried);
    this.#carry.set(this.#chunk.subarray(from, from + taken), this.#carried);
    this.#carried += taken;
    if (taken < to - from) this.#hasOverflowed = true;
    this.#chunkAt = to;
  }
}

/** Tries the format on the whole lines of a text, up to `linesMax`. */
export function countLines(format: LineFormat, text: Buffer, linesMax: number): LineCounts {
  const scratch = new TraceColumns(format.accessesMax);
  let good = 0;
  let bad = 0;
  let used = 0;
  for (let at = 0; good + bad < linesMax; ) {
    const lineEnd = text.indexOf(LF, at);
    if (lineEnd === -1) break;
    scratch.count = 0;
    const isBlank = endOfLine(text, at) !== -1;
    if (isBlank || format.readLine(text, at, scratch) !== BAD_LINE) good++;
    else bad++;
    if (scratch.count > 0) used++;
    at = lineEnd + 1;
  }
  return { good, bad, used };
}
