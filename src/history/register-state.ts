/**
 * The registers at a moment, by query (design section 4): for every PE, register and selector, the last change at or
 * before it. Values before a register's first change are not in the history: they are 0 at power-on, and a reset that
 * left anything else is a change.
 */
import type Database from 'better-sqlite3';
import { EVENT_TABLES } from './event-tables.ts';

/** A moment of a run. At a time: after all events with that time; at a seq: after that event. */
export type Moment = { readonly timeNs: number } | { readonly seq: number };

export interface RegisterAt {
  readonly pe: number;
  readonly register: number;
  readonly selector: number;
  /** Unsigned halves of the 64-bit value. */
  readonly lo: number;
  readonly hi: number;
  /** The change that set it. */
  readonly seq: number;
  readonly timeNs: number;
}

/** seq of the last event at or before a moment; 0 if there is none. */
export function seqAt(database: Database.Database, moment: Moment): number {
  if ('seq' in moment) return moment.seq;
  return Math.max(...EVENT_TABLES.map(({ name }) => lastSeqInTable(database, name, moment.timeNs)));
}

/** Time of an event in ns; 0 if there is no such event. */
export function timeOfSeq(database: Database.Database, seq: number): number {
  for (const { name } of EVENT_TABLES) {
    const row = database.prepare<[number], { time_ns: number }>(`SELECT time_ns FROM ${name} WHERE seq = ?`).get(seq);
    if (row !== undefined) return row.time_ns;
  }
  return 0;
}

/** Time never decreases with seq, so a binary search over the rowid needs no index on time. */
function lastSeqInTable(database: Database.Database, table: string, timeNs: number): number {
  const next = database.prepare<[number], { seq: number; time_ns: number }>(
    `SELECT seq, time_ns FROM ${table} WHERE seq >= ? ORDER BY seq LIMIT 1`,
  );
  const last = database.prepare<[], { seq: number | null }>(`SELECT max(seq) AS seq FROM ${table}`).get()?.seq ?? 0;
  let found = 0;
  let low = 1;
  let high = last;
  while (low <= high) {
    const middle = low + Math.floor((high - low) / 2);
    const row = next.get(middle);
    if (row !== undefined && row.time_ns <= timeNs) {
      found = row.seq;
      low = row.seq + 1;
    } else {
      high = middle - 1;
    }
  }
  return found;
}

/** Every (PE, register, selector) that ever changed, by skipping through the index from one selector to the next. */
const REGISTERS_SQL = `
  WITH RECURSIVE subject(pe, register, selector) AS (
    SELECT p.id, r.id, (SELECT min(selector) FROM register_change c WHERE c.pe = p.id AND c.register = r.id)
    FROM pe p, register r
    UNION ALL
    SELECT pe, register, (SELECT min(selector) FROM register_change c
      WHERE c.pe = s.pe AND c.register = s.register AND c.selector > s.selector)
    FROM subject s WHERE selector IS NOT NULL)
  SELECT pe, register, selector FROM subject WHERE selector IS NOT NULL ORDER BY pe, register, selector`;

const LAST_CHANGE_SQL = `
  SELECT pe, register, selector, new_lo AS lo, new_hi AS hi, seq, time_ns AS timeNs FROM register_change
  WHERE pe = ? AND register = ? AND selector = ? AND seq <= ? ORDER BY seq DESC LIMIT 1`;

/** Registers after the event `seq`, ordered by PE, register and selector. */
export function registersAfter(database: Database.Database, seq: number): RegisterAt[] {
  const subjects = database.prepare<[], [number, number, number]>(REGISTERS_SQL).raw(true).all();
  const lastChange = database.prepare<[number, number, number, number], RegisterAt>(LAST_CHANGE_SQL);
  const found: RegisterAt[] = [];
  for (const [pe, register, selector] of subjects) {
    const change = lastChange.get(pe, register, selector, seq);
    if (change !== undefined) found.push(change);
  }
  return found;
}
