/** The same trace, plain or compressed in any way, whole or damaged. */
import { execFileSync } from 'node:child_process';
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeFile } from './decode-trace.ts';
import { someAccesses, WRITERS } from './write-trace.ts';

const { bytes: TEXT, expected: EXPECTED } = WRITERS.lackey(someAccesses(8000));
const { bytes: RECORDS, expected: FROM_RECORDS } = WRITERS.drmemtrace(someAccesses(3000));

interface ZipPart {
  readonly name: string;
  readonly content: Uint8Array;
  readonly isStored?: boolean;
}

/** A zip archive as drraw2trace writes it: several parts of one trace; sizes in the 64-bit fields if wanted. */
function zip(parts: readonly ZipPart[], has64 = false): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const { name, content, isStored = false } of parts) {
    const data = isStored ? Buffer.from(content) : deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(isStored ? 0 : 8, 8);
    local.writeUInt16LE(name.length, 26);
    const extra = Buffer.alloc(has64 ? 28 : 0);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(isStored ? 0 : 8, 10);
    entry.writeUInt32LE(crc32(content), 16);
    entry.writeUInt32LE(has64 ? 0xffffffff : data.length, 20);
    entry.writeUInt32LE(has64 ? 0xffffffff : content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(has64 ? 0xffffffff : position, 42);
    if (has64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(content.length), 4);
      extra.writeBigUInt64LE(BigInt(data.length), 12);
      extra.writeBigUInt64LE(BigInt(position), 20);
    }
    bodies.push(local, Buffer.from(name), data);
    directory.push(entry, Buffer.from(name), extra);
    position += 30 + name.length + data.length;
  }
  const listing = Buffer.concat(directory);
  return Buffer.concat([...bodies, listing, zipEnd(parts.length, listing.length, position, has64)]);
}

function zipEnd(entries: number, bytes: number, position: number, has64: boolean): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(has64 ? 0xffff : entries, 10);
  end.writeUInt32LE(has64 ? 0xffffffff : bytes, 12);
  end.writeUInt32LE(has64 ? 0xffffffff : position, 16);
  if (!has64) return end;
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(BigInt(bytes), 40);
  end64.writeBigUInt64LE(BigInt(position), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(position + bytes), 8);
  return Buffer.concat([end64, locator, end]);
}

function halves(content: Buffer, at: number): readonly [Buffer, Buffer] {
  return [content.subarray(0, at), content.subarray(at)];
}

const xz = (content: Buffer): Buffer => execFileSync('xz', ['-c'], { input: content, maxBuffer: 2 ** 28 });
const [FIRST, SECOND] = halves(TEXT, 54_321);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a compressed trace gives what the plain one gives', () => {
  it.each([
    ['plain', TEXT],
    ['gzip', gzipSync(TEXT)],
    ['gzip in two members', Buffer.concat([gzipSync(FIRST), gzipSync(SECOND)])],
    ['gzip with padding', Buffer.concat([gzipSync(TEXT), Buffer.alloc(512)])],
    ['zstd', zstdCompressSync(TEXT)],
    ['zstd in two frames', Buffer.concat([zstdCompressSync(FIRST), zstdCompressSync(SECOND)])],
    [
      'zstd in many small frames',
      Buffer.concat(
        Array.from({ length: 40 }, (_, i) =>
          zstdCompressSync(TEXT.subarray(i * 3200, i === 39 ? undefined : (i + 1) * 3200)),
        ),
      ),
    ],
    ['xz', xz(TEXT)],
    ['xz in two streams', Buffer.concat([xz(FIRST), xz(SECOND)])],
    ['zip', zip([{ name: 'trace', content: TEXT }])],
  ])('%s', async (_, bytes) => {
    expect(await decodeFile(bytes)).toMatchObject({ format: 'lackey', accesses: EXPECTED, issues: [] });
  });

  it.each([
    ['deflated', false, false],
    ['stored', true, false],
    ['with 64-bit sizes', false, true],
  ] as const)('a zip of chunks of records, %s', async (_, isStored, has64) => {
    const chunks = [0, 1, 2].map((i) => ({
      name: `chunk.000${i}`,
      content: RECORDS.subarray(i * 10_000, i === 2 ? undefined : (i + 1) * 10_000),
      isStored,
    }));
    const decoded = await decodeFile(zip(chunks, has64));
    expect(decoded).toMatchObject({ format: 'drmemtrace', accesses: FROM_RECORDS, issues: [] });
  });
});

