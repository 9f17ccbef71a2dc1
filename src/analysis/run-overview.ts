/** What a run did, in a few small tables: shown after a run. Stands on the same tables and views as the named queries. */
import { ScheduleKind } from '../schedule/schedule-batch.ts';
import { type QueryValue, runQuery } from './run-query.ts';

export interface OverviewTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly QueryValue[])[];
}

export interface RunOverview {
  /** Per machine: events by kind, and guest entries. */
  readonly machines: OverviewTable;
  /** Per register and machine: changes. */
  readonly registerChanges: OverviewTable;
  /**
   * Per machine and tenant: guest time at EL0 and EL1, null if there is no such interval, and the part of it under a label
   * that is not the tenant's own.
   */
  readonly mislabelled: OverviewTable;
  /**
   * Of a recorded run, one row: guest entries that were modelled, and that were recorded, on one machine (all have the same
   * schedule). Of a simulated run, none.
   */
  readonly guestEntries: OverviewTable;
  /** Per kind of import issue: how often. */
  readonly importIssues: OverviewTable;
}

const MACHINES_SQL = `
WITH event AS (
  SELECT pe, count(*) AS scheduled, count(*) FILTER (WHERE k.name = 'guest_entry') AS entries, 0 AS changes, 0 AS traps
  FROM schedule_event JOIN schedule_kind k ON k.id = kind GROUP BY pe
  UNION ALL SELECT pe, 0, 0, count(*), 0 FROM register_change GROUP BY pe
  UNION ALL SELECT pe, 0, 0, 0, count(*) FROM register_trap WHERE arg1 <> 0 GROUP BY pe)
SELECT m.name AS machine, m.mode, m.kernel, m.unknown_reset,
  ifnull(sum(entries), 0) AS world_switches, ifnull(sum(scheduled), 0) AS schedule_events,
  ifnull(sum(changes), 0) AS register_changes, ifnull(sum(traps), 0) AS trapped_accesses
FROM machine m JOIN pe p ON p.machine = m.id LEFT JOIN event e ON e.pe = p.id
GROUP BY m.id ORDER BY m.id`;

const MISLABELLED_SQL = `
SELECT t.machine, t.mode, t.kernel, tenant,
  sum(guest_ns) FILTER (WHERE el = 0) AS el0_ns, sum(mislabelled_ns) FILTER (WHERE el = 0) AS el0_mislabelled_ns,
  sum(guest_ns) FILTER (WHERE el = 1) AS el1_ns, sum(mislabelled_ns) FILTER (WHERE el = 1) AS el1_mislabelled_ns
FROM mislabelled_time t JOIN machine m ON m.name = t.machine
WHERE guest_ns > 0 GROUP BY m.id, tenant ORDER BY m.id, tenant`;

const GUEST_ENTRIES_SQL = `
SELECT ifnull(sum(label_d >> 27 & 1), 0) AS modelled, count(*) - ifnull(sum(label_d >> 27 & 1), 0) AS recorded
FROM schedule_event
WHERE kind = ${ScheduleKind.guestEntry} AND pe IN (SELECT id FROM pe WHERE machine = (SELECT min(id) FROM machine))
HAVING EXISTS (SELECT 1 FROM input_file)`;

/** @throws StoreError if the file is not a whole run file. */
export function runOverview(path: string): RunOverview {
  return {
    machines: wholeTable(path, MACHINES_SQL),
    registerChanges: wholeTable(path, 'register-churn'),
    mislabelled: wholeTable(path, MISLABELLED_SQL),
    guestEntries: wholeTable(path, GUEST_ENTRIES_SQL),
    importIssues: wholeTable(path, 'import-issues'),
  };
}

function wholeTable(path: string, query: string): OverviewTable {
  const { columns, rows } = runQuery(path, query);
  return { columns, rows: [...rows] };
}
