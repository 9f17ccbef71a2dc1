/** A file on disk, read piece by piece at any place. Whatever goes wrong is a MemoryTraceError. */
import { type FileHandle, open } from 'node:fs/promises';
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
    const handle = await open(path, 'r').catch((error: unknown) => {
      throw new MemoryTraceError(path, cannotOpen(error), HINT);
    });
    const stat = await handle.stat();
    if (stat.isFile()) return new StoredFile(path, stat.size, handle);
    await handle.close();
    throw new MemoryTraceError(path, stat.isDirectory() ? 'is a directory' : 'is not a regular file', HINT);
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
      throw new MemoryTraceError(this.path, `cannot be read (${messageOf(error)})`, HINT);
    }
  }
}

function cannotOpen(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  return `cannot be opened (${messageOf(error)})`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
