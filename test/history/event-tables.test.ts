/** The description of the event tables against the migrated schema, and the conversion for arbitrary words. */
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventReader } from '../../src/history/event-reader.ts';
import { columnsOf, describeRow, EVENT_TABLES } from '../../src/history/event-tables.ts';
import { EventWriter } from '../../src/history/event-writer.ts';
import { migrateToCurrent } from '../../src/history/run-file.ts';
import { EventKind, packMeta, ROW_WORDS, World } from '../../src/loop/event-row.ts';
import { CommandCode } from '../../src/run/codes.ts';
import { ScheduleKind } from '../../src/schedule/schedule-batch.ts';

function newDatabase(): Database.Database {
  const database = new Database(':memory:');
  migrateToCurrent(database);
  return database;
}

describe('the event tables', () => {
  it.each(EVENT_TABLES)('$name has the columns that its description says', (table) => {
    const columns = newDatabase().prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table.name);
    expect(columns).toEqual(columnsOf(table));
  });

  it('are STRICT, as all tables are', () => {
    const tables = newDatabase().prepare(`SELECT name, strict FROM pragma_table_list WHERE type = 'table'`).all() as {
      name: string;
      strict: number;
    }[];
    const loose = tables.filter(({ name, strict }) => strict === 0 && !/^(sqlite_|__drizzle)/.test(name));
    expect(loose).toEqual([]);
  });
});

describe('the codes that views and indexes name by number', () => {
  it('are those of the engine', () => {
    const { switch: sched, guestEntry, guestExit, kvmRunExit } = ScheduleKind;
    expect([sched, guestEntry, guestExit, kvmRunExit]).toEqual([1, 6, 7, 9]);
    expect([CommandCode.move, CommandCode.cpuDefault]).toEqual([3, 4]);
    expect(World.guest).toBe(1);
  });
});

const word = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(0, -1, 1, -(2 ** 31), 2 ** 31 - 1),
);
/** Bits of words 3 to 7 that events of an MSC use; a register change has a selector of 23 bits, and no word 7. */
const USED_BITS: Readonly<Record<number, readonly number[]>> = {
  [EventKind.mscRegisterChange]: [0x7f_ffff, -1, -1, -1, 0],
  [EventKind.monitor]: [0x3f_ffff, -1, -1, -1, -1],
  [EventKind.mscError]: [0x3f_ffff, -1, -1, 0, 0],
  [EventKind.interrupt]: [0x3_0000, -1, -1, -1, -1],
};

function legalWords(kind: number, words: readonly number[]): readonly number[] {
  return words.map((value, at) => value & (USED_BITS[kind]?.[at] ?? -1));
}

const event = fc.record({
  kind: fc.constantFrom(...EVENT_TABLES.map(({ kind }) => kind)),
  el: fc.nat(3),
  world: fc.nat(7),
  code: fc.nat(1023),
  pe: fc.nat(4095),
  words: fc.tuple(word, word, word, word, word),
  cause: fc.nat(),
});

describe('any event row', () => {
  it('comes back from the columns bit by bit, whatever its words', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 300 }), fc.nat(2 ** 20), (events, timeHigh) => {
        const rows = new Int32Array(events.length * ROW_WORDS);
        for (const [at, { kind, el, world, code, pe, words, cause }] of events.entries()) {
          rows[at * ROW_WORDS] = at * 1000;
          rows[at * ROW_WORDS + 1] = packMeta(kind, el, world, code, pe);
          rows[at * ROW_WORDS + 2] = cause % (at + 1);
          rows.set(legalWords(kind, words), at * ROW_WORDS + 3);
        }
        const database = newDatabase();
        const writer = new EventWriter(database, '00'.repeat(32));
        writer.addRows(1, events.length, timeHigh, rows);
        writer.commit();
        const pieces = [...new EventReader(database).read(1, events.length)];
        expect(pieces).toHaveLength(1);
        expect(pieces[0]!.timeHigh).toBe(timeHigh);
        expect(pieces[0]!.rows).toEqual(rows);
        database.close();
      }),
      { numRuns: 60 },
    );
  });

  it('is described in the words of its table', () => {
    // Bits 39:32 of the duration are above the thread (none: all ones), bits 47:40 above the argument.
    const rows = new Int32Array([-1, packMeta(3, 1, 1, 7, 2), 4, 0x02ff_ffff, 0x0300_0005, -1, 0x1000_0002, 3]);
    expect(describeRow(rows, 0, 10, 2)).toEqual({
      table: 'schedule_event',
      columns: {
        ...{ seq: 10, time_ns: 2 * 2 ** 32 + 0xffffffff, pe: 2, kind: 7, thread: null, argument: 5 },
        ...{
          lasted_ns: 3 * 2 ** 40 + 2 * 2 ** 32 + 0xffffffff,
          label_d: 0x1000_0002,
          label_i: 3,
          world: 1,
          el: 1,
          cause_seq: 6,
        },
      },
    });
  });

  it('of an MSC register is described with its selector taken apart', () => {
    const selector = 0xabcd | (3 << 16) | (9 << 18) | (1 << 22);
    const rows = new Int32Array([5, packMeta(6, 0, 0, 7, 4), 1, selector, 31, -1, 0x0f, 0]);
    expect(describeRow(rows, 0, 8, 0)).toEqual({
      table: 'msc_register_change',
      columns: {
        ...{ seq: 8, time_ns: 5, msc: 4, register: 7, partid: 0xabcd, space: 3, ris: 9, internal: 1, word: 31 },
        ...{ old_value: 0xffffffff, new_value: 15, world: 0, el: 0, cause_seq: 7 },
      },
    });
  });

  it('of a monitor is described with NRDY apart from the value', () => {
    const rows = new Int32Array([5, packMeta(7, 0, 0, 1, 4), 1, 0x24_0003 | (1 << 16), 2, -2, -1, 6]);
    expect(describeRow(rows, 0, 8, 0)).toEqual({
      table: 'monitor_event',
      columns: {
        ...{ seq: 8, time_ns: 5, msc: 4, code: 1, instance: 3, space: 1, ris: 9, monitor: 2, value_lo: 0xfffffffe },
        ...{ value_hi: 0x7fffffff, nrdy: 1, capture_event: 6, world: 0, el: 0, cause_seq: 7 },
      },
    });
  });
});
