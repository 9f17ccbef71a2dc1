/** Whatever the bytes are: no exception, no hang, no more memory than the names need, and the same rows every time. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { lastValueFrom, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { LINE_BYTES_MAX } from '../../../src/schedule/ftrace/line-splitter.ts';
import { recordedSchedule } from '../../../src/schedule/ftrace/recorded-schedule.ts';
import { RecordingFile } from '../../../src/schedule/ftrace/recording-file.ts';
import { Registry } from '../../../src/schedule/registry.ts';
import { importFile, withFile } from './import-recording.ts';
import { type ImportedText, importChunks, importText } from './import-text.ts';

const EXCERPT = resolve(import.meta.dirname, '../../fixtures/kvm-light-excerpt/kvm-light-excerpt.trace.gz');
const REAL_LINES = gunzipSync(readFileSync(EXCERPT)).toString('utf8').split('\n').slice(0, 400);
const MADE_LINES = [
  'cpus=20',
  'CPU:1 [LOST 61 EVENTS]',
  ' qemu-system-x86-150750 [001] 16062.943940: kvm_exit:             reason HLT rip 0xffffffffb33f2e5f info 0 0',
  ' qemu-system-x86-150750 [001] 16062.943963: sched_switch:         qemu-system-x86:150750 [120] S ==> swapper/19:0 [120]',
  '          <idle>-0     [001] 16062.944029: sched_wakeup:         qemu-system-x86:150750 [120] CPU:019',
  '       CPU 0/KVM-31816 [000] 5894.266920: kvm_exit: TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0xffff800010a3f2c4',
];

/** Rows, issues and counts: all that comes out. */
function outcome({ rows, issues, counts }: ImportedText): unknown {
  return { rows, issues, counts };
}

/** `bytes` cut at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return sorted.map((end, i) => bytes.slice(i === 0 ? 0 : sorted[i - 1], end));
}

/** A real or made line in which some bytes are replaced, removed or doubled. */
const damagedLine = fc
  .tuple(
    fc.constantFrom(...REAL_LINES, ...MADE_LINES),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('set', 'cut', 'double', 'end'), fc.integer({ min: 0, max: 255 })), {
      maxLength: 4,
    }),
  )
  .map(([line, edits]) => {
    let bytes = Buffer.from(line);
    for (const [where, edit, value] of edits) {
      const at = bytes.length === 0 ? 0 : where % bytes.length;
      if (edit === 'set' && bytes.length > 0) bytes[at] = value;
      if (edit === 'cut') bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + (value % 8))]);
      if (edit === 'double') bytes = Buffer.concat([bytes.subarray(0, at), bytes]);
      if (edit === 'end') bytes = bytes.subarray(0, at);
    }
    return bytes;
  });

const damagedText = fc
  .array(damagedLine, { maxLength: 30 })
  .map((lines) => Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));

