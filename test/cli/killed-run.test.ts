/** Kill -9 in the middle of real runs, at random moments: the file is a whole prefix, says so, and verifies as such. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomStream } from '../../src/loop/random-stream.ts';
import { temporaryFolder } from '../support/run-files.ts';
import { mpamlab, start } from './mpamlab-process.ts';

const random = randomStream(11, 'kills');
const DELAYS_MS = Array.from({ length: 6 }, () => 50 + random.below(900));

test.each(DELAYS_MS)(
  'a run killed %i ms after its file appeared verifies as an interrupted prefix',
  async (delayMs) => {
    const path = join(temporaryFolder(), 'run.db');
    const { child, ended } = start(['run', 'scenarios/guest-el1-label.yaml', '--until', '600s', '--output', path]);
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    child.kill('SIGKILL');
    await ended;
    const { code, stdout } = await mpamlab('verify', path, '--json');
    const verification = JSON.parse(stdout);
    expect(verification).toMatchObject({ ok: true, integrity: { isWhole: true, status: 'interrupted' } });
    expect(verification.integrity.summary).toMatch(/^interrupted/);
    expect(verification.replay.kind).toBe('equal');
    expect(code).toBe(0);
  },
  120_000,
);
