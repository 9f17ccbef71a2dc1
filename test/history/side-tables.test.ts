/** Names and samples: the description of their tables against the migrated schema, and the way into the file and back. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { EventWriter } from '../../src/history/event-writer.ts';
import { migrateToCurrent } from '../../src/history/run-file.ts';
import { openRun } from '../../src/history/run-reader.ts';
import { readSideRows } from '../../src/history/side-rows.ts';
import { type AnySideRow, describeSideLine, SIDE_TABLES, sideLine, sideLines } from '../../src/history/side-tables.ts';
import { NO_SUMMARY, temporaryFolder } from '../support/run-files.ts';
import { syntheticSamples } from '../support/synthetic-caches.ts';
import { syntheticHeader } from '../support/synthetic-events.ts';

function newDatabase(): Database.Database {
  const database = new Database(':memory:');
  migrateToCurrent(database);
  return database;
}

describe('the tables of side rows', () => {
  const tables = SIDE_TABLES.flatMap((table) => [
    { name: table.name, table },
    ...(table.history === undefined ? [] : [{ name: table.history, table }]),
  ]);

  it.each(tables)('$name has the columns that its description says', ({ name, table }) => {
    const columns = newDatabase().prepare('SELECT name FROM pragma_table_info(?)').pluck().all(name);
    const described = [table.sideColumn, ...table.columns.map(({ column }) => column)];
    expect(columns.toSorted()).toEqual(described.toSorted());
  });
});

const count = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constant(0));
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\n', '"],\n["', '\ud800', '\u2028', '\u0000'),
);
const index = fc.oneof(fc.constant(-1), fc.nat(1000));
const eight = fc.array(count, { minLength: 8, maxLength: 8 });
const place = { timeNs: count, machine: fc.nat(3) };

/** Ids are unique in their tables, and come from the position in the list. */
const sideRow: fc.Arbitrary<(id: number) => AnySideRow> = fc.oneof(
  fc
    .record({ tid: count, tgid: index, comm: name, tenant: index, vm: index, vcpu: index, group: fc.nat(9) })
    .chain((thread) => fc.nat(5).map((at) => () => ({ kind: 'thread', thread: { index: at, ...thread } }) as const)),
  name.map((text) => (id: number) => ({ kind: 'text', id, text }) as const),
  fc
    .record({ line: count, kind: fc.constant('unparsed-line' as const), text: name })
    .map((issue) => () => ({ kind: 'issue', issue }) as const),
  fc.record({ event: name, cpu: count, count }).map((counted) => () => ({ kind: 'importCount', ...counted }) as const),
  fc
    .record({ machine: fc.nat(3), label: fc.nat(2 ** 27), tenant: index })
    .map((owner) => (id: number) => ({ kind: 'owner', owner: id, ...owner }) as const),
  fc
    .record({ ...place, cache: count, evictor: count, victim: count, lines: count })
    .map((flow) => () => ({ kind: 'evictionFlow', ...flow }) as const),
  fc
    .record({ ...place, thread: count, world: fc.constantFrom(0, 1), stallPs: eight, served: eight })
    .chain((sample) =>
      fc
        .record({ instructions: count, reads: count, writes: count, fetches: count, computePs: count, idlePs: count })
        .map((counts) => () => ({ kind: 'executorSample', ...sample, ...counts }) as const),
    ),
  fc
    .record({ ...place, thread: count, world: fc.constantFrom(0, 1), waits: fc.tuple(count, count, count) })
    .map(({ waits: [queuedPs, throttledPs, writeBufferPs], ...sample }) => {
      return { ...sample, queuedPs, throttledPs, writeBufferPs };
    })
    .map((delay) => () => ({ kind: 'executorDelay', ...delay }) as const),
  fc
    .record({
      ...{ ...place, channel: count, owner: count, reads: count, writes: count },
      ...{ servicePs: count, throttledPs: count, queuedPs: count, waiting: count },
    })
    .map((sample) => () => ({ kind: 'channelSample', ...sample }) as const),
  fc
    .record({ ...place, channel: count, waiter: count, served: count, queuedPs: count })
    .map((delay) => () => ({ kind: 'channelDelay', ...delay }) as const),
  fc
    .record({
      ...{ ...place, msc: count, ris: fc.nat(15), space: fc.nat(3), instance: count, monitor: fc.nat(2) },
      // What a counter of 63 bits shows is rounded to what a double holds, up to 2^63 itself.
      ...{
        value: fc.oneof(
          count,
          fc.nat(63).map((bit) => 2 ** bit),
        ),
        nrdy: fc.nat(1),
        exactBytes: count,
      },
      tenantBytes: fc.option(count),
    })
    .map((sample) => () => ({ kind: 'monitorSample', ...sample }) as const),
  fc
    .record({ number: count, timeNs: count, text: name })
    .map((command) => () => ({ kind: 'busCommand', ...command }) as const),
  fc.record({ ...place, vm: count, requests: count, arrived: count, waiting: count }).chain((sample) =>
    fc
      .record({
        ...{ meanNs: fc.option(fc.double({ min: 0, max: 1e15, noNaN: true })), p50Ns: fc.option(count) },
        ...{ p90Ns: fc.option(count), p99Ns: fc.option(count), p999Ns: fc.option(count), maxNs: fc.option(count) },
      })
      .map((percentiles) => () => ({ kind: 'requestSample', ...sample, ...percentiles }) as const),
  ),
) as fc.Arbitrary<(id: number) => AnySideRow>;

