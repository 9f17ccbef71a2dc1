/** Queries that cannot be answered get a message, and no query changes a file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { NAMED_QUERIES } from '../../src/analysis/named-queries.ts';
import { QueryError } from '../../src/analysis/query-error.ts';
import type { QueryParameters } from '../../src/analysis/query-parameters.ts';
import { runQuery } from '../../src/analysis/run-query.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { headerOfPlan } from '../../src/history/header-of-plan.ts';
import { testPlan } from '../support/plans.ts';
import { NO_SUMMARY, storeRun, temporaryFolder } from '../support/run-files.ts';
import { batchesOf, syntheticEvents, syntheticHeader } from '../support/synthetic-events.ts';

let path: string;
let bytes: Buffer;

beforeAll(async () => {
  path = (await storeRun(syntheticEvents(3, 500))).path;
  bytes = readFileSync(path);
});

function messageOf(sql: string, params = {}): string {
  try {
    for (const _ of runQuery(path, sql, { params }).rows);
  } catch (error) {
    expect(error).toBeInstanceOf(QueryError);
    return (error as Error).message;
  }
  throw new Error(`"${sql}" was answered`);
}

describe('a query', () => {
  it('gives columns and rows', () => {
    const { columns, rows } = runQuery(path, 'SELECT seq, code FROM run_event WHERE seq = :seq', {
      params: { seq: 1 },
    });
    expect(columns).toEqual(['seq', 'code']);
    expect([...rows]).toEqual([[1, 1]]);
  });

  it('gives integers beyond 2^53 digit by digit, and all others as numbers', () => {
    const sql = 'SELECT 9007199254740991, 9007199254740993, -9223372036854775807 - 1, 0.5, 1e300';
    const [row] = runQuery(path, sql).rows;
    expect(row).toEqual([2 ** 53 - 1, 9007199254740993n, -(2n ** 63n), 0.5, 1e300]);
    const [same] = runQuery(path, 'SELECT :big = 9007199254740993', { params: { big: 9007199254740993n } }).rows;
    expect(same).toEqual([1]);
  });

  it('has a name of its own for each column', () => {
    const result = runQuery(path, 'SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a');
    expect(result.columns).toEqual(['a', 'a_3', 'a_2', 'a_4']);
    result.close();
  });

  it('finds a name that looks like a number, in a named query and in SQL', async () => {
    const header = syntheticHeader();
    const tenants = header.tenants.map((tenant) => ({ ...tenant, name: tenant.id === 0 ? '7' : '08' }));
    const store = createRunStore(join(temporaryFolder(), 'run.db'), { ...header, tenants }, { thread: false });
    for (const batch of batchesOf(syntheticEvents(3, 500), 500)) store.append(batch);
    const { path: file } = await store.finish('completed', NO_SUMMARY);
    for (const tenant of ['7', 7, 7n, '08']) {
      expect([...runQuery(file, 'mislabelled', { params: { tenant } }).rows].length).toBeGreaterThan(0);
      const own = runQuery(file, 'SELECT count(*) FROM schedule_v WHERE tenant = :tenant', { params: { tenant } });
      expect([...own.rows][0]?.[0]).toBeGreaterThan(0);
    }
  });

  it('may be left before its last row', () => {
    const result = runQuery(path, 'SELECT seq FROM schedule_event');
    for (const _ of result.rows) break;
    const other = runQuery(path, 'SELECT seq FROM schedule_event');
    other.close();
  });

  it.each([
    ['nonsense', 'There is no query "nonsense"'],
    ['SELEKT 1', 'syntax error'],
    ['SELECT x FROM nowhere', 'no such table: nowhere'],
    ['', 'There is no query ""'],
    ['-- nothing', 'contains no statements'],
    ['SELECT 1; SELECT 2', 'more than one statement'],
    ['DELETE FROM run', 'only read'],
    ['UPDATE run SET seed = 2 RETURNING seed', 'only read'],
    ['INSERT INTO world VALUES (9, 1) RETURNING id', 'only read'],
    ['CREATE TABLE t (x)', 'only read'],
    ['DROP TABLE run', 'only read'],
    ['VACUUM main', 'only read'],
    ['PRAGMA user_version = 1', 'only read'],
    ['BEGIN IMMEDIATE', 'only read'],
    ["ATTACH 'other.db' AS other", 'only read'],
    ["SELECT load_extension('x')", 'not authorized'],
    ['SELECT ?', 'use :name'],
    ['SELECT :a', 'no parameter "b"', { b: 1 }],
    ['SELECT :a, :b', 'needs a value for "b"', { a: 1 }],
    ['guest-el1-label', 'The run has no tenant "tenant-c"; it has tenant-a, tenant-b', { tenant: 'tenant-c' }],
    ['register-timeline', 'The run has no register "MPAM9"; it has MPAM0_EL1, MPAM1_EL1', { register: 'MPAM9' }],
    ['register-timeline', 'The run has no cpu "2"; it has 0, 1', { cpu: 2 }],
    ['label-timeline', 'The parameter el is "one"; it must be a whole number', { el: 'one' }],
    ['guest-el1-label', 'no parameter "tennant"; it has machine, tenant', { tennant: 'a' }],
  ])('%s is refused in words', (sql, words, params: QueryParameters = {}) => {
    expect(messageOf(sql, params)).toContain(words);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('cannot write a file elsewhere', () => {
    const other = join(temporaryFolder(), 'other.db');
    messageOf(`VACUUM INTO '${other}'`);
    messageOf(`ATTACH '${other}' AS other`);
    expect(existsSync(other)).toBe(false);
  });

  it('of arbitrary text is answered or refused, and changes nothing', () => {
    const piece = fc.constantFrom(
      'SELECT',
      '*',
      'FROM',
      'run',
      ';',
      '(',
      ')',
      ':x',
      '?',
      "'",
      '"',
      '1',
      ',',
      'DELETE',
      'WITH',
      '--',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece).map((pieces) => pieces.join(' ')),
        ),
        (sql) => {
          try {
            for (const _ of runQuery(path, sql).rows);
          } catch (error) {
            expect(error).toBeInstanceOf(QueryError);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

describe('named queries', () => {
  it('have names that cannot be taken for SQL, and a title and a sentence each', () => {
    for (const { name, title, doc } of NAMED_QUERIES) {
      expect(name).toMatch(/^[a-z0-9-]+$/);
      expect(title).toMatch(/[?]$/);
      expect(doc).toMatch(/\.$/);
    }
    expect(new Set(NAMED_QUERIES.map(({ name }) => name)).size).toBe(NAMED_QUERIES.length);
  });
});

describe('a named query without rows', () => {
  it.each([
    ['occupancy', 'no caches'],
    ['request-latency', 'no VM of this run has a service'],
    ['throttling', 'memory is never busy'],
    ['interrupts', 'no MSCs'],
    ['monitors', 'watches no monitors'],
    ['bus-commands', 'not driven from outside'],
  ])('%s says what the run is without', async (name, words) => {
    const store = createRunStore(join(temporaryFolder(), 'run.db'), headerOfPlan(testPlan([])), { thread: false });
    const { path } = await store.finish('completed', NO_SUMMARY);
    const { rows, note } = runQuery(path, name);
    expect([...rows]).toEqual([]);
    expect(note).toContain(words);
  });

  it('says nothing where the run has what it asks about', () => {
    for (const { name } of NAMED_QUERIES) {
      const result = runQuery(path, name);
      result.close();
      expect(result.note).toBeUndefined();
    }
  });
});
