/** `mpamlab runs`: what has been run. */
import { Command } from 'commander';
import type { ListedRun } from '../../history/list-runs.ts';
import { withExamples, withJson, withRunsFolder } from '../common-options.ts';
import { bytes, count } from '../output/format.ts';
import { table } from '../output/table.ts';
import { print, printJson, warning } from '../output/terminal.ts';

interface RunsOptions {
  readonly runs: string;
  readonly json?: true;
}

export function runsCommand(): Command {
  const command = new Command('runs').description('list the runs in a folder, oldest first').action(listAll);
  return withExamples(withJson(withRunsFolder(command)), 'mpamlab runs', 'mpamlab runs --runs /data/runs --json');
}

async function listAll(options: RunsOptions): Promise<void> {
  const { listRuns } = await import('../../history/list-runs.ts');
  const listed = listRuns(options.runs);
  if (options.json) {
    printJson(listed);
    return;
  }
  const runs = listed.filter((run) => run.kind === 'run');
  if (listed.length === 0) warning(`${options.runs}/ holds no runs; make one with: mpamlab run SCENARIO`);
  else if (runs.length > 0)
    print(table(['run', 'scenario', 'status', 'events', 'size', 'started', 'digest'], runs.map(cells)));
  for (const file of listed) if (file.kind === 'problem') warning(`cannot be read: ${file.problem}`);
}

function cells(run: Extract<ListedRun, { kind: 'run' }>): string[] {
  const started = run.startedAt.replace('T', ' ').slice(0, 19);
  return [run.name, run.scenario, run.status, count(run.events), bytes(run.bytes), started, run.digest.slice(0, 16)];
}
