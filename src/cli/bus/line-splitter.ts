/**
 * Cuts a stream of bytes into lines: LF or CRLF ends one. What cannot be a line (it is too long, or the stream ends in its
 * middle) is told as such, once, and nothing of it is kept in memory or taken for a command.
 */

/** Bytes of a line. */
export const LINE_BYTES_MAX = 4096;
const LINE_FEED = 0x0a;

export type SplitLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'too-long' }
  /** The stream ended before the line did. */
  | { readonly kind: 'cut-off' };

const TOO_LONG: SplitLine = { kind: 'too-long' };
const CUT_OFF: SplitLine = { kind: 'cut-off' };

/** More characters than this may be more bytes than a line has. */
const SURELY_SHORT = Math.floor(LINE_BYTES_MAX / 3);

export class LineSplitter {
  /** The beginning of a line whose end has not come. */
  #rest: Buffer = Buffer.alloc(0);
  /** The present line is too long: it is dropped up to its end. */
  #isDropping = false;

  /** The lines that end in a piece of the stream, in order. */
  split(piece: Buffer): SplitLine[] {
    const firstEnd = piece.indexOf(LINE_FEED);
    if (firstEnd === -1) {
      this.#keep(piece);
      return [];
    }
    const lastEnd = piece.lastIndexOf(LINE_FEED);
    const lines = [this.#endLine(piece.subarray(0, firstEnd))];
    // Whole lines are decoded together: one by one it would cost as much as doing what they say.
    if (lastEnd > firstEnd) {
      for (const text of piece.toString('utf8', firstEnd + 1, lastEnd).split('\n')) lines.push(wholeLine(text));
    }
    this.#keep(piece.subarray(lastEnd + 1));
    return lines;
  }

  /** The stream has ended. @returns what is left, undefined if the last line was whole. */
  end(): SplitLine | undefined {
    const isCutOff = this.#isDropping || this.#rest.length > 0;
    this.#rest = Buffer.alloc(0);
    this.#isDropping = false;
    return isCutOff ? CUT_OFF : undefined;
  }

  /** The line whose beginning was kept ends. */
  #endLine(last: Buffer): SplitLine {
    const line = this.#isDropping ? TOO_LONG : wholeLine(Buffer.concat([this.#rest, last]).toString('utf8'));
    this.#rest = Buffer.alloc(0);
    this.#isDropping = false;
    return line;
  }

  /** One byte more than a line may be a carriage return. */
  #keep(piece: Buffer): void {
    if (piece.length === 0 || this.#isDropping) return;
    this.#isDropping = this.#rest.length + piece.length > LINE_BYTES_MAX + 1;
    this.#rest = this.#isDropping ? Buffer.alloc(0) : Buffer.concat([this.#rest, piece]);
  }
}

function wholeLine(line: string): SplitLine {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const isTooLong = text.length > SURELY_SHORT && Buffer.byteLength(text) > LINE_BYTES_MAX;
  return isTooLong ? TOO_LONG : { kind: 'line', text };
}
