#!/usr/bin/env node
/** Entry of the command line. */
import { quietWhenReaderLeaves } from './output/terminal.ts';
import { buildProgram } from './program.ts';
import { reportError } from './report-error.ts';

quietWhenReaderLeaves();
try {
  await buildProgram().parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
