/** A run file, open for reading: its header, status, events, registers, settings and occupancy. */
import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { type OccupancyAt, occupancyUpTo } from './cache-occupancy.ts';
import { DamagedEventError, EventReader, type StoredRows } from './event-reader.ts';
import type { JsonValue, RunStatus } from './finish-run.ts';
import { loadHeader, loadLastBatch, requireRunRow } from './header-rows.ts';
import { type MscSettingAt, mscSettingsAfter } from './msc-settings.ts';
import { type Moment, type RegisterAt, registersAfter, seqAt, timeOfSeq } from './register-state.ts';
import { openForReading } from './run-file.ts';
import type { RunHeader } from './run-header.ts';
import { readSideRows } from './side-rows.ts';
import { asStoreError, StoreError } from './store-error.ts';

export type { OccupancyAt } from './cache-occupancy.ts';
export type { MscSettingAt } from './msc-settings.ts';
export type { Moment, RegisterAt } from './register-state.ts';

/**
 * Open a run file. If its writer was killed, the file is first closed as the writer would have done: the write-ahead log
 * is merged into it and the run is marked `interrupted`. If its schema is older, it is migrated. A run that is being
 * written can be read; its status is `running`, and what is seen ends with the last batch committed by then.
 * @throws StoreError if it is not a whole run file; then it is unchanged.
 */
export function openRun(path: string): RunReader {
  const database = openForReading(path);
  try {
    return new RunReader(path, database);
  } catch (error) {
    database.close();
    throw asStoreError(error, path);
  }
}

export class RunReader {
  readonly path: string;
  readonly header: RunHeader;
  readonly status: RunStatus;
  /** Hash of the last batch; empty if there is none. */
  readonly digest: string;
  /** Number of events: seq goes from 1 to this. */
  readonly lastSeq: number;
  readonly batchCount: number;
  /** Wall-clock times, ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** What the run said at its end, null if it was killed. */
  readonly figures: Readonly<Record<string, JsonValue>> | null;
  readonly #database: Database.Database;
  readonly #events: EventReader;

  constructor(path: string, database: Database.Database) {
    const orm = drizzle(database);
    const row = requireRunRow(orm, path);
    const last = loadLastBatch(orm);
    this.path = path;
    this.header = loadHeader(orm, row);
    this.status = row.status as RunStatus;
    this.digest = last?.hash ?? '';
    this.lastSeq = last?.lastSeq ?? 0;
    this.batchCount = last?.id ?? 0;
    this.startedAt = row.startedAt;
    this.finishedAt = row.finishedAt;
    this.figures = parseFigures(path, row.summary);
    this.#database = database;
    this.#events = new EventReader(database);
  }

  /**
   * The events from a seq on, as canonical rows in pieces of bounded size. The row buffer is used again.
   * @throws StoreError if an event is missing or damaged.
   */
  *events(fromSeq = 1): IterableIterator<StoredRows> {
    try {
      yield* this.#events.read(fromSeq, this.lastSeq);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** The lines of the stored side rows (side-rows.ts), in order of discovery. */
  *sideLines(): IterableIterator<string> {
    try {
      for (const { line } of readSideRows(this.#database)) yield line;
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** seq of the last event at or before a time, 0 if there is none. */
  seqAt(timeNs: number): number {
    return this.#try(() => seqAt(this.#database, { timeNs }));
  }

  /** Virtual time of the last event in ns, 0 if there is none. */
  lastTimeNs(): number {
    return this.#try(() => timeOfSeq(this.#database, this.lastSeq));
  }

  /** The registers at a moment, ordered by PE, register, selector. Registers that were never changed are not listed. */
  registersAt(moment: Moment): RegisterAt[] {
    return this.#try(() => registersAfter(this.#database, seqAt(this.#database, moment)));
  }

  /** The settings of MSCs at a moment. Settings that were never changed are not listed: they are as their reset left them. */
  mscSettingsAt(moment: Moment): MscSettingAt[] {
    return this.#try(() => mscSettingsAfter(this.#database, seqAt(this.#database, moment)));
  }

  /**
   * Who holds the lines of the caches, by the last samples at or before a moment. Ordered by machine, cache and owner; owners
   * that never were in a cache by then are not listed, others may hold 0 lines.
   */
  occupancyAt(moment: Moment): OccupancyAt[] {
    return this.#try(() => occupancyUpTo(this.#database, moment));
  }

  close(): void {
    this.#database.close();
  }

  #try<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof DamagedEventError)) return asStoreError(error, this.path);
    return new StoreError('damaged', this.path, error.message, 'Check the file with `mpamlab verify`');
  }
}

function parseFigures(path: string, summary: string | null): Readonly<Record<string, JsonValue>> | null {
  if (summary === null) return null;
  try {
    return JSON.parse(summary) as Record<string, JsonValue>;
  } catch {
    throw new StoreError('damaged', path, 'the summary of the run is no JSON', 'Check the file with `mpamlab verify`');
  }
}
