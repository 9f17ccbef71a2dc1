/** What the exit code says. Part of the interface: scripts rely on it. */
export const ExitCode = {
  /** Done; the answer is yes. */
  done: 0,
  /** The answer is no: the scenario has problems, the replay diverged, the file is damaged. */
  no: 1,
  /** Bad usage or bad input: nothing was done. */
  usage: 2,
  /** A run file or a recording cannot be used. */
  file: 3,
  /** Ended by Ctrl-C; a run keeps what it had stored. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const EXIT_CODE_HELP = `
Exit codes: 0 done; 1 the answer is no (problems found, diverged, damaged); 2 bad usage or bad input; 3 a run file or
recording cannot be used; 130 interrupted.`;

/** An error that the user can do something about: printed as it is, without a stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  /** @param message at most three lines: what is wrong, and what to do. */
  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
