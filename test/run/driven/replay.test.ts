/** A driven run is a run like any other: stored, replayed from its commands, and left in its middle without harm. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { compareWithReplay } from '../../../src/history/compare-with-replay.ts';
import { createRunStore } from '../../../src/history/create-run-store.ts';
import { DrivenRun } from '../../../src/history/driven-run.ts';
import { headerOfPlan } from '../../../src/history/header-of-plan.ts';
import { openRun } from '../../../src/history/run-reader.ts';
import { verifyRun } from '../../../src/history/verify-run.ts';
import { drivenEvents } from '../../../src/run/driven/driven-events.ts';
import { temporaryFolder } from '../../support/run-files.ts';
import { benchPlan, planOf, TestClient } from './driven-fixture.ts';

const COMMANDS = [
  'pe 0 write MPAM3_EL3 0x8000000000000000',
  'pe 0 write MPAM2_EL2 0x0003000000000000',
  'pe 0 el 1',
  'pe 0 read MPAM1_EL1',
  'access 0 read-write 0x0 +64KiB mlp 4 tenant tenant-a',
  'access 1 write 0x8000 +32KiB repeat 3 background',
  'wait 150us',
  'pe 1 reset',
  'wait 5s',
  'counters l3-0',
];
/** What is refused, and what is about the session, is no part of the run. */
const BETWEEN = ['hello', 'pe 7 reset', '', '\u0000', 'help pe'];

async function store(path: string, commands: readonly string[], isInterrupted = false): Promise<string> {
  const run = new DrivenRun(planOf(), { path, ifExists: 'refuse' });
  for (const [at, command] of commands.entries()) {
    run.session.execute(BETWEEN[at % BETWEEN.length]!);
    run.session.execute(`#${at} ${command}`);
  }
  const stored = await run.finish(isInterrupted);
  return stored!.digest;
}

function storedTexts(path: string): string[] {
  const reader = openRun(path);
  const lines = [...reader.sideLines()].map((line) => JSON.parse(line) as unknown[]);
  reader.close();
  return lines.filter(([tag]) => tag === 'bus_command').flatMap((line) => String(line.at(-1)).split('\n'));
}