describe('any names and samples', () => {
  it('come back as the lines that were hashed, in order', () => {
    fc.assert(
      fc.property(fc.array(sideRow, { maxLength: 200 }), fc.nat(200), (makers, cut) => {
        const rows = makers.map((make, id) => make(id));
        const database = newDatabase();
        const writer = new EventWriter(database, '00'.repeat(32));
        writer.addSide(sideLines(rows.slice(0, cut)));
        writer.addSide(sideLines(rows.slice(cut)));
        writer.commit();
        const stored = [...readSideRows(database)];
        expect(stored.map(({ line }) => line)).toEqual(rows.map(sideLine));
        expect(stored.map(({ side }) => side)).toEqual(rows.map((_, at) => at + 1));
        database.close();
      }),
      { numRuns: 60 },
    );
  });

  it('are the same lines through the writer thread', async () => {
    const side = syntheticSamples();
    const store = createRunStore(join(temporaryFolder(), 'run.db'), syntheticHeader());
    store.append({ firstSeq: 1, count: 0, timeHigh: 0, rows: new Int32Array(0), side });
    const { path } = await store.finish('completed', NO_SUMMARY);
    const reader = openRun(path);
    expect([...reader.sideLines()]).toEqual(side.map(sideLine));
    reader.close();
  });
});

describe('a sample', () => {
  it('is described in the words of its table', () => {
    const line = sideLine({
      ...{ kind: 'missCause', timeNs: 5, machine: 0, cache: 1, requester: 3, cause: 0, misses: 7 },
    });
    expect(line).toBe('["miss_cause",5,0,1,3,0,7]\n');
    const { table, columns } = describeSideLine(line);
    expect([table, Object.fromEntries(columns)]).toEqual([
      'miss_cause',
      { time_ns: 5, machine: 0, cache: 1, requester: 3, cause: 0, misses: 7 },
    ]);
  });

  it('that is no number is refused loudly', () => {
    const writer = new EventWriter(newDatabase(), '00'.repeat(32));
    const sample = { kind: 'missCause', timeNs: 5, machine: 0, cache: 1, requester: 3, cause: 0 } as const;
    writer.addSide(sideLine({ ...sample, misses: Number.NaN }));
    expect(() => writer.commit()).toThrow('NOT NULL constraint failed: miss_cause.misses');
  });

  it('counts among the rows that fill a transaction', () => {
    const database = newDatabase();
    const writer = new EventWriter(database, '00'.repeat(32), 10);
    const flow = { kind: 'evictionFlow', timeNs: 1, machine: 0, cache: 0, evictor: 3, victim: 4, lines: 1 } as const;
    writer.addSide(sideLines(new Array(9).fill(flow)));
    writer.endBatch();
    expect(database.inTransaction).toBe(true);
    writer.addSide(sideLine(flow));
    writer.endBatch();
    expect(database.prepare('SELECT id, last_seq, last_side FROM batch').raw(true).all()).toEqual([[1, 0, 10]]);
  });
});
