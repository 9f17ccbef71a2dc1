/** How tenants fared at memory, and what its monitors showed of it, for the report after a run. */
import type { RunOverview } from '../../analysis/run-overview.ts';
import { count, percent } from './format.ts';
import { type Cell, table } from './table.ts';
import { heading } from './terminal.ts';

/** More monitors are no overview. */
const MONITORS_MAX = 24;

/** Who got how much of the bandwidth, and waited how long for it; undefined of a run whose memory is never busy. */
export function memoryText({ memoryTenants: { rows } }: Pick<RunOverview, 'memoryTenants'>): string | undefined {
  if (rows.length === 0) return undefined;
  const hasSeveral = new Set(rows.map(([, resource]) => resource)).size > 1;
  const columns = ['machine', ...(hasSeveral ? ['at'] : []), 'tenant', 'GB/s', 'share', 'queueing', 'throttled'];
  const cells = rows.map(([machine, resource, tenant, bytesPerSecond, share, ...waits]): Cell[] => [
    ...[machine, ...(hasSeveral ? [resource] : []), tenant].map(nameOf),
    ...[(Number(bytesPerSecond) / 1e9).toFixed(3), percent(Number(share))],
    ...waits.map((ns) => (ns === null ? '-' : `${Number(ns).toFixed(1)} ns`)),
  ]);
  return `${heading('Tenants at memory (share of its bandwidth, mean wait per request)')}\n${table(columns, cells)}`;
}

/** What the monitors that the scenario watches showed at last, beside the truth; undefined if it watches none. */
export function monitorsText({ monitors: { rows } }: Pick<RunOverview, 'monitors'>): string | undefined {
  if (rows.length === 0) return undefined;
  const title = heading('Monitors at the end (bytes)');
  if (rows.length > MONITORS_MAX) return `${title}\n${count(rows.length)} monitors: see the query monitors`;
  const cells = rows.map(([machine, resource, monitor, instance, value, nrdy, exact, own]): Cell[] => [
    ...[nameOf(machine), nameOf(resource), `${nameOf(monitor).toUpperCase().replace('_LONG', '_L')} ${instance}`],
    ...[nrdy === 1 ? 'not ready' : count(Number(value)), count(Number(exact)), own === null ? '-' : count(Number(own))],
  ]);
  const columns = ['machine', 'at', 'monitor', 'shows', 'by label', 'by tenant'];
  return `${title}\n${table(columns, cells)}`;
}

/** Requests of nobody's have no tenant. */
function nameOf(cell: unknown): string {
  return cell === null || cell === undefined ? '-' : String(cell);
}
