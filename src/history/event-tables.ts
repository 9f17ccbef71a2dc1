/**
 * How the canonical event row (loop/event-row.ts) and the columns of the event tables become each other, as data.
 *
 * The conversion loses nothing: the eight words come back bit by bit from the columns. It runs inside SQLite: a row is
 * bound as nine numbers, and the INSERT takes the meta word apart; a SELECT packs it again. Binding a value costs more
 * than the shifts do, so this is faster than a bare insert of the same columns.
 */
import {
  CODE_MAX,
  CODE_SHIFT,
  EL_MAX,
  EL_SHIFT,
  EventKind,
  INDEX_NONE,
  joinTime,
  metaCode,
  metaEl,
  metaKind,
  metaUnit,
  metaWorld,
  ROW_WORDS,
  UNIT_SHIFT,
  unpackIndex,
  unpackLasted,
  WORD_CAUSE,
  WORD_META,
  WORD_SUBJECT,
  WORLD_MAX,
  WORLD_SHIFT,
} from '../loop/event-row.ts';
import { type EventColumn, type EventTable, signed, unsigned, type WordName } from './event-columns.ts';
import { MSC_EVENT_TABLES } from './msc-event-tables.ts';

/** Whole words, one per column. */
function plainTable(
  kind: EventKind,
  name: string,
  codeColumn: string,
  form: (column: string, word: number) => EventColumn,
  columns: readonly string[],
): EventTable {
  return {
    kind,
    name,
    unitColumn: 'pe',
    codeColumn,
    columns: columns.map((column, index) => form(column, WORD_SUBJECT + index)),
    words: columns,
  };
}

const ARGUMENTS = ['arg0', 'arg1', 'arg2', 'arg3', 'arg4'] as const;
const NONE = INDEX_NONE;

/** Schedule rows keep the upper 16 bits of lasted_ns in the upper bytes of the thread and argument words. */
const SCHEDULE_COLUMNS: readonly EventColumn[] = [
  {
    column: 'thread',
    value: (name) => `nullif(${name(3)} & ${NONE}, ${NONE})`,
    outside: `(ifnull(thread, 0) >> 24) | (thread IS ${NONE})`,
    read: ([thread = 0]) => (unpackIndex(thread) === -1 ? null : unpackIndex(thread)),
  },
  {
    column: 'argument',
    value: (name) => `iif(${name(4)} & ${NONE} = ${NONE}, -1, ${name(4)} & ${NONE})`,
    outside: '((argument + 1) >> 24)',
    read: ([, argument = 0]) => unpackIndex(argument),
  },
  {
    column: 'lasted_ns',
    value: (name) =>
      `(${name(5)} & 4294967295) | (((${name(3)} >> 24) & 255) << 32) | (((${name(4)} >> 24) & 255) << 40)`,
    outside: '(lasted_ns >> 48)',
    read: ([thread = 0, argument = 0, low = 0]) => unpackLasted(thread, argument, low),
  },
  unsigned('label_d', 6),
  unsigned('label_i', 7),
];

export const EVENT_TABLES: readonly EventTable[] = [
  plainTable(EventKind.registerChange, 'register_change', 'register', unsigned, [
    'selector',
    'old_lo',
    'old_hi',
    'new_lo',
    'new_hi',
  ]),
  {
    kind: EventKind.schedule,
    name: 'schedule_event',
    unitColumn: 'pe',
    codeColumn: 'kind',
    columns: SCHEDULE_COLUMNS,
    words: [
      `ifnull(thread, ${NONE}) | (((lasted_ns >> 32) & 255) << 24)`,
      `(argument & ${NONE}) | (((lasted_ns >> 40) & 255) << 24)`,
      'lasted_ns & 4294967295',
      'label_d',
      'label_i',
    ],
  },
  plainTable(EventKind.command, 'command', 'code', signed, ARGUMENTS),
  plainTable(EventKind.run, 'run_event', 'code', signed, ARGUMENTS),
  plainTable(EventKind.registerTrap, 'register_trap', 'register', signed, ARGUMENTS),
  ...MSC_EVENT_TABLES,
];

/** Values bound per row: seq, time_ns, meta (unsigned), cause distance (unsigned), words 3 to 7 (signed). */
export const BOUND_VALUES = 9;

