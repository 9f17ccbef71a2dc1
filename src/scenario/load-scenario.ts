/** A scenario from a file. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { inputFileProblem, whyUnreadable } from './input-file.ts';
import { parseScenario } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';
import type { Checked } from './scenario-problem.ts';
import { SCENARIO_BYTES_MAX } from './yaml-source.ts';

/** Read and check a scenario file. A file that cannot be read, its own or one that it names, is a problem like any other. */
export function loadScenario(file: string, overrides: readonly string[] = []): Checked<Scenario> {
  const text = readText(file);
  return text.ok ? parseScenario(text.value, file, overrides, { inputProblem: inputFileProblem }) : text;
}

/** The text of a file in UTF-8. One that cannot be read is a problem like any other. */
export function readText(file: string): Checked<string> {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const status = fstatSync(handle);
    if (!status.isFile()) return unreadable(file, status.isDirectory() ? 'is a directory' : 'is not a regular file');
    if (status.size > SCENARIO_BYTES_MAX) {
      return unreadable(file, `is larger than ${SCENARIO_BYTES_MAX} bytes; is this a scenario?`);
    }
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(handle)) };
  } catch (error) {
    return unreadable(file, whyUnreadable(error));
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function unreadable(file: string, message: string): Checked<never> {
  return { ok: false, problems: [{ file, line: 0, column: 0, path: '', message }] };
}
