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
  joinTime,
  metaCode,
  metaEl,
  metaKind,
  metaUnit,
  metaWorld,
  ROW_WORDS,
  UNIT_SHIFT,
  WORD_CAUSE,
  WORD_META,
  WORD_SUBJECT,
  WORLD_MAX,
  WORLD_SHIFT,
} from '../loop/event-row.ts';

/** How a word is shown: as unsigned, as signed, or as an index whose -1 ("none") is NULL. */
type WordForm = 'unsigned' | 'signed' | 'index';

interface WordColumn {
  readonly column: string;
  readonly form: WordForm;
}

export interface EventTable {
  readonly kind: EventKind;
  readonly name: string;
  /** Column that holds the meta word's code. */
  readonly codeColumn: string;
  /** Columns of words 3 to 7. */
  readonly words: readonly WordColumn[];
}

const unsigned = (column: string): WordColumn => ({ column, form: 'unsigned' });
const signed = (column: string): WordColumn => ({ column, form: 'signed' });
const ARGUMENTS: readonly WordColumn[] = ['arg0', 'arg1', 'arg2', 'arg3', 'arg4'].map(signed);

export const EVENT_TABLES: readonly EventTable[] = [
  {
    kind: EventKind.registerChange,
    name: 'register_change',
    codeColumn: 'register',
    words: ['selector', 'old_lo', 'old_hi', 'new_lo', 'new_hi'].map(unsigned),
  },
  {
    kind: EventKind.schedule,
    name: 'schedule_event',
    codeColumn: 'kind',
    words: [
      { column: 'thread', form: 'index' },
      signed('argument'),
      unsigned('lasted_ns'),
      unsigned('label_d'),
      unsigned('label_i'),
    ],
  },
  { kind: EventKind.command, name: 'command', codeColumn: 'code', words: ARGUMENTS },
  { kind: EventKind.run, name: 'run_event', codeColumn: 'code', words: ARGUMENTS },
  { kind: EventKind.registerTrap, name: 'register_trap', codeColumn: 'register', words: ARGUMENTS },
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
  const words = table.words.map(({ column }) => column);
  return ['seq', 'time_ns', 'pe', table.codeColumn, ...words, 'world', 'el', 'cause_seq'];
}

/** INSERT of `rowCount` rows, each bound as BOUND_VALUES numbers. */
export function insertSql(table: EventTable, rowCount: number): string {
  const words = table.words.map(({ form }, index) => fromWord(form, `column${5 + index}`));
  const values = [
    'column1',
    'column2',
    `column3 >> ${UNIT_SHIFT}`,
    `(column3 >> ${CODE_SHIFT}) & ${CODE_MAX}`,
    ...words,
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
  const { codeColumn, words } = table;
  const outOfRange = [
    `(pe >> ${UNIT_BITS})`,
    `(${codeColumn} >> ${CODE_BITS})`,
    `(world >> ${WORLD_BITS})`,
    `(el >> ${EL_BITS})`,
    '((ifnull(seq - cause_seq, 1) - 1) >> 32)',
    ...words.map(({ column, form }) => outsideWord(column, form)),
  ].join(' | ');
  const place = `(el << ${EL_SHIFT}) | (world << ${WORLD_SHIFT})`;
  const meta = `${table.kind} | ${place} | (${codeColumn} << ${CODE_SHIFT}) | (pe << ${UNIT_SHIFT})`;
  const columns = words.map(({ column, form }) => (form === 'index' ? `ifnull(${column}, -1)` : column));
  return `SELECT seq, time_ns, CASE WHEN ${outOfRange} = 0 THEN ${meta} END, ifnull(seq - cause_seq, 0), ${columns.join()}
    FROM ${table.name} WHERE seq BETWEEN ? AND ?`;
}

function fromWord(form: WordForm, word: string): string {
  if (form === 'unsigned') return `${word} & 4294967295`;
  return form === 'index' ? `nullif(${word}, -1)` : word;
}

/** SQL that is 0 if the column holds what `form` can show. Shifts are arithmetic, so a negative value leaves -1. */
function outsideWord(column: string, form: WordForm): string {
  if (form === 'unsigned') return `(${column} >> 32)`;
  if (form === 'signed') return `((${column} + 2147483648) >> 32)`;
  return `((ifnull(${column}, 0) + 2147483648) >> 32) | (${column} IS -1)`;
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
  return {
    table: table.name,
    columns: {
      seq,
      time_ns: joinTime(timeHigh, rows[word]),
      pe: metaUnit(meta),
      [table.codeColumn]: metaCode(meta),
      ...Object.fromEntries(
        table.words.map(({ column, form }, index) => [column, shown(form, rows[word + WORD_SUBJECT + index])]),
      ),
      world: metaWorld(meta),
      el: metaEl(meta),
      cause_seq: distance === 0 ? null : seq - distance,
    },
  };
}

function shown(form: WordForm, word: number): number | null {
  if (form === 'unsigned') return word >>> 0;
  return form === 'index' && word === -1 ? null : word;
}
