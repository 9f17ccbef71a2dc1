/** `mpamlab state`: registers and labels at a moment. */
import { Command } from 'commander';
import type { Moment } from '../../history/register-state.ts';
import { withExamples, withJson, withRunsFolder } from '../common-options.ts';
import { CliError, ExitCode } from '../exit-code.ts';
import { print, printJson } from '../output/terminal.ts';

interface StateOptions {
  readonly runs: string;
  readonly at?: string;
  readonly seq?: string;
  readonly pe?: string;
  readonly machine?: string;
  readonly json?: true;
}

export function stateCommand(): Command {
  const command = new Command('state')
    .description('print the MPAM registers and the labels in force at a moment')
    .argument('<run>', 'file, name in the folder of runs, or "latest"')
    .option('--at <time>', 'after all events up to that virtual time, e.g. 1.5s; default: the end of the run')
    .option('--seq <n>', 'after that event instead')
    .option('--pe <n>', 'only that PE')
    .option('--machine <name>', 'only that machine')
    .action(state);
  return withExamples(
    withJson(withRunsFolder(command)),
    'mpamlab state latest --at 1.5s --pe 0',
    'mpamlab state runs/guest-el1-label.db --seq 1000 --json',
  );
}

async function state(run: string, options: StateOptions): Promise<void> {
  const { resolveRun } = await import('../run-names.ts');
  const { openRun } = await import('../../history/run-reader.ts');
  const { peStates, stateText } = await import('../output/pe-state.ts');
  const reader = openRun(resolveRun(run, options.runs));
  try {
    const moment = await momentOf(options, reader.lastSeq);
    const states = peStates(reader.header, reader.registersAt(moment));
    const chosen = states.filter(
      ({ pe, machine }) =>
        (options.pe === undefined || pe === integerOf('--pe', options.pe)) &&
        (options.machine === undefined || machine === options.machine),
    );
    if (chosen.length === 0) {
      const machines = reader.header.machines.map(({ name }) => name).join(', ');
      const known = `PEs 0 to ${states.length - 1}, machines ${machines}`;
      throw new CliError(ExitCode.usage, `no PE matches --pe and --machine; the run has ${known}`);
    }
    if (options.json) printJson({ ...moment, pes: chosen });
    else print(stateText(chosen));
  } finally {
    reader.close();
  }
}

async function momentOf({ at, seq }: StateOptions, lastSeq: number): Promise<Moment> {
  if (at !== undefined && seq !== undefined) throw new CliError(ExitCode.usage, 'give --at or --seq, not both');
  if (seq !== undefined) return { seq: integerOf('--seq', seq) };
  if (at === undefined) return { seq: lastSeq };
  const { parseDuration } = await import('../../scenario/quantities.ts');
  const timeNs = parseDuration(at);
  if (timeNs !== undefined) return { timeNs };
  throw new CliError(ExitCode.usage, `--at ${at} is not a time; write a number and a unit, e.g. 250us, 3ms, 1.5s`);
}

function integerOf(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CliError(ExitCode.usage, `${option} ${text} is not a number from 0 on`);
}
