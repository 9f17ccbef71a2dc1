/**
 * The hash chain of a run (design section 4): every batch's hash covers the header and all that came before.
 *
 * Two streams are hashed with SHA-256. Events: the 32 bytes of every row, little-endian, with an 8-byte marker
 * (0xffffffff, upper half of the time) before the first row and whenever the upper half changes. Side rows: their lines.
 * A batch's hash is SHA-256 of header hash, event hash so far, side hash so far. The last one is the run's digest; it
 * does not depend on where batches were cut.
 */
import { createHash } from 'node:crypto';
import { ROW_WORDS } from '../loop/event-row.ts';

const TIME_MARKER = -1;

export class HashChain {
  readonly #headerHash: Buffer;
  readonly #events = createHash('sha256');
  readonly #side = createHash('sha256');
  readonly #marker = new Int32Array([TIME_MARKER, 0]);
  #timeHigh = -1;

  /** @param headerHash - hexadecimal, from `hashHeader`. */
  constructor(headerHash: string) {
    this.#headerHash = Buffer.from(headerHash, 'hex');
  }

  /** Add rows whose times share their upper half. `rows` starts with the first of them. */
  addRows(rows: Int32Array, count: number, timeHigh: number): void {
    if (count === 0) return;
    if (timeHigh !== this.#timeHigh) {
      this.#timeHigh = timeHigh;
      this.#marker[1] = timeHigh;
      this.#events.update(bytesOf(this.#marker, this.#marker.length));
    }
    this.#events.update(bytesOf(rows, count * ROW_WORDS));
  }

  /** Add the lines of side rows: one, or several in a row. */
  addSideLines(lines: string): void {
    this.#side.update(lines);
  }

  /** The hash at this point, in hexadecimal. The chain goes on. */
  hash(): string {
    return createHash('sha256')
      .update(this.#headerHash)
      .update(this.#events.copy().digest())
      .update(this.#side.copy().digest())
      .digest('hex');
  }
}

function bytesOf(words: Int32Array, wordCount: number): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, wordCount * Int32Array.BYTES_PER_ELEMENT);
}
