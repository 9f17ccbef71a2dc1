/**
 * Making and opening run files: migrations, journal modes, and what happens to the file of a run that was killed.
 *
 * While a run is written its file is in WAL mode, with `-wal` and `-shm` beside it. A run that ends leaves one file in
 * rollback-journal mode. If the writer was killed, the next opening finishes its work: the log is checkpointed into the
 * file, the indexes are built, the status becomes `interrupted`, and one file is left. Nothing that was committed is
 * lost, and nothing else is added. Whether a writer still lives is asked of SQLite's own file locks: leaving WAL mode
 * needs the file for itself alone.
 */
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { closeInterruptedRun } from './finish-run.ts';
import { loadRunRow, storeHeader } from './header-rows.ts';
import type { RunHeader } from './run-header.ts';
import { inspectRunFile, SCHEMA_VERSION } from './sqlite-file.ts';
import { asStoreError, StoreError } from './store-error.ts';

const MIGRATIONS = resolve(import.meta.dirname, '../../migrations');

/**
 * Files that this process is writing. Their bytes must not be looked at through a descriptor of our own: closing it
 * would drop SQLite's POSIX locks on the file for the whole process.
 */
const writtenHere = new Set<string>();

/**
 * Make a run file with its header and no events yet.
 * @throws StoreError if the path is taken or cannot be written; then no new file is left behind.
 */
export function createRunFile(path: string, header: RunHeader): void {
  reserveFile(path);
  try {
    const database = new Database(path);
    try {
      const orm = migrateToCurrent(database);
      database.transaction(() => storeHeader(orm, header, new Date().toISOString()))();
    } finally {
      database.close();
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw asStoreError(error, path);
  }
  writtenHere.add(resolve(path));
}

/** Open a file that `createRunFile` just made, for its writer. */
export function openForWriting(path: string): Database.Database {
  const database = new Database(path, { fileMustExist: true });
  database.pragma('journal_mode = WAL');
  // A power cut may cost the last transactions, but leaves a prefix of whole batches; a killed process costs none
  // that was committed.
  database.pragma('synchronous = NORMAL');
  return database;
}

/**
 * Mark a file as in use until its writer has opened it. Close the connection before the writer finishes: only the last
 * one can leave WAL mode.
 */
export function claimForWriting(path: string): Database.Database {
  const database = openForWriting(path);
  // SQLite takes its lock at the first access.
  database.prepare('SELECT count(*) FROM batch').get();
  return database;
}

/** Leave WAL mode, so that one file remains. If somebody is reading it, the last one to close will do it instead. */
export function closeAfterWriting(database: Database.Database): void {
  leaveWal(database);
  database.close();
}

/** The writer of this process is done with the file, or has given up. */
export function forgetWrittenFile(path: string): void {
  writtenHere.delete(resolve(path));
}

/**
 * Open a run file for reading. A killed run is closed first, an older schema is migrated; both write to the file.
 * @throws StoreError if it is not a whole run file of a version we know; then it is unchanged.
 */
export function openForReading(path: string): Database.Database {
  if (!writtenHere.has(resolve(path))) {
    const { schemaVersion, isOpenEnded } = inspectRunFile(path);
    const isOld = schemaVersion < SCHEMA_VERSION;
    if (isOpenEnded || isOld || isMarkedRunning(path)) bringUpToDate(path, isOld);
  }
  return openReadOnly(path);
}

function openReadOnly(path: string): Database.Database {
  try {
    return new Database(path, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw asStoreError(error, path);
  }
}

/** A writer that was killed before its first transaction leaves a file that looks closed. */
function isMarkedRunning(path: string): boolean {
  const database = openReadOnly(path);
  try {
    return loadRunRow(drizzle(database))?.status === 'running';
  } catch (error) {
    throw asStoreError(error, path);
  } finally {
    database.close();
  }
}

/** Close a killed run, and migrate an older schema. */
function bringUpToDate(path: string, isOld: boolean): void {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { fileMustExist: true });
    const isAlone = leaveWal(database);
    if (isAlone && isOld) migrateToCurrent(database);
    const isUnfinished = isAlone && loadRunRow(drizzle(database))?.status === 'running';
    if (isUnfinished) closeInterruptedRun(database);
    if (isOld && !isAlone) {
      throw new StoreError('locked', path, 'an older run file is in use', 'Try again when its writer has ended');
    }
  } catch (error) {
    throw notWritable(asStoreError(error, path), path, isOld);
  } finally {
    database?.close();
  }
}

/** Say why a file that is only read would have to be written. */
function notWritable(error: unknown, path: string, isOld: boolean): unknown {
  if (!(error instanceof StoreError) || error.code !== 'not-writable') return error;
  const why = isOld ? 'its schema is older' : 'its writer was killed';
  const hint = `Copy it, with ${path}-wal if there is one, to a folder that can be written`;
  return new StoreError('not-writable', path, `${why} and the file cannot be written`, hint);
}

/** Checkpoint the log into the file and go back to a rollback journal. False if another connection has the file open. */
function leaveWal(database: Database.Database): boolean {
  try {
    return database.pragma('journal_mode = DELETE', { simple: true }) === 'delete';
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return false;
    throw error;
  }
}

/** Run the migrations that the file has not seen. */
export function migrateToCurrent(database: Database.Database): BetterSQLite3Database {
  const orm = drizzle(database);
  migrate(orm, { migrationsFolder: MIGRATIONS });
  return orm;
}

/** Take the path, so that two runs never write one file. */
function reserveFile(path: string): void {
  const hint = 'Choose another name, or delete it';
  for (const beside of [`${path}-wal`, `${path}-journal`]) {
    if (existsSync(beside)) throw new StoreError('exists', path, `${beside} is left from an earlier run`, hint);
  }
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new StoreError('not-writable', path, `its folder cannot be made (${reason})`, 'Choose another folder');
  }
  try {
    closeSync(openSync(path, 'wx'));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    if (reason === 'EEXIST') throw new StoreError('exists', path, 'there is a file already', hint);
    throw new StoreError('not-writable', path, `the file cannot be made (${reason})`, 'Check the folder');
  }
}
