/**
 * What a run tells beside its events (threads, texts, import issues, samples): how each kind of row, the line that stands
 * for it in the hash, and the columns of its table become each other, as data.
 *
 * A line is a JSON array: the tag of the kind, then the values of the columns. Lines are what is hashed, compared and sent
 * to the writer; a table's row is made from the line, and the line again from the row.
 */
import { STEPS } from '../loop/assembly/layout.ts';
import type { BusCommandRow } from '../run/driven/bus-command-row.ts';
import type { SampleRow } from '../run/samples.ts';
import { snakeCase } from '../scenario/snake-case.ts';
import type { SideRow } from '../schedule/registry.ts';

/** A row beside the events. */
export type AnySideRow = SideRow | SampleRow | BusCommandRow;
type RowOf<Kind> = Extract<AnySideRow, { readonly kind: Kind }>;

/** A value of a line and of its column. Texts are well-formed Unicode, as SQLite stores UTF-8. */
export type SideValue = string | number | null;

interface SideColumn<Row> {
  readonly column: string;
  readonly read: (row: Row) => SideValue;
}

/** How rows of one kind are stored. */
export interface SideTable<Row = never> {
  /** First element of the line. */
  readonly tag: string;
  readonly name: string;
  /** Column that holds the row's number among all side rows. */
  readonly sideColumn: 'side' | 'id';
  /** The other columns in the order of the line. */
  readonly columns: readonly SideColumn<Row>[];
  /** Table that keeps a row when another one of the same id takes its place. */
  readonly history?: string;
}

/** The indexes of the registry have -1 for "none", the tables NULL. */
const indexOrNull = (index: number): number | null => (index === -1 ? null : index);

/** A table of samples: its name is the kind's, its columns are the members of the row, in this order. */
function sampleTable<Kind extends SampleRow['kind']>(
  kind: Kind,
  members: readonly (keyof RowOf<Kind> & string)[],
  more: readonly SideColumn<RowOf<Kind>>[] = [],
): SideTable<RowOf<Kind>> {
  const columns = members.map((member) => ({
    column: snakeCase(member),
    read: (row: RowOf<Kind>) => row[member] as number | null,
  }));
  const name = snakeCase(kind);
  return { tag: name, name, sideColumn: 'side', columns: [...columns, ...more] };
}

/** One column for each step of an access's way to memory: `stall_ps_0` and so on. */
function columnsByStep<Member extends 'stallPs' | 'served'>(member: Member): SideColumn<RowOf<'executorSample'>>[] {
  return Array.from({ length: STEPS }, (_, step) => ({
    column: `${snakeCase(member)}_${step}`,
    read: (row) => row[member][step]!,
  }));
}

