/**
 * A memory-trace study: recorded traces through a hierarchy of partitioned caches, each trace a tenant with a PARTID, without
 * scheduling and without time. What it costs a tenant to share, and what a partition saves, in exact numbers of lines.
 */
import { openMemoryTrace } from '../../workload/memory-trace/open-memory-trace.ts';
import type { TraceBatch } from '../../workload/memory-trace/trace-batch.ts';
import { isTraceFormatName, TRACE_FORMATS, type TraceFormatName } from '../../workload/memory-trace/trace-formats.ts';
import { interleave } from './interleave.ts';
import { StudyMachine } from './study-machine.ts';
import { TraceStudyError } from './trace-study-error.ts';
import { type StudyTenant, TENANTS_MAX, type TraceStudyOptions } from './trace-study-options.ts';
import type { TenantResult, TraceStudyResult } from './trace-study-result.ts';
import { TraceTally } from './trace-tally.ts';

interface OpenedTrace {
  readonly format: TraceFormatName;
  readonly batches: AsyncIterable<TraceBatch>;
  readonly tally: TraceTally;
}

/**
 * Do a study from the beginning to the end. Traces are streamed; the same options give the same result.
 * @throws TraceStudyError for options that do not fit together.
 * @throws MemoryTraceError for a trace that cannot be opened or recognised; what is wrong inside one is part of the result.
 * @throws PlacementError for traces that touch more memory than the hierarchy has.
 */
export async function runTraceStudy(options: TraceStudyOptions): Promise<TraceStudyResult> {
  const { tenants, interleaving } = options;
  checkTenants(tenants);
  const format = formatOf(options.format);
  const machine = new StudyMachine(options);
  const traces: OpenedTrace[] = [];
  for (const tenant of tenants) traces.push(await openedTrace(tenant, format, interleaving === 'instructions'));
  const batches = traces.map((trace) => trace.tally.counted(trace.batches));
  await interleave(batches, interleaving, (tenant, batch, from, to) => machine.take(tenant, batch, from, to));
  machine.finish();
  if (interleaving === 'instructions') checkInstructions(tenants, traces);
  return {
    convention: options.convention,
    interleaving,
    lineBytes: options.hierarchy.lineBytes,
    tenants: tenants.map((tenant, at) => tenantResult(tenant, traces[at], machine.curve(at))),
    caches: machine.caches(),
    memory: machine.memory(),
  };
}

function checkTenants(tenants: readonly StudyTenant[]): void {
  if (tenants.length === 0 || tenants.length > TENANTS_MAX) {
    throw new TraceStudyError(`${tenants.length} traces; a study has 1 to ${TENANTS_MAX}`);
  }
  for (const [at, tenant] of tenants.entries()) {
    for (const other of tenants.slice(0, at)) checkPair(other, tenant);
  }
}

function checkPair(a: StudyTenant, b: StudyTenant): void {
  if (a.name === b.name) throw new TraceStudyError(`two tenants are called ${a.name}; name them, e.g. other=FILE`);
  if (a.partid !== b.partid || a.settings === undefined || b.settings === undefined) return;
  if (JSON.stringify(a.settings) === JSON.stringify(b.settings)) return;
  throw new TraceStudyError(
    `${a.name} and ${b.name} share PARTID ${a.partid}, so they share its settings; give settings to one of them only`,
  );
}

function formatOf(name: string): TraceFormatName | 'auto' {
  if (name === 'auto' || isTraceFormatName(name)) return name;
  const known = TRACE_FORMATS.map((format) => format.name).join(', ');
  throw new TraceStudyError(`there is no format ${name}; known: auto, ${known}`);
}

async function openedTrace(
  { path }: StudyTenant,
  format: TraceFormatName | 'auto',
  needsInstructions: boolean,
): Promise<OpenedTrace> {
  const tally = new TraceTally();
  const opened = await openMemoryTrace(path, { format, onIssue: (issue) => tally.addIssue(issue) });
  const { instructions } = TRACE_FORMATS.find(({ name }) => name === opened.format)!;
  if (needsInstructions && instructions === 'none') {
    throw new TraceStudyError(
      `${path}: format ${opened.format} does not count instructions; interleave round-robin or sequential`,
    );
  }
  return { ...opened, tally };
}

/** A trace recorded without fetches, or a CSV without the column: its accesses would all have come first. */
function checkInstructions(tenants: readonly StudyTenant[], traces: readonly OpenedTrace[]): void {
  const at = traces.findIndex(({ tally }) => tally.instructions === 0 && tally.accesses > 0);
  if (at === -1) return;
  const { path } = tenants[at];
  throw new TraceStudyError(`${path}: the trace tells of no instructions; interleave round-robin or sequential`);
}

function tenantResult(
  { name, path, partid, settings }: StudyTenant,
  { format, tally }: OpenedTrace,
  curve: TenantResult['curve'],
): TenantResult {
  return {
    ...{ name, file: path, format, partid, settings },
    recorded: tally.recorded(),
    instructions: tally.instructions,
    issues: tally.issues(),
    curve,
  };
}
