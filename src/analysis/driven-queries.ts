/**
 * The named query about runs that another program drove (docs/bus.md). It stands on a view of
 * migrations/0008_msc_and_bandwidth_views.sql, and has no rows in other runs.
 */
import { RunCode } from '../run/codes.ts';
import type { NamedQuery } from './named-query.ts';

export const DRIVEN_QUERIES: readonly NamedQuery[] = [
  {
    name: 'bus-commands',
    title: 'What was the machine told from outside?',
    doc: 'Per command of mpamlab bus: its event, when it acted, the time and the events up to the next one, and its text.',
    parameters: [],
    about: 'commands',
    sql: `
WITH finish AS (
  SELECT ifnull((SELECT seq FROM run_event WHERE code = ${RunCode.end}), (SELECT max(last_seq) + 1 FROM batch)) AS seq)
SELECT number, seq, time_ns, lead(time_ns) OVER next - time_ns AS took_ns,
  ifnull(lead(seq) OVER next, (SELECT seq FROM finish)) - seq - 1 AS events, text
FROM bus_command_v WINDOW next AS (ORDER BY number)
ORDER BY number`,
  },
];
