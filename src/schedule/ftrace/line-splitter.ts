/**
 * Splits a stream of byte chunks into lines, in place: a line that lies within one chunk is handed out as a range of
 * that chunk; only a line that crosses chunks is put together in a buffer of fixed size.
 *
 * Leaves out: what the lines mean. Lines that cannot be text of a recording (too long, with NUL bytes) come out marked.
 */
import { CR, LF, NUL, textOf } from './bytes.ts';

/** A longer line is not handed out whole. ftrace lines are some hundred bytes; its page-sized print events 4 KiB. */
export const LINE_BYTES_MAX = 64 * 1024;

export type LineFault = 'line-too-long' | 'nul-byte';

const ONE_LINE_END = Buffer.of(LF);

/**
 * push() a chunk, then call next() until it says false, and only then push the next one. After the last chunk:
 * finish(), and next() again; or abandon() if the rest of the input is missing.
 *
 * While next() said true, the line is bytes[from..to), without its line end (LF or CR LF), and the byte at `to` is a
 * line end. `fault` is set if the line must not be used; of a line that is too long, only the beginning is there.
 */
export class LineSplitter {
  bytes: Uint8Array = ONE_LINE_END;
  from = 0;
  to = 0;
  /** 1-based number of the line. */
  line = 0;
  fault: LineFault | undefined;

  /** A Buffer, as its search for a byte is the platform's fastest; the carry too, so that the parser sees one class. */
  #chunk: Buffer = Buffer.alloc(0);
  /** Where the next line begins in the chunk. */
  #at = 0;
  /** The first NUL byte at or after #at; the chunk's length if there is none. */
  #nulAt = 0;
  readonly #carry = Buffer.alloc(LINE_BYTES_MAX + 1);
  #carried = 0;
  #carryOverflowed = false;

  /** The chunk must stay unchanged until next() has said false. */
  push(chunk: Uint8Array): void {
    this.#chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#at = 0;
    this.#nulAt = this.#nextNul();
  }

  /** No more chunks: what follows the last line end is a line, too. */
  finish(): void {
    if (this.#hasCarried) this.push(ONE_LINE_END);
  }

  /** No more chunks, and the input broke off: gives up what follows the last line end, and returns it as text. */
  abandon(): string {
    const text = textOf(this.#carry, 0, this.#carried);
    this.#carried = 0;
    this.#carryOverflowed = false;
    return text;
  }

  next(): boolean {
    const chunk = this.#chunk;
    const start = this.#at;
    if (start >= chunk.length) return false;
    const lineEnd = chunk.indexOf(LF, start);
    if (lineEnd === -1) {
      this.#carryOver(start, chunk.length);
      this.#at = chunk.length;
      return false;
    }
    this.#at = lineEnd + 1;
    this.line++;
    if (this.#hasCarried) {
      this.#takeCarried(start, lineEnd);
    } else {
      this.#takeFromChunk(start, lineEnd);
    }
    if (this.to > this.from && this.bytes[this.to - 1] === CR) this.to--;
    return true;
  }

  get #hasCarried(): boolean {
    return this.#carried > 0 || this.#carryOverflowed;
  }

  #takeFromChunk(start: number, lineEnd: number): void {
    this.bytes = this.#chunk;
    this.from = start;
    this.to = lineEnd;
    this.fault = undefined;
    if (this.#nulAt < lineEnd) {
      this.fault = 'nul-byte';
      this.#nulAt = this.#nextNul();
    }
    if (lineEnd - start > LINE_BYTES_MAX) {
      this.fault = 'line-too-long';
      this.to = start + LINE_BYTES_MAX;
    }
  }

  #takeCarried(start: number, lineEnd: number): void {
    this.#carryOver(start, lineEnd);
    if (this.#nulAt < lineEnd) this.#nulAt = this.#nextNul();
    this.bytes = this.#carry;
    this.from = 0;
    this.to = this.#carried;
    this.#carry[this.#carried] = LF;
    this.fault = undefined;
    if (this.#carry.subarray(0, this.#carried).includes(NUL)) this.fault = 'nul-byte';
    if (this.#carryOverflowed) this.fault = 'line-too-long';
    this.#carried = 0;
    this.#carryOverflowed = false;
  }

  #carryOver(start: number, end: number): void {
    const space = LINE_BYTES_MAX - this.#carried;
    const taken = Math.min(space, end - start);
    this.#carry.set(this.#chunk.subarray(start, start + taken), this.#carried);
    this.#carried += taken;
    if (end - start > space) this.#carryOverflowed = true;
  }

  #nextNul(): number {
    const at = this.#chunk.indexOf(NUL, this.#at);
    return at === -1 ? this.#chunk.length : at;
  }
}
