/** The command line: which commands there are. What they do is loaded when one of them runs. */
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { busCommand } from './commands/bus.ts';
import { checkCommand } from './commands/check.ts';
import { queryCommand } from './commands/query.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { schemaCommand } from './commands/schema.ts';
import { stateCommand } from './commands/state.ts';
import { traceCommand } from './commands/trace.ts';
import { verifyCommand } from './commands/verify.ts';
import { EXIT_CODE_HELP } from './exit-code.ts';

const COMMANDS = [
  checkCommand,
  runCommand,
  runsCommand,
  verifyCommand,
  stateCommand,
  queryCommand,
  traceCommand,
  busCommand,
  schemaCommand,
];

/** The program. Its errors are thrown (CommanderError) after commander has printed them. */
export function buildProgram(): Command {
  const program = new Command('mpamlab')
    .description(`${packageJson.description}.`)
    .version(packageJson.version, '-V, --version', 'print the version')
    .showHelpAfterError('(add --help for usage)')
    .addHelpText(
      'after',
      `
A run is named by its file, by its name in runs/ (--runs DIR), or "latest".

Examples:
  $ mpamlab run scenarios/recorded-kvm.yaml
  $ mpamlab query latest guest-el1-label
  $ mpamlab state latest --at 1.5s --pe 0
${EXIT_CODE_HELP}
Environment: NO_COLOR=1 turns colours off; MPAMLAB_DEBUG=1 adds stack traces to errors.`,
    );
  for (const makeCommand of COMMANDS) program.addCommand(withExitCodes(makeCommand()));
  for (const command of [program, ...program.commands]) command.exitOverride();
  return program;
}

function withExitCodes(command: Command): Command {
  return command.addHelpText('after', EXIT_CODE_HELP).showHelpAfterError('(add --help for usage)');
}