describe('a stored driven run', () => {
  it('verifies: its commands make the same events again', async () => {
    const path = join(temporaryFolder(), 'run.db');
    const digest = await store(path, COMMANDS);
    expect(storedTexts(path)).toEqual(COMMANDS);
    const verification = await verifyRun(path, { batchRows: 3 });
    expect(verification).toMatchObject({ ok: true, replay: { kind: 'equal' } });
    expect(verification.integrity.digest).toBe(digest);
  });

  it('has the same digest whatever is refused in between, and however its batches are cut', async () => {
    const folder = temporaryFolder();
    const digest = await store(join(folder, 'one.db'), COMMANDS);
    const plan = planOf();
    const inPieces = createRunStore(join(folder, 'two.db'), headerOfPlan(plan.run), { thread: false });
    drivenEvents(plan, COMMANDS, { hasEnded: true, batchRows: 2 }).subscribe((batch) => inPieces.append(batch));
    expect((await inPieces.finish('completed', { counters: [], figures: {} })).digest).toBe(digest);
  });

  it('keeps up to 64 commands of one time in a row, under the number of the first', async () => {
    const path = join(temporaryFolder(), 'run.db');
    const registers = Array.from({ length: 150 }, (_, at) => `pe 0 write MPAM2_EL2 ${at % 60}`);
    await store(path, [...registers.slice(0, 100), 'wait 1us', ...registers.slice(100)]);
    const reader = openRun(path);
    const rows = [...reader.sideLines()].map((line) => JSON.parse(line) as [string, number, number, string]);
    reader.close();
    const commands = rows.filter(([tag]) => tag === 'bus_command');
    expect(commands.map(([, number, timeNs, text]) => [number, timeNs, text.split('\n').length])).toEqual([
      [1, 0, 64],
      [65, 0, 37],
      [102, 1000, 50],
    ]);
    expect(await verifyRun(path, { batchRows: 10 })).toMatchObject({ ok: true, replay: { kind: 'equal' } });
  });

  it('verifies as a prefix if it was left in the middle', async () => {
    const path = join(temporaryFolder(), 'run.db');
    await store(path, COMMANDS.slice(0, 6), true);
    expect(await verifyRun(path)).toMatchObject({ ok: true, replay: { kind: 'equal' } });
  });

  it('is none, and no file either, if the machine could not be made', async () => {
    const path = join(temporaryFolder(), 'run.db');
    const plan = { ...planOf(), topology: undefined as never };
    expect(() => new DrivenRun(plan, { path, ifExists: 'refuse' })).toThrow();
    while (existsSync(path)) await new Promise((done) => setTimeout(done, 5));
  });

  it('verifies if it was left in the middle of a command', async () => {
    const path = join(temporaryFolder(), 'run.db');
    const run = new DrivenRun(planOf(), { path, ifExists: 'refuse' });
    run.session.execute('access 1 read 0x0 +64KiB repeat forever background');
    run.session.begin('access 0 read 0x0 +64KiB repeat 100');
    run.session.proceed();
    expect(run.session.isRunning).toBe(true);
    await run.finish(true);
    expect(await verifyRun(path)).toMatchObject({ ok: true, replay: { kind: 'equal' } });
  });

  it('diverges from a replay of other commands, at the first event that is another', async () => {
    const path = join(temporaryFolder(), 'run.db');
    await store(path, COMMANDS);
    const reader = openRun(path);
    const changed = COMMANDS.map((text) => text.replace('0x8000000000000000', '0x8000000000010001'));
    const replay = await compareWithReplay(reader, drivenEvents(planOf(), changed, { hasEnded: true }));
    reader.close();
    expect(replay).toMatchObject({ kind: 'diverged', table: 'register_change', field: 'new_lo', replayed: 0x10001 });
  });

  it('counts the writes that changed nothing, of PEs and of MSCs', async () => {
    const path = join(temporaryFolder(), 'run.db');
    const run = new DrivenRun(benchPlan(), { path, ifExists: 'refuse' });
    for (const command of [
      'msc l3-0 write MPAMCFG_PART_SEL 1',
      ...['0xffff', '0x00ff', '0x00ff', '0x00ff'].map((value) => `msc l3-0 write MPAMCFG_CPBM0 ${value}`),
      ...['msc mem-0 write MPAMCFG_EN 0x40', 'msc mem-0 write MPAMCFG_MBW_PBM0 0xffffffff'],
      ...['pe 1 write MPAM3_EL3 0x8000000000000000', 'pe 1 write MPAM3_EL3 0x8000000000000000'],
    ]) {
      run.session.execute(command);
    }
    await run.finish(false);
    const database = new Database(path, { readonly: true });
    const counters = database.prepare('SELECT name, machine, pe, value FROM counter ORDER BY id').all();
    database.close();
    expect(counters).toEqual([
      { name: 'unchanged writes of MPAM3_EL3', machine: 0, pe: 1, value: 1 },
      { name: 'unchanged writes of MSC l3-0', machine: 0, pe: null, value: 3 },
      { name: 'unchanged writes of MSC mem-0', machine: 0, pe: null, value: 1 },
    ]);
  });

  it('tells of every command, and of what it led to', async () => {
    const path = join(temporaryFolder(), 'run.db');
    await store(path, COMMANDS);
    const reader = openRun(path);
    const kinds = new Set([...reader.sideLines()].map((line) => (JSON.parse(line) as string[])[0]));
    reader.close();
    expect([...kinds].sort()).toEqual(
      [
        'bus_command',
        'cache_sample',
        'executor_sample',
        'memory_sample',
        'owner',
        'text',
        'thread',
        ...KEPT_PAIRS,
      ].sort(),
    );
  });
});

/** Matrices of the L3. */
const KEPT_PAIRS = ['eviction_flow', 'miss_cause'];

it('a long command can be left between its pieces, and gone on with', () => {
  const whole = new TestClient();
  const pieces = new TestClient();
  const line = 'access 0 read 0x0 +512KiB repeat 5';
  const expected = whole.ask(line);
  const answers = [...pieces.session.begin(line)];
  let count = 0;
  for (; pieces.session.isRunning; count++) answers.push(...pieces.session.proceed());
  expect(answers).toEqual([expected]);
  expect(count).toBeGreaterThan(1);
});