/** Widths of the meta word's fields: each ends where the next one begins. */
const EL_BITS = WORLD_SHIFT - EL_SHIFT;
const WORLD_BITS = CODE_SHIFT - WORLD_SHIFT;
const CODE_BITS = UNIT_SHIFT - CODE_SHIFT;
const UNIT_BITS = 32 - UNIT_SHIFT;

/** The columns in table order: what `PRAGMA table_info` lists. */
export function columnsOf(table: EventTable): string[] {
  const columns = table.columns.map(({ column }) => column);
  return ['seq', 'time_ns', table.unitColumn, table.codeColumn, ...columns, 'world', 'el', 'cause_seq'];
}

/** INSERT of `rowCount` rows, each bound as BOUND_VALUES numbers. */
export function insertSql(table: EventTable, rowCount: number): string {
  // Bound are seq, time, meta, cause distance, then word 3 as column5.
  const name: WordName = (word) => `column${word + 2}`;
  const values = [
    'column1',
    'column2',
    `column3 >> ${UNIT_SHIFT}`,
    `(column3 >> ${CODE_SHIFT}) & ${CODE_MAX}`,
    ...table.columns.map(({ value }) => value(name)),
    `(column3 >> ${WORLD_SHIFT}) & ${WORLD_MAX}`,
    `(column3 >> ${EL_SHIFT}) & ${EL_MAX}`,
    'column1 - nullif(column4, 0)',
  ];
  const row = `(${new Array(BOUND_VALUES).fill('?').join()})`;
  return `INSERT INTO ${table.name} SELECT ${values.join()} FROM (VALUES ${new Array(rowCount).fill(row).join()})`;
}

/**
 * SELECT of the rows whose seq lies in a range (two parameters, inclusive), as the values that were bound. The meta
 * word is NULL where a column holds what no row can: a damaged value must not look like a whole one.
 */
export function selectSql(table: EventTable): string {
  const { unitColumn, codeColumn, columns, words } = table;
  const outOfRange = [
    `(${unitColumn} >> ${UNIT_BITS})`,
    `(${codeColumn} >> ${CODE_BITS})`,
    `(world >> ${WORLD_BITS})`,
    `(el >> ${EL_BITS})`,
    '((ifnull(seq - cause_seq, 1) - 1) >> 32)',
    ...columns.map(({ outside }) => outside),
  ].join(' | ');
  const place = `(el << ${EL_SHIFT}) | (world << ${WORLD_SHIFT})`;
  const meta = `${table.kind} | ${place} | (${codeColumn} << ${CODE_SHIFT}) | (${unitColumn} << ${UNIT_SHIFT})`;
  return `SELECT seq, time_ns, CASE WHEN ${outOfRange} = 0 THEN ${meta} END, ifnull(seq - cause_seq, 0), ${words.join()}
    FROM ${table.name} WHERE seq BETWEEN ? AND ?`;
}

/** One event in the terms of its table, for people to read. */
export interface DescribedEvent {
  readonly table: string;
  readonly columns: Readonly<Record<string, number | null>>;
}

/** The columns of the row at index `at` of `rows`. */
export function describeRow(rows: Int32Array, at: number, seq: number, timeHigh: number): DescribedEvent {
  const word = at * ROW_WORDS;
  const meta = rows[word + WORD_META];
  const table = EVENT_TABLES.find(({ kind }) => kind === metaKind(meta));
  if (table === undefined) throw new Error(`event ${seq} has the unknown kind ${metaKind(meta)}`);
  const distance = rows[word + WORD_CAUSE] >>> 0;
  const words = rows.subarray(word + WORD_SUBJECT, word + ROW_WORDS);
  return {
    table: table.name,
    columns: {
      seq,
      time_ns: joinTime(timeHigh, rows[word]),
      [table.unitColumn]: metaUnit(meta),
      [table.codeColumn]: metaCode(meta),
      ...Object.fromEntries(table.columns.map(({ column, read }) => [column, read(words)])),
      world: metaWorld(meta),
      el: metaEl(meta),
      cause_seq: distance === 0 ? null : seq - distance,
    },
  };
}
