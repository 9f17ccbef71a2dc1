/** A scenario from a file. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { parseScenario } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';
import type { Checked } from './scenario-problem.ts';
import { SCENARIO_BYTES_MAX } from './yaml-source.ts';

/** Read and check a scenario file. A file that cannot be read is a problem like any other. */
export function loadScenario(file: string, overrides: readonly string[] = []): Checked<Scenario> {
  const text = readText(file);
  return text.ok ? parseScenario(text.value, file, overrides) : text;
}

function readText(file: string): Checked<string> {
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

function whyUnreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read (permission denied)';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not text in UTF-8';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
