/** Run files for tests: a folder that goes away, and one way to store a synthetic run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createRunStore, type RunStoreOptions } from '../../src/history/create-run-store.ts';
import type { FinalStatus, RunSummary } from '../../src/history/finish-run.ts';
import type { StoredRun } from '../../src/history/run-store.ts';
import { batchesOf, type SyntheticEvent, syntheticHeader } from './synthetic-events.ts';

export const NO_SUMMARY: RunSummary = { counters: [], figures: {} };

export const TEST_SUMMARY: RunSummary = {
  counters: [{ name: 'unchanged-writes', machine: 0, pe: 1, value: 42 }],
  figures: { worldSwitches: 7 },
};

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder; it is removed when the test file has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mpamlab-test-'));
  folders.push(folder);
  return folder;
}

export interface StoreChoices extends RunStoreOptions {
  readonly path?: string;
  readonly batchRows?: number;
  readonly status?: FinalStatus;
}

/** Store events as a finished run; inline unless said otherwise. */
export async function storeRun(events: readonly SyntheticEvent[], choices: StoreChoices = {}): Promise<StoredRun> {
  const { path = join(temporaryFolder(), 'run.db'), batchRows = 1000, status = 'completed', ...options } = choices;
  const store = createRunStore(path, syntheticHeader(), { thread: false, ...options });
  for (const batch of batchesOf(events, batchRows)) store.append(batch);
  return store.finish(status, TEST_SUMMARY);
}
