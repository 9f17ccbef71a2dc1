/**
 * A recording of a host's scheduling as a stream of ScheduleBatches.
 *
 * Reading is pulled: the next batch is made when the consumer has returned from the last one, so memory stays bounded
 * whatever the file's size. Only names (threads, texts, events) are kept.
 */
import { from, type Observable } from 'rxjs';
import type { Registry } from '../registry.ts';
import type { ScheduleBatch } from '../schedule-batch.ts';
import { LineSplitter } from './line-splitter.ts';
import { RecordingFile } from './recording-file.ts';
import { ScheduleImporter, type ScheduleImporterOptions } from './schedule-importer.ts';

/**
 * Reads the recording at `path` each time it is subscribed to, and tells the registry of threads, texts, import issues
 * (schedule/import-issue-kinds.ts) and, at the end, of how many lines were which event on which CPU.
 *
 * Rows are in the order of the lines, their times are ns since `originNs` and never decrease. The last rows are one
 * `stop` for each CPU that had events. All batches are one object, refilled: use it before returning. A batch may be
 * empty, when there are only issues to take from the registry. Fails with a RecordingError if the file cannot be read.
 */
export function recordedSchedule(
  path: string,
  registry: Registry,
  options: ScheduleImporterOptions,
): Observable<ScheduleBatch> {
  return from({ [Symbol.asyncIterator]: () => batchesOf(path, registry, options) });
}

async function* batchesOf(
  path: string,
  registry: Registry,
  options: ScheduleImporterOptions,
): AsyncGenerator<ScheduleBatch> {
  const importer = new ScheduleImporter(registry, options);
  const lines = new LineSplitter();
  const file = await RecordingFile.open(path);
  try {
    for await (const chunk of file.chunks()) {
      lines.push(chunk);
      yield* importer.readLines(lines);
    }
    const { damage } = file;
    const rest = damage === undefined || damage.isTextWhole ? '' : `; not used: ${lines.abandon()}`;
    lines.finish();
    yield* importer.readLines(lines);
    if (damage !== undefined) importer.report(lines.line + 1, damage.kind, `${damage.text}${rest}`);
    yield* importer.finish();
  } finally {
    await file.close();
  }
}
