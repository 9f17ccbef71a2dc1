/** What a recorded trace becomes in the queue of the vCPU that executes it. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/run-files.ts';
import { execute, planOf, SMALL_TOPOLOGY, samplesOf, sum } from './run-fixture.ts';
import { type FedAccess, type FeedChoices, feedRig, frameOfTouched, LINE_BYTES, PAGE_BYTES } from './trace-feed-rig.ts';

/** More than any trace here holds. */
const ALL = 5000;
const FRAMES = 1024;
const LINES_PER_PAGE = PAGE_BYTES / LINE_BYTES;

/** The most instructions before one access that a run executes. */
const GAP_MAX = 2 ** 24 - 1;

interface Row {
  readonly address: bigint;
  readonly size: number;
  readonly kind: 'read' | 'write' | 'fetch' | 'modify';
  readonly instructions: number;
}

/** The plain CSV of accesses: a format that counts instructions, and has all kinds. */
function csvOf(rows: readonly Row[]): string {
  const lines = rows.map(({ address, size, kind, instructions }) => `${address},${size},${kind},${instructions}`);
  return `${['address,size,kind,instructions', ...lines].join('\n')}\n`;
}

function feedOfRows(rows: readonly Partial<Row>[], choices: Partial<FeedChoices> = {}) {
  const whole = rows.map((row) => ({ address: 0n, size: 4, kind: 'read', instructions: 1, ...row }) as const);
  return feedRig(csvOf(whole), { format: 'csv', ...choices });
}

const KINDS_OF = { read: ['read'], write: ['write'], fetch: ['fetch'], modify: ['read', 'write'] } as const;

/** The same, row by row and byte by byte: every line that an access touches is one of each kind. */
function naiveAccesses(rows: readonly Row[]): FedAccess[] {
  const frames = new Map<bigint, number>();
  return rows.flatMap(({ address, size, kind, instructions }) => {
    const lines = new Set<bigint>();
    for (let byte = 0; byte < Math.max(1, size); byte++) lines.add((address + BigInt(byte)) / BigInt(LINE_BYTES));
    const physical = [...lines].map((line) => {
      const page = line / BigInt(LINES_PER_PAGE);
      if (!frames.has(page)) frames.set(page, frameOfTouched(frames.size, FRAMES));
      return frames.get(page)! * LINES_PER_PAGE + Number(line % BigInt(LINES_PER_PAGE));
    });
    const made = physical.flatMap((line) => KINDS_OF[kind].map((each) => ({ line, kind: each })));
    const counted = 256 * Math.min(instructions, GAP_MAX);
    return made.map((access, index) => ({ ...access, instructions: index === 0 ? counted : 0 }));
  });
}

describe('an access of a recorded trace', () => {
  test('that modifies is a load and then a store, and its instructions count once', () => {
    const { take } = feedOfRows([{ kind: 'modify', address: 0x80n, instructions: 5 }, { kind: 'write' }]);
    const first = LINES_PER_PAGE * frameOfTouched(0, FRAMES);
    expect(take(ALL)).toEqual([
      { line: first + 2, kind: 'read', instructions: 5 * 256 },
      { line: first + 2, kind: 'write', instructions: 0 },
      { line: first, kind: 'write', instructions: 256 },
    ]);
  });

  test('of unknown size is within one line', () => {
    expect(feedOfRows([{ address: 0x3fn, size: 0 }]).take(ALL)).toHaveLength(1);
  });

  test('over line boundaries is one access of each line, and over a page boundary each page has a frame of its own', () => {
    const { take } = feedOfRows([{ address: BigInt(PAGE_BYTES - LINE_BYTES - 1), size: LINE_BYTES + 2 }]);
    const [first, second] = [0, 1].map((n) => LINES_PER_PAGE * frameOfTouched(n, FRAMES));
    expect(take(ALL).map(({ line }) => line)).toEqual([
      first! + LINES_PER_PAGE - 2,
      first! + LINES_PER_PAGE - 1,
      second!,
    ]);
  });

  test('is what a naive reading of it says, whatever its address, size, kind and instructions', () => {
    // Pages around those whose numbers differ in one half of the address only, or where a carry goes from one to the other.
    const page = fc.constantFrom(0n, 1n, 2n, 0x100000n, 0x3ffffffn, 0x4000000n, 0x100000000n, 0xfffffffffff00n);
    const address = fc
      .record({ page, offset: fc.oneof(fc.nat(4095), fc.integer({ min: 4000, max: 4095 })) })
      .map(({ page: number, offset }) => number * BigInt(PAGE_BYTES) + BigInt(offset));
    const row = fc.record({
      address,
      size: fc.oneof(fc.constantFrom(0, 1, 4, 8, 64), fc.nat(300)),
      kind: fc.constantFrom('read', 'write', 'fetch', 'modify'),
      instructions: fc.oneof(fc.nat(100), fc.constantFrom(GAP_MAX, GAP_MAX + 1, 2 ** 32 - 1)),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 50, maxLength: 300, size: 'max' }), (rows) => {
        expect(feedOfRows(rows).take(ALL)).toEqual(naiveAccesses(rows));
      }),
      { seed: 1965, numRuns: 6, endOnFailure: true },
    );
  });

  test('that touches a page more than the machine has memory for is refused in words', () => {
    const rows = [0, 1, 2, 3].map((page) => ({ address: BigInt(page * PAGE_BYTES) }));
    expect(feedOfRows(rows, { frames: 4 }).take(ALL)).toHaveLength(4);
    expect(() => feedOfRows(rows, { frames: 3 }).take(ALL)).toThrow(
      'the trace touches more memory than the machine has',
    );
  });
});

