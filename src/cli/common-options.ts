/** Options that several commands share, worded once. */
import { type Command, Option } from 'commander';

const DEFAULT_RUNS_FOLDER = 'runs';

export function withRunsFolder(command: Command): Command {
  return command.option('--runs <dir>', 'folder that holds the runs', DEFAULT_RUNS_FOLDER);
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print the result as JSON');
}

export function withScenarioChanges(command: Command): Command {
  return command
    .option('--seed <n>', 'start of the random streams, instead of the scenario’s')
    .option('--until <time>', 'end of the run, e.g. 2s, instead of the scenario’s')
    .addOption(
      new Option('--set <path=value>', 'change a value of the scenario, e.g. machine.mode=nvhe (may be repeated)')
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], 'none'),
    );
}

/** Examples under a command's help. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}
