/** Schedules as plain rows with names, for tests. */
import { defer, type Observable } from 'rxjs';
import type { Registry } from '../../src/schedule/registry.ts';
import {
  type ScheduleBatch,
  ScheduleBatchBuilder,
  ScheduleFlag,
  ScheduleKind,
} from '../../src/schedule/schedule-batch.ts';

export interface Row {
  readonly timeNs: number;
  readonly kind: keyof typeof ScheduleKind;
  readonly cpu: number;
  readonly thread: number;
  readonly peer: number;
  readonly detail: number;
  readonly modelled: boolean;
}

const KIND_NAMES = new Map(Object.entries(ScheduleKind).map(([name, kind]) => [kind as number, name as Row['kind']]));

/** Copy a batch's rows. */
export function appendRows(rows: Row[], batch: ScheduleBatch): void {
  for (let at = 0; at < batch.count; at++) {
    rows.push({
      timeNs: batch.timeNs[at]!,
      kind: KIND_NAMES.get(batch.kind[at]!)!,
      cpu: batch.cpu[at]!,
      thread: batch.thread[at]!,
      peer: batch.peer[at]!,
      detail: batch.detail[at]!,
      modelled: (batch.flags[at]! & ScheduleFlag.modelled) !== 0,
    });
  }
}

/** All rows of a synchronous source; throws what it fails with. */
export function rowsOf(source: Observable<ScheduleBatch>): Row[] {
  const rows: Row[] = [];
  let isComplete = false;
  let failure: unknown;
  source.subscribe({
    next: (batch) => appendRows(rows, batch),
    error: (error) => {
      failure = error;
    },
    complete: () => {
      isComplete = true;
    },
  });
  if (failure !== undefined) throw failure;
  if (!isComplete) throw new Error('the source is not synchronous');
  return rows;
}

/** A row as text, e.g. `1200 cpu0 guestExit CPU 0/KVM WFx`; modelled rows begin with ~. */
export function describeRow(row: Row, registry: Registry): string {
  const name = (thread: number): string => registry.threads[thread]!.comm;
  const text = registry.texts[row.detail]!;
  const detail: Partial<Record<Row['kind'], string>> = {
    switch: `${text} -> ${name(row.kind === 'switch' ? row.peer : 0)}`,
    waking: `cpu${row.detail}`,
    wakeup: `cpu${row.detail}`,
    wakeupNew: `cpu${row.detail}`,
    migrate: `cpu${row.peer} -> cpu${row.detail}`,
    guestExit: text,
    guestEl: `EL${row.detail}`,
    kvmRunExit: text,
  };
  const words = [row.timeNs, `cpu${row.cpu}`, row.kind, name(row.thread), detail[row.kind] ?? ''];
  return `${row.modelled ? '~' : ''}${words.join(' ').trim()}`;
}

/** A source of given rows, in batches of `batchRows`; one builder, used again. */
export function sourceOf(rows: readonly Row[], batchRows = 4096): Observable<ScheduleBatch> {
  return defer(function* () {
    const builder = new ScheduleBatchBuilder(batchRows);
    for (const row of rows) {
      const flags = row.modelled ? ScheduleFlag.modelled : 0;
      builder.push(row.timeNs, ScheduleKind[row.kind], row.cpu, row.thread, row.peer, row.detail, flags);
      if (!builder.isFull) continue;
      yield builder;
      builder.clear();
    }
    if (builder.count > 0) yield builder;
  });
}
