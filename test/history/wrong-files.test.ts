/** What is not a whole run file is refused with a message, and left as it was. */
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { runQuery } from '../../src/analysis/run-query.ts';
import { checkIntegrity } from '../../src/history/check-integrity.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { listRuns } from '../../src/history/list-runs.ts';
import { openRun } from '../../src/history/run-reader.ts';
import { SCHEMA_VERSION } from '../../src/history/sqlite-file.ts';
import { StoreError } from '../../src/history/store-error.ts';
import { storeRun, temporaryFolder } from '../support/run-files.ts';
import { syntheticEvents, syntheticHeader } from '../support/synthetic-events.ts';

const EVENTS = syntheticEvents(5, 2000);
let good: Buffer;

beforeAll(async () => {
  const { path } = await storeRun(EVENTS);
  good = readFileSync(path);
});

/** Open a file in every way there is; all must refuse it in the same words. */
function refusalOf(path: string): StoreError {
  const errors = [() => openRun(path), () => checkIntegrity(path), () => runQuery(path, 'SELECT 1')].map((open) => {
    try {
      open();
    } catch (error) {
      if (error instanceof StoreError) return error;
      throw error;
    }
    throw new Error(`${path} was accepted`);
  });
  expect(new Set(errors.map(({ message }) => message)).size).toBe(1);
  expect(errors[0]!.message).toContain(path);
  return errors[0]!;
}

/** Write bytes, have them refused, and check that they are still the same. */
function refuse(bytes: Uint8Array): StoreError {
  const path = join(temporaryFolder(), 'wrong.db');
  writeFileSync(path, bytes);
  const error = refusalOf(path);
  expect(readFileSync(path).equals(bytes)).toBe(true);
  return error;
}

function sqliteFile(sql: string): Buffer {
  const path = join(temporaryFolder(), 'other.db');
  const database = new Database(path);
  database.exec(sql);
  database.close();
  return readFileSync(path);
}

describe('a wrong file', () => {
  it('that does not exist is said not to exist', () => {
    expect(refusalOf(join(temporaryFolder(), 'none.db')).code).toBe('not-found');
  });

  it('that is a folder is said to be one', () => {
    expect(refusalOf(temporaryFolder()).code).toBe('directory');
  });

  it('that is empty is said to be empty', () => {
    expect(refuse(new Uint8Array(0)).code).toBe('empty');
  });

  it('that is text or compressed is said not to be SQLite, with its first bytes', () => {
    const error = refuse(Buffer.from('name: guest-el1-label\nmachine: {}\n'.repeat(100)));
    expect(error.code).toBe('not-sqlite');
    expect(error.message).toContain('name: guest-el1-');
    expect(refuse(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])).code).toBe('not-sqlite');
  });

  it("that is another program's database is said to be foreign, whatever its user_version", () => {
    expect(refuse(sqliteFile('CREATE TABLE run (id)')).code).toBe('foreign');
    expect(refuse(sqliteFile('CREATE TABLE run (id); PRAGMA user_version = 3')).code).toBe('foreign');
    expect(
      refuse(sqliteFile('PRAGMA application_id = 252006675; PRAGMA user_version = 1; CREATE TABLE t (x)')).code,
    ).toBe('foreign');
  });

  it('from a newer mpamlab is said to be newer', () => {
    const newer = Buffer.from(good);
    newer.writeUInt32BE(99, 60);
    const error = refuse(newer);
    expect(error.code).toBe('newer');
    expect(error.message).toContain('schema version 99');
  });

  it('that is cut off anywhere is said to be truncated', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: good.length - 1 }), (length) => {
        const { code } = refuse(good.subarray(0, length));
        expect(code).toBe('truncated');
      }),
      { numRuns: 60 },
    );
  });

  it('of arbitrary bytes is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        refuse(bytes);
      }),
      { numRuns: 60 },
    );
  });

  it('whose schema stops before the run began holds no run', () => {
    const path = join(temporaryFolder(), 'early.db');
    writeFileSync(path, good);
    const database = new Database(path);
    database.exec('DELETE FROM run');
    database.close();
    expect(() => openRun(path)).toThrow('the writer was stopped before the run began');
    expect(() => checkIntegrity(path)).toThrow('the writer was stopped before the run began');
  });
});

