/** Whatever stops the writer surfaces as a StoreError at the next call: never as a hang. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { openRun } from '../../src/history/run-reader.ts';
import type { RunStore } from '../../src/history/run-store.ts';
import { SharedQueue, SlotKind } from '../../src/history/shared-queue.ts';
import { StoreError } from '../../src/history/store-error.ts';
import { NO_SUMMARY, temporaryFolder } from '../support/run-files.ts';
import { batchesOf, syntheticEvents, syntheticHeader } from '../support/synthetic-events.ts';

const EVENTS = syntheticEvents(2, 30_000);

function newStore(thread: boolean): RunStore {
  return createRunStore(join(temporaryFolder(), 'run.db'), syntheticHeader(), { thread, transactionRows: 100 });
}

/** Append until it fails, giving the writer time; the error. */
async function appendUntilFailure(store: RunStore): Promise<unknown> {
  for (const batch of batchesOf(EVENTS, 500)) {
    try {
      store.append(batch);
    } catch (error) {
      return error;
    }
    await sleep(2);
  }
  return store.finish('completed', NO_SUMMARY).catch((error: unknown) => error);
}

/** Make every further insert of an event fail the way a full disk does. */
function breakFile(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

describe.each([true, false])('a writer (in a thread: %s)', (thread) => {
  it('that cannot write tells it at the next call, and what was committed is kept', async () => {
    const store = newStore(thread);
    await sleep(thread ? 500 : 0);
    // A trigger plays the failing disk: the first few hundred events pass.
    breakFile(
      store.path,
      `CREATE TRIGGER full BEFORE INSERT ON schedule_event WHEN NEW.seq > 1000 BEGIN SELECT RAISE(ABORT, 'disk'); END`,
    );
    const error = await appendUntilFailure(store);
    expect(String(error)).toContain('disk');
    await expect(store.finish('failed', NO_SUMMARY)).rejects.toThrow();
    const reader = openRun(store.path);
    expect(reader.status).toBe('interrupted');
    expect(reader.lastSeq).toBeLessThanOrEqual(1000);
    reader.close();
  });

  it('that has failed once keeps failing', async () => {
    const store = newStore(thread);
    await sleep(thread ? 500 : 0);
    breakFile(store.path, `CREATE TRIGGER full BEFORE INSERT ON batch BEGIN SELECT RAISE(ABORT, 'disk'); END`);
    await appendUntilFailure(store);
    await expect(store.finish('failed', NO_SUMMARY)).rejects.toThrow();
  });

  it('whose producer breaks its promises says so loudly', async () => {
    const store = newStore(thread);
    const batch = batchesOf(EVENTS, 10).next().value!;
    const failure = (async () => {
      store.append({ ...batch, firstSeq: 5 });
      return store.finish('completed', NO_SUMMARY);
    })();
    await expect(failure).rejects.toThrow('events do not follow: got seq 5 after 0');
    await expect(failure).rejects.not.toBeInstanceOf(StoreError);
  });
});

describe('a threaded writer', () => {
  it('holds the producer back instead of growing, and loses nothing', async () => {
    const store = newStore(true);
    // Without a pause: the queue is full long before the thread has started.
    for (const batch of batchesOf(EVENTS, 20_000)) store.append(batch);
    expect((await store.finish('completed', NO_SUMMARY)).lastSeq).toBe(EVENTS.length);
  });

  it('takes side rows that are larger than a slot', async () => {
    const store = newStore(true);
    const text = 'é'.repeat(150);
    const side = Array.from({ length: 3000 }, (_, index) => {
      return { kind: 'issue', issue: { line: index + 1, kind: 'unparsed-line', text: `${index} ${text}` } } as const;
    });
    store.append({ firstSeq: 1, count: 0, timeHigh: 0, rows: new Int32Array(0), side });
    await store.finish('completed', NO_SUMMARY);
    const reader = openRun(store.path);
    const lines = [...reader.sideLines()];
    reader.close();
    expect(lines).toEqual(
      side.map(({ issue }) => `${JSON.stringify(['issue', issue.line, issue.kind, issue.text])}\n`),
    );
  });

  it('that cannot open its file says why', async () => {
    const store = newStore(true);
    rmSync(store.path);
    await expect(appendUntilFailure(store)).resolves.toBeInstanceOf(Error);
  });
});

describe('the shared queue', () => {
  it('gives up on a consumer that shows no life', () => {
    const queue = new SharedQueue();
    let published = 0;
    for (let slot = queue.acquire(20); slot !== undefined; slot = queue.acquire(20)) {
      slot.describe(SlotKind.rows, 0, true);
      queue.publish();
      published++;
    }
    expect(published).toBe(16);
    expect(queue.failure()).toBeUndefined();
  });

  it('carries what is put in, in order, and a seq above 2^32', () => {
    const queue = new SharedQueue();
    for (let turn = 0; turn < 50; turn++) {
      const slot = queue.acquire(1000)!;
      slot.rows[0] = turn;
      slot.describe(SlotKind.rows, 1, turn % 2 === 0, turn, 2 ** 40 + turn);
      queue.publish();
      const taken = queue.take();
      expect([taken.kind, taken.count, taken.isLast, taken.timeHigh, taken.firstSeq, taken.rows[0]]).toEqual([
        ...[SlotKind.rows, 1, turn % 2 === 0, turn, 2 ** 40 + turn, turn],
      ]);
      queue.release();
    }
  });

  it('tells the producer why the consumer failed', () => {
    const queue = new SharedQueue();
    queue.fail('ü disk full');
    expect(queue.acquire(1000)).toBeUndefined();
    expect(queue.failure()).toBe('ü disk full');
  });
});
