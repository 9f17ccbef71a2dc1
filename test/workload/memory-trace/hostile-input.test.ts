/**
 * Whatever the bytes are: no exception but MemoryTraceError, no hang, and every line or record accounted for. What is a
 * good line is said here by regular expressions of each format's documentation.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_BYTES_MAX } from '../../../src/workload/memory-trace/line-decoder.ts';
import { MemoryTraceError } from '../../../src/workload/memory-trace/memory-trace-error.ts';
import { TRACE_FORMATS, type TraceFormatName } from '../../../src/workload/memory-trace/trace-formats.ts';
import { ISSUES_TOLD_MAX } from '../../../src/workload/memory-trace/trace-issues.ts';
import { cut, type Decoded, decodeChunks, decodeFile, decodeText } from './decode-trace.ts';
import { someAccesses, WRITERS } from './write-trace.ts';

const TWO_32 = 2n ** 32n;
const TWO_64 = 2n ** 64n;

type LineModel = (line: string) => 'bad' | 'no access' | readonly bigint[];

/** The addresses that a line gives, in formats without a header. */
const LINE_MODELS = {
  lackey: (line) => {
    if (/^(?:==\d{1,19}==|--\d{1,19}--|\*\*\d{1,19}\*\*)/.test(line)) return [];
    const [, address, size] = /^(?:I|\x20[LSM])\x20[ \t]*([\da-f]{1,16}),(\d{1,19})[ \t]*\r?$/i.exec(line) ?? [];
    if (address === undefined || size === undefined || !/^(?:I| [LSM])/.test(line)) return 'bad';
    return BigInt(size) <= 0xffffn ? [BigInt(`0x${address}`)] : 'bad';
  },
  ucsd: (line) => {
    const [, address, gap] = /^[ls] [ \t]*(?:0[xX])?([\da-fA-F]{1,16}) [ \t]*(\d{1,19})[ \t]*\r?$/.exec(line) ?? [];
    return address === undefined || BigInt(gap!) >= TWO_32 ? 'bad' : [BigInt(`0x${address}`)];
  },
  ramulator: (line) => {
    const number = String.raw`(0[xX][\da-fA-F]{1,16}|\d{1,20})`;
    const pattern = new RegExp(String.raw`^[ \t]*(\d{1,20})[ \t]+${number}(?:[ \t]+${number})?[ \t]*\r?$`);
    const [, bubbles, ...addresses] = pattern.exec(line) ?? [];
    if (bubbles === undefined || BigInt(bubbles) >= TWO_32 - 1n) return 'bad';
    const values = addresses.filter((text) => text !== undefined).map(BigInt);
    return values.some((value) => value >= TWO_64) ? 'bad' : values;
  },
  din: (line) => {
    const [, label, address] = /^[ \t]*([0-4rwimcv])[ \t]+(?:0x)?([\da-f]{1,16})(?![^ \t\r])/i.exec(line) ?? [];
    if (label === undefined) return 'bad';
    return '34cvCV'.includes(label) ? 'no access' : [BigInt(`0x${address}`)];
  },
} as const satisfies Partial<Record<TraceFormatName, LineModel>>;

type ModelledName = keyof typeof LINE_MODELS;
const MODELLED = Object.keys(LINE_MODELS) as ModelledName[];

/** What a format's own file looks like, and what of other formats. */
const OWN_LINES = TRACE_FORMATS.filter(
  ({ name }) => !['drmemtrace', 'champsim', 'oracle-general'].includes(name),
).flatMap(({ name }) => WRITERS[name](someAccesses(12)).bytes.toString('latin1').trimEnd().split('\n'));
const ODD_LINES = [
  '',
  '  ',
  '\t\r',
  '==1==',
  '==x==',
  ' L 1,',
  'I  ffffffffffffffffff,4',
  'l 0x 1',
  's 0x1 4294967296',
  '1 0x',
];

/** A line in which some bytes are replaced, removed or doubled. */
const damagedLine = fc
  .tuple(
    fc.constantFrom(...OWN_LINES, ...ODD_LINES),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('set', 'digit', 'cut', 'double', 'end'), fc.nat({ max: 255 })), {
      maxLength: 3,
    }),
  )
  .map(([line, edits]) => {
    let text = line;
    for (const [where, edit, value] of edits) {
      const at = text.length === 0 ? 0 : where % text.length;
      if (edit === 'set') text = text.slice(0, at) + String.fromCharCode(value) + text.slice(at + 1);
      if (edit === 'digit') text = text.slice(0, at) + '0123456789abcdefxX ,\r\t'[value % 23] + text.slice(at + 1);
      if (edit === 'cut') text = text.slice(0, at) + text.slice(at + 1 + (value % 8));
      if (edit === 'double') text = text.slice(0, at) + text;
      if (edit === 'end') text = text.slice(0, at);
    }
    return text;
  });
const damagedText = fc.array(damagedLine, { maxLength: 40 }).map((lines) => `${lines.join('\n')}\n`);
const places = fc.array(fc.nat(), { maxLength: 6 });

function issueCount({ issues }: Decoded): number {
  return issues.reduce((sum, { count }) => sum + count, 0);
}

