/** The runs in a folder. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RunStatus } from './finish-run.ts';
import { openRun } from './run-reader.ts';
import { StoreError } from './store-error.ts';

export type ListedRun =
  | {
      readonly kind: 'run';
      readonly path: string;
      /** File name without `.db`: how commands name the run. */
      readonly name: string;
      readonly scenario: string;
      readonly status: RunStatus;
      readonly events: number;
      readonly digest: string;
      readonly startedAt: string;
      readonly bytes: number;
    }
  | { readonly kind: 'problem'; readonly path: string; readonly name: string; readonly problem: string };

/**
 * The run files (`*.db`) of a folder, oldest first; files that cannot be read come last, with their problem. A folder that
 * does not exist holds no runs. Runs whose writer was killed are closed on the way, as by `openRun`.
 * @throws StoreError if the folder cannot be read.
 */
export function listRuns(folder: string): ListedRun[] {
  const runs = fileNames(folder).map((file) => describeRun(join(folder, file)));
  return runs.sort((a, b) => compareText(orderOf(a), orderOf(b)));
}

function fileNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.db'));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT') return [];
    throw new StoreError('unreadable', folder, `the folder cannot be read (${reason})`, 'Name a folder with runs');
  }
}

function describeRun(path: string): ListedRun {
  const name = basename(path, '.db');
  try {
    const reader = openRun(path);
    const { header, status, lastSeq, digest, startedAt } = reader;
    reader.close();
    const bytes = statSync(path).size;
    return { kind: 'run', path, name, scenario: header.name, status, events: lastSeq, digest, startedAt, bytes };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { kind: 'problem', path, name, problem: error.message };
  }
}

/** Runs by start, then name; problems after all runs. */
function orderOf(run: ListedRun): string {
  return run.kind === 'run' ? `0 ${run.startedAt} ${run.name}` : `1 ${run.name}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
