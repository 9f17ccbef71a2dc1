/** `run --force`: there is a whole run under the name at any moment. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { openRun } from '../../src/history/run-reader.ts';
import { simulateScenario } from '../../src/history/simulate-scenario.ts';
import { StoreError } from '../../src/history/store-error.ts';
import { loadScenario } from '../../src/scenario/load-scenario.ts';
import { temporaryFolder } from '../support/run-files.ts';
import { syntheticHeader } from '../support/synthetic-events.ts';
import { mpamlab, start } from './mpamlab-process.ts';

const SCENARIO = 'scenarios/guest-el1-label.yaml';

let path: string;
const run = (until: string, ...args: readonly string[]) => ['run', SCENARIO, '--until', until, '-o', path, ...args];

beforeEach(() => {
  path = join(temporaryFolder(), 'run.db');
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('run --force', () => {
  it('refuses a run that another process is writing, and disturbs neither', async () => {
    const first = start(run('3000s', '--json'));
    await until(() => existsSync(`${path}-wal`));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = await mpamlab(...run('1ms', '--force'));
    expect([second.code, second.stdout]).toEqual([3, '']);
    expect(second.stderr).toBe(
      `mpamlab: ${path}: the run is being written by another process. Choose another name, or wait\n`,
    );
    first.child.kill('SIGINT');
    const { code, stdout } = await first.ended;
    expect(code).toBe(130);
    const reader = openRun(path);
    reader.close();
    expect([reader.status, reader.digest]).toEqual(['interrupted', JSON.parse(stdout).digest]);
  }, 60_000);

  it('leaves the old run as it is until the new one has ended, even if that is killed', async () => {
    await mpamlab(...run('1ms'));
    const before = readFileSync(path);
    const long = start(run('3000s', '--force'));
    await until(() => existsSync(`${path}.new-wal`));
    const rival = await mpamlab(...run('1ms', '--force'));
    expect([rival.code, rival.stderr]).toEqual([3, expect.stringContaining(`${path}.new: the run is being written`)]);
    long.child.kill('SIGKILL');
    await long.ended;
    expect(readFileSync(path).equals(before)).toBe(true);

    const { code, stdout } = await mpamlab(...run('2ms', '--force', '--json'));
    expect([code, JSON.parse(stdout).path]).toEqual([0, path]);
    expect(readFileSync(path).equals(before)).toBe(false);
    expect(existsSync(`${path}.new`)).toBe(false);
    const reader = openRun(path);
    reader.close();
    expect([reader.status, reader.digest]).toEqual(['completed', JSON.parse(stdout).digest]);
  }, 60_000);

  it('replaces the old run by an interrupted one', async () => {
    await mpamlab(...run('1ms'));
    const long = start(run('3000s', '--force', '--json'));
    await until(() => existsSync(`${path}.new-wal`));
    await new Promise((resolve) => setTimeout(resolve, 300));
    long.child.kill('SIGINT');
    const { stdout } = await long.ended;
    expect(JSON.parse(stdout)).toMatchObject({ path, status: 'interrupted' });
    const reader = openRun(path);
    reader.close();
    expect(reader.status).toBe('interrupted');
    expect(existsSync(`${path}.new`)).toBe(false);
  }, 60_000);

  it('keeps the old run if the new one fails, and what that held beside it', async () => {
    await mpamlab(...run('1ms'));
    const before = readFileSync(path);
    const scenario = loadScenario(SCENARIO, ['until=50ms']);
    if (!scenario.ok) throw new Error('the scenario has problems');
    const progress = {
      planned: () => {},
      progressed: () => {
        throw new Error('the listener fails');
      },
    };
    const replacing = simulateScenario(scenario.value, { path, ifExists: 'replace' }, { progress });
    await expect(replacing).rejects.toThrow('the listener fails');
    expect(readFileSync(path).equals(before)).toBe(true);
    const reader = openRun(`${path}.new`);
    reader.close();
    expect(reader.status).toBe('failed');
  });

  it('refuses a run that this process is writing', async () => {
    const store = createRunStore(path, syntheticHeader(), { thread: false });
    const scenario = loadScenario(SCENARIO, ['until=1ms']);
    if (!scenario.ok) throw new Error('the scenario has problems');
    const replacing = simulateScenario(scenario.value, { path, ifExists: 'replace' });
    await expect(replacing).rejects.toThrow(StoreError);
    await store.finish('completed', { counters: [], figures: {} });
  });
});