describe('arbitrary input', () => {
  it('of any bytes is read without an exception, each line that is no event told', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const { rows, issues } = importChunks([bytes]);
        expect(rows.filter(([, kind]) => kind !== 'stop')).toEqual([]);
        const text = Buffer.from(bytes).toString('latin1').split('\n');
        const told = new Set(issues.map(({ line }) => line));
        text.forEach((line, i) => {
          if (/[!-~]/.test(line) && !/^\s*(#|cpus|version)/.test(line)) expect(told).toContain(i + 1);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('of damaged lines gives rows in order of time, on known CPUs', () => {
    fc.assert(
      fc.property(damagedText, (bytes) => {
        const { rows } = importChunks([bytes], { cpuCount: 2, originNs: 5_894e9 });
        rows.forEach(([timeNs, , cpu], i) => {
          expect(cpu).toBeLessThan(2);
          expect(Number.isSafeInteger(timeNs)).toBe(true);
          if (i > 0) expect(timeNs).toBeGreaterThanOrEqual(rows[i - 1][0]);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same rows and issues however it is cut into chunks', () => {
    fc.assert(
      fc.property(damagedText, fc.array(fc.nat(), { maxLength: 40 }), (bytes, places) => {
        const whole = outcome(importChunks([bytes], { batchRows: 1 }));
        expect(outcome(importChunks(cut(bytes, places), { batchRows: 1 }))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same rows and issues in batches of any size', () => {
    // Names belong to batches, so they are left out here.
    const withoutNames = (imported: ImportedText): unknown => ({
      ...imported,
      rows: imported.rows.map((row) => row.map((word) => String(word).replace(/^.*-/, ''))),
      registry: imported.registry.threads,
      sideRowsMax: 0,
    });
    fc.assert(
      fc.property(damagedText, fc.integer({ min: 1, max: 50 }), (bytes, batchRows) => {
        expect(withoutNames(importChunks([bytes], { batchRows }))).toEqual(withoutNames(importChunks([bytes])));
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same rows byte by byte', () => {
    const bytes = Buffer.from(
      [...REAL_LINES, ...MADE_LINES, 'a\0b', '', 'x'.repeat(70_000), REAL_LINES[20]].join('\r\n'),
    );
    const oneByOne = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(outcome(importChunks(oneByOne))).toEqual(outcome(importChunks([bytes])));
  });
});

describe('lines around the greatest length', () => {
  const head = '     sh-7     [000] 1.0: print: ';

  it.each([
    [LINE_BYTES_MAX, []],
    [LINE_BYTES_MAX + 1, ['line-too-long']],
  ])('of %i bytes: issues %j, whole or in pieces', (length, kinds) => {
    const bytes = Buffer.from(`${head.padEnd(length, 'x')}\n${head}\n`);
    for (const chunks of [[bytes], cut(bytes, [1]), cut(bytes, [length]), cut(bytes, [length - 1, length + 1])]) {
      expect(importChunks(chunks).issues.map(({ kind }) => kind)).toEqual(kinds);
    }
  });

  it('of 10 MB, and 10 MB of brackets and fields that never end, are skipped or read at once', () => {
    const long = 'x'.repeat(10_000_000);
    const brackets = '-1 [0] '.repeat(9_000);
    const fields = `${head.replace('print:', 'sched_switch: prev_comm=')}${' prev_pid=1 prev_prio=1'.repeat(2_800)}`;
    const text = [head, long, brackets, fields, head, long, head].join('\n');
    const started = performance.now();
    const { counts, issues } = importText(text);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(counts).toEqual({ 'print@0': 3, 'sched_switch@0': 1 });
    expect(issues.map(({ line, kind }) => [line, kind])).toEqual([
      [2, 'line-too-long'],
      [3, 'unparsed-line'],
      [4, 'unparsed-event'],
      [6, 'line-too-long'],
    ]);
  });
});

describe('a gzip file', () => {
  const text = Buffer.from(REAL_LINES.join('\n'));
  const zipped = gzipSync(text);

  async function textOf(path: string): Promise<{ text: Buffer; damage: string | undefined }> {
    const file = await RecordingFile.open(path);
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.chunks()) chunks.push(chunk.slice());
    await file.close();
    return { text: Buffer.concat(chunks), damage: file.damage?.kind };
  }

  it('that ends at any byte gives all the text before, and says that it is truncated', async () => {
    for (let length = 2; length < zipped.length; length += length < 64 ? 1 : 97) {
      const part = zipped.subarray(0, length);
      const before = gunzipSync(part, { finishFlush: constants.Z_SYNC_FLUSH });
      const got = await withFile(part, textOf);
      expect(got.damage, `cut at ${length}`).toBe('truncated-gzip');
      expect(got.text.equals(before), `cut at ${length}`).toBe(true);
    }
  });

  it('that is truncated is imported up to its last whole line', async () => {
    const cutText = REAL_LINES.join('\n');
    const part = zipped.subarray(0, zipped.length >> 1);
    const whole = gunzipSync(part, { finishFlush: constants.Z_SYNC_FLUSH }).toString().split('\n').slice(0, -1);
    const { issues, eventsByCpu } = await withFile(part, importFile);
    const expected = await withFile(whole.join('\n'), importFile);
    expect(cutText.startsWith(whole.join('\n'))).toBe(true);
    expect(eventsByCpu).toEqual(expected.eventsByCpu);
    expect(issues.at(-1)).toMatchObject({ line: whole.length + 1, kind: 'truncated-gzip' });
    expect(issues.slice(0, -1)).toEqual(expected.issues);
  });

  // Some 600 KB that inflate in several steps and pieces.
  const longText = Array.from({ length: 8_000 }, (_, i) => `${i} ${REAL_LINES[12 + (i % 380)]}`).join('\n');
  const long = gzipSync(longText);
  const withoutTrailer = long.subarray(0, -8);

  it.each([
    ['a wrong check sum', Buffer.concat([withoutTrailer, Buffer.alloc(8, 0x55)]), 'corrupt-gzip'],
    ['a wrong length', Buffer.concat([long.subarray(0, -4), Buffer.alloc(4, 0x55)]), 'corrupt-gzip'],
    ['garbage behind it', Buffer.concat([long, Buffer.from('garbage')]), 'gzip-trailing-garbage'],
    ['200 KB of garbage behind it', Buffer.concat([long, Buffer.alloc(200_000, 'x')]), 'gzip-trailing-garbage'],
    ['half a trailer', long.subarray(0, -4), 'truncated-gzip'],
    ['no trailer', withoutTrailer, 'truncated-gzip'],
    ['zeros and garbage behind it', Buffer.concat([long, Buffer.alloc(9), Buffer.from('x')]), 'gzip-trailing-garbage'],
    ['many zeros and a member behind it', Buffer.concat([long, Buffer.alloc(9e5), zipped]), 'gzip-trailing-garbage'],
    ['many zeros behind it', Buffer.concat([long, Buffer.alloc(2_000_000)]), undefined],
    ['zeros behind it', Buffer.concat([long, Buffer.alloc(1_000)]), undefined],
  ])('with %s gives the whole text', async (_what, bytes, damage) => {
    const got = await withFile(bytes, textOf);
    expect(got.damage).toBe(damage);
    expect(got.text.equals(Buffer.from(longText))).toBe(true);
  });

  it('with an impossible block at any place gives all the text before it', async () => {
    for (const length of [1_000, 40_000, Math.floor(withoutTrailer.length * 0.9)]) {
      const before = gunzipSync(long.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH });
      const bad = Buffer.from(long);
      bad.fill(0xff, length);
      const got = await withFile(bad, textOf);
      expect(got.damage).toBe('corrupt-gzip');
      expect(got.text.length).toBeGreaterThanOrEqual(before.length);
      expect(got.text.subarray(0, before.length).equals(before)).toBe(true);
      expect(got.text.length).toBeLessThan(longText.length);
    }
  });

  it('with a wrong check sum or garbage is imported to its last line, which needs no line end', async () => {
    const plain = await withFile(longText, importFile);
    for (const bytes of [Buffer.concat([withoutTrailer, Buffer.alloc(8)]), Buffer.concat([long, Buffer.from('??')])]) {
      const { eventsByCpu, issues, survey } = await withFile(bytes, importFile);
      expect(eventsByCpu).toEqual(plain.eventsByCpu);
      expect(survey.lines).toBe(plain.survey.lines);
      expect(issues.slice(0, -1)).toEqual(plain.issues);
      expect(issues.at(-1)!.kind).toMatch(/gzip/);
    }
  });

  it('of several members is read to its end, wherever one member ends and whatever is behind the last', async () => {
    const members = Array.from({ length: 40 }, (_, i) => `member ${i}\n${'x'.repeat(i * 37)}\n`);
    const whole = Buffer.concat(members.map((member) => gzipSync(member)));
    const text = Buffer.from(members.join(''));
    expect(await withFile(whole, textOf)).toEqual({ text, damage: undefined });
    const both = Buffer.concat([long, whole]);
    expect(await withFile(both, textOf)).toEqual({
      text: Buffer.concat([Buffer.from(longText), text]),
      damage: undefined,
    });
    const withGarbage = Buffer.concat([both, Buffer.from('not gzip')]);
    const got = await withFile(withGarbage, textOf);
    expect(got.damage).toBe('gzip-trailing-garbage');
    expect(got.text.equals(Buffer.concat([Buffer.from(longText), text]))).toBe(true);
  });

  it('with a flipped bit anywhere never fails, and gives the same text each time', async () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => REAL_LINES[12 + (i % 380)]).join('\n');
    const good = gzipSync(lines);
    const places = [3, 12, good.length >> 2, good.length >> 1, good.length - 3, good.length - 6];
    for (const place of places) {
      const bad = Buffer.from(good);
      bad[place] ^= 0x10;
      const [first, second] = [await withFile(bad, textOf), await withFile(bad, textOf)];
      expect(second).toEqual(first);
      expect(['truncated-gzip', 'corrupt-gzip'], `bit of byte ${place}`).toContain(first.damage);
    }
  });

  it('that inflates to a line of 300 MB is read in bounded memory', async () => {
    const member = gzipSync(Buffer.alloc(10_000_000, 'x'));
    const line = Buffer.from(`${REAL_LINES[12]}\n`);
    const bomb = Buffer.concat([gzipSync(line), ...Array.from({ length: 30 }, () => member)]);
    const before = process.memoryUsage().rss;
    const { issues } = await withFile(bomb, importFile);
    expect(issues.map(({ kind }) => kind)).toEqual(['line-too-long']);
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });
});

describe('a schedule', () => {
  const options = { originNs: 5_894e9, cpuCount: 2, tgidByTid: new Map<number, number>() };

  it('is read anew for each subscriber, with the same rows', async () => {
    const digestOf = async (): Promise<string> => {
      const hash = createHash('sha256');
      const schedule = recordedSchedule(EXCERPT, new Registry(), options);
      const add = tap((batch: { count: number; timeNs: Float64Array; thread: Int32Array; detail: Int32Array }) => {
        for (const column of [batch.timeNs, batch.thread, batch.detail]) hash.update(column.subarray(0, batch.count));
      });
      await lastValueFrom(schedule.pipe(add));
      return hash.digest('hex');
    };
    expect(await digestOf()).toBe(await digestOf());
  });

  it('stops reading when nobody listens any more', async () => {
    let batches = 0;
    await new Promise<void>((done) => {
      const subscription = recordedSchedule(EXCERPT, new Registry(), { ...options, batchRows: 10 }).subscribe({
        next: () => {
          batches++;
          subscription.unsubscribe();
          setTimeout(done, 50);
        },
      });
    });
    expect(batches).toBe(1);
  });
});
