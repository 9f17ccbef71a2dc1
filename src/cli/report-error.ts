/** Errors as a person at a terminal wants them: one to three lines and an exit code, no stack trace. */
import { CommanderError } from 'commander';
import { CliError, ExitCode } from './exit-code.ts';
import { warning } from './output/terminal.ts';

/** Errors that other rooms raise for what a user can mend, by class name: their modules load only when needed. */
const EXIT_CODES: Readonly<Record<string, ExitCode>> = {
  StoreError: ExitCode.file,
  RecordingError: ExitCode.file,
  ReplayError: ExitCode.file,
  PlanError: ExitCode.usage,
  ScheduleConfigError: ExitCode.usage,
  QueryError: ExitCode.usage,
};

/** Print an error to stderr. @returns the exit code. With MPAMLAB_DEBUG=1 the stack is printed too. */
export function reportError(error: unknown): ExitCode {
  if (error instanceof CommanderError) return commanderExitCode(error);
  const { message, exitCode } = wordsOf(error);
  warning(`mpamlab: ${message}`);
  if (process.env.MPAMLAB_DEBUG === '1' && error instanceof Error) warning(error.stack ?? '');
  return exitCode;
}

/** Commander has printed its message by now. */
function commanderExitCode(error: CommanderError): ExitCode {
  return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
}

function wordsOf(error: unknown): { readonly message: string; readonly exitCode: ExitCode } {
  if (error instanceof CliError) return error;
  if (!(error instanceof Error)) return { message: `unexpected error: ${String(error)}`, exitCode: ExitCode.no };
  const exitCode = EXIT_CODES[error.name];
  if (exitCode !== undefined) return { message: error.message, exitCode };
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== undefined && (error as NodeJS.ErrnoException).syscall !== undefined) {
    return { message: error.message, exitCode: ExitCode.file };
  }
  const hint = 'This is a defect of mpamlab; run again with MPAMLAB_DEBUG=1 for details.';
  return { message: `internal error: ${error.message}\n${hint}`, exitCode: ExitCode.no };
}
