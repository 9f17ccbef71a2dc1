/** A trace pulled without waiting for promises: the same accesses and issues, and the same refusals. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MemoryTraceError } from '../../../src/workload/memory-trace/memory-trace-error.ts';
import { SyncTraceReader } from '../../../src/workload/memory-trace/sync-trace-reader.ts';
import { type Access, accessesOf, withFile } from './decode-trace.ts';
import { someAccesses, WRITERS } from './write-trace.ts';

const { bytes: TEXT, expected: EXPECTED } = WRITERS.ucsd(someAccesses(100_000));

function readAll(path: string, format = 'auto') {
  const reader = new SyncTraceReader(path, format);
  const accesses: Access[] = [];
  const batches: number[] = [];
  for (let batch = reader.next(); batch !== undefined; batch = reader.next()) {
    for (const access of accessesOf(batch)) accesses.push(access);
    batches.push(batch.count);
  }
  const issues = reader.takeIssues();
  reader.close();
  return { format: reader.format, accesses, batches, issues };
}

describe('a synchronous reader', () => {
  it('gives all accesses in order, in the same batches each time', async () => {
    await withFile(gzipSync(TEXT), 'trace.gz', (path) => {
      const first = readAll(path);
      expect(first.format).toBe('ucsd');
      expect(first.accesses).toEqual(EXPECTED);
      expect(readAll(path).batches).toEqual(first.batches);
    });
  });

  it('keeps a batch as it was while later ones are read', async () => {
    await withFile(TEXT, 'trace', (path) => {
      const reader = new SyncTraceReader(path, 'ucsd');
      const first = reader.next()!;
      for (let i = 0; i < 4; i++) reader.next();
      expect(accessesOf(first)).toEqual(EXPECTED.slice(0, first.count));
      reader.close();
    });
  });

  it('tells issues', async () => {
    await withFile(Buffer.from('l 0x10 1\nwhat\ns 0x20 2\n'), 'trace', (path) => {
      const { accesses, issues } = readAll(path, 'ucsd');
      expect(accesses).toHaveLength(2);
      expect(issues).toEqual([{ kind: 'bad-trace-line', line: 2, text: 'what', count: 1 }]);
    });
  });

  it('refuses what the asynchronous one refuses, in the same words', async () => {
    await withFile(Buffer.from('Once upon a time\n'), 'trace', (path) => {
      const reader = new SyncTraceReader(path, 'auto');
      expect(() => reader.next()).toThrow(MemoryTraceError);
      expect(() => readAll(`${path}-none`)).toThrow(/-none: no such file\. /);
    });
  });

  it('can be closed at any time, and says so if it is used then', async () => {
    await withFile(TEXT, 'trace', (path) => {
      const unread = new SyncTraceReader(path, 'auto');
      unread.close();
      expect(() => unread.format).toThrow(/is closed/);
      const reader = new SyncTraceReader(path, 'auto');
      expect(reader.format).toBe('ucsd');
      reader.next();
      reader.close();
      expect(reader.next()).toBeUndefined();
    });
  });
});
