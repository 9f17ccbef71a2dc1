/**
 * What the overview of a run says of its memory and MSCs: small tables over the whole run. The named queries `bandwidth`,
 * `monitors` and `msc-registers` tell the same by interval and by change.
 */

/**
 * Per machine, resource and tenant, over all channels and labels: bytes per second, their share of the resource's bandwidth,
 * and what a request waited on average, ns. A resource is a memory with all of its channels, or the memory side of a cache.
 */
export const MEMORY_TENANTS_SQL = `
WITH capacity AS (
    SELECT machine AS machine_id, ifnull(memory, name) AS resource, sum(bytes_per_second) AS bytes_per_second
    FROM channel GROUP BY 1, 2),
  -- A run that was interrupted has no last event at its end, but samples.
  finish AS (
    SELECT max(ifnull((SELECT max(time_ns) FROM run_event), 0), (SELECT max(time_ns) FROM channel_sample)) AS time_ns),
  used AS (
    SELECT machine_id, machine, min(channel_id) AS place, resource, tenant_id, tenant, sum(reads + writes) AS requests,
      sum(bytes) AS bytes, sum(queued_ns) AS queued_ns, sum(throttled_ns) AS throttled_ns
    FROM channel_total GROUP BY machine_id, resource, tenant_id)
SELECT u.machine, u.resource, u.tenant, CAST(round(u.bytes * 1e9 / f.time_ns) AS INTEGER) AS bytes_per_second,
  round(u.bytes * 1e9 / f.time_ns / c.bytes_per_second, 6) AS share,
  round(u.queued_ns / nullif(u.requests, 0), 3) AS queued_ns, round(u.throttled_ns / nullif(u.requests, 0), 3) AS throttled_ns
FROM used u JOIN capacity c USING (machine_id, resource) CROSS JOIN finish f
ORDER BY u.machine_id, u.place, u.tenant_id IS NULL, u.tenant_id`;

/** Per monitor that the scenario watches, at its last sample: what it shows beside what it stands for, bytes. */
export const MONITORS_SQL = `
WITH latest AS (
  SELECT *, max(time_ns) AS sampled_ns FROM monitor_sample GROUP BY machine, msc, ris, monitor, space, instance)
SELECT m.name AS machine, ifnull(c.name, ifnull(h.name, k.name)) AS resource, t.name AS monitor, s.instance,
  s.value, s.nrdy, s.exact_bytes, s.tenant_bytes
FROM latest s
LEFT JOIN machine m ON m.id = s.machine
LEFT JOIN msc k ON k.id = s.msc
LEFT JOIN msc_resource x ON x.msc = s.msc AND x.ris = s.ris
LEFT JOIN cache c ON c.machine = s.machine AND c.id = x.cache
LEFT JOIN channel h ON h.machine = s.machine AND h.id = x.channel
LEFT JOIN monitor_kind t ON t.id = s.monitor
ORDER BY s.machine, s.msc, s.ris, s.monitor, s.space, s.instance`;

/** Per machine and register of its MSCs: changes. */
export const MSC_REGISTER_CHANGES_SQL = `
WITH change AS (SELECT msc, register, count(*) AS changes FROM msc_register_change GROUP BY msc, register)
SELECT m.name AS machine, r.name AS register, sum(c.changes) AS changes
FROM change c JOIN msc k ON k.id = c.msc JOIN machine m ON m.id = k.machine JOIN msc_register r ON r.id = c.register
GROUP BY m.id, r.id ORDER BY m.id, changes DESC, r.id`;
