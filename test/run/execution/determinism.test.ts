/** Same scenario, same seed, same files: same events and same samples, whatever the run is cut into (design section 5). */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { checkIntegrity } from '../../../src/history/check-integrity.ts';
import { compareWithReplay } from '../../../src/history/compare-with-replay.ts';
import { openRun } from '../../../src/history/run-reader.ts';
import { sideLine } from '../../../src/history/side-tables.ts';
import { runEvents } from '../../../src/run/run-events.ts';
import type { RunPlan } from '../../../src/run/run-plan.ts';
import { mpamlab } from '../../cli/mpamlab-process.ts';
import { temporaryFolder } from '../../support/run-files.ts';
import { execute, planOf, SMALL_TOPOLOGY, shippedPath, shippedPlan, store } from './run-fixture.ts';

/** A recorded trace whose bad lines are told as the run comes to them, between samples. */
function tracePlan(): Promise<RunPlan> {
  const path = join(temporaryFolder(), 'accesses.din');
  const line = (at: number): string => (at % 4096 === 4095 ? 'no access' : `${at % 3} ${(at * 72).toString(16)} 8`);
  writeFileSync(path, `${Array.from({ length: 30_000 }, (_, at) => line(at)).join('\n')}\n`);
  return planOf({
    until: '5ms',
    machine: { pes: 2, topology: SMALL_TOPOLOGY },
    tenants: { t: { vms: { v: { vcpus: 2, workload: 'w' } } } },
    workloads: { w: { trace: path, format: 'din', repeat: false } },
  });
}

describe('the digest of a run that executes', () => {
  test.each([
    [
      'services and a change of settings',
      () => shippedPlan('noisy-neighbour', 'until=4ms', ...[0, 1, 2].map((at) => `timeline.${at}.at=2ms`)),
    ],
    ['a recorded schedule', () => shippedPlan('cached-kvm', 'until=10ms', 'machine.topology.sample_interval=1ms')],
    ['a recorded trace with bad lines', tracePlan],
  ])(
    'does not depend on the size of batches, nor on who writes: %s',
    async (_title, makePlan) => {
      const plan = await makePlan();
      const { digest } = await store(plan);
      expect((await store(plan, { batchRows: 7 })).digest).toBe(digest);
      expect((await store(plan, { batchRows: 4096, thread: true })).digest).toBe(digest);
    },
    30_000,
  );

  test('is that of the command in another process', async () => {
    const overrides = ['until=3ms', 'seed=5'];
    const path = join(temporaryFolder(), 'run.db');
    const sets = overrides.flatMap((override) => ['--set', override]);
    const { code, stderr } = await mpamlab('run', shippedPath('mislabelled-cache'), '-o', path, ...sets);
    expect([code, stderr]).toEqual([0, '']);
    expect((await store(await shippedPlan('mislabelled-cache', ...overrides))).digest).toBe(
      checkIntegrity(path).digest,
    );
  });
});

test('with one PE that executes, nothing depends on the quantum', async () => {
  const runWith = async (quantum: string) => {
    const plan = await planOf({
      until: '4ms',
      machine: { pes: 3, topology: { ...SMALL_TOPOLOGY, quantum } },
      tenants: { t: { vms: { v: { workload: 'w', pin: 1 }, idle: { pin: 0 } } } },
      workloads: { w: { data: { pattern: 'zipf', size: '128KiB' }, kernel_share: '20%' } },
    });
    const { events, side } = await execute(plan);
    return { events, side: side.map(sideLine) };
  };
  const short = await runWith('100ns');
  expect(short.side.length).toBeGreaterThan(300);
  expect(await runWith('1ms')).toEqual(short);
});

describe('a sample that was changed in the file', () => {
  /** Change the file behind the triggers that forbid it. */
  function change(path: string, sql: string): void {
    const database = new Database(path);
    const triggers = database
      .prepare<[], { name: string; sql: string }>(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`)
      .all();
    for (const { name } of triggers) database.exec(`DROP TRIGGER "${name}"`);
    database.exec(sql);
    for (const trigger of triggers) database.exec(trigger.sql);
    database.close();
  }

  test('is found by its hash, and named by the replay with table, field and both values', async () => {
    const plan = await shippedPlan('noisy-neighbour', 'until=3ms', 'timeline=[]');
    const { path } = await store(plan);
    const damaged = join(temporaryFolder(), 'damaged.db');
    copyFileSync(path, damaged);
    change(damaged, 'UPDATE cache_sample SET read_misses = read_misses + 1 WHERE time_ns = 2000000 AND cache = 0');
    expect(checkIntegrity(path).problems).toEqual([]);
    expect(checkIntegrity(damaged).problems.map(({ area }) => area)).toContain('batch');
    const reader = openRun(damaged);
    const result = await compareWithReplay(reader, runEvents(plan));
    reader.close();
    expect(result).toMatchObject({ kind: 'side-diverged', table: 'cache_sample', field: 'read_misses' });
  });
});
