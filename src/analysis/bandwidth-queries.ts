/**
 * The named queries about memory bandwidth: who uses it, who waits behind whom, and who is held back by its own limit. They
 * stand on the views of migrations/0008_msc_and_bandwidth_views.sql, and have no rows in a run without bandwidth.
 *
 * A resource is a memory with all of its channels, or the memory side of a cache (docs/bandwidth.md).
 */
import { filters, labelText, type NamedQuery } from './named-query.ts';

export const BANDWIDTH_QUERIES: readonly NamedQuery[] = [
  {
    name: 'bandwidth',
    title: 'Who used the memory’s bandwidth?',
    doc: 'Per resource, tenant and interval: lines read and written, bytes per second, and their share of the bandwidth.',
    parameters: ['machine', 'resource', 'tenant'],
    about: 'bandwidth',
    sql: `
WITH capacity AS (
    SELECT machine AS machine_id, ifnull(memory, name) AS resource, sum(bytes_per_second) AS bytes_per_second, count(*) AS channels
    FROM channel GROUP BY 1, 2),
  used AS (
    SELECT machine_id, machine, min(channel_id) AS place, resource, tenant, time_ns, sum(reads) AS reads, sum(writes) AS writes,
      sum(bytes) AS bytes, sum(bytes_per_second) AS bytes_per_second, sum(utilisation) AS utilisation
    FROM channel_sample_v GROUP BY machine_id, resource, tenant, time_ns)
SELECT u.machine, u.resource, u.tenant, u.time_ns, u.reads, u.writes, u.bytes,
  CAST(round(u.bytes_per_second) AS INTEGER) AS bytes_per_second, round(u.bytes_per_second / c.bytes_per_second, 6) AS share,
  round(u.utilisation / c.channels, 6) AS utilisation
FROM used u JOIN capacity c USING (machine_id, resource)
WHERE ${filters('machine', 'resource', 'tenant')}
ORDER BY machine_id, place, tenant, time_ns`,
  },
  {
    name: 'bandwidth-blame',
    title: 'Who waited behind whom for memory?',
    doc: 'Per resource and pair of tenants: how long requests of the waiter queued while lines of the other were served, per request of the waiter, and as a share of all its queueing.',
    parameters: ['machine', 'resource', 'waiter', 'served'],
    about: 'bandwidth',
    sql: `
WITH request AS (
    SELECT machine_id, resource, tenant, sum(reads + writes) AS requests FROM channel_total GROUP BY 1, 2, 3),
  delay AS (
    SELECT machine_id, machine, min(channel_id) AS place, resource, waiter_tenant AS waiter, served_tenant AS served,
      sum(queued_ns) AS ns
    FROM channel_delay_v GROUP BY machine_id, resource, waiter_tenant, served_tenant),
  shared AS (SELECT *, ns / sum(ns) OVER (PARTITION BY machine_id, resource, waiter) AS share FROM delay)
SELECT d.machine, d.resource, d.waiter, d.served, CAST(round(d.ns) AS INTEGER) AS queued_ns, r.requests,
  round(d.ns / nullif(r.requests, 0), 3) AS ns_per_request, round(d.share, 6) AS share_of_waiter
FROM shared d
LEFT JOIN request r ON r.machine_id = d.machine_id AND r.resource = d.resource AND r.tenant IS d.waiter
WHERE (:resource IS NULL OR d.resource = :resource) AND ${filters('machine', 'waiter', 'served')}
ORDER BY d.machine_id, d.place, d.waiter, d.ns DESC, d.served`,
  },
  {
    name: 'throttling',
    title: 'Who was held back by its own limit, and when?',
    doc: 'Per resource, tenant, label and interval in which requests were held: for how long in total, how many on average, and how many waited at its end.',
    parameters: ['machine', 'resource', 'tenant', 'partid'],
    about: 'bandwidth',
    sql: `
SELECT machine, resource, tenant, ${labelText()} AS label, partid_space, time_ns,
  CAST(round(sum(throttled_ns)) AS INTEGER) AS throttled_ns, round(sum(throttled_ns) / interval_ns, 6) AS held,
  sum(reads + writes) AS requests, sum(waiting) AS waiting
FROM channel_sample_v WHERE ${filters('machine', 'resource', 'tenant', 'partid')}
GROUP BY machine_id, resource, tenant, label, partid_space, time_ns
HAVING sum(throttled_ns) > 0
ORDER BY machine_id, min(channel_id), tenant, label, partid_space, time_ns`,
  },
];
