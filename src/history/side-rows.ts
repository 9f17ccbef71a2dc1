/**
 * Side rows: what the run met beside its events (threads, texts, import issues and counts), in order of discovery.
 *
 * They are numbered from 1. Each is hashed as one canonical line, stored in the table of its kind with its number, and
 * read back in order, so that the lines can be made again from the columns. A thread that becomes known better replaces
 * its row in `thread`; the earlier row moves to `thread_history`.
 */
import type Database from 'better-sqlite3';
import type { SideRow, Thread } from '../schedule/registry.ts';
import { wellFormedJson } from './canonical-json.ts';

/** The line that stands for a side row in the hash and in comparisons. */
export function sideLine(row: SideRow): string {
  return `${JSON.stringify(wellFormedJson(sideFields(row)))}\n`;
}

function sideFields(row: SideRow): readonly (string | number | null)[] {
  switch (row.kind) {
    case 'thread': {
      const { index, tid, comm, group } = row.thread;
      const [tgid, tenant, vm, vcpu] = [row.thread.tgid, row.thread.tenant, row.thread.vm, row.thread.vcpu].map(orNull);
      return ['thread', index, tid, tgid, comm, tenant, vm, vcpu, group];
    }
    case 'text':
      return ['text', row.id, row.text];
    case 'issue':
      return ['issue', row.issue.line, row.issue.kind, row.issue.text];
    case 'importCount':
      return ['count', row.event, row.cpu, row.count];
  }
}

/** The indexes of the registry have -1 for "none", the tables NULL. */
function orNull(index: number): number | null {
  return index === -1 ? null : index;
}

/** Stores side rows under consecutive numbers. Statements are prepared once. */
export class SideRowWriter {
  readonly #keepHistory: Database.Statement;
  readonly #thread: Database.Statement;
  readonly #text: Database.Statement;
  readonly #issue: Database.Statement;
  readonly #count: Database.Statement;

  constructor(database: Database.Database) {
    this.#keepHistory = database.prepare(
      `INSERT INTO thread_history SELECT side, id, tid, tgid, comm, tenant, vm, vcpu, control_group
       FROM thread WHERE id = ?`,
    );
    this.#thread = database.prepare(
      `INSERT INTO thread VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET tid = excluded.tid, tgid = excluded.tgid, comm = excluded.comm,
         tenant = excluded.tenant, vm = excluded.vm, vcpu = excluded.vcpu, control_group = excluded.control_group,
         side = excluded.side`,
    );
    this.#text = database.prepare('INSERT INTO text VALUES (?, ?, ?)');
    this.#issue = database.prepare('INSERT INTO import_issue VALUES (?, ?, ?, ?)');
    this.#count = database.prepare('INSERT INTO import_count VALUES (?, ?, ?, ?)');
  }

  write(side: number, row: SideRow): void {
    switch (row.kind) {
      case 'thread':
        this.#writeThread(side, row.thread);
        return;
      case 'text':
        this.#text.run(row.id, row.text, side);
        return;
      case 'issue':
        this.#issue.run(side, row.issue.line, row.issue.kind, row.issue.text);
        return;
      case 'importCount':
        this.#count.run(side, row.event, row.cpu, row.count);
    }
  }

  #writeThread(side: number, thread: Thread): void {
    const { index, tid, comm, group } = thread;
    this.#keepHistory.run(index);
    const [tgid, tenant, vm, vcpu] = [thread.tgid, thread.tenant, thread.vm, thread.vcpu].map(orNull);
    this.#thread.run(index, tid, tgid, comm, tenant, vm, vcpu, group, side);
  }
}

/** All side rows as one table: number, then the fields of the line. */
const SIDE_ROWS_SQL = `
  SELECT side, 'thread', id, tid, tgid, comm, tenant, vm, vcpu, control_group FROM thread
  UNION ALL SELECT side, 'thread', id, tid, tgid, comm, tenant, vm, vcpu, control_group FROM thread_history
  UNION ALL SELECT side, 'text', id, text, 0, 0, 0, 0, 0, 0 FROM text
  UNION ALL SELECT id, 'issue', line, kind, text, 0, 0, 0, 0, 0 FROM import_issue
  UNION ALL SELECT id, 'count', event, cpu, count, 0, 0, 0, 0, 0 FROM import_count
  ORDER BY 1`;

const FIELD_COUNTS: Readonly<Record<string, number>> = { thread: 9, text: 3, issue: 4, count: 4 };

/** One stored side row; `line` as `sideLine` made it. */
export interface StoredSideRow {
  readonly side: number;
  readonly line: string;
}

/** The stored side rows in order, their lines made again from the columns. Lazily read. */
export function* readSideRows(database: Database.Database): IterableIterator<StoredSideRow> {
  const rows = database.prepare(SIDE_ROWS_SQL).raw().iterate() as IterableIterator<(string | number | null)[]>;
  for (const [side, kind, ...fields] of rows) {
    const line = [kind, ...fields.slice(0, FIELD_COUNTS[String(kind)]! - 1)];
    yield { side: Number(side), line: `${JSON.stringify(line)}\n` };
  }
}
