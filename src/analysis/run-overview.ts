/** What a run did, in a few small tables: shown after a run. Stands on the same tables and views as the named queries. */
import { FIRST_OWNER } from '../loop/assembly/layout.ts';
import { ScheduleKind } from '../schedule/schedule-batch.ts';
import { MEMORY_TENANTS_SQL, MONITORS_SQL, MSC_REGISTER_CHANGES_SQL } from './memory-overview.ts';
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
  /** The same of the registers of MSCs. */
  readonly mscRegisterChanges: OverviewTable;
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
  /**
   * Of a run with caches, per machine and tenant (null: nobody's) that executed: instructions per cycle, misses of the
   * caches before memory per 1000 instructions, and the share of these misses that are lines which others had evicted, null
   * where that was not kept. Then, of the lines that were to be allocated in these caches, for misses or from inside, the
   * share that found no way; null if there were none.
   */
  readonly tenants: OverviewTable;
  /** Of a run with caches, per machine, evictor and victim: lines taken in the caches before memory. */
  readonly evictions: OverviewTable;
  /**
   * Of a run with memory bandwidth, per machine, resource (a memory, or the memory side of a cache) and tenant (null: nobody's):
   * bytes per second, their share of the bandwidth, and ns that a request queued and that it was throttled, on average.
   */
  readonly memoryTenants: OverviewTable;
  /**
   * Per monitor that the scenario watches, at its last sample: machine, resource, kind, instance, the bytes that it shows,
   * whether it was not ready (NRDY), the bytes that match its filter, and those of the tenants whose group the filter names,
   * null if it names none.
   */
  readonly monitors: OverviewTable;
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

const TENANTS_SQL = `
WITH executed AS (
    SELECT machine_id, machine, tenant_id, tenant, sum(instructions) FILTER (WHERE cause = 'compute') AS instructions,
      sum(cycles) FILTER (WHERE cause <> 'idle') AS cycles
    FROM cycle_total GROUP BY machine_id, tenant_id),
  missed AS (
    SELECT machine_id, tenant_id, sum(misses) AS misses, sum(fills) AS fills, sum(refused) AS refused
    FROM cache_total WHERE outer_cache IS NULL
    GROUP BY machine_id, tenant_id),
  caused AS (
    SELECT s.machine AS machine_id, o.tenant AS tenant_id, sum(s.misses) AS misses,
      ifnull(sum(s.misses) FILTER (WHERE s.cause >= ${FIRST_OWNER} AND e.tenant IS NOT o.tenant), 0) AS interference
    FROM miss_cause s JOIN cache c ON c.machine = s.machine AND c.id = s.cache AND c.outer_cache IS NULL
    JOIN owner o ON o.machine = s.machine AND o.id = s.requester
    LEFT JOIN owner e ON e.machine = s.machine AND e.id = s.cause
    GROUP BY 1, 2)
SELECT x.machine, x.tenant, round(x.instructions / nullif(x.cycles, 0), 4) AS ipc,
  round(1000.0 * m.misses / nullif(x.instructions, 0), 4) AS mpki,
  round(1.0 * c.interference / nullif(c.misses, 0), 6) AS interference,
  round(1.0 * m.refused / nullif(m.fills + m.refused, 0), 6) AS refused
FROM executed x
LEFT JOIN missed m ON m.machine_id = x.machine_id AND m.tenant_id IS x.tenant_id
LEFT JOIN caused c ON c.machine_id = x.machine_id AND c.tenant_id IS x.tenant_id
ORDER BY x.machine_id, x.tenant_id IS NULL, x.tenant_id`;

const EVICTIONS_SQL = `
SELECT m.name AS machine, en.name AS evictor, vn.name AS victim, sum(f.lines) AS lines
FROM eviction_flow f JOIN cache c ON c.machine = f.machine AND c.id = f.cache AND c.outer_cache IS NULL
JOIN machine m ON m.id = f.machine
JOIN owner e ON e.machine = f.machine AND e.id = f.evictor LEFT JOIN tenant en ON en.id = e.tenant
JOIN owner v ON v.machine = f.machine AND v.id = f.victim LEFT JOIN tenant vn ON vn.id = v.tenant
GROUP BY f.machine, e.tenant, v.tenant
ORDER BY f.machine, e.tenant IS NULL, e.tenant, v.tenant IS NULL, v.tenant`;

/** @throws StoreError if the file is not a whole run file. */
export function runOverview(path: string): RunOverview {
  return {
    machines: wholeTable(path, MACHINES_SQL),
    registerChanges: wholeTable(path, 'register-churn'),
    mscRegisterChanges: wholeTable(path, MSC_REGISTER_CHANGES_SQL),
    mislabelled: wholeTable(path, MISLABELLED_SQL),
    guestEntries: wholeTable(path, GUEST_ENTRIES_SQL),
    importIssues: wholeTable(path, 'import-issues'),
    tenants: wholeTable(path, TENANTS_SQL),
    evictions: wholeTable(path, EVICTIONS_SQL),
    memoryTenants: wholeTable(path, MEMORY_TENANTS_SQL),
    monitors: wholeTable(path, MONITORS_SQL),
  };
}

function wholeTable(path: string, query: string): OverviewTable {
  const { columns, rows } = runQuery(path, query);
  return { columns, rows: [...rows] };
}
