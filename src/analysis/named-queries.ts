/**
 * Questions worth asking of every run, by name. The SQL stands on the views of the run file (migrations/0002_views.sql), so a
 * reader can take it from here and change it. Those about caches, bandwidth, MSCs and driven runs are in the files beside this one.
 *
 * Parameters are optional filters; one that is not given matches everything.
 */
import { CODE_MAX } from '../loop/event-row.ts';
import { BANDWIDTH_QUERIES } from './bandwidth-queries.ts';
import { CACHE_QUERIES } from './cache-queries.ts';
import { DRIVEN_QUERIES } from './driven-queries.ts';
import { MSC_QUERIES } from './msc-queries.ts';
import { filters, type NamedQuery } from './named-query.ts';

/** A label as PARTID/PMG; where instruction fetches carry another one than data, both. */
const labelText = (prefix = ''): string => {
  const [partidD, pmgD, partidI, pmgI] = ['partid_d', 'pmg_d', 'partid_i', 'pmg_i'].map((field) => `${prefix}${field}`);
  return `printf('%d/%d', ${partidD}, ${pmgD})
    || iif(${partidI} = ${partidD} AND ${pmgI} = ${pmgD}, '', printf(' I %d/%d', ${partidI}, ${pmgI}))`;
};

/** Nobody's guest time has no label of its own. */
const OWN_LABEL = `iif(tenant IS NULL, NULL, ${labelText('own_')})`;

/** Where the codes of commands and of run events begin among those of causes. */
const COMMAND_CAUSES = CODE_MAX + 1;
const RUN_CAUSES = 2 * COMMAND_CAUSES;

