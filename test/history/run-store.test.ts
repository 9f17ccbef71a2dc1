/** The store as a whole: what goes in comes out, and the digest depends on nothing but the events. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { checkIntegrity } from '../../src/history/check-integrity.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { openRun } from '../../src/history/run-reader.ts';
import { ROW_WORDS } from '../../src/loop/event-row.ts';
import { NO_SUMMARY, storeRun, TEST_SUMMARY, temporaryFolder } from '../support/run-files.ts';
import { batchesOf, rowsOf, syntheticEvents, syntheticHeader } from '../support/synthetic-events.ts';

const EVENTS = syntheticEvents(7, 20_000);

describe('a stored run', () => {
  it('gives back every word of every event', async () => {
    const { path, lastSeq } = await storeRun(EVENTS);
    expect(lastSeq).toBe(EVENTS.length);
    const reader = openRun(path);
    const expected = rowsOf(EVENTS);
    let seq = 1;
    for (const { firstSeq, count, timeHigh, rows } of reader.events()) {
      expect(firstSeq).toBe(seq);
      expect(rows.subarray(0, count * ROW_WORDS)).toEqual(
        expected.subarray((seq - 1) * ROW_WORDS, (seq - 1 + count) * ROW_WORDS),
      );
      for (let at = 0; at < count; at++) {
        expect(Math.floor(EVENTS[seq - 1 + at]!.timeNs / 2 ** 32)).toBe(timeHigh);
      }
      seq += count;
    }
    expect(seq).toBe(EVENTS.length + 1);
    reader.close();
  });

  it('can be read from the middle', async () => {
    const { path } = await storeRun(EVENTS);
    const reader = openRun(path);
    const first = reader.events(12_345).next().value!;
    expect(first.firstSeq).toBe(12_345);
    expect(first.rows.subarray(0, ROW_WORDS)).toEqual(rowsOf(EVENTS).subarray(12_344 * ROW_WORDS, 12_345 * ROW_WORDS));
    reader.close();
  });

  it('is one whole file that says how it ended', async () => {
    const { path, digest } = await storeRun(EVENTS);
    expect(existsSync(`${path}-wal`) || existsSync(`${path}-shm`) || existsSync(`${path}-journal`)).toBe(false);
    const reader = openRun(path);
    expect(reader.status).toBe('completed');
    expect(reader.digest).toBe(digest);
    expect(reader.header).toEqual(syntheticHeader());
    expect(reader.figures).toEqual(TEST_SUMMARY.figures);
    reader.close();
    expect(checkIntegrity(path)).toMatchObject({ isWhole: true, problems: [], events: EVENTS.length, digest });
  });

  it('holds no event and has a digest all the same if nothing happened', async () => {
    const { path, digest } = await storeRun([]);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(checkIntegrity(path)).toMatchObject({ isWhole: true, events: 0, digest });
  });
});

describe('the digest', () => {
  const choices = [
    { batchRows: 1000 },
    { batchRows: 1 },
    { batchRows: 4097 },
    { batchRows: 20_000 },
    { batchRows: 64, transactionRows: 1 },
    { batchRows: 999, transactionRows: 100_000 },
    { batchRows: 1000, thread: true },
    { batchRows: 20_000, thread: true },
    { batchRows: 7, thread: true, transactionRows: 50 },
  ];

  it('is the same for any batch size, any transaction size, with and without the writer thread', async () => {
    const events = EVENTS.slice(0, 9000);
    const digests = new Set<string>();
    for (const choice of choices) digests.add((await storeRun(events, choice)).digest);
    expect(digests.size).toBe(1);
  });

  it('differs when one bit of one event differs, and when the header does', async () => {
    const events = EVENTS.slice(0, 3000);
    const { digest } = await storeRun(events);
    const changed = events.with(1234, { ...events[1234]!, causeSeq: events[1234]!.causeSeq === 1 ? 2 : 1 });
    expect((await storeRun(changed)).digest).not.toBe(digest);
    const store = createRunStore(join(temporaryFolder(), 'a.db'), { ...syntheticHeader(), seed: 2 }, { thread: false });
    for (const batch of batchesOf(events, 1000)) store.append(batch);
    expect((await store.finish('completed', NO_SUMMARY)).digest).not.toBe(digest);
  });

  it('does not depend on the order in which the header lists things', async () => {
    const header = syntheticHeader();
    const turned = {
      ...header,
      machines: header.machines.toReversed(),
      registerFields: header.registerFields.toReversed(),
    };
    const digestOf = async (name: string, of: typeof header) =>
      (await createRunStore(join(temporaryFolder(), name), of, { thread: false }).finish('completed', NO_SUMMARY))
        .digest;
    expect(await digestOf('a.db', turned)).toBe(await digestOf('b.db', header));
  });
});

describe('a producer that breaks its promises is stopped loudly', () => {
  const [batch] = [...batchesOf(EVENTS.slice(0, 10), 10)];
  const store = () => createRunStore(join(temporaryFolder(), 'run.db'), syntheticHeader(), { thread: false });

  it('when a seq is left out', () => {
    expect(() => store().append({ ...batch!, firstSeq: 2 })).toThrow('events do not follow: got seq 2 after 0');
  });

  it('when time goes back', () => {
    const rows = batch!.rows.slice();
    rows[9 * ROW_WORDS] = 0;
    expect(() => store().append({ ...batch!, rows })).toThrow('time goes back');
  });

  it('when an event has no kind', () => {
    const rows = batch!.rows.slice();
    rows[5 * ROW_WORDS + 1] = 0;
    expect(() => store().append({ ...batch!, rows })).toThrow('event 6 has the unknown kind 0');
  });
});

describe('recorded events are append-only', () => {
  const TABLES = [
    ...['register_change', 'msc_register_change', 'schedule_event', 'command', 'run_event', 'register_trap', 'batch'],
    ...['thread_history', 'text', 'import_issue', 'import_count', 'owner', 'cache_sample', 'eviction_flow'],
    ...['miss_cause', 'memory_sample', 'executor_sample', 'request_sample'],
  ];

  it.each(TABLES)('%s refuses UPDATE and DELETE', async (table) => {
    const { path } = await storeRun(EVENTS.slice(0, 5000));
    const database = new Database(path);
    const key = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().get(table);
    expect(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()).not.toEqual({ n: 0 });
    const message = `${table} is append-only`;
    expect(() => database.exec(`UPDATE ${table} SET ${key} = ${key} + 1000000`)).toThrow(message);
    expect(() => database.exec(`DELETE FROM ${table}`)).toThrow(message);
    database.close();
    expect(checkIntegrity(path).isWhole).toBe(true);
  });
});