describe('the instructions of a recorded trace', () => {
  test.each([
    // Instructions lie between accesses, are fetched one by one, or are not told at all.
    ['ucsd', 'l 0x0 3\ns 0x40 0\n', [3 * 256, 0]],
    ['din', '2 0\n0 1000\n2 4\n', [256, 0, 256]],
    ['libcachesim-csv', '1,1,28,128,0\n1,2,2a,64,0\n', [640, 0, 640]],
  ])('in the format %s', (format, text, instructions) => {
    const made = feedRig(text, { format, instructionsPerAccess: 640 }).take(ALL);
    expect(made.map((access) => access.instructions)).toEqual(instructions);
  });

  test('are cut to what a run can execute before one access, which is told once for each such record', () => {
    const gaps = [GAP_MAX, GAP_MAX + 1, 7, 2 ** 32 - 1];
    const { take, issues } = feedOfRows(
      gaps.map((instructions) => ({ instructions, size: 2 * LINE_BYTES })),
      { repeats: true },
    );
    const passes = take(3 * 2 * gaps.length).filter((_, index) => index % 2 === 0);
    const executed = [GAP_MAX, GAP_MAX, 7, GAP_MAX].map((instructions) => instructions * 256);
    expect(passes.map(({ instructions }) => instructions)).toEqual([...executed, ...executed, ...executed]);
    expect(issues).toEqual(
      [GAP_MAX + 1, 2 ** 32 - 1].map((instructions) => ({
        line: 0,
        kind: 'instruction-gap-cut',
        text: `${instructions} instructions before one access; ${GAP_MAX} are executed`,
        count: 1,
      })),
    );
  });

  test('are told to be cut a hundred times at most, and then in one sum', () => {
    const { take, issues } = feedOfRows(new Array(250).fill({ instructions: GAP_MAX + 1 }), { repeats: true });
    take(600);
    expect(issues).toHaveLength(101);
    expect(issues.at(-1)).toMatchObject({ kind: 'instruction-gap-cut', count: 150 });
  });
});

describe('the end of a recorded trace', () => {
  const ROWS = Array.from({ length: 40 }, (_, n) => ({ address: BigInt(n * 3 * LINE_BYTES), instructions: n }));

  test('ends the stream, after the last access', () => {
    const { take, next } = feedOfRows(ROWS);
    expect(take(ROWS.length)).toHaveLength(ROWS.length);
    expect([next(), next()]).toEqual([undefined, undefined]);
  });

  test('is the beginning again if it repeats, at the same physical lines, and what is wrong is told once', () => {
    const { take, issues } = feedRig(`nothing\n${Array.from({ length: 40 }, (_, n) => `l 0x${n}00 1`).join('\n')}\n`, {
      ...{ format: 'ucsd', repeats: true },
    });
    const once = take(40);
    expect(new Set(once.map(({ line }) => line)).size).toBe(40);
    expect(take(100)).toEqual([...once, ...once, ...once.slice(0, 20)]);
    expect(issues.map(({ kind }) => kind)).toEqual(['bad-trace-line']);
  });

  test('is the beginning again of a trace too long to be kept, too', () => {
    const rows = 2 ** 20 + 5;
    const text = `nothing\n${'l 0x40 0\n'.repeat(rows - 1)}s 0x80 0\n`;
    const { next, issues } = feedRig(text, { format: 'ucsd', repeats: true });
    const stores: number[] = [];
    for (let n = 1; stores.length < 2; n++) if (next()!.kind === 'write') stores.push(n);
    expect(stores).toEqual([rows, 2 * rows]);
    expect(issues).toHaveLength(1);
  });

  test.each([true, false])('without any access ends the stream, repeated: %s', (repeats) => {
    expect(feedRig('nothing\n', { format: 'ucsd', repeats }).take(ALL)).toEqual([]);
  });

  test('leaves the vCPU idle to the end of the run', async () => {
    const path = join(temporaryFolder(), 'short.din');
    writeFileSync(path, '0 1000\n1 2000\n0 3000\n');
    const run = await execute(
      await planOf({
        until: '1ms',
        machine: { pes: 1, topology: SMALL_TOPOLOGY },
        tenants: { t: { vms: { v: { workload: 'w' } } } },
        workloads: { w: { trace: path, format: 'din', repeat: false, kernel: 'none' } },
        guest_activity: { guest_run: '1s', el0: '1s', el1: '1ns' },
      }),
    );
    const rows = samplesOf(run, 'executorSample');
    expect([sum(rows.map(({ reads }) => reads)), sum(rows.map(({ writes }) => writes))]).toEqual([2, 1]);
    expect(rows.filter(({ timeNs }) => timeNs > 100_000).map(({ idlePs }) => idlePs)).toEqual(new Array(9).fill(1e8));
  });
});