export const NAMED_QUERIES: readonly NamedQuery[] = [
  {
    name: 'guest-el1-label',
    title: 'Under whose label does a guest run?',
    doc: "Per machine, EL and tenant: the label in force in the guest, beside the tenant's own, with its time and share.",
    parameters: ['machine', 'tenant'],
    sql: `
SELECT machine, kernel, mode, el, tenant,
  ${OWN_LABEL} AS own_label,
  ${labelText()} AS label_in_force,
  sum(ns) AS ns,
  round(1.0 * sum(ns) / sum(sum(ns)) OVER (PARTITION BY machine_id, el, tenant), 4) AS share,
  iif(mislabelled, 'yes', 'no') AS mislabelled
FROM guest_label_time
WHERE ${filters('machine', 'tenant')}
GROUP BY machine_id, el, tenant, own_label, label_in_force, mislabelled
HAVING sum(ns) > 0
ORDER BY machine_id, el DESC, tenant, sum(ns) DESC`,
  },
  {
    name: 'mislabelled',
    title: 'How much guest time carried a label that is not the tenant’s?',
    doc: 'Per machine, tenant and EL: time in guests, the mislabelled part of it, and its share.',
    parameters: ['machine', 'tenant'],
    sql: `
SELECT machine, kernel, mode, tenant, el, guest_ns, ifnull(mislabelled_ns, 0) AS mislabelled_ns, share
FROM mislabelled_time WHERE ${filters('machine', 'tenant')}
ORDER BY share DESC, machine_id, tenant, el`,
  },
  {
    name: 'label-timeline',
    title: 'When did a vCPU run under which label?',
    doc: 'Per vCPU and EL: stretches of guest time under one label, from when to when.',
    parameters: ['machine', 'tenant', 'vm', 'vcpu', 'el'],
    sql: `
SELECT machine, tenant, vm, vcpu, el, from_ns, to_ns, guest_ns,
  ${labelText()} AS label,
  ${OWN_LABEL} AS own_label,
  iif(mislabelled, 'yes', 'no') AS mislabelled
FROM label_timeline WHERE ${filters('machine', 'tenant', 'vm', 'vcpu', 'el')}
ORDER BY machine_id, tenant, vm, vcpu, el, from_ns`,
  },
  {
    name: 'register-timeline',
    title: 'What did a register hold, from when to when?',
    doc: 'Per machine, CPU and register: each value with its time; an empty end means until the end of the run.',
    parameters: ['machine', 'cpu', 'register'],
    sql: `
SELECT machine, cpu, register, from_ns, to_ns, value, seq
FROM register_timeline WHERE ${filters('machine', 'cpu', 'register')}
ORDER BY machine_id, cpu, register, seq`,
  },
  {
    name: 'world-switches',
    title: 'How often did CPUs enter a guest?',
    doc: 'Guest entries per machine, CPU and second of virtual time.',
    parameters: ['machine', 'cpu'],
    sql: `
SELECT machine, cpu, second, world_switches
FROM world_switches_per_second WHERE ${filters('machine', 'cpu')}
ORDER BY machine_id, cpu, second`,
  },
  {
    name: 'on-cpu',
    title: 'Who had the CPUs?',
    doc: 'Per machine and thread: time on a CPU, as far as the recording says who it was, and in how many intervals.',
    parameters: ['machine', 'tenant'],
    sql: `
SELECT machine, tid, comm, tenant, vm, vcpu, on_cpu_ns, intervals
FROM on_cpu_time WHERE ${filters('machine', 'tenant')}
ORDER BY machine_id, on_cpu_ns DESC, tid`,
  },
  {
    name: 'register-churn',
    title: 'Which registers change most?',
    doc: 'Per machine and register: changes of value, and their share of all changes on the machine.',
    parameters: ['machine', 'register'],
    sql: `
WITH change AS (SELECT pe, register, count(*) AS changes FROM register_change GROUP BY pe, register)
SELECT m.name AS machine, r.name AS register, sum(c.changes) AS changes,
  round(1.0 * sum(c.changes) / sum(sum(c.changes)) OVER (PARTITION BY m.id), 4) AS share
FROM change c JOIN pe p ON p.id = c.pe JOIN machine m ON m.id = p.machine JOIN register r ON r.id = c.register
WHERE (:machine IS NULL OR m.name = :machine) AND (:register IS NULL OR r.name = :register)
GROUP BY m.id, r.id ORDER BY m.id, changes DESC, r.id`,
  },
  {
    name: 'top-writers',
    title: 'What makes registers change?',
    doc: 'Per machine and register: the events that led to changes, and how many.',
    parameters: ['machine', 'register'],
    sql: `
-- Codes of causes: schedule kinds as they are, commands from ${COMMAND_CAUSES}, run events from ${RUN_CAUSES} (codes are below ${COMMAND_CAUSES}).
WITH change AS MATERIALIZED (
    SELECT pe, register,
      coalesce(
        (SELECT kind FROM schedule_event s WHERE s.seq = c.cause_seq),
        (SELECT ${COMMAND_CAUSES} + code FROM command s WHERE s.seq = c.cause_seq),
        (SELECT ${RUN_CAUSES} + code FROM run_event s WHERE s.seq = c.cause_seq)) AS cause,
      count(*) AS changes
    FROM register_change c GROUP BY 1, 2, 3),
  cause(id, name) AS (
    SELECT id, name FROM schedule_kind
    UNION ALL SELECT ${COMMAND_CAUSES} + id, name FROM command_code
    UNION ALL SELECT ${RUN_CAUSES} + id, name FROM run_code)
SELECT m.name AS machine, r.name AS register, k.name AS cause, sum(c.changes) AS changes
FROM change c JOIN pe p ON p.id = c.pe JOIN machine m ON m.id = p.machine JOIN register r ON r.id = c.register
LEFT JOIN cause k ON k.id = c.cause
WHERE (:machine IS NULL OR m.name = :machine) AND (:register IS NULL OR r.name = :register)
GROUP BY m.id, r.id, c.cause ORDER BY m.id, changes DESC, r.id, cause`,
  },
  {
    name: 'exit-reasons',
    title: 'Why did guests exit?',
    doc: 'Per machine, tenant and VM: exits by reason, and the time in the guest from entry to exit.',
    parameters: ['machine', 'tenant'],
    sql: `
WITH exits AS MATERIALIZED (
  SELECT pe, thread, reason, count(*) AS exits, sum(guest_ns) AS guest_ns FROM guest_stay GROUP BY 1, 2, 3)
SELECT m.name AS machine, n.name AS tenant, v.name AS vm, x.text AS reason,
  sum(e.exits) AS exits, sum(e.guest_ns) AS guest_ns
FROM exits e JOIN pe p ON p.id = e.pe JOIN machine m ON m.id = p.machine
LEFT JOIN thread t ON t.id = e.thread LEFT JOIN tenant n ON n.id = t.tenant LEFT JOIN vm v ON v.id = t.vm
LEFT JOIN text x ON x.id = e.reason
WHERE (:machine IS NULL OR m.name = :machine) AND (:tenant IS NULL OR n.name = :tenant)
GROUP BY m.id, n.id, v.id, x.id ORDER BY m.id, n.id, v.id, exits DESC, reason`,
  },
  {
    name: 'import-issues',
    title: 'What could not be read from the recording?',
    doc: 'Per kind of issue: how many lines, the first of them, and its text.',
    parameters: [],
    sql: `
SELECT kind, count(*) AS issues, min(line) AS first_line, text AS first_text
FROM import_issue GROUP BY kind ORDER BY issues DESC, kind`,
  },
  ...CACHE_QUERIES,
  ...BANDWIDTH_QUERIES,
  ...MSC_QUERIES,
  ...DRIVEN_QUERIES,
];

/** The named query, or undefined. */
export function namedQuery(name: string): NamedQuery | undefined {
  return NAMED_QUERIES.find((query) => query.name === name);
}
