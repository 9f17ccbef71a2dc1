/** What a kernel engineer wants to see after a run. */
import type { OverviewTable, RunOverview } from '../../analysis/run-overview.ts';
import type { QueryValue } from '../../analysis/run-query.ts';
import type { SimulationResult } from '../../history/simulate-scenario.ts';
import { ISSUE_KINDS } from '../../run/issue-kinds.ts';
import { cacheText } from './cache-report.ts';
import { count, percent, rate, seconds } from './format.ts';
import { memoryText, monitorsText } from './memory-report.ts';
import { type Cell, table } from './table.ts';
import { heading, styled } from './terminal.ts';

const SCHEDULE_QUERIES = [['guest-el1-label', 'whose label was in force in the guest, per EL']] as const;
const CACHE_QUERIES = [
  ['evictions', 'who took whose lines, per cache'],
  ['cycles', 'where the time went, per tenant'],
  ['occupancy', 'lines held over time'],
] as const;
const BANDWIDTH_QUERIES = [
  ['bandwidth', 'who used memory’s bandwidth over time'],
  ['bandwidth-blame', 'who waited behind whom for memory'],
  ['throttling', 'who was held back by its own limit, and when'],
] as const;
const MONITOR_QUERIES = [['monitors', 'what monitors showed over time, beside the truth']] as const;

/** @param scenarioName what has been run. */
export function runReport(scenarioName: string, result: SimulationResult, overview: RunOverview): string {
  const parts = [
    headline(scenarioName, result),
    `${heading('Machines')}\n${plainTable(overview.machines)}`,
    `${heading('Register changes')}\n${registerTable(overview)}`,
    `${heading('Guest time under a label that is not the tenant’s own')}\n${mislabelledText(overview)}`,
  ];
  if (overview.tenants.rows.length > 0) parts.push(cacheText(overview));
  parts.push(...[memoryText(overview), monitorsText(overview)].filter((part) => part !== undefined));
  if (overview.importIssues.rows.length > 0) {
    const lines = [heading('Import issues'), plainTable(overview.importIssues), ...adviceOn(overview.importIssues)];
    parts.push(lines.join('\n'));
  }
  parts.push(`${heading('Next')}\n${nextCommands(result.path, queriesFor(overview))}`);
  return parts.join('\n\n');
}

function headline(name: string, result: SimulationResult): string {
  const { status, events, elapsedMs, simulatedNs, path, digest } = result;
  const speed = rate((events * 1000) / Math.max(1, elapsedMs));
  const state = status === 'completed' ? styled('green', status) : styled('yellow', status);
  return [
    `${heading(name)}: ${state}, ${seconds(simulatedNs)} simulated in ${(elapsedMs / 1000).toFixed(1)} s`,
    `events  ${count(events)} (${speed})`,
    `file    ${path}`,
    `digest  ${digest}`,
  ].join('\n');
}

/** One line per register, of PEs and then of MSCs; one column per machine. */
function registerTable({ machines, registerChanges, mscRegisterChanges }: RunOverview): string {
  const names = machines.rows.map(([machine]) => String(machine));
  const changes = new Map<string, Map<string, number>>();
  for (const [machine, register, changed] of [...registerChanges.rows, ...mscRegisterChanges.rows]) {
    const perMachine = changes.get(String(register)) ?? new Map<string, number>();
    changes.set(String(register), perMachine.set(String(machine), Number(changed)));
  }
  const rows = [...changes].map(([register, perMachine]) => [
    register,
    ...names.map((name) => count(perMachine.get(name) ?? 0)),
  ]);
  return table(['register', ...names], rows);
}

function mislabelledText({ mislabelled, guestEntries }: RunOverview): string {
  const [entries] = guestEntries.rows;
  const parts = [mislabelledTable(mislabelled, entries !== undefined)];
  if (entries !== undefined) {
    const [modelled = 0, recorded = 0] = entries.map(Number);
    parts.push(`guest entries: ${count(modelled)} modelled, ${count(recorded)} recorded`);
  }
  return parts.join('\n');
}

function mislabelledTable({ rows }: OverviewTable, isRecorded: boolean): string {
  if (rows.length === 0) return 'no guest ran';
  const columns = ['machine', 'mode', 'kernel', 'tenant', 'guest EL0', 'mislabelled', 'guest EL1', 'mislabelled'];
  // A recording of KVM events tells when a guest ran, not at which EL.
  const time = (ns: QueryValue | undefined): string => {
    return isRecorded && (ns === null || ns === undefined) ? 'not recorded' : ms(Number(ns));
  };
  const cells = rows.map(([machine, mode, kernel, tenant, el0, el0Wrong, el1, el1Wrong]) => [
    ...[machine, mode, kernel, tenant].map(text),
    time(el0),
    part(Number(el0Wrong), Number(el0)),
    time(el1),
    part(Number(el1Wrong), Number(el1)),
  ]);
  const [header, ...lines] = table(columns, cells).split('\n');
  const isWrong = (at: number): boolean => Number(rows[at]?.[5]) > 0 || Number(rows[at]?.[7]) > 0;
  return [header, ...lines.map((line, at) => (isWrong(at) ? styled('red', line) : line))].join('\n');
}

/** Virtual time in milliseconds, to the microsecond. */
function ms(ns: number): string {
  const microseconds = Math.floor(ns / 1000);
  return `${count(Math.floor(microseconds / 1000))}.${String(microseconds % 1000).padStart(3, '0')} ms`;
}

function part(ns: number, of: number): string {
  return of === 0 ? '-' : percent(ns / of);
}

function plainTable({ columns, rows }: OverviewTable): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? count(cell) : text(cell))));
  return table(
    columns.map((column) => column.replaceAll('_', ' ')),
    cells,
  );
}

/** One line per kind of issue: what to do about it. */
function adviceOn({ rows }: OverviewTable): string[] {
  // A run file may name kinds that this version does not know.
  const kinds = rows.map(([kind]) => String(kind)).filter((kind) => Object.hasOwn(ISSUE_KINDS, kind));
  return kinds.map((kind) => `  ${kind}: ${ISSUE_KINDS[kind]!.advice}`);
}

function text(cell: unknown): Cell {
  return cell === null || cell === undefined ? '-' : String(cell);
}

type Query = readonly [name: string, tells: string];

/** The named queries that go on from what the report shows. */
function queriesFor({ tenants, memoryTenants, monitors }: RunOverview): readonly Query[] {
  return [
    ...(tenants.rows.length > 0 ? CACHE_QUERIES : SCHEDULE_QUERIES),
    ...(memoryTenants.rows.length > 0 ? BANDWIDTH_QUERIES : []),
    ...(monitors.rows.length > 0 ? MONITOR_QUERIES : []),
  ];
}

function nextCommands(path: string, queries: readonly Query[]): string {
  return [
    ...queries.map(([query, tells]) => `  npx mpamlab query ${path} ${query.padEnd(15)}   ${tells}`),
    `  npx mpamlab state ${path} --at 5ms          registers and labels at a moment`,
    `  npx mpamlab verify ${path}                  execute it again and compare every event`,
  ].join('\n');
}
