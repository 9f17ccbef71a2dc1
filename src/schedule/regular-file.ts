/** Opening a recorded file for reading, and what goes wrong with that in words for who named it. */
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Open a file for reading.
 * @param refused makes the error of what was found, which completes "FILE: "; the promise rejects with it if there is no such
 *   file, it may not be read, or it is no regular file.
 */
export async function openRegularFile(path: string, refused: (found: string) => Error): Promise<FileHandle> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw refused(cannotOpen(error));
  });
  const stat = await handle.stat();
  if (stat.isFile()) return handle;
  await handle.close();
  throw refused(stat.isDirectory() ? 'is a directory' : 'is not a regular file');
}

/** What was found when a file that is open cannot be read. */
export function cannotRead(error: unknown): string {
  return `cannot be read (${messageOf(error)})`;
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
