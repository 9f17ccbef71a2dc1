/**
 * Replacing a run file: the new run is written beside the old one and takes its place when it has ended. So there is a
 * whole run under the name at any moment, whatever happens to the new one.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { openRun } from './run-reader.ts';
import { StoreError } from './store-error.ts';

/** Files that hold nothing and that no run is lost with. */
const HOLDS_NOTHING: ReadonlySet<string> = new Set(['empty', 'no-run']);

/**
 * Where to write a run that is to replace the one at `path`: there, if there is none; otherwise beside it. What an earlier
 * attempt left beside it is removed.
 * @throws StoreError if one of the two is being written, or is no run: then both are left as they are.
 */
export function pathForReplacing(path: string): string {
  if (!isReplaceable(path)) return path;
  const beside = `${path}.new`;
  if (isReplaceable(beside)) removeFile(beside);
  return beside;
}

/**
 * Put a run that has ended where the one that it replaces is.
 * @throws StoreError if that is not possible; the new run is kept where it is.
 */
export function takePlaceOf(path: string, written: string): void {
  const kept = `The new run is kept as ${written}`;
  try {
    isReplaceable(path);
  } catch (error) {
    throw error instanceof StoreError ? new StoreError(error.code, path, 'the run cannot be replaced', kept) : error;
  }
  if (existsSync(`${written}-wal`)) throw new StoreError('locked', path, 'the new run is being read', kept);
  try {
    renameSync(written, path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new StoreError('not-writable', path, `the run cannot be replaced (${reason})`, kept);
  }
}

/** Remove a run that failed before its first event; one that holds events is kept. */
export function removeIfEmpty(path: string): void {
  try {
    const reader = openRun(path);
    reader.close();
    if (reader.lastSeq === 0) rmSync(path);
  } catch {
    // The error that ended the run is the one to tell.
  }
}

/** Is there a run that may be replaced? False if there is nothing. */
function isReplaceable(path: string): boolean {
  try {
    const reader = openRun(path);
    reader.close();
    if (reader.status !== 'running') return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === 'not-found') return false;
    if (HOLDS_NOTHING.has(error.code)) return true;
    throw error;
  }
  throw new StoreError('locked', path, 'the run is being written by another process', 'Choose another name, or wait');
}

function removeFile(path: string): void {
  try {
    rmSync(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new StoreError('not-writable', path, `the file cannot be removed (${reason})`, 'Check the folder');
  }
}
