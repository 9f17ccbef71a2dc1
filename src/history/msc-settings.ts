/**
 * The settings of MSCs at a moment, by query (design section 4): of every register and selector, the last change at or before
 * it. Values before a register's first change are not in the history: they are those of its reset (A 2.8).
 */
import type Database from 'better-sqlite3';

export interface MscSettingAt {
  readonly msc: number;
  readonly register: number;
  /** Of registers of monitors: the instance. */
  readonly partid: number;
  readonly space: number;
  readonly ris: number;
  /** 1: `partid` is an internal PARTID. */
  readonly internal: number;
  /** n of MPAMCFG_CPBM<n> and the like, 1 for the upper half of a 64-bit register, else 0. */
  readonly word: number;
  /** Unsigned, 32 bits. */
  readonly value: number;
  /** The change that set it. */
  readonly seq: number;
  readonly timeNs: number;
}

/** With max(), SQLite gives the other columns of the row that has the maximum. */
const SETTINGS_SQL = `
  SELECT msc, register, partid, space, ris, internal, word, new_value AS value, max(seq) AS seq, time_ns AS timeNs
  FROM msc_register_change WHERE seq <= ?
  GROUP BY msc, ris, space, internal, partid, register, word
  ORDER BY msc, ris, space, internal, partid, register, word`;

/** Settings after the event `seq`, ordered by MSC, RIS, PARTID space, PARTID, register and word. */
export function mscSettingsAfter(database: Database.Database, seq: number): MscSettingAt[] {
  return database.prepare<[number], MscSettingAt>(SETTINGS_SQL).all(seq);
}
