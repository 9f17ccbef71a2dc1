/** How tenants fared in the caches, for the report after a run. */
import type { OverviewTable, RunOverview } from '../../analysis/run-overview.ts';
import { count, percent } from './format.ts';
import { type Cell, table } from './table.ts';
import { heading } from './terminal.ts';

/** A larger matrix is no overview. */
const MATRIX_TENANTS_MAX = 8;

/** Tenants' figures, and who took whose lines. */
export function cacheText({ tenants, evictions }: Pick<RunOverview, 'tenants' | 'evictions'>): string {
  const hasRefused = tenants.rows.some((row) => Number(row[5]) > 0);
  const columns = ['machine', 'tenant', 'IPC', 'MPKI', 'misses by interference', ...(hasRefused ? ['refused'] : [])];
  const cells = tenants.rows.map(([machine, tenant, ipc, mpki, interference, refused]) => [
    ...[machine, tenant].map(nameOf),
    ...[ipc, mpki].map((figure) => (figure === null ? '-' : Number(figure).toFixed(3))),
    ...[interference, ...(hasRefused ? [refused] : [])].map((share) => (share === null ? '-' : percent(Number(share)))),
  ]);
  const parts = [`${heading('Tenants in the caches (MPKI and misses of the last level)')}\n${table(columns, cells)}`];
  const matrix = matrixText(evictions, [...new Set(tenants.rows.map(([, tenant]) => nameOf(tenant)))]);
  if (matrix !== undefined) parts.push(matrix);
  return parts.join('\n\n');
}

/** A row per machine and evictor; undefined if there is nothing to show, or too much. */
function matrixText({ rows }: OverviewTable, tenants: readonly string[]): string | undefined {
  const flows = rows.map(([machine, evictor, victim, lines]) => {
    return { machine: nameOf(machine), evictor: nameOf(evictor), victim: nameOf(victim), lines: Number(lines) };
  });
  const involved = new Set(flows.flatMap(({ evictor, victim }) => [evictor, victim]));
  const names = [...new Set([...tenants, ...involved])].filter((name) => involved.has(name));
  if (names.length === 0 || names.length > MATRIX_TENANTS_MAX) return undefined;
  const cells = [...Map.groupBy(flows, ({ machine }) => machine)].flatMap(([machine, own]) =>
    names.map((evictor): Cell[] => {
      const taken = names.map((victim) => own.find((flow) => flow.evictor === evictor && flow.victim === victim));
      return [machine, evictor, ...taken.map((flow) => count(flow?.lines ?? 0))];
    }),
  );
  const columns = ['machine', 'evictor', ...names.map((name) => `of ${name}`)];
  return `${heading('Lines taken in the last level')}\n${table(columns, cells)}`;
}

/** Accesses of nobody's have no tenant. */
function nameOf(cell: unknown): string {
  return cell === null || cell === undefined ? '-' : String(cell);
}
