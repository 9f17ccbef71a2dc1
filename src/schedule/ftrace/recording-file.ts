/**
 * The bytes of a recording on disk, as text bytes: plain or gzip, told apart by the first two bytes.
 *
 * Memory is bounded: two pieces of the file at a time, and what a part of one inflates to.
 */
import type { FileHandle } from 'node:fs/promises';
import { cannotRead, openRegularFile } from '../regular-file.ts';
import { type GzipDamage, GzipInflater } from './gzip-inflater.ts';
import { RecordingError } from './recording-error.ts';

/** Parsed in some milliseconds. */
const PIECE_BYTES = 512 * 1024;
/** Inflated in one go. The worst gzip makes 33 MB of it; of the part that holds damage, each byte takes a step. */
const GZIP_BYTES = 32 * 1024;
export const RECORDING_HINT =
  'Expected is ftrace text (a trace file) or the output of trace-cmd report, plain or gzipped.';

export class RecordingFile {
  /** Set when the compressed data turned out to be damaged; known after the last chunk. */
  damage: GzipDamage | undefined;
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** Rejects with a RecordingError if there is no such file, it cannot be read, or it is no regular file. */
  static async open(path: string): Promise<RecordingFile> {
    const refused = (found: string): RecordingError => new RecordingError(path, found, RECORDING_HINT);
    return new RecordingFile(path, await openRegularFile(path, refused));
  }

  /**
   * The text, in order. A chunk is valid until the next one is asked for. `onStored` sees all bytes as they are on
   * disk, also those behind damage. Rejects with a RecordingError if the file cannot be read on.
   */
  async *chunks(onStored: (bytes: Uint8Array) => void = () => {}): AsyncGenerator<Uint8Array> {
    let inflater: GzipInflater | undefined;
    let offset = 0;
    try {
      for await (const piece of this.#pieces()) {
        onStored(piece);
        if (offset === 0 && isGzip(piece)) inflater = new GzipInflater();
        if (inflater === undefined) yield piece;
        else yield* this.#inflated(inflater, piece, offset);
        offset += piece.length;
      }
      if (inflater !== undefined) yield* await inflater.finish();
      this.damage = inflater?.damage;
    } finally {
      inflater?.close();
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** What the piece at `offset` of the file inflates to. */
  async *#inflated(inflater: GzipInflater, piece: Uint8Array, offset: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < piece.length && inflater.damage === undefined; at += GZIP_BYTES) {
      const part = piece.subarray(at, at + GZIP_BYTES);
      const text = await inflater.inflate(part);
      if (inflater.damage === undefined) yield* text;
      else yield* this.#beforeDamage(part, offset + at);
    }
  }

  /**
   * What the part at `offset` inflates to before the damage that it holds. zlib drops what it has inflated in the step in
   * which it fails, and cannot go back: the file is inflated again from its start, and the part byte by byte.
   */
  async *#beforeDamage(part: Uint8Array, offset: number): AsyncGenerator<Uint8Array> {
    const inflater = new GzipInflater();
    const buffer = new Uint8Array(GZIP_BYTES);
    try {
      for (let at = 0; at < offset; ) {
        const piece = await this.#read(buffer.subarray(0, offset - at), at);
        if (piece instanceof RecordingError) throw piece;
        if (piece.length === 0)
          throw new RecordingError(this.#path, 'became shorter while it was read', RECORDING_HINT);
        await inflater.inflate(piece);
        at += piece.length;
      }
      for (let at = 0; at < part.length && inflater.damage === undefined; at++) {
        yield* await inflater.inflate(part.subarray(at, at + 1));
      }
    } finally {
      inflater.close();
    }
  }

  /** The file in order. While one piece is in use, the next one is being read. */
  async *#pieces(): AsyncGenerator<Uint8Array> {
    const buffers = [new Uint8Array(PIECE_BYTES), new Uint8Array(PIECE_BYTES)] as const;
    let reading = this.#read(buffers[0]);
    try {
      for (let turn = 1; ; turn ^= 1) {
        const piece = await reading;
        if (piece instanceof RecordingError) throw piece;
        if (piece.length === 0) return;
        reading = this.#read(buffers[turn]);
        yield piece;
      }
    } finally {
      // A reader that stops early must not close the file under the read that is under way.
      await reading;
    }
  }

  /** Reads at `position`, or (null) on from the last such read. A failure is a result: nobody may be waiting for it yet. */
  async #read(buffer: Uint8Array, position: number | null = null): Promise<Uint8Array | RecordingError> {
    try {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, position);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      return new RecordingError(this.#path, cannotRead(error), RECORDING_HINT);
    }
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
