/**
 * A look at the first bytes of a file before SQLite touches it: is it a run file, whole, and of a version we know?
 *
 * SQLite repairs, truncates or fills what it opens; a file that is not ours must stay as it is. Offsets are those of
 * the SQLite file format, section 1.3 "The Database Header".
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { StoreError } from './store-error.ts';

/** 'MPAM' in ASCII, as migrations/0000_tables.sql sets it. */
const APPLICATION_ID = 0x4d50414d;

/** Number of migrations; each sets `user_version` to its number. */
export const SCHEMA_VERSION = 9;

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const AT_PAGE_SIZE = 16;
const AT_WRITE_VERSION = 18;
const AT_PAGE_COUNT = 28;
const AT_USER_VERSION = 60;
const AT_APPLICATION_ID = 68;
const WAL_VERSION = 2;

const NOT_OURS = 'Nothing was changed; name a file that `mpamlab run` wrote';

export interface RunFileState {
  /** Version of the schema, 1 to SCHEMA_VERSION. */
  readonly schemaVersion: number;
  /** The writer has not closed the file: it is being written, or the writer was killed. */
  readonly isOpenEnded: boolean;
}

/**
 * Check the file's header and size without opening it as a database.
 * @throws StoreError if the file is not a whole run file of a known version. The file is not changed.
 */
export function inspectRunFile(path: string): RunFileState {
  const { header, size } = readHeader(path);
  const walBytes = sizeOf(`${path}-wal`);
  checkMagic(path, header, size);
  checkIdentity(path, header);
  // While a write-ahead log is there, the file itself may be shorter than the database.
  if (walBytes === 0) checkSize(path, header, size);
  const isWal = header.readUInt8(AT_WRITE_VERSION) === WAL_VERSION;
  return {
    schemaVersion: header.readUInt32BE(AT_USER_VERSION),
    isOpenEnded: isWal || walBytes > 0 || sizeOf(`${path}-journal`) > 0,
  };
}

function readHeader(path: string): { readonly header: Buffer; readonly size: number } {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw openProblem(path, error);
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) throw new StoreError('directory', path, 'this is a folder', 'Name a run file inside it');
    if (!stat.isFile()) throw new StoreError('not-sqlite', path, 'this is not a regular file', NOT_OURS);
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(descriptor, header, 0, HEADER_BYTES, 0);
    return { header, size: stat.size };
  } finally {
    closeSync(descriptor);
  }
}

function openProblem(path: string, error: unknown): StoreError {
  const reason = (error as NodeJS.ErrnoException).code;
  if (reason === 'ENOENT' || reason === 'ENOTDIR') {
    return new StoreError('not-found', path, 'there is no such file', 'List the runs with `mpamlab runs`');
  }
  return new StoreError('unreadable', path, `the file cannot be read (${reason})`, 'Check its permissions');
}

function checkMagic(path: string, header: Buffer, size: number): void {
  if (size === 0) throw new StoreError('empty', path, 'the file is empty', 'It holds no run and can be deleted');
  const magic = header.toString('latin1', 0, MAGIC.length);
  if (magic === MAGIC && size >= HEADER_BYTES) return;
  if (MAGIC.startsWith(magic.slice(0, size)) && size < HEADER_BYTES) {
    throw new StoreError('truncated', path, `only ${size} bytes of the file are left`, 'Copy it again from its source');
  }
  const start = JSON.stringify(magic.slice(0, Math.min(size, MAGIC.length)));
  throw new StoreError('not-sqlite', path, `this is not a SQLite file (it starts with ${start})`, NOT_OURS);
}

function checkIdentity(path: string, header: Buffer): void {
  const applicationId = header.readUInt32BE(AT_APPLICATION_ID);
  const version = header.readUInt32BE(AT_USER_VERSION);
  if (applicationId !== APPLICATION_ID || version === 0) {
    const id = `0x${applicationId.toString(16).padStart(8, '0')}`;
    throw new StoreError('foreign', path, `a SQLite file of another program (application_id ${id})`, NOT_OURS);
  }
  if (version > SCHEMA_VERSION) {
    const found = `schema version ${version}, this mpamlab knows versions up to ${SCHEMA_VERSION}`;
    throw new StoreError('newer', path, found, 'Use the mpamlab that wrote it, or a newer one');
  }
}

function checkSize(path: string, header: Buffer, size: number): void {
  const stored = header.readUInt16BE(AT_PAGE_SIZE);
  const pageSize = stored === 1 ? 65536 : stored;
  const pages = header.readUInt32BE(AT_PAGE_COUNT);
  if (size >= pages * pageSize) return;
  const found = `the file is cut off: ${size} of ${pages * pageSize} bytes are there`;
  throw new StoreError('truncated', path, found, 'Copy it again from its source');
}

/** Size of a file in bytes, 0 if there is none. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
