/** The last transaction of a run: indexes, totals, status, and the seal over them. */
import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { asc, eq } from 'drizzle-orm';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { canonicalJson } from './canonical-json.ts';
import { loadLastBatch, loadRunRow, RUN_ID, type RunRow } from './header-rows.ts';
import { INDEX_SQL } from './indexes.ts';
import { batch, counter, run } from './schema.ts';

/** How a run ended. `running` is what a file says until then. */
export type FinalStatus = 'completed' | 'interrupted' | 'failed';
export type RunStatus = 'running' | FinalStatus;

/** A total that is not an event. */
export interface Counter {
  readonly name: string;
  /** Index of the machine, null for the whole run. */
  readonly machine: number | null;
  readonly pe: number | null;
  readonly value: number;
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What is known at the end, beside the events. */
export interface RunSummary {
  readonly counters: readonly Counter[];
  /** Shown by `runs` and after a run; any JSON. */
  readonly figures: Readonly<Record<string, JsonValue>>;
}

/** Close a run in one transaction. All its batches are committed. */
export function finishRun(database: Database.Database, status: FinalStatus, summary: RunSummary): void {
  const orm = drizzle(database);
  database.transaction(() => {
    for (const sql of INDEX_SQL) database.exec(sql);
    for (const row of summary.counters) orm.insert(counter).values(row).run();
    closeRunRow(orm, { status, finishedAt: new Date().toISOString(), summary: canonicalJson(summary.figures) });
  })();
}

/** Close a run whose writer was killed: what it would have done, without the totals that died with it. */
export function closeInterruptedRun(database: Database.Database): void {
  const orm = drizzle(database);
  database.transaction(() => {
    for (const sql of INDEX_SQL) database.exec(sql);
    closeRunRow(orm, { status: 'interrupted', finishedAt: null, summary: null });
  })();
}

function closeRunRow(
  orm: BetterSQLite3Database,
  end: { readonly status: FinalStatus; readonly finishedAt: string | null; readonly summary: string | null },
): void {
  const update = (values: Partial<RunRow>) => orm.update(run).set(values).where(eq(run.id, RUN_ID)).run();
  update({ ...end, digest: loadLastBatch(orm)?.hash ?? null });
  update({ seal: sealOf(orm) });
}

/**
 * SHA-256 over what the hash chain does not cover: the columns of the run's row that are written at its end, the
 * counters, and the list of batches.
 */
export function sealOf(orm: BetterSQLite3Database): string {
  const row = loadRunRow(orm);
  const hash = createHash('sha256');
  hash.update(canonicalJson({ ...row, seal: undefined }));
  hash.update(canonicalJson(orm.select().from(counter).orderBy(asc(counter.id)).all()));
  hash.update(canonicalJson(orm.select().from(batch).orderBy(asc(batch.id)).all()));
  return hash.digest('hex');
}