/** By kind of row. */
const TABLES: { readonly [Kind in AnySideRow['kind']]: SideTable<RowOf<Kind>> } = {
  thread: {
    ...{ tag: 'thread', name: 'thread', sideColumn: 'side', history: 'thread_history' },
    columns: [
      { column: 'id', read: ({ thread }) => thread.index },
      { column: 'tid', read: ({ thread }) => thread.tid },
      { column: 'tgid', read: ({ thread }) => indexOrNull(thread.tgid) },
      { column: 'comm', read: ({ thread }) => thread.comm.toWellFormed() },
      { column: 'tenant', read: ({ thread }) => indexOrNull(thread.tenant) },
      { column: 'vm', read: ({ thread }) => indexOrNull(thread.vm) },
      { column: 'vcpu', read: ({ thread }) => indexOrNull(thread.vcpu) },
      { column: 'control_group', read: ({ thread }) => thread.group },
    ],
  },
  text: {
    ...{ tag: 'text', name: 'text', sideColumn: 'side' },
    columns: [
      { column: 'id', read: ({ id }) => id },
      { column: 'text', read: ({ text }) => text.toWellFormed() },
    ],
  },
  issue: {
    ...{ tag: 'issue', name: 'import_issue', sideColumn: 'id' },
    columns: [
      { column: 'line', read: ({ issue }) => issue.line },
      { column: 'kind', read: ({ issue }) => issue.kind },
      { column: 'text', read: ({ issue }) => issue.text.toWellFormed() },
    ],
  },
  importCount: {
    ...{ tag: 'count', name: 'import_count', sideColumn: 'id' },
    columns: [
      { column: 'event', read: ({ event }) => event.toWellFormed() },
      { column: 'cpu', read: ({ cpu }) => cpu },
      { column: 'count', read: ({ count }) => count },
    ],
  },
  owner: {
    ...{ tag: 'owner', name: 'owner', sideColumn: 'side' },
    columns: [
      { column: 'machine', read: ({ machine }) => machine },
      { column: 'id', read: ({ owner }) => owner },
      { column: 'label', read: ({ label }) => label },
      { column: 'tenant', read: ({ tenant }) => indexOrNull(tenant) },
    ],
  },
  cacheSample: sampleTable('cacheSample', [
    ...(['timeNs', 'machine', 'cache', 'owner', 'reads', 'writes', 'fetches'] as const),
    ...(['readMisses', 'writeMisses', 'fetchMisses', 'fills', 'fillsIntoInvalid', 'evictionsBy', 'evicted'] as const),
    ...(['invalidated', 'writeBacks', 'refused', 'received', 'transferred', 'occupancy'] as const),
  ]),
  evictionFlow: sampleTable('evictionFlow', ['timeNs', 'machine', 'cache', 'evictor', 'victim', 'lines']),
  missCause: sampleTable('missCause', ['timeNs', 'machine', 'cache', 'requester', 'cause', 'misses']),
  memorySample: sampleTable('memorySample', ['timeNs', 'machine', 'owner', 'reads', 'writes', 'fetches', 'writeBacks']),
  executorSample: sampleTable(
    'executorSample',
    [
      ...(['timeNs', 'machine', 'thread', 'world', 'instructions', 'reads', 'writes', 'fetches'] as const),
      ...(['computePs', 'idlePs'] as const),
    ],
    [...columnsByStep('stallPs'), ...columnsByStep('served')],
  ),
  requestSample: sampleTable('requestSample', [
    ...(['timeNs', 'machine', 'vm', 'requests', 'arrived', 'waiting'] as const),
    ...(['meanNs', 'p50Ns', 'p90Ns', 'p99Ns', 'p999Ns', 'maxNs'] as const),
  ]),
  executorDelay: sampleTable('executorDelay', [
    ...(['timeNs', 'machine', 'thread', 'world', 'queuedPs', 'throttledPs', 'writeBufferPs'] as const),
  ]),
  channelSample: sampleTable('channelSample', [
    ...(['timeNs', 'machine', 'channel', 'owner', 'reads', 'writes'] as const),
    ...(['servicePs', 'throttledPs', 'queuedPs', 'waiting'] as const),
  ]),
  channelDelay: sampleTable('channelDelay', ['timeNs', 'machine', 'channel', 'waiter', 'served', 'queuedPs']),
  monitorSample: sampleTable('monitorSample', [
    ...(['timeNs', 'machine', 'msc', 'ris', 'space', 'instance', 'monitor', 'value', 'nrdy'] as const),
    ...(['exactBytes', 'tenantBytes'] as const),
  ]),
  busCommand: {
    ...{ tag: 'bus_command', name: 'bus_command', sideColumn: 'side' },
    columns: [
      { column: 'number', read: ({ number }) => number },
      { column: 'time_ns', read: ({ timeNs }) => timeNs },
      { column: 'text', read: ({ text }) => text.toWellFormed() },
    ],
  },
};

/** All kinds of side rows. */
export const SIDE_TABLES: readonly SideTable[] = Object.values(TABLES);

/** The line that stands for a side row in the hash and in comparisons. */
export function sideLine(row: AnySideRow): string {
  // The table of a row's kind reads rows of that kind: more than the type of a lookup by kind can say.
  const { tag, columns } = TABLES[row.kind] as unknown as SideTable<AnySideRow>;
  const values: SideValue[] = [tag];
  for (const { read } of columns) values.push(read(row));
  return `${JSON.stringify(values)}\n`;
}

/** The lines of several rows, one after the other. */
export function sideLines(rows: readonly AnySideRow[]): string {
  return rows.map(sideLine).join('');
}

/** A side row in the terms of its table, from its line. */
export function describeSideLine(line: string): {
  readonly table: string;
  readonly columns: ReadonlyMap<string, SideValue>;
} {
  const [tag, ...values] = JSON.parse(line) as SideValue[];
  const table = SIDE_TABLES.find((candidate) => candidate.tag === tag);
  if (table === undefined) throw new Error(`a side row has the unknown kind ${tag}`);
  return { table: table.name, columns: new Map(table.columns.map(({ column }, at) => [column, values[at]!])) };
}
