/** How a run is named on the command line: by its file, by its name in the folder of runs, or `latest`. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { listRuns } from '../history/list-runs.ts';
import { closestWord, listed } from '../scenario/suggest.ts';
import { CliError, ExitCode } from './exit-code.ts';

const LATEST = 'latest';

/** The file of the run that is meant. @throws CliError if there is none. */
export function resolveRun(run: string, folder: string): string {
  if (run === LATEST) return latestRun(folder);
  for (const path of [run, join(folder, run), join(folder, `${run}.db`)]) {
    if (isFile(path)) return path;
  }
  if (isFolder(run)) throw new CliError(ExitCode.file, `${run} is a folder; ${folderAdvice(run)}`);
  throw new CliError(ExitCode.file, `there is no run "${run}"; ${advice(run, folder)}`);
}

function latestRun(folder: string): string {
  const latest = listRuns(folder).findLast((run) => run.kind === 'run');
  if (latest !== undefined) return latest.path;
  throw new CliError(ExitCode.file, `there is no run in ${folder}/; make one with: mpamlab run SCENARIO`);
}

function advice(run: string, folder: string): string {
  const names = listRuns(folder).map(({ name }) => name);
  if (names.length === 0) return `${folder}/ holds no runs (choose another folder with --runs)`;
  const closest = closestWord(run, names);
  return closest === undefined ? `${folder}/ holds ${listed(names)}` : `did you mean ${closest}?`;
}

function folderAdvice(folder: string): string {
  const names = listRuns(folder).map(({ name }) => name);
  return names.length === 0 ? 'it holds no runs' : `with --runs ${folder}, name a run in it: ${listed(names)}`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
