/** A file on disk, read piece by piece at any place. Whatever goes wrong is a MemoryTraceError. */
import type { FileHandle } from 'node:fs/promises';
import { cannotRead, openRegularFile } from '../../../schedule/regular-file.ts';
import { MemoryTraceError } from '../memory-trace-error.ts';

const HINT = 'Expected is a recorded memory trace, plain or compressed with gzip, xz, zstd or zip.';

export class StoredFile {
  readonly path: string;
  readonly bytes: number;
  readonly #handle: FileHandle;

  private constructor(path: string, bytes: number, handle: FileHandle) {
    this.path = path;
    this.bytes = bytes;
    this.#handle = handle;
  }

  /** Rejects if there is no such file, it may not be read, or it is no regular file. */
  static async open(path: string): Promise<StoredFile> {
    const handle = await openRegularFile(path, (found) => new MemoryTraceError(path, found, HINT));
    return new StoredFile(path, (await handle.stat()).size, handle);
  }

  /** For a child process to read from, from the file's beginning. */
  get descriptor(): number {
    return this.#handle.fd;
  }

  /** The bytes at `position`: as many as there are, up to the buffer's length, in the buffer. */
  async read(buffer: Uint8Array, position: number): Promise<Uint8Array> {
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.#readOnce(buffer, filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #readOnce(buffer: Uint8Array, offset: number, position: number): Promise<{ bytesRead: number }> {
    try {
      return await this.#handle.read(buffer, offset, buffer.length - offset, position);
    } catch (error) {
      throw new MemoryTraceError(this.path, cannotRead(error), HINT);
    }
  }
}
