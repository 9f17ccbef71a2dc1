/** Damage is found, and the first batch that is not as it was written is named. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkIntegrity, type IntegrityReport } from '../../src/history/check-integrity.ts';
import { columnsOf, EVENT_TABLES } from '../../src/history/event-tables.ts';
import { StoreError } from '../../src/history/store-error.ts';
import { randomStream } from '../../src/loop/random-stream.ts';
import { storeRun, temporaryFolder } from '../support/run-files.ts';
import { syntheticEvents } from '../support/synthetic-events.ts';

const EVENTS = syntheticEvents(31, 2500);
let folder: string;
let good: Buffer;

beforeAll(async () => {
  folder = temporaryFolder();
  const { path } = await storeRun(EVENTS, { batchRows: 50, transactionRows: 200 });
  good = readFileSync(path);
});

/** A copy of the good file, changed by SQL that the triggers would not let pass. */
function tamper(sql: string): string {
  const path = join(folder, 'tampered.db');
  writeFileSync(path, good);
  const database = new Database(path);
  const triggers = database.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`).all() as {
    name: string;
    sql: string;
  }[];
  // In one transaction, and without waiting for the disk: either would take far longer than the check.
  database.pragma('synchronous = OFF');
  database.pragma('journal_mode = MEMORY');
  database.exec('BEGIN');
  for (const { name } of triggers) database.exec(`DROP TRIGGER "${name}"`);
  database.exec(sql);
  for (const trigger of triggers) database.exec(trigger.sql);
  database.exec('COMMIT');
  database.close();
  return path;
}

function batchOf(seq: number): { id: number; first_seq: number; last_seq: number } {
  const path = join(folder, 'batches.db');
  writeFileSync(path, good);
  const database = new Database(path, { readonly: true });
  const row = database
    .prepare('SELECT id, first_seq, last_seq FROM batch WHERE ? BETWEEN first_seq AND last_seq')
    .get(seq);
  database.close();
  return row as { id: number; first_seq: number; last_seq: number };
}

describe('any change of an event', () => {
  const cases = EVENT_TABLES.flatMap((table) => columnsOf(table).map((column) => ({ table: table.name, column })));

  it.each(cases.filter(({ column }) => column !== 'seq'))(
    'in column $column of $table is found, with its batch',
    ({ table, column }) => {
      const seqs = `(SELECT seq FROM ${table} ORDER BY seq LIMIT 1 OFFSET (SELECT count(*) / 2 FROM ${table}))`;
      const path = tamper(`UPDATE ${table} SET ${column} = ifnull(${column}, 0) + 1 WHERE seq = ${seqs}`);
      const database = new Database(path, { readonly: true });
      const seq = database.prepare(`SELECT ${seqs}`).pluck().get() as number;
      database.close();
      const batch = batchOf(seq);
      const [problem] = checkIntegrity(path).problems;
      expect(problem).toMatchObject({
        area: 'batch',
        batch: batch.id,
        firstSeq: batch.first_seq,
        lastSeq: batch.last_seq,
      });
    },
  );

  it('that is taken away is named by its seq', () => {
    const [problem] = checkIntegrity(tamper('DELETE FROM schedule_event WHERE seq = 1000')).problems;
    if (EVENTS[999]!.kind === 3) expect(problem!.message).toContain('event 1000 is missing');
    const { problems } = checkIntegrity(
      tamper('DELETE FROM register_change WHERE seq IN (SELECT max(seq) FROM register_change)'),
    );
    expect(problems[0]!.message).toMatch(/event \d+ is missing/);
  });

  it('that is added is found, inside a batch and after all of them', () => {
    const copy = (seq: string) =>
      `INSERT INTO run_event SELECT ${seq}, time_ns, pe, code, arg0, arg1, arg2, arg3, arg4, world, el, cause_seq FROM run_event`;
    expect(checkIntegrity(tamper(copy('77'))).problems[0]!.message).toContain('event 77 is there twice');
    const after = checkIntegrity(tamper(copy('100000'))).problems;
    expect(after).toMatchObject([{ area: 'events', message: 'run_event has event 100000, which is in no batch' }]);
  });

  it('whose value no event can have is not taken for another value', () => {
    const { problems } = checkIntegrity(tamper('UPDATE register_change SET pe = pe + 4096 WHERE seq > 1250'));
    expect(problems[0]!.message).toContain('holds a value out of range');
  });
});

describe('any change beside the events', () => {
  it.each([
    ['run', "scenario_text = scenario_text || ' '", 'header'],
    ['run', 'seed = seed + 1', 'header'],
    ['register', "name = 'MPAM9_EL9' WHERE id = 1", 'header'],
    ['pe', 'cpu = cpu + 1 WHERE id = 3', 'header'],
    ['control_group', 'partid_d = 9 WHERE id = 1', 'header'],
    ['thread', "comm = 'other' WHERE id = 2", 'batch'],
    ['thread_history', "comm = 'other'", 'batch'],
    ['text', "text = 'other' WHERE id = 2", 'batch'],
    ['import_issue', 'line = line + 1', 'batch'],
    ['import_count', 'count = count + 1', 'batch'],
    ['memory_system', 'pe_mhz = 2001 WHERE machine = 1', 'header'],
    ['cache', "level = 'L2' WHERE machine = 1 AND id = 1", 'header'],
    ['memory_step', 'step = 2 WHERE machine = 0 AND step = 1', 'header'],
    ['msc', 'cache = 0 WHERE id = 1', 'header'],
    ['msc_register', "name = 'other' WHERE id = 7", 'header'],
    ['owner', 'tenant = 1 WHERE machine = 0 AND id = 5', 'batch'],
    ['cache_sample', 'occupancy = occupancy + 1', 'batch'],
    ['eviction_flow', 'victim = 5 WHERE time_ns = 1000000', 'batch'],
    ['miss_cause', 'cause = 0 WHERE machine = 1', 'batch'],
    ['memory_sample', 'side = side + 100 WHERE machine = 1', 'batch'],
    ['executor_sample', 'stall_ps_7 = 0 WHERE time_ns = 2000000', 'batch'],
    ['request_sample', 'mean_ns = mean_ns + 0.5', 'batch'],
    ['memory_bandwidth', "mode = 'closed-form' WHERE machine = 1", 'header'],
    ['channel', 'bytes_per_second = bytes_per_second + 1 WHERE id = 2', 'header'],
    ['msc_resource', 'channel = 0 WHERE msc = 3', 'header'],
    ['executor_delay', 'throttled_ps = 0 WHERE time_ns = 2000000', 'batch'],
    ['channel_sample', 'queued_ps = queued_ps - 1', 'batch'],
    ['channel_delay', 'served = 3 WHERE machine = 1', 'batch'],
    ['monitor_sample', 'tenant_bytes = NULL', 'batch'],
    ['bus_command', "text = replace(text, 'wait', 'quit')", 'batch'],
    ['run', "scenario_file = 'elsewhere.yaml'", 'seal'],
    ['run', "status = 'failed'", 'seal'],
    ['run', `summary = '{"worldSwitches":8}'`, 'seal'],
    ['counter', 'value = value + 1', 'seal'],
  ])('of %s (%s) is found', (table, change, area) => {
    const { isWhole, problems } = checkIntegrity(tamper(`UPDATE ${table} SET ${change}`));
    expect(isWhole).toBe(false);
    expect(problems[0]!.area).toBe(area);
  });

  it('of the hash of one batch is told apart from damaged events', () => {
    const { problems } = checkIntegrity(tamper("UPDATE batch SET hash = replace(hash, 'a', 'b') WHERE id = 3"));
    expect(problems[0]).toMatchObject({ area: 'batch', batch: 3 });
    expect(problems[0]!.message).toContain('its hash is not as it was written; its events are');
  });

  it('of a view or a trigger is found', () => {
    const { problems } = checkIntegrity(tamper('DROP VIEW schedule_v; CREATE VIEW schedule_v AS SELECT 1'));
    expect(problems).toMatchObject([{ area: 'schema' }]);
    const path = join(folder, 'no-trigger.db');
    writeFileSync(path, good);
    const database = new Database(path);
    database.exec('DROP TRIGGER command_no_update');
    database.close();
    expect(checkIntegrity(path).problems).toMatchObject([{ area: 'schema' }]);
  });
});

/** Everything that SQL can see, with types; undefined if SQLite cannot read it. */
function contentOf(path: string): string | undefined {
  try {
    const database = new Database(path, { readonly: true });
    try {
      const tables = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY 1").all();
      const rows = tables.map((table) => {
        const { name } = table as { name: string };
        return database.prepare(`SELECT * FROM "${name}" NOT INDEXED`).safeIntegers(true).raw(true).all();
      });
      return JSON.stringify([tables, rows], (_key, value) => (typeof value === 'bigint' ? `int ${value}` : value));
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

function reportOf(path: string): IntegrityReport | StoreError {
  try {
    return checkIntegrity(path);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

describe('a flipped byte anywhere in the file', () => {
  it('is found whenever it changes anything that the file says', () => {
    const random = randomStream(99, 'flip');
    const path = join(folder, 'flipped.db');
    writeFileSync(path, good);
    const before = contentOf(path);
    const seen = { batch: 0, otherwise: 0, unopened: 0, unused: 0 };
    for (let flip = 0; flip < 150; flip++) {
      const at = random.below(good.length);
      const bytes = Buffer.from(good);
      bytes[at] = bytes[at]! ^ (1 + random.below(255));
      writeFileSync(path, bytes);
      const report = reportOf(path);
      if (report instanceof StoreError) seen.unopened++;
      else if (report.isWhole) seen.unused++;
      else if (report.problems.some(({ batch }) => batch !== undefined)) seen.batch++;
      else seen.otherwise++;
      if (report instanceof StoreError || !report.isWhole) continue;
      expect(contentOf(path) === before, `flip of byte ${at} to ${bytes[at]} is not found`).toBe(true);
    }
    // A small file has much room: a page each for tables of a few rows.
    expect(seen.batch).toBeGreaterThan(25);
    expect(seen.unused).toBeLessThan(100);
  });
});