describe('damage in a compressed trace', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    // The decompressor gives nothing of a frame of this size before its end.
    ['zstd', Buffer.concat([zstdCompressSync(FIRST), zstdCompressSync(SECOND)])],
    ['xz', xz(TEXT)],
  ])('%s that ends too early: all whole lines before that, and one issue', async (_, whole) => {
    const { accesses, issues } = await decodeFile(whole.subarray(0, whole.length - 40), 'lackey');
    expect(accesses).toEqual(EXPECTED.slice(0, accesses.length));
    expect(issues).toMatchObject([{ kind: 'damaged-compression', line: 0 }]);
  });

  it.each([
    ['gzip', gzipSync(TEXT), 12],
    ['zstd', zstdCompressSync(TEXT), 4],
    ['zstd', zstdCompressSync(TEXT), 20],
    ['xz', xz(TEXT), 20],
  ])('%s that ends before any byte comes out is damaged, not empty, whatever its format', async (_, whole, bytes) => {
    for (const format of ['auto', 'lackey']) {
      await expect(decodeFile(whole.subarray(0, bytes), format)).rejects.toThrow(
        /: is damaged: nothing of it can be decompressed \(.*nexpected end of .*\)\. Copy or compress the trace again/,
      );
    }
  });

  it.each([
    // A deflate block of the type that does not exist; a zstd frame with all flags set.
    ['gzip', gzipSync(TEXT), Buffer.concat([gzipSync('').subarray(0, 10), Buffer.alloc(40_000, 0x07)])],
    ['zstd', zstdCompressSync(TEXT), Buffer.concat([Buffer.from('28b52ffd', 'hex'), Buffer.alloc(40_000, 0xff)])],
  ])('%s that goes wrong in the middle: all accesses before that, to the last', async (_, whole, bad) => {
    const decoded = await decodeFile(Buffer.concat([whole, bad]));
    expect(decoded.accesses).toEqual(EXPECTED);
    expect(decoded.issues).toMatchObject([{ kind: 'damaged-compression' }]);
  });

  it('anywhere in a gzip is told, and what comes before it is used', async () => {
    const small = WRITERS.lackey(someAccesses(600));
    // Stored blocks: each byte of the text is where it was, 10 bytes of header and 5 of block header later.
    const whole = gzipSync(small.bytes, { level: 0 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 15, max: whole.length - 9 }), async (at) => {
        const damaged = Buffer.from(whole);
        damaged[at]! ^= 0x80;
        const { accesses, issues } = await decodeFile(damaged, 'lackey');
        expect(issues.map(({ kind }) => kind)).toContain('damaged-compression');
        // A line of the banner comes first. A damaged line is lost; with a damaged line end two are.
        const before = Math.max(0, small.bytes.toString('latin1', 0, at - 15).split('\n').length - 2);
        expect(accesses.slice(0, before)).toEqual(small.expected.slice(0, before));
        const rests = [0, 1, 2].map((lost) => small.expected.slice(before + lost));
        expect(rests).toContainEqual(accesses.slice(before));
      }),
      { numRuns: 12 },
    );
  });

  it('in the check sum alone costs nothing, not even a last line without its end', async () => {
    const text = Buffer.from('I  10,1\n L 20,4');
    const gzip = gzipSync(text);
    gzip[gzip.length - 8]! ^= 1;
    const archive = zip([{ name: 'a', content: text, isStored: true }]);
    archive[archive.indexOf('PK\x01\x02', 0, 'latin1') + 16]! ^= 1;
    for (const damaged of [gzip, archive, Buffer.concat([gzipSync(text), Buffer.from('garbage')])]) {
      const { accesses, issues } = await decodeFile(damaged, 'lackey');
      expect(accesses).toHaveLength(2);
      expect(issues.map(({ kind }) => kind)).toEqual(['damaged-compression']);
    }
  });

  it('is told with what of the last line was not used', async () => {
    // Stored blocks of deflate: the cut is where it is put.
    const whole = gzipSync(Buffer.from(`${'I  10,1\n'.repeat(3)} L 12345678,4\n`), { level: 0 });
    const { accesses, issues } = await decodeFile(whole.subarray(0, whole.length - 8 - 6), 'lackey');
    expect(accesses).toHaveLength(3);
    expect(issues[0]!.text).toMatch(/; not used at its end: {2}L 12345$/);
  });

  it.each([
    ['cut', 0, 0, /damaged zip archive: its directory is missing/],
    // From the end: 22 bytes, of which the directory's position is the last but 2; before them one entry and its name.
    ['with a directory elsewhere', 6, 0xf0f0f0f0, /directory is not where it should be/],
    ['with entries elsewhere', 22 + 1 + 4, 7, /entry "a" is not where it should be/],
  ] as const)('a zip %s is refused', async (what, fromEnd, value, message) => {
    const archive = zip([{ name: 'a', content: TEXT }]);
    if (what !== 'cut') archive.writeUInt32LE(value, archive.length - fromEnd);
    await expect(decodeFile(what === 'cut' ? archive.subarray(0, -30) : archive)).rejects.toThrow(message);
  });
});

describe('what cannot be decompressed', () => {
  it('xz without an xz program is said in one line', async () => {
    const bytes = xz(TEXT);
    vi.stubEnv('PATH', '/nowhere');
    await expect(decodeFile(bytes)).rejects.toThrow(
      /: is compressed with xz, and there is no xz program\. Install xz-utils/,
    );
  });

  it('bzip2 is named', async () => {
    await expect(decodeFile(Buffer.from('BZh91AY&SY'))).rejects.toThrow(
      /: is compressed with bzip2\. Decompress it first/,
    );
  });

  it('a zip by another method, or encrypted, is named', async () => {
    const archive = zip([{ name: 'a', content: TEXT }]);
    const at = archive.indexOf('PK\x01\x02', 0, 'latin1');
    const byMethod = Buffer.from(archive);
    byMethod.writeUInt16LE(93, at + 10);
    await expect(decodeFile(byMethod)).rejects.toThrow(/entry "a" is encrypted or compressed by method 93/);
    archive.writeUInt16LE(1, at + 8);
    await expect(decodeFile(archive)).rejects.toThrow(/entry "a" is encrypted/);
  });
});
