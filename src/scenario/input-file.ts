/** Files that a scenario names beside itself. */
import { accessSync, constants, statSync } from 'node:fs';

/** Why a file cannot be an input of a run, in words; undefined if it can, as far as can be seen without reading it. */
export function inputFileProblem(path: string): string | undefined {
  try {
    const status = statSync(path);
    if (!status.isFile()) return status.isDirectory() ? 'is a directory' : 'is not a regular file';
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return whyUnreadable(error);
  }
}

/** What a failed attempt to read a file means to its user. */
export function whyUnreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read (permission denied)';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not text in UTF-8';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