describe.each(MODELLED)('damaged text read as %s', (name) => {
  it('gives the accesses of all good lines and an issue for each bad one', () => {
    fc.assert(
      fc.property(damagedText, places, (text, cuts) => {
        const lines = text.split('\n').slice(0, -1);
        const models = lines.map((line) => LINE_MODELS[name](line));
        const isTold = (i: number): boolean => typeof models[i] === 'string' && !/^[ \t]*\r?$/.test(lines[i]!);
        const decoded = decodeChunks(name, cut(Buffer.from(text, 'latin1'), cuts));
        expect(decoded.accesses.map(({ address }) => address)).toEqual(
          models.filter((m) => typeof m !== 'string').flat(),
        );
        expect(decoded.issues.map(({ line }) => line)).toEqual(lines.flatMap((_, i) => (isTold(i) ? [i + 1] : [])));
      }),
      { numRuns: 400 },
    );
  });
});

describe.each(['csv', 'libcachesim-csv'] as const)('damaged text read as %s', (name) => {
  const header = name === 'csv' ? 'instructions,kind,note,address,size' : 'version,time,op,size,lbn';

  it('has every line after the header accounted for', () => {
    fc.assert(
      fc.property(damagedText, places, (text, cuts) => {
        const decoded = decodeChunks(name, cut(Buffer.from(`${header}\n${text}`, 'latin1'), cuts));
        const lines = text.split('\n').slice(0, -1);
        const blank = lines.filter((line) => /^[ \t]*\r?$/.test(line)).length;
        expect(decoded.accesses.length + issueCount(decoded) + blank).toBe(lines.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('damaged records', () => {
  it.each([
    ['drmemtrace', 12],
    ['champsim', 64],
    ['oracle-general', 24],
  ] as const)('of %s are all read; one that is cut off is told', (name, recordBytes) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), places, (bytes, cuts) => {
        const decoded = decodeChunks(name, cut(bytes, cuts));
        const cutRecords = decoded.issues.filter(({ kind }) => kind === 'cut-record');
        expect(cutRecords).toHaveLength(bytes.length % recordBytes === 0 ? 0 : 1);
        const whole = Math.floor(bytes.length / recordBytes);
        if (name === 'oracle-general') expect(decoded.accesses).toHaveLength(whole);
        if (name === 'champsim') {
          const flags = Array.from({ length: whole }, (_, i) => [bytes[64 * i + 8]!, bytes[64 * i + 9]!]);
          const good = flags.filter(([isBranch, isTaken]) => isBranch! < 2 && isTaken! < 2).length;
          expect(decoded.accesses.filter(({ kind }) => kind === 'fetch')).toHaveLength(good);
          expect(issueCount(decoded) - cutRecords.length).toBe(whole - good);
        }
        if (name === 'drmemtrace') {
          const types = Array.from({ length: whole }, (_, i) => bytes[12 * i]! + 256 * bytes[12 * i + 1]!);
          const isAccess = (type: number): boolean =>
            type < 2 || (type > 9 && type < 17) || [31, 48, 49].includes(type);
          const isStrange = (type: number): boolean => type > 49 || type === 17 || type === 30;
          expect(decoded.accesses).toHaveLength(types.filter(isAccess).length);
          expect(issueCount(decoded) - cutRecords.length).toBe(types.filter(isStrange).length);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('long lines', () => {
  it.each([
    ['exactly as long as allowed', LINE_BYTES_MAX, 2, []],
    ['one byte longer', LINE_BYTES_MAX + 1, 1, [{ kind: 'trace-line-too-long', line: 1 }]],
    ['far longer', 50 * LINE_BYTES_MAX, 1, [{ kind: 'trace-line-too-long', line: 1 }]],
  ] as const)('%s: used or told, however they are cut', (_, length, accesses, issues) => {
    const text = Buffer.from(`${'I  10,1'.padEnd(length)}\n L 20,4\n`);
    for (const cuts of [[], [1], [length - 1], [length], [length + 1], [100, 5000, 6000]]) {
      const decoded = decodeChunks('lackey', cut(text, cuts));
      expect(decoded.accesses).toHaveLength(accesses);
      expect(decoded.issues).toMatchObject(issues);
    }
  });
});

describe('a file of nothing but bad lines', () => {
  it('is told by its first lines and a sum', () => {
    const decoded = decodeText('ucsd', 'no\n'.repeat(50_000));
    expect(decoded.issues).toHaveLength(ISSUES_TOLD_MAX + 1);
    expect(issueCount(decoded)).toBe(50_000);
    expect(decoded.issues.at(-1)).toMatchObject({ kind: 'bad-trace-line', line: ISSUES_TOLD_MAX + 1 });
  });
});

describe('a file of any bytes', () => {
  const magic = fc.constantFrom('', '\x1f\x8b\x08', '\x28\xb5\x2f\xfd', 'PK\x03\x04', 'BZh', '==1==\n', 'address\n');

  it('is read, or refused in one line', async () => {
    const format = fc.constantFrom('auto', ...TRACE_FORMATS.map(({ name }) => name));
    await fc.assert(
      fc.asyncProperty(magic, fc.uint8Array({ maxLength: 600 }), format, async (start, bytes, wanted) => {
        const content = Buffer.concat([Buffer.from(start, 'latin1'), bytes]);
        const outcome = await decodeFile(content, wanted).catch((error: unknown) => error);
        if (!(outcome instanceof Error)) return;
        expect(outcome).toBeInstanceOf(MemoryTraceError);
        expect(outcome.message).not.toContain('\n');
      }),
      { numRuns: 150 },
    );
  });
});
