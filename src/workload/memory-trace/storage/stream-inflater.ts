/**
 * Inflates compressed data piece by piece, and keeps what came before damage.
 *
 * A stream in a pipeline drops what it has buffered when it fails, and how much that is depends on timing. Here every piece
 * is inflated to its end before the next one is given, so what comes before damage is the same in every run.
 */
import type { Transform } from 'node:stream';
import { createGunzip, createInflateRaw, createZstdDecompress } from 'node:zlib';

type Inflating = Transform & { readonly bytesWritten: number };

export interface Codec {
  readonly create: () => Inflating;
  /** Whether one compressed text may follow another (gzip members, zstd frames): together they are one text. */
  readonly mayRepeat: boolean;
  /** Compressed bytes to inflate in one go: the worst data makes 33 MB (deflate) or 256 MB (zstd) of them. */
  readonly pieceBytes: number;
}

/** What is inflated in one step. */
const chunkSize = 64 * 1024;

/** Deflate makes at most 1032 bytes of one. */
const DEFLATE_PIECE_BYTES = 32 * 1024;
/** zstd makes 128 KiB of 4 bytes (a block that repeats one byte, RFC 8878 3.1.1.2). */
const ZSTD_PIECE_BYTES = 8 * 1024;

export const GZIP: Codec = {
  create: () => createGunzip({ chunkSize }),
  mayRepeat: true,
  pieceBytes: DEFLATE_PIECE_BYTES,
};
export const ZSTD: Codec = {
  create: () => createZstdDecompress({ chunkSize }),
  mayRepeat: true,
  pieceBytes: ZSTD_PIECE_BYTES,
};
/** Inside a zip archive. */
export const RAW_DEFLATE: Codec = {
  create: () => createInflateRaw({ chunkSize }),
  mayRepeat: false,
  pieceBytes: DEFLATE_PIECE_BYTES,
};

/** Damage outside of the text, in a check sum or in what follows the text: the text itself is whole. */
const OUTSIDE_TEXT: ReadonlySet<string> = new Set([
  'incorrect header check',
  'unknown compression method',
  'unknown header flags set',
  'header crc mismatch',
  'incorrect data check',
  'incorrect length check',
  'Unknown frame descriptor',
  "Restored data doesn't match checksum",
]);

export interface InflateDamage {
  /** The decompressor's own words. */
  readonly text: string;
  /** False if the text broke off. */
  readonly isTextWhole: boolean;
}

export class StreamInflater {
  readonly #codec: Codec;
  #stream: Inflating | undefined;
  /** Whether the stream has come to the end of its compressed text. */
  #hasEnded = false;
  /** A compressed text has been read to its end, and nothing but padding since. */
  #isBetween = false;
  #out: Uint8Array[] = [];
  #damage: InflateDamage | undefined;
  /** Ends the step that is under way. */
  #done: () => void = () => {};

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  /** What is wrong with the data; complete after finish(). */
  get damage(): InflateDamage | undefined {
    return this.#damage;
  }

  /** What `piece` inflates to. Of the piece in which damage is found, text may be lost (of a piece of one byte: none). */
  async inflate(piece: Uint8Array): Promise<readonly Uint8Array[]> {
    let rest = piece;
    while (rest.length > 0 && this.#damage === undefined) rest = await this.#inflateSome(rest);
    return this.#take();
  }

  /** To be called after the last piece: what is left. */
  async finish(): Promise<readonly Uint8Array[]> {
    const stream = this.#stream;
    if (stream !== undefined && this.#damage === undefined) await this.#step(() => stream.end());
    return this.#take();
  }

  close(): void {
    this.#stream?.destroy();
  }

  /** Gives the bytes to the compressed text that is under way; returns those behind its end. */
  async #inflateSome(bytes: Uint8Array): Promise<Uint8Array> {
    const given = this.#isBetween ? this.#betweenTexts(bytes) : bytes;
    if (given.length === 0 || this.#damage !== undefined) return given;
    this.#isBetween = false;
    this.#stream ??= this.#open();
    const stream = this.#stream;
    const before = stream.bytesWritten;
    await this.#step(() => stream.write(given, () => this.#done()));
    if (!this.#hasEnded || this.#damage !== undefined) return given.subarray(given.length);
    this.#stream = undefined;
    this.#isBetween = true;
    return given.subarray(stream.bytesWritten - before);
  }

  /** Zeros behind a text are padding; anything else must be another text. */
  #betweenTexts(bytes: Uint8Array): Uint8Array {
    const start = bytes.findIndex((byte) => byte !== 0);
    if (start === -1) return bytes.subarray(bytes.length);
    if (!this.#codec.mayRepeat) this.#damage = { text: 'data behind the end', isTextWhole: true };
    return bytes.subarray(start);
  }

  #open(): Inflating {
    const stream = this.#codec.create();
    this.#hasEnded = false;
    stream.on('data', (chunk: Uint8Array) => this.#out.push(chunk));
    stream.on('error', (error: Error) => {
      this.#damage = { text: error.message, isTextWhole: OUTSIDE_TEXT.has(error.message) };
      this.#done();
    });
    stream.on('end', () => {
      this.#hasEnded = true;
      this.#done();
    });
    return stream;
  }

  async #step(start: () => void): Promise<void> {
    await new Promise<void>((done) => {
      this.#done = done;
      start();
    });
  }

  #take(): readonly Uint8Array[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }
}
