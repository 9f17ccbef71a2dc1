/** What can go wrong with a run file, told to the person who named it. */
import Database from 'better-sqlite3';

/**
 * - `not-found`, `directory`, `unreadable`: there is no file to read at that path.
 * - `empty`, `not-sqlite`, `foreign`, `truncated`, `damaged`, `no-run`: the file is not a whole run file.
 * - `newer`: written by a newer mpamlab. `not-writable`: it needs a repair or an upgrade and cannot be written.
 * - `exists`: a run is never written over. `locked`, `full`, `write-failed`, `writer-stopped`: writing failed.
 */
export type StoreErrorCode =
  | 'not-found'
  | 'directory'
  | 'unreadable'
  | 'empty'
  | 'not-sqlite'
  | 'foreign'
  | 'truncated'
  | 'damaged'
  | 'no-run'
  | 'newer'
  | 'not-writable'
  | 'exists'
  | 'locked'
  | 'full'
  | 'write-failed'
  | 'writer-stopped';

/** A file problem. The message names the path, what was found, and what can be done. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly path: string;

  constructor(code: StoreErrorCode, path: string, found: string, hint: string) {
    super(`${path}: ${found}. ${hint}`);
    this.code = code;
    this.path = path;
  }

  /** Make an error again from what another thread sent; its message is already whole. */
  static revive(code: StoreErrorCode, path: string, message: string): StoreError {
    const error = new StoreError(code, path, '', '');
    error.message = message;
    return error;
  }
}

/** Result codes of SQLite (without the SQLITE_ prefix) that mean trouble with the file, by what the user can do. */
const SQLITE_PROBLEMS: readonly {
  readonly pattern: RegExp;
  readonly code: StoreErrorCode;
  readonly hint: string;
}[] = [
  { pattern: /^(CORRUPT|NOTADB)/, code: 'damaged', hint: 'The file is damaged; use a copy, or run the scenario again' },
  {
    pattern: /^FULL/,
    code: 'full',
    hint: 'The disk is full; what was committed before is kept, and can be opened again when there is space',
  },
  { pattern: /^(BUSY|LOCKED)/, code: 'locked', hint: 'Another program holds the file; close it and try again' },
  { pattern: /^(READONLY|PERM|CANTOPEN)/, code: 'not-writable', hint: 'Check the permissions of the file and folder' },
  { pattern: /^IOERR/, code: 'write-failed', hint: 'Check the disk; what was committed before is kept' },
];

/** Turn an error of SQLite about the file into a StoreError; any other error is returned as it is. */
export function asStoreError(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const sqliteCode = error.code.replace(/^SQLITE_/, '');
  const problem = SQLITE_PROBLEMS.find(({ pattern }) => pattern.test(sqliteCode));
  if (problem === undefined) return error;
  return new StoreError(problem.code, path, `SQLite says "${error.message}" (${error.code})`, problem.hint);
}
