/**
 * The bytes of a trace file, decompressed: plain, gzip, xz, zstd, or the entries of a zip archive one after the other. Told
 * apart by their first bytes, never by the file's name.
 */
import { crc32 } from 'node:zlib';
import { MemoryTraceError } from '../memory-trace-error.ts';
import { type FileRange, inflatedBytes } from './inflated-bytes.ts';
import { StoredFile } from './stored-file.ts';
import { GZIP, type InflateDamage, RAW_DEFLATE, ZSTD } from './stream-inflater.ts';
import { xzBytes } from './xz-bytes.ts';
import { type ZipEntry, zipEntries } from './zip-entries.ts';

/** Decoded in some milliseconds. */
const PIECE_BYTES = 256 * 1024;
const MAGIC_BYTES = 6;

type Container = 'plain' | 'gzip' | 'xz' | 'zstd' | 'zip' | 'bzip2';
const MAGICS: readonly { readonly container: Container; readonly bytes: string }[] = [
  { container: 'gzip', bytes: '\x1f\x8b\x08' },
  { container: 'xz', bytes: '\xfd7zXZ\x00' },
  { container: 'zstd', bytes: '\x28\xb5\x2f\xfd' },
  { container: 'zip', bytes: 'PK\x03\x04' },
  { container: 'bzip2', bytes: 'BZh' },
];

export type OnDamage = (damage: InflateDamage) => void;

/**
 * Opens the file when the first chunk is asked for, and closes it after the last one or when the reader stops. A chunk is
 * valid until the next one is asked for. `onDamage` is called at most once per compressed part. Rejects with a
 * MemoryTraceError if the file cannot be used.
 */
export async function* traceBytes(path: string, onDamage: OnDamage): AsyncGenerator<Uint8Array> {
  const file = await StoredFile.open(path);
  try {
    yield* contents(file, onDamage);
  } finally {
    await file.close();
  }
}

async function* contents(file: StoredFile, onDamage: OnDamage): AsyncGenerator<Uint8Array> {
  const whole: FileRange = { from: 0, to: file.bytes };
  switch (await containerOf(file)) {
    case 'plain':
      return yield* storedBytes(file, whole);
    case 'gzip':
      return yield* inflatedBytes(file, whole, GZIP, onDamage);
    case 'zstd':
      return yield* inflatedBytes(file, whole, ZSTD, onDamage);
    case 'xz':
      return yield* xzBytes(file, onDamage);
    case 'zip':
      for (const entry of await zipEntries(file)) yield* entryBytes(file, entry, onDamage);
      return;
    case 'bzip2':
      throw new MemoryTraceError(file.path, 'is compressed with bzip2', 'Decompress it first: bunzip2 FILE.');
  }
}

async function containerOf(file: StoredFile): Promise<Container> {
  const head = await file.read(new Uint8Array(MAGIC_BYTES), 0);
  const start = Buffer.from(head).toString('latin1');
  return MAGICS.find(({ bytes }) => start.startsWith(bytes))?.container ?? 'plain';
}

async function* storedBytes(file: StoredFile, range: FileRange): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(PIECE_BYTES);
  for (let at = range.from; at < range.to; ) {
    const piece = await file.read(buffer.subarray(0, range.to - at), at);
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

async function* entryBytes(file: StoredFile, entry: ZipEntry, onDamage: OnDamage): AsyncGenerator<Uint8Array> {
  let isDamaged = false;
  const tell: OnDamage = (damage) => {
    isDamaged = true;
    onDamage({ ...damage, text: `entry "${entry.name}": ${damage.text}` });
  };
  let sum = 0;
  for await (const chunk of partBytes(file, entry, tell)) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (!isDamaged && sum !== entry.crc32) tell({ text: 'incorrect data check', isTextWhole: true });
}

function partBytes(file: StoredFile, entry: ZipEntry, onDamage: OnDamage): AsyncGenerator<Uint8Array> {
  if (entry.method === 'stored') return storedBytes(file, entry.range);
  return inflatedBytes(file, entry.range, RAW_DEFLATE, onDamage);
}