describe('making a run file', () => {
  it('never writes over anything', () => {
    const path = join(temporaryFolder(), 'taken.db');
    writeFileSync(path, 'precious');
    expect(() => createRunStore(path, syntheticHeader())).toThrow(/there is a file already/);
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  it('does not take over what an earlier run left beside its name', () => {
    const path = join(temporaryFolder(), 'run.db');
    writeFileSync(`${path}-wal`, 'precious');
    expect(() => createRunStore(path, syntheticHeader())).toThrow(/left from an earlier run/);
    expect(readFileSync(`${path}-wal`, 'utf8')).toBe('precious');
  });

  it('says when the folder cannot be made', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => createRunStore(join(folder, 'file', 'run.db'), syntheticHeader())).toThrow(/cannot be made/);
  });

  it('makes the folder if there is none', async () => {
    const path = join(temporaryFolder(), 'a', 'b', 'run.db');
    expect((await storeRun(EVENTS.slice(0, 10), { path })).lastSeq).toBe(10);
  });
});

describe('the list of runs', () => {
  it('shows runs and, after them, files with their problem', async () => {
    const folder = temporaryFolder();
    await storeRun(EVENTS.slice(0, 10), { path: join(folder, 'b.db') });
    await storeRun(EVENTS, { path: join(folder, 'a.db'), status: 'interrupted' });
    writeFileSync(join(folder, 'c.db'), 'text');
    mkdirSync(join(folder, 'd.db'));
    writeFileSync(join(folder, 'readme.txt'), 'not listed');
    const listed = listRuns(folder);
    expect(listed.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['b run', 'a run', 'c problem', 'd problem']);
    expect(listed[1]).toMatchObject({ status: 'interrupted', events: EVENTS.length, scenario: 'synthetic' });
    expect(listed[2]).toMatchObject({ problem: expect.stringContaining('not a SQLite file') });
  });

  it('is empty for a folder that does not exist', () => {
    expect(listRuns(join(temporaryFolder(), 'none'))).toEqual([]);
  });
});

/**
 * The kept files: 500 synthetic events, written under schema version 2, which had no views; and 63, written under version 6, which
 * had caches and their MSCs, but no names of MSCs.
 */
describe('an older schema', () => {
  const fixture = (version: number): string => join(import.meta.dirname, `../fixtures/run-schema-${version}.db`);
  const OLD = fixture(2);

  it.each([
    { version: 2, events: 500 },
    { version: 6, events: 63 },
  ])(
    '(version $version) is migrated when the file is opened, and the run is as whole as before',
    ({ version, events }) => {
      const path = join(temporaryFolder(), 'old.db');
      copyFileSync(fixture(version), path);
      const { digest } = openRun(path);
      expect(checkIntegrity(path)).toMatchObject({ isWhole: true, problems: [], digest, events });
      expect([...runQuery(path, 'guest-el1-label').rows].length).toBeGreaterThan(0);
      expect(readFileSync(path).readUInt32BE(60)).toBe(SCHEMA_VERSION);
    },
  );

  it('with caches gives its MSCs the names of their caches', () => {
    const path = join(temporaryFolder(), 'old.db');
    copyFileSync(fixture(6), path);
    expect([...runQuery(path, 'SELECT id, machine, name, cache FROM msc').rows]).toEqual([
      [0, 0, 'l3-0', 1],
      [1, 1, 'l3-0', 1],
    ]);
  });

  it('with another name for an MSC than it was migrated to is not whole', () => {
    const path = join(temporaryFolder(), 'old.db');
    copyFileSync(fixture(6), path);
    openRun(path).close();
    const database = new Database(path);
    database.exec(`UPDATE msc SET name = 'l3-1' WHERE id = 0`);
    database.close();
    expect(checkIntegrity(path).problems.map(({ area }) => area)).toEqual(['header']);
  });

  it('that is cut off is not migrated but refused', () => {
    const path = join(temporaryFolder(), 'old.db');
    copyFileSync(OLD, path);
    truncateSync(path, 9000);
    expect(refusalOf(path).code).toBe('truncated');
  });
});
