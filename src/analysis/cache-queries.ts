/**
 * The named queries about caches: who holds them, who evicts whom, why accesses miss, and what that costs. They stand on the
 * views of migrations/0005_cache_views.sql (cycle_total: 0008_msc_and_bandwidth_views.sql), and have no rows in a run without
 * caches.
 *
 * A tenant is who really made an access, empty for nobody's; a label (PARTID/PMG) is what the hardware saw of it.
 */
import { filters, labelText, type NamedQuery } from './named-query.ts';

export const CACHE_QUERIES: readonly NamedQuery[] = [
  {
    name: 'occupancy',
    title: 'Who holds the caches?',
    doc: 'Per cache, tenant and label: lines held at the end, their share of the cache, and the most that were held.',
    parameters: ['machine', 'cache', 'tenant'],
    about: 'caches',
    sql: `
-- The last sample of an owner is the one that max(time_ns) was taken from: SQLite gives the other columns of that row.
WITH last AS MATERIALIZED (
    SELECT machine, cache, owner, max(time_ns) AS time_ns, occupancy AS lines FROM cache_sample GROUP BY 1, 2, 3),
  peak AS MATERIALIZED (
    SELECT machine, cache, owner, max(occupancy) AS lines FROM cache_sample GROUP BY 1, 2, 3),
  held AS (
    SELECT o.machine_id, o.machine, c.id AS cache_id, c.name AS cache, o.tenant, ${labelText('o.')} AS label, o.partid_space,
      l.lines, l.lines * c.line_bytes AS bytes, round(1.0 * l.lines / (c.sets * c.ways), 6) AS share, p.lines AS most_lines
    FROM last l JOIN peak p USING (machine, cache, owner)
    JOIN cache c ON c.machine = l.machine AND c.id = l.cache
    JOIN owner_v o ON o.machine_id = l.machine AND o.owner = l.owner)
SELECT machine, cache, tenant, label, partid_space, lines, bytes, share, most_lines
FROM held WHERE ${filters('machine', 'cache', 'tenant')}
ORDER BY machine_id, cache_id, lines DESC, most_lines DESC, tenant, label`,
  },
  {
    name: 'occupancy-timeline',
    title: 'Who held the caches when?',
    doc: 'Per cache, tenant and label: lines held at the end of each interval.',
    parameters: ['machine', 'cache', 'tenant'],
    about: 'caches',
    sql: `
SELECT machine, cache, tenant, ${labelText()} AS label, partid_space, time_ns, occupancy AS lines, occupancy_bytes AS bytes
FROM cache_sample_v WHERE ${filters('machine', 'cache', 'tenant')}
ORDER BY machine_id, cache_id, tenant, label, partid_space, time_ns`,
  },
  {
    name: 'evictions',
    title: 'Who took whose cache lines?',
    doc: 'Per machine, level and pair of tenants: lines of the victim that the evictor’s fills replaced, and their share of what the victim lost.',
    parameters: ['machine', 'level', 'evictor', 'victim'],
    about: 'caches',
    sql: `
WITH flow AS (
  SELECT machine_id, machine, min(cache_id) AS place, level, evictor_tenant AS evictor, victim_tenant AS victim,
    sum(lines) AS lines
  FROM eviction_flow_v GROUP BY machine_id, level, evictor_tenant, victim_tenant),
shared AS (SELECT *, 1.0 * lines / sum(lines) OVER (PARTITION BY machine_id, level, victim) AS share FROM flow)
SELECT machine, level, evictor, victim, lines, round(share, 6) AS share_of_victim
FROM shared WHERE ${filters('machine', 'level', 'evictor', 'victim')}
ORDER BY machine_id, place, lines DESC, evictor, victim`,
  },
  {
    name: 'evictions-by-label',
    title: 'Under which labels were cache lines taken?',
    doc: 'Per machine, level and pair of tenants and labels: lines of the victim that the evictor’s fills replaced.',
    parameters: ['machine', 'level', 'evictor', 'victim'],
    about: 'caches',
    sql: `
WITH flow AS (
  SELECT machine_id, machine, min(cache_id) AS place, level,
    evictor_tenant AS evictor, ${labelText('evictor_')} AS evictor_label, evictor_partid_space,
    victim_tenant AS victim, ${labelText('victim_')} AS victim_label, victim_partid_space, sum(lines) AS lines
  FROM eviction_flow_v GROUP BY machine_id, level, 5, 6, 7, 8, 9, 10)
SELECT machine, level, evictor, evictor_label, evictor_partid_space, victim, victim_label, victim_partid_space, lines
FROM flow WHERE ${filters('machine', 'level', 'evictor', 'victim')}
ORDER BY machine_id, place, lines DESC, evictor, evictor_label, victim, victim_label`,
  },
  {
    name: 'miss-causes',
    title: 'Why did accesses miss?',
    doc: 'Per machine, level and tenant: misses by class, for interference by whose fills evicted the line, and their share.',
    parameters: ['machine', 'level', 'tenant'],
    about: 'caches',
    sql: `
WITH cause AS (
  SELECT machine_id, machine, min(cache_id) AS place, level, tenant, class,
    iif(class = 'interference', evictor_tenant, NULL) AS evictor, sum(misses) AS misses
  FROM miss_cause_v GROUP BY machine_id, level, tenant, class, evictor)
SELECT machine, level, tenant, class, evictor, misses,
  round(1.0 * misses / sum(misses) OVER (PARTITION BY machine_id, level, tenant), 6) AS share
FROM cause WHERE ${filters('machine', 'level', 'tenant')}
ORDER BY machine_id, place, tenant, misses DESC, class, evictor`,
  },
  {
    name: 'cycles',
    title: 'Where did the cycles go?',
    doc: 'Per vCPU or thread, in its guest and on the host: cycles by cause, their share and cycles per instruction, and the IPC over all that were not idle.',
    parameters: ['machine', 'tenant', 'vm', 'vcpu'],
    about: 'caches',
    sql: `
WITH part AS (
  SELECT *, sum(cycles) OVER executor AS all_cycles,
    instructions / nullif(sum(cycles) FILTER (WHERE cause <> 'idle') OVER executor, 0) AS ipc
  FROM cycle_total WHERE ${filters('machine', 'tenant', 'vm', 'vcpu')}
  WINDOW executor AS (PARTITION BY machine_id, thread_id, world))
SELECT machine, tenant, vm, vcpu, tid, comm, world, cause, CAST(round(cycles) AS INTEGER) AS cycles,
  round(cycles / nullif(all_cycles, 0), 6) AS share, round(cycles / nullif(instructions, 0), 6) AS cpi, round(ipc, 6) AS ipc
FROM part WHERE cycles > 0
ORDER BY machine_id, tenant_id, vm, vcpu, thread_id, world, step`,
  },
  {
    name: 'mpki',
    title: 'How often does each level miss?',
    doc: 'Per machine, tenant and level: instructions, demand accesses, misses, miss ratio, and misses per 1000 instructions.',
    parameters: ['machine', 'tenant', 'level'],
    about: 'caches',
    sql: `
WITH executed AS (
    SELECT machine_id, tenant_id, sum(instructions) AS instructions
    FROM cycle_total WHERE cause = 'compute' GROUP BY machine_id, tenant_id),
  level AS (
    SELECT machine_id, machine, tenant_id, tenant, level, min(cache_id) AS place, sum(accesses) AS accesses, sum(misses) AS misses
    FROM cache_total GROUP BY machine_id, tenant_id, level)
SELECT l.machine, l.tenant, l.level, e.instructions, l.accesses, l.misses,
  round(1.0 * l.misses / nullif(l.accesses, 0), 6) AS miss_ratio,
  round(1000.0 * l.misses / nullif(e.instructions, 0), 6) AS mpki
FROM level l LEFT JOIN executed e ON e.machine_id = l.machine_id AND e.tenant_id IS l.tenant_id
WHERE ${filters('machine', 'tenant', 'level')}
ORDER BY l.machine_id, l.tenant_id, l.place`,
  },
  {
    name: 'request-latency',
    title: 'How long did requests take?',
    doc: 'Per VM with a service and interval: requests finished, arrived, and waiting at its end; the mean, percentiles and maximum of the latency of those that finished.',
    parameters: ['machine', 'tenant', 'vm'],
    about: 'services',
    sql: `
SELECT machine, tenant, vm, time_ns, requests, arrived, waiting, round(mean_ns) AS mean_ns, p50_ns, p90_ns, p99_ns, p999_ns, max_ns
FROM request_sample_v WHERE ${filters('machine', 'tenant', 'vm')}
ORDER BY machine_id, vm, time_ns`,
  },
];
