/** A trace is recognised by what is in it; what is not recognised, or unclear, is said and can be named. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MemoryTraceError } from '../../../src/workload/memory-trace/memory-trace-error.ts';
import { openMemoryTrace } from '../../../src/workload/memory-trace/open-memory-trace.ts';
import { TRACE_FORMATS } from '../../../src/workload/memory-trace/trace-formats.ts';
import { decodeFile, withFile } from './decode-trace.ts';
import { someAccesses, WRITERS } from './write-trace.ts';

const NAMES = TRACE_FORMATS.map(({ name }) => name);

describe('recognition', () => {
  it.each(NAMES)('%s, short or longer than what is looked at', async (name) => {
    for (const count of [6, 60, 8000]) {
      const { bytes, expected } = WRITERS[name](someAccesses(count));
      const { format, accesses } = await decodeFile(bytes);
      expect(format).toBe(name);
      expect(accesses).toEqual(expected);
    }
  });

  it('does not mind output of the traced program among the lines', async () => {
    const lines = WRITERS.lackey(someAccesses(300)).bytes.toString('latin1').split('\n');
    const text = lines.map((line, i) => (i % 10 === 3 ? `${line}\nhello` : line)).join('\n');
    expect(await decodeFile(Buffer.from(text))).toMatchObject({ format: 'lackey' });
  });

  it('says what a trace could be, if it could be several; then a name decides', async () => {
    const bytes = Buffer.from('2 4096\n0 8192\n1 8200\n');
    await expect(decodeFile(bytes)).rejects.toThrow(/trace: could be in format din or ramulator\. Name its format\./);
    expect((await decodeFile(bytes, 'din')).accesses.map(({ address }) => address)).toEqual([
      0x4096n,
      0x8192n,
      0x8200n,
    ]);
    expect((await decodeFile(bytes, 'ramulator')).accesses.map(({ address }) => address)).toEqual([
      4096n,
      8192n,
      8200n,
    ]);
  });

  it.each([
    ['prose', 'Once upon a time\nthere was a cache.\n'],
    ['banner lines only', '==1== Lackey\n==1== \n'],
    ['zeros', '\0'.repeat(4096)],
    ['a table without addresses', 'a,b\n1,2\n'],
  ])('refuses %s and lists the formats', async (_, text) => {
    await expect(decodeFile(Buffer.from(text))).rejects.toThrow(
      /: is in no format that is recognised\. Known formats are: lackey, .*, csv\.$/,
    );
  });
});

describe('a trace that cannot be opened', () => {
  it.each([
    ['', 'auto', /: is empty\. /],
    ['a,b\n', 'csv', /: has no first line that names a column "address"\. It was to be read as csv\./],
    ['address', 'csv', /: has no first line/],
    ['address,size,size\n', 'csv', /: names the column "size" twice\. /],
    ['version,time,op,size\n', 'libcachesim-csv', /: has no first line that names a column "lbn"\. /],
    ['I  10,1\n', 'lackye', /: has an unknown format "lackye"\. Known formats are: .* Or say auto\./],
  ])('%j as %s is refused with a reason', async (text, format, message) => {
    const refusal = await decodeFile(Buffer.from(text), format).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MemoryTraceError);
    expect((refusal as MemoryTraceError).message).toMatch(message);
  });

  it('is told by its path: no such file, or a directory', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mpamlab-trace-'));
    const options = { format: 'auto', onIssue: () => {} };
    await expect(openMemoryTrace(join(folder, 'none'), options)).rejects.toThrow(/none: no such file\. /);
    mkdirSync(join(folder, 'sub'));
    await expect(openMemoryTrace(join(folder, 'sub'), options)).rejects.toThrow(/sub: is a directory\. /);
    rmSync(folder, { recursive: true });
  });

  it('is no empty file in a named format: that has no accesses', async () => {
    expect(await decodeFile(Buffer.alloc(0), 'lackey')).toMatchObject({ accesses: [], issues: [] });
  });
});

describe('the batches of an open trace', () => {
  it('can be read again, with the same accesses and issues', async () => {
    const text = Buffer.from(`${WRITERS.lackey(someAccesses(100)).bytes.toString('latin1')}bad\n`);
    await withFile(text, 'trace', async (path) => {
      let issues = 0;
      const trace = await openMemoryTrace(path, { format: 'auto', onIssue: () => issues++, batchSize: 16 });
      const sizes: number[][] = [[], []];
      for (const list of sizes) for await (const { count } of trace.batches) list.push(count);
      expect(sizes[0]).toEqual([16, 16, 16, 16, 16, 16, 4]);
      expect(sizes[1]).toEqual(sizes[0]);
      expect(issues).toBe(2);
    });
  });
});
