/**
 * The entries of a zip archive, from the directory at its end (PKWARE APPNOTE.TXT 4.3.12 to 4.3.16, 4.5.3), with the 64-bit
 * extension. Leaves out: encryption, archives in several files.
 */
import { MemoryTraceError } from '../memory-trace-error.ts';
import type { FileRange } from './inflated-bytes.ts';
import type { StoredFile } from './stored-file.ts';

/** How an entry is compressed: methods 0 and 8. */
type ZipMethod = 'stored' | 'deflate';

export interface ZipEntry {
  readonly name: string;
  readonly method: ZipMethod;
  readonly crc32: number;
  /** Where its compressed bytes are in the file. */
  readonly range: FileRange;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const END64_LOCATOR_SIGNATURE = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64_SIGNATURE = 0x06064b50;
const END64_BYTES = 56;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const EXTRA64 = 1;
/** Stands for a number that is in the 64-bit extension. */
const IN_EXTRA64 = 0xffffffff;
/** A directory of 16 million chunks: beyond, the file is damaged. */
const DIRECTORY_BYTES_MAX = 2 ** 30;

const HINT = 'Copy the archive again; unzip -t tells whether it is whole.';

/** In the order of the directory. Rejects with a MemoryTraceError if the archive is damaged or cannot be read. */
export async function zipEntries(file: StoredFile): Promise<readonly ZipEntry[]> {
  const directory = await readDirectory(file);
  const entries: ZipEntry[] = [];
  for (let at = 0; at + ENTRY_BYTES <= directory.length && directory.readUInt32LE(at) === ENTRY_SIGNATURE; ) {
    const nameBytes = directory.readUInt16LE(at + 28);
    const extraBytes = directory.readUInt16LE(at + 30);
    const commentBytes = directory.readUInt16LE(at + 32);
    const name = directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    const extraAt = at + ENTRY_BYTES + nameBytes;
    const extra = directory.subarray(extraAt, extraAt + extraBytes);
    if (!name.endsWith('/')) entries.push(await entryOf(file, name, directory.subarray(at), extra));
    at += ENTRY_BYTES + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

async function readDirectory(file: StoredFile): Promise<Buffer> {
  const tailAt = Math.max(0, file.bytes - END_BYTES - COMMENT_BYTES_MAX - END64_LOCATOR_BYTES);
  const tail = await readAt(file, tailAt, file.bytes - tailAt);
  let endAt = tail.length - END_BYTES;
  while (endAt >= 0 && tail.readUInt32LE(endAt) !== END_SIGNATURE) endAt--;
  if (endAt < 0) throw damaged(file, 'its directory is missing');
  let bytes = tail.readUInt32LE(endAt + 12);
  let position = tail.readUInt32LE(endAt + 16);
  const locatorAt = endAt - END64_LOCATOR_BYTES;
  if (locatorAt >= 0 && tail.readUInt32LE(locatorAt) === END64_LOCATOR_SIGNATURE) {
    const end64 = await readAt(file, Number(tail.readBigUInt64LE(locatorAt + 8)), END64_BYTES);
    if (end64.length < END64_BYTES || end64.readUInt32LE(0) !== END64_SIGNATURE)
      throw damaged(file, 'its 64-bit directory is missing');
    bytes = Number(end64.readBigUInt64LE(40));
    position = Number(end64.readBigUInt64LE(48));
  }
  if (bytes > DIRECTORY_BYTES_MAX || position + bytes > file.bytes)
    throw damaged(file, 'its directory is not where it should be');
  return readAt(file, position, bytes);
}

async function entryOf(file: StoredFile, name: string, header: Buffer, extra: Buffer): Promise<ZipEntry> {
  const flags = header.readUInt16LE(8);
  const code = header.readUInt16LE(10);
  const method = code === 0 ? 'stored' : code === 8 ? 'deflate' : undefined;
  if ((flags & 1) !== 0 || method === undefined) {
    const found = `is a zip archive whose entry "${name}" is encrypted or compressed by method ${code}`;
    throw new MemoryTraceError(file.path, found, 'Only stored and deflated entries can be read: unpack it first.');
  }
  const { bytes, position } = placeOf(header, extra);
  const local = await readAt(file, position, LOCAL_BYTES);
  if (local.length < LOCAL_BYTES || local.readUInt32LE(0) !== LOCAL_SIGNATURE)
    throw damaged(file, `its entry "${name}" is not where it should be`);
  const from = position + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  return { name, method, crc32: header.readUInt32LE(16), range: { from, to: Math.min(from + bytes, file.bytes) } };
}

/** Compressed size and position of the local header; from the 64-bit extra field where the entry itself has no room. */
function placeOf(header: Buffer, extra: Buffer): { bytes: number; position: number } {
  let bytes = header.readUInt32LE(20);
  let position = header.readUInt32LE(42);
  const extra64 = findExtra64(extra);
  let at = header.readUInt32LE(24) === IN_EXTRA64 ? 8 : 0;
  if (bytes === IN_EXTRA64 && at + 8 <= extra64.length) {
    bytes = Number(extra64.readBigUInt64LE(at));
    at += 8;
  }
  if (position === IN_EXTRA64 && at + 8 <= extra64.length) position = Number(extra64.readBigUInt64LE(at));
  return { bytes, position };
}

function findExtra64(extra: Buffer): Buffer {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === EXTRA64) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  return Buffer.alloc(0);
}

async function readAt(file: StoredFile, position: number, bytes: number): Promise<Buffer> {
  if (position > file.bytes) return Buffer.alloc(0);
  const read = await file.read(new Uint8Array(bytes), position);
  return Buffer.from(read.buffer, read.byteOffset, read.length);
}

function damaged(file: StoredFile, what: string): MemoryTraceError {
  return new MemoryTraceError(file.path, `is a damaged zip archive: ${what}`, HINT);
}
