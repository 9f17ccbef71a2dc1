/**
 * The named queries about MSCs: what was set, what their monitors say beside the truth, and what they report. They stand on
 * the views of migrations/0008_msc_and_bandwidth_views.sql, and have no rows in a run without caches.
 */
import { filters, type NamedQuery } from './named-query.ts';

export const MSC_QUERIES: readonly NamedQuery[] = [
  {
    name: 'msc-registers',
    title: 'Which partitioning was set when?',
    doc: 'Per change of an MSC register: when, in which MSC and resource, whose, its value before and after, and what led to it.',
    parameters: ['machine', 'msc', 'cache', 'partid'],
    about: 'mscs',
    sql: `
SELECT seq, time_ns, machine, msc, ris, cache, channel, register, partid, instance, partid_space,
  iif(internal, 'yes', 'no') AS internal, old_value, new_value, round(new_fraction, 6) AS new_fraction, new_hardlim,
  cause, cause_seq
FROM msc_register_change_v WHERE ${filters('machine', 'msc', 'cache', 'partid')}
ORDER BY seq`,
  },
  {
    name: 'monitors',
    title: 'Do the monitors tell the truth?',
    doc: 'Per monitor that the scenario watches and interval: what it showed at the end, beside the bytes that match its filter by their labels, and those of the tenants whose group the filter names.',
    parameters: ['machine', 'msc', 'instance'],
    about: 'monitors',
    sql: `
SELECT machine, msc, ris, monitor, instance, partid_space, time_ns, value, iif(nrdy, 'yes', 'no') AS nrdy,
  exact_bytes, error_bytes, tenant_bytes, mislabelled_bytes
FROM monitor_sample_v WHERE ${filters('machine', 'msc', 'instance')}
ORDER BY machine_id, msc_id, ris, monitor, partid_space, instance, time_ns`,
  },
  {
    name: 'monitor-events',
    title: 'What happened to monitors?',
    doc: 'Per capture, overflow and change of NRDY: when, to which monitor, its value then, and what led to it.',
    parameters: ['machine', 'msc', 'instance'],
    about: 'mscs',
    sql: `
SELECT seq, time_ns, machine, msc, ris, partid_space, monitor, instance, event, value, iif(nrdy, 'yes', 'no') AS nrdy,
  capture_event, cause, cause_seq
FROM monitor_event_v WHERE ${filters('machine', 'msc', 'instance')}
ORDER BY seq`,
  },
  {
    name: 'msc-errors',
    title: 'Which errors did MSCs report?',
    doc: 'Per error in MPAMF_ESR: when, which, what the register captured of it, and what led to it.',
    parameters: ['machine', 'msc', 'partid'],
    about: 'mscs',
    sql: `
SELECT seq, time_ns, machine, msc, partid_space, code, error, partid, pmg, instance, ris,
  iif(overwrote, 'yes', 'no') AS overwrote, cause, cause_seq
FROM msc_error_v WHERE ${filters('machine', 'msc', 'partid')}
ORDER BY seq`,
  },
  {
    name: 'interrupts',
    title: 'When did MSCs interrupt?',
    doc: 'Per interrupt: when, why and how; for messages the address and the data; and what led to it.',
    parameters: ['machine', 'msc'],
    about: 'mscs',
    sql: `
SELECT seq, time_ns, machine, msc, partid_space, interrupt, level, address, data, cause, cause_seq
FROM interrupt_v WHERE ${filters('machine', 'msc')}
ORDER BY seq`,
  },
];
