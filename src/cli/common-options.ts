/** Options that several commands share, worded once. */
import { type Command, InvalidArgumentError, Option } from 'commander';

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
    .addOption(repeatable(new Option('--set <path=value>', 'change a value of the scenario, e.g. machine.mode=nvhe')));
}

/** An option that may be given several times: its value is the list of what was given. */
export function repeatable(option: Option): Option {
  option.description += ' (may be repeated)';
  return option.argParser((value: string, previous: readonly string[]) => [...previous, value]).default([], 'none');
}

/** Reads an option's integer, from `min` to `max`. */
export function integerFrom(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be an integer ${range}.`);
  };
}

/** Reads an option's file name. */
export function fileName(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must not be empty.');
}

/** Examples under a command's help. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}
