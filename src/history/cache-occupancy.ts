/**
 * Who holds the lines of the caches at a moment, by query. Occupancy is measured by samples, and a sample tells only of
 * owners for whom something changed: of each owner in each cache, the last sample at or before the moment holds.
 */
import type Database from 'better-sqlite3';
import { type Moment, timeOfSeq } from './register-state.ts';

/** Lines of one owner in one cache. */
export interface OccupancyAt {
  readonly machine: number;
  /** Number on its machine. */
  readonly cache: number;
  readonly owner: number;
  /** What the hardware sees of the owner, packed (arch/label.ts). */
  readonly label: number;
  /** Index of the tenant, null: nobody. */
  readonly tenant: number | null;
  readonly lines: number;
  /** The sample that says so: the end of an interval. */
  readonly timeNs: number;
}

/** With max(), SQLite gives the other columns of the row that has the maximum. */
const OCCUPANCY_SQL = `
  WITH last AS MATERIALIZED (
    SELECT machine, cache, owner, occupancy AS lines, max(time_ns) AS timeNs FROM cache_sample WHERE time_ns <= ?
    GROUP BY machine, cache, owner)
  SELECT l.machine, l.cache, l.owner, o.label, o.tenant, l.lines, l.timeNs
  FROM last l JOIN owner o ON o.machine = l.machine AND o.id = l.owner
  ORDER BY l.machine, l.cache, l.owner`;

/** Of all owners that ever were in a cache by then, ordered by machine, cache and owner. */
export function occupancyUpTo(database: Database.Database, moment: Moment): OccupancyAt[] {
  const timeNs = 'timeNs' in moment ? moment.timeNs : timeOfSeq(database, moment.seq);
  return database.prepare<[number], OccupancyAt>(OCCUPANCY_SQL).all(timeNs);
}
