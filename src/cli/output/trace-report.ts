/** What a memory-trace study found, as a page of text. */
import type { PartitionSettings } from '../../memory/settings/partition-settings.ts';
import type { CacheResult, TenantResult, TraceStudyResult } from '../../run/trace-study/trace-study-result.ts';
import { TRACE_ISSUE_KINDS } from '../../workload/memory-trace/trace-issues.ts';
import { bytes, count, percent } from './format.ts';
import { type Cell, table } from './table.ts';
import { heading } from './terminal.ts';
import { curveParts } from './trace-curves.ts';

/** Wider matrices say nothing on a terminal. */
const MATRIX_TENANTS_MAX = 16;

const PLURAL_KINDS = ['reads', 'writes', 'fetches'] as const;

export function traceReport(result: TraceStudyResult): string {
  const parts = [
    headline(result),
    `${heading('Tenants')}\n${tenantTable(result)}`,
    `${heading('Caches')}\n${cacheTable(result)}`,
    `${heading('Accesses')}\n${accessTable(result)}`,
    `${heading('Why lines missed')}\n${classTable(result)}`,
    ...result.caches.filter((cache) => cache.level === 'LLC').map(evictionPart),
    `${heading('Memory')}\n${memoryTable(result)}`,
    ...curveParts(result),
  ];
  const issues = result.tenants.filter((tenant) => tenant.issues.length > 0);
  if (issues.length > 0) parts.push(`${heading('Import issues')}\n${issueTable(issues)}`);
  return parts.join('\n\n');
}

function headline({ tenants, convention, interleaving, lineBytes }: TraceStudyResult): string {
  const order = tenants.length === 1 ? '' : `, interleaved ${interleaving}`;
  const traces = tenants.length === 1 ? '1 trace' : `${tenants.length} traces`;
  return `${traces}${order}, convention ${convention}, ${lineBytes}-byte lines`;
}

function tenantTable({ tenants }: TraceStudyResult): string {
  const isPartitioned = tenants.some(({ settings }) => settings !== undefined);
  const rows = tenants.map(({ name, partid, settings, format, recorded, instructions, file }) => {
    const { reads, writes, fetches, modifies } = recorded;
    const partition = isPartitioned ? [cpbmText(settings), cmaxText(settings)] : [];
    return [name, partid, ...partition, format, ...[reads, writes, fetches, modifies, instructions].map(count), file];
  });
  const kinds = ['reads', 'writes', 'fetches', 'modifies', 'instructions'];
  return table(['tenant', 'PARTID', ...(isPartitioned ? ['CPBM', 'CMAX'] : []), 'format', ...kinds, 'trace'], rows);
}

function cpbmText(settings: PartitionSettings | undefined): string {
  const words = settings?.cpbm ?? [];
  if (words.length === 0) return '-';
  const [highest = 0, ...lower] = words.toReversed();
  return `0x${highest.toString(16)}${lower.map((word) => word.toString(16).padStart(8, '0')).join('')}`;
}

function cmaxText({ cmax, softlim }: PartitionSettings = {}): string {
  if (cmax === undefined) return '-';
  const share = 'field' in cmax ? `0x${cmax.field.toString(16).padStart(4, '0')}` : `${cmax.percentMilli / 1000} %`;
  return `${share} ${softlim === true ? 'soft' : 'hard'}`;
}

/** One line per level: private caches of a level are alike. */
function cacheTable({ caches, lineBytes }: TraceStudyResult): string {
  const rows = levelsOf(caches).map(({ level, sets, ways, policy, inclusion }) => {
    const sharing = level === 'LLC' ? 'all tenants' : 'one per tenant';
    return [level, bytes(sets * ways * lineBytes), count(sets), count(ways), policy, inclusion, sharing];
  });
  return table(['cache', 'size', 'sets', 'ways', 'policy', 'inclusion', 'shared by'], rows);
}

function levelsOf(caches: readonly CacheResult[]): CacheResult[] {
  return caches.filter((cache, at) => caches.findIndex(({ level }) => level === cache.level) === at);
}

function accessTable({ caches }: TraceStudyResult): string {
  const rows = caches.flatMap(({ level, tenants }) =>
    tenants.map((tenant) => {
      const { readMisses, writeMisses, fetchMisses, hits, writeBacks, occupancy } = tenant;
      const counted = PLURAL_KINDS.map((kind) => tenant[kind]);
      const accesses = counted.reduce((sum, value) => sum + value, 0);
      const misses = [readMisses, writeMisses, fetchMisses];
      const ratio = accesses === 0 ? '-' : percent((accesses - hits) / accesses);
      return [
        level,
        tenant.tenant,
        ...[...counted, hits, ...misses].map(count),
        ratio,
        count(writeBacks),
        count(occupancy),
      ];
    }),
  );
  const kinds = ['reads', 'writes', 'fetches', 'hits', 'read misses', 'write misses', 'fetch misses'];
  return table(['cache', 'tenant', ...kinds, 'miss ratio', 'write-backs', 'lines held'], rows);
}

/** Columns that are empty for everybody are left out, but for the first two. */
function classTable({ caches, tenants }: TraceStudyResult): string {
  const names = tenants.map(({ name }) => name);
  const columns = ['cold', 'own eviction', ...names.map((name) => `evicted by ${name}`), 'refused', 'moved inside'];
  const lines = caches.flatMap((cache) =>
    cache.tenants.map(({ tenant, missClasses: { cold, own, interference, refused, moved } }) => {
      return { title: [cache.level, tenant], counts: [cold, own, ...interference, refused, moved] };
    }),
  );
  const shown = columns.map((_, at) => at).filter((at) => at < 2 || lines.some(({ counts }) => counts[at] > 0));
  const rows = lines.map(({ title, counts }): Cell[] => [...title, ...shown.map((at) => count(counts[at]))]);
  return table(['cache', 'tenant', ...shown.map((at) => columns[at])], rows);
}

function evictionPart({ level, tenants, evictions }: CacheResult): string {
  const title = heading(`Evictions in the ${level}: by the row’s tenant, of the column’s lines`);
  const names = tenants.map(({ tenant }) => tenant);
  if (names.length > MATRIX_TENANTS_MAX) return `${title}\n${names.length} tenants: see --json`;
  const rows = evictions.map((row, evictor) => [names[evictor], ...row.map(count)]);
  return `${title}\n${table(['', ...names], rows)}`;
}

function memoryTable({ memory }: TraceStudyResult): string {
  const rows = memory.map((entry) => [
    entry.tenant,
    ...PLURAL_KINDS.map((kind) => count(entry[kind])),
    count(entry.writeBacks),
  ]);
  return table(['tenant', 'lines for reads', 'for writes', 'for fetches', 'write-backs'], rows);
}

function issueTable(tenants: readonly TenantResult[]): string {
  const rows = tenants.flatMap(({ name, issues }) =>
    issues.map(({ kind, count: times, first }) => {
      return [name, kind, count(times), first.line === 0 ? '-' : count(first.line), first.text];
    }),
  );
  const kinds = new Set(tenants.flatMap(({ issues }) => issues.map(({ kind }) => kind)));
  const advice = [...kinds].map((kind) => `  ${kind}: ${TRACE_ISSUE_KINDS[kind].advice}`);
  return [table(['tenant', 'issue', 'count', 'first in line', 'what'], rows), ...advice].join('\n');
}
