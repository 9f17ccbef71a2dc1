/** Kill -9 at random moments: what is left is a prefix of whole batches that says it was interrupted. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { checkIntegrity } from '../../src/history/check-integrity.ts';
import { compareWithReplay } from '../../src/history/compare-with-replay.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { openRun } from '../../src/history/run-reader.ts';
import { randomStream } from '../../src/loop/random-stream.ts';
import { temporaryFolder } from '../support/run-files.ts';
import { CHILD_SEED } from '../support/store-writer-child.ts';
import { batchesOf, syntheticEvents, syntheticHeader } from '../support/synthetic-events.ts';

const CHILD = new URL('../support/store-writer-child.ts', import.meta.url).pathname;
const EVENTS = syntheticEvents(CHILD_SEED, 60_000);
const KILLS = 10;

/** Start the writer, kill it `delayMs` after it has begun; resolves with what it had said by then. */
function killAfter(path: string, mode: string, delayMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, path, '60000', mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      if (said === '') setTimeout(() => child.kill('SIGKILL'), delayMs);
      said += data.toString();
    });
    child.on('error', reject);
    child.on('close', () => resolve(said));
  });
}

describe('a run whose writer is killed at a random moment', () => {
  const random = randomStream(42, 'kill');
  const kills = Array.from({ length: KILLS }, (_, index) => {
    const isThread = index % 2 === 0;
    // The thread needs some time to start.
    return { mode: isThread ? 'thread' : 'inline', delayMs: random.below(index < 4 ? 20 : isThread ? 900 : 400) };
  });

  it.each(kills)('opens as a whole prefix ($mode, $delayMs ms after the start)', async ({ mode, delayMs }) => {
    const path = join(temporaryFolder(), 'run.db');
    const said = await killAfter(path, mode, delayMs);
    const isFinished = said.includes('finished');

    const report = checkIntegrity(path);
    expect(report).toMatchObject({ isWhole: true, problems: [] });
    expect(report.status === 'completed' || !isFinished).toBe(true);
    expect(['completed', 'interrupted']).toContain(report.status);
    if (report.status === 'interrupted') expect(report.summary).toMatch(/^interrupted: holds/);

    const reader = openRun(path);
    // Whole batches: one transaction is at least 500 rows in event batches of at most 200.
    const isPrefixOfBatches = reader.lastSeq === EVENTS.length || reader.lastSeq >= 500 || reader.lastSeq === 0;
    expect(isPrefixOfBatches).toBe(true);
    expect(await compareWithReplay(reader, from(batchesOf(EVENTS, 1000)))).toMatchObject({
      kind: 'equal',
      events: reader.lastSeq,
    });
    reader.close();
    expect(existsSync(`${path}-wal`) || existsSync(`${path}-shm`) || existsSync(`${path}-journal`)).toBe(false);
  });
});

describe('a run that is being written', () => {
  it('can be read by another process, says that it is running, and is not touched', async () => {
    const path = join(temporaryFolder(), 'run.db');
    // A writer in another process is played by a connection that holds the file open in WAL mode.
    await killAfter(path, 'inline', 60);
    const other = spawn(process.execPath, [
      '-e',
      `const d = new (require('better-sqlite3'))(${JSON.stringify(path)}); d.pragma('journal_mode = WAL');
       d.prepare('SELECT count(*) FROM batch').get(); console.log('open'); setTimeout(() => {}, 60000)`,
    ]);
    await new Promise((resolve) => other.stdout.once('data', resolve));
    const reader = openRun(path);
    const { status, lastSeq } = reader;
    reader.close();
    other.kill('SIGKILL');
    await new Promise((resolve) => other.once('close', resolve));
    if (lastSeq < EVENTS.length) expect(status).toBe('running');
    const after = openRun(path);
    expect(after.status).toBe(lastSeq < EVENTS.length ? 'interrupted' : after.status);
    expect(after.lastSeq).toBe(lastSeq);
    after.close();
  });

  it('is read live in the process that writes it', async () => {
    const path = join(temporaryFolder(), 'run.db');
    const store = createRunStore(path, syntheticHeader(), { thread: false, transactionRows: 1 });
    const batches = batchesOf(EVENTS.slice(0, 5000), 1000);
    let appended = 0;
    for (let batch = 0; batch < 3; batch++) {
      const next = batches.next().value!;
      store.append(next);
      appended += next.count;
    }
    const reader = openRun(path);
    expect(reader.status).toBe('running');
    expect(reader.lastSeq).toBe(appended);
    reader.close();
    for (const batch of batches) store.append(batch);
    expect((await store.finish('completed', { counters: [], figures: {} })).lastSeq).toBe(5000);
    const database = new Database(path, { readonly: true });
    expect(database.pragma('journal_mode', { simple: true })).toBe('delete');
    database.close();
  });
});
