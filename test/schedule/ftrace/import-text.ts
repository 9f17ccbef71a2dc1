/** Imports text in memory, cut into chunks at will, and returns rows that a person can read. */
import { LineSplitter } from '../../../src/schedule/ftrace/line-splitter.ts';
import { ScheduleImporter } from '../../../src/schedule/ftrace/schedule-importer.ts';
import { type ImportIssue, type OwnerOf, Registry } from '../../../src/schedule/registry.ts';
import { NO_THREAD, type ScheduleBatch, ScheduleKind } from '../../../src/schedule/schedule-batch.ts';

/**
 * `[time in ns, kind, CPU, thread, peer, detail]`; threads as `comm-tid`, states and reasons as their text.
 * The comm is the thread's at the end of the row's batch: with batches of one row, that of its own line.
 */
export type Row = readonly [number, string, number, string, string | number, string | number];

export interface ImportedText {
  readonly rows: readonly Row[];
  readonly issues: readonly ImportIssue[];
  /** `event@cpu` to number of lines. */
  readonly counts: Readonly<Record<string, number>>;
  readonly registry: Registry;
  /** The most side rows that ever waited to be taken. */
  readonly sideRowsMax: number;
}

export interface ImportTextOptions {
  readonly originNs?: number;
  readonly cpuCount?: number;
  readonly tgidByTid?: ReadonlyMap<number, number>;
  readonly batchRows?: number;
  readonly ownerOf?: OwnerOf;
}

export function importText(text: string, options: ImportTextOptions = {}): ImportedText {
  return importChunks([Buffer.from(text)], options);
}

export function importChunks(chunks: Iterable<Uint8Array>, options: ImportTextOptions = {}): ImportedText {
  const { ownerOf, ...rest } = options;
  const registry = new Registry(ownerOf);
  const importer = new ScheduleImporter(registry, { originNs: 0, cpuCount: 4, tgidByTid: new Map(), ...rest });
  const lines = new LineSplitter();
  const rows: Row[] = [];
  const issues: ImportIssue[] = [];
  const counts: Record<string, number> = {};
  let sideRowsMax = 0;
  const take = (batches: Iterable<ScheduleBatch>): void => {
    for (const batch of batches) {
      for (let row = 0; row < batch.count; row++) rows.push(readable(batch, row, registry));
      const side = registry.takeSideRows();
      sideRowsMax = Math.max(sideRowsMax, side.length);
      for (const news of side) {
        if (news.kind === 'issue') issues.push(news.issue);
        if (news.kind === 'importCount') counts[`${news.event}@${news.cpu}`] = news.count;
      }
    }
  };
  for (const chunk of chunks) {
    lines.push(chunk);
    take(importer.readLines(lines));
  }
  lines.finish();
  take(importer.readLines(lines));
  take(importer.finish());
  return { rows, issues, counts, registry, sideRowsMax };
}

const KIND_NAMES = new Map<number, string>(Object.entries(ScheduleKind).map(([name, kind]) => [kind, name]));
const TEXT_KINDS = new Set<number>([ScheduleKind.switch, ScheduleKind.guestExit, ScheduleKind.kvmRunExit]);

function readable(batch: ScheduleBatch, row: number, registry: Registry): Row {
  const kind = batch.kind[row];
  const nameOf = (index: number): string => {
    if (index === NO_THREAD) return '';
    const { comm, tid } = registry.threads[index];
    return `${comm}-${tid}`;
  };
  const peer = batch.peer[row];
  const detail = batch.detail[row];
  return [
    batch.timeNs[row],
    KIND_NAMES.get(kind) ?? `kind ${kind}`,
    batch.cpu[row],
    nameOf(batch.thread[row]),
    kind === ScheduleKind.migrate ? peer : nameOf(peer),
    TEXT_KINDS.has(kind) ? registry.texts[detail] : detail,
  ];
}
