/** Imports text, bytes or a file whole, and keeps everything that came out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { recordedSchedule } from '../../../src/schedule/ftrace/recorded-schedule.ts';
import { type RecordingSurvey, surveyRecording } from '../../../src/schedule/ftrace/recording-survey.ts';
import { type ImportIssue, Registry, type SideRow } from '../../../src/schedule/registry.ts';
import { SCHEDULE_BATCH_ROWS, type ScheduleBatch } from '../../../src/schedule/schedule-batch.ts';
import { ScheduleFacts } from './schedule-facts.ts';

export interface ImportedRecording {
  readonly survey: RecordingSurvey;
  readonly registry: Registry;
  readonly facts: ScheduleFacts;
  readonly issues: readonly ImportIssue[];
  /** Lines by event, by CPU, as the importer reported them. */
  readonly eventsByCpu: Record<string, Record<string, number>>;
}

export async function importFile(path: string, batchRows = SCHEDULE_BATCH_ROWS): Promise<ImportedRecording> {
  const survey = await surveyRecording(path);
  const registry = new Registry();
  const facts = new ScheduleFacts(registry);
  const side: SideRow[] = [];
  const { firstTimeNs: originNs, cpuCount, tgidByTid } = survey;
  const take = (batch: ScheduleBatch): void => {
    side.push(...registry.takeSideRows());
    facts.add(batch);
  };
  await lastValueFrom(recordedSchedule(path, registry, { originNs, cpuCount, tgidByTid, batchRows }).pipe(tap(take)));
  return { survey, registry, facts, issues: issuesIn(side), eventsByCpu: countsIn(side) };
}

function issuesIn(side: readonly SideRow[]): ImportIssue[] {
  return side.flatMap((row) => (row.kind === 'issue' ? [row.issue] : []));
}

function countsIn(side: readonly SideRow[]): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const row of side) {
    if (row.kind !== 'importCount') continue;
    counts[row.cpu] ??= {};
    counts[row.cpu][row.event] = row.count;
  }
  return counts;
}

/** A file that exists while `use` runs. */
export async function withFile<T>(content: Uint8Array | string, use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mpamlab-recording-'));
  const path = join(folder, 'recording');
  try {
    writeFileSync(path, content);
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
