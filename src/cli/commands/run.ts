/** `mpamlab run`: simulate, store every event, print the summary. */
import { join } from 'node:path';
import { Command } from 'commander';
import type { SimulationTarget } from '../../history/run-target.ts';
import { fileName, withExamples, withJson, withRunsFolder, withScenarioChanges } from '../common-options.ts';
import { ExitCode } from '../exit-code.ts';
import { print, printJson } from '../output/terminal.ts';
import type { ScenarioOptions } from '../scenario-input.ts';

interface RunCommandOptions extends ScenarioOptions {
  readonly runs: string;
  readonly output?: string;
  readonly force?: true;
  readonly json?: true;
}

export function runCommand(): Command {
  const command = new Command('run')
    .description('simulate a scenario and store every event in a run file')
    .argument('<scenario>', 'scenario file (YAML)')
    .option(
      '-o, --output <file>',
      'the run file; default: NAME.db in the folder of runs, else NAME-2.db, NAME-3.db, ...',
      fileName,
    )
    .option(
      '-f, --force',
      'replace a run that is there already, once the new one has ended; until then that is FILE.new',
    )
    .action(run);
  return withExamples(
    withJson(withRunsFolder(withScenarioChanges(command))),
    'mpamlab run scenarios/recorded-kvm.yaml',
    'mpamlab run scenarios/guest-el1-label.yaml --seed 7 --until 2s --set machine.pes=4',
  );
}

async function run(file: string, options: RunCommandOptions): Promise<void> {
  const { scenarioOf } = await import('../scenario-input.ts');
  const scenario = scenarioOf(file, options);
  const { simulate } = await import('../simulate.ts');
  const result = await simulate(scenario, targetOf(scenario.name, options));
  if (result.status === 'interrupted') process.exitCode = ExitCode.interrupted;
  const { runOverview } = await import('../../analysis/run-overview.ts');
  const overview = runOverview(result.path);
  if (options.json) {
    printJson({ scenario: scenario.name, ...result, ...overview });
    return;
  }
  const { runReport } = await import('../output/run-report.ts');
  print(runReport(scenario.name, result, overview));
}

function targetOf(name: string, { runs, output, force }: RunCommandOptions): SimulationTarget {
  const path = output ?? join(runs, `${name}.db`);
  if (force) return { path, ifExists: 'replace' };
  return { path, ifExists: output === undefined ? 'number' : 'refuse' };
}
