/** Runs that hold nothing, and runs whose recording has gone: said in words. */
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { headerOfPlan } from '../../src/history/header-of-plan.ts';
import { testPlan } from '../support/plans.ts';
import { NO_SUMMARY, temporaryFolder } from '../support/run-files.ts';
import { mpamlab } from './mpamlab-process.ts';

it('a run without events says so in state, query and verify', async () => {
  const store = createRunStore(join(temporaryFolder(), 'run.db'), headerOfPlan(testPlan([])), { thread: false });
  const { path } = await store.finish('interrupted', NO_SUMMARY);
  const note = 'note: the run (interrupted) holds no events\n';
  expect(await mpamlab('state', path)).toMatchObject({ code: 0, stderr: note });
  expect(await mpamlab('query', path, 'on-cpu')).toMatchObject({ code: 0, stderr: note });
  const { stdout } = await mpamlab('verify', path, '--no-replay');
  expect(stdout).toContain('interrupted: holds no events, whole');
  expect((await mpamlab('state', path, '--seq', '1')).stderr).toContain(
    '--seq 1 is after the end; the run has no events',
  );
});

it('a run whose recording is elsewhere can be verified with --inputs', async () => {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
  const path = join(folder, 'run.db');
  const [scenario, recording] = [join(folder, 'scenario.yaml'), join(folder, 'a.trace')];
  const line = (time: string, prev: string, next: string): string =>
    `  x-1 [000] d... ${time}: sched_switch: prev_comm=${prev} prev_pid=${prev.length} prev_prio=120 prev_state=S ==> ` +
    `next_comm=${next} next_pid=${next.length} next_prio=120`;
  writeFileSync(recording, ['# tracer: nop', line('1.000000', 'a', 'bb'), line('1.000100', 'bb', 'a'), ''].join('\n'));
  writeFileSync(scenario, 'name: moved\nschedule: { source: recorded, file: a.trace }\n');
  expect(await mpamlab('run', scenario, '-o', path)).toMatchObject({ code: 0 });
  copyFileSync(recording, join(elsewhere, 'a.trace'));
  rmSync(recording);
  const { code, stderr } = await mpamlab('verify', path);
  expect(code).toBe(3);
  expect(stderr).toContain('name the folder of its recordings with --inputs');
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  expect(await mpamlab('verify', path, '--inputs', elsewhere)).toMatchObject({ code: 0 });
});
