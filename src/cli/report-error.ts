/** Errors as a person at a terminal wants them: one to three lines and an exit code, no stack trace. */
import { CommanderError } from 'commander';
import { CliError, ExitCode } from './exit-code.ts';
import { warning } from './output/terminal.ts';

/** Errors that other rooms raise for what a user can mend, by class name: their modules load only when needed. */
const EXIT_CODES: Readonly<Record<string, ExitCode>> = {
  StoreError: ExitCode.file,
  RecordingError: ExitCode.file,
  MemoryTraceError: ExitCode.file,
  AccessLoopError: ExitCode.file,
  ReplayError: ExitCode.file,
  PlanError: ExitCode.usage,
  WorkloadFileError: ExitCode.usage,
  ScheduleConfigError: ExitCode.usage,
  QueryError: ExitCode.usage,
  TraceStudyError: ExitCode.usage,
  PlacementError: ExitCode.usage,
  TooManyOwnersError: ExitCode.usage,
  TooManyPartitionsError: ExitCode.usage,
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
  if ((error as NodeJS.ErrnoException).syscall !== undefined) {
    return { message: fileErrorText(error), exitCode: ExitCode.file };
  }
  const hint = 'This is a defect of mpamlab; run again with MPAMLAB_DEBUG=1 for details.';
  return { message: `internal error: ${error.message}\n${hint}`, exitCode: ExitCode.no };
}

/** What can be wrong with a file, by the system's code: what was found, and what to do. */
const FILE_ERRORS: Readonly<Record<string, readonly [found: string, hint: string]>> = {
  ENOENT: ['there is no such file or folder', 'Check the name, or make its folder'],
  ENOTDIR: ['a part of the path is no folder', 'Check the name'],
  EISDIR: ['this is a folder', 'Name a file'],
  EACCES: ['permission denied', 'Check the permissions of the file and its folder'],
  EPERM: ['permission denied', 'Check the permissions of the file and its folder'],
  EROFS: ['the file system is read-only', 'Choose another folder'],
  ENOSPC: ['the disk is full', 'Make room, or choose another folder'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter one'],
};

/** An error of the system about a file, in the words of all others: place, what was found, hint. */
function fileErrorText({ code = '', path, message }: NodeJS.ErrnoException): string {
  const [found, hint] = FILE_ERRORS[code] ?? [message, 'Check the file and its folder'];
  return path === undefined ? `${found}. ${hint}` : `${path}: ${found}. ${hint}`;
}
