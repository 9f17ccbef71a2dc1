#!/usr/bin/env node
/** Entry of the command line. */
import { ExitCode } from './exit-code.ts';
import { endWhenOutputFails } from './output/terminal.ts';
import { buildProgram } from './program.ts';
import { reportError } from './report-error.ts';

endWhenOutputFails(ExitCode.file);
try {
  await buildProgram().parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
