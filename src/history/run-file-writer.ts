/** An open run file and its writer: the same core inline and in the worker thread. */
import type Database from 'better-sqlite3';
import type { EventBatch } from '../run/event-batch.ts';
import { EventWriter } from './event-writer.ts';
import { type FinalStatus, finishRun, type RunSummary } from './finish-run.ts';
import { closeAfterWriting, forgetWrittenFile, openForWriting } from './run-file.ts';
import type { StoredRun, WriterStart } from './run-store.ts';
import { sideLines } from './side-tables.ts';
import { asStoreError } from './store-error.ts';

/** Every method throws StoreError if SQLite cannot write; the file is closed then and keeps what was committed. */
export class RunFileWriter {
  readonly #path: string;
  readonly #database: Database.Database;
  readonly #events: EventWriter;

  constructor({ path, headerHash, transactionRows }: WriterStart) {
    this.#path = path;
    this.#database = openForWriting(path);
    this.#events = this.#guard(() => new EventWriter(this.#database, headerHash, transactionRows));
  }

  append(batch: EventBatch): void {
    this.addSide(sideLines(batch.side));
    this.addRows(batch.firstSeq, batch.count, batch.timeHigh, batch.rows);
    this.endBatch();
  }

  /** Side rows, given as their lines (side-tables.ts). */
  addSide(lines: string): void {
    this.#guard(() => this.#events.addSide(lines));
  }

  /** Part of a batch; parts of one batch are never committed apart. */
  addRows(firstSeq: number, count: number, timeHigh: number, rows: Int32Array): void {
    this.#guard(() => this.#events.addRows(firstSeq, count, timeHigh, rows));
  }

  endBatch(): void {
    this.#guard(() => this.#events.endBatch());
  }

  finish(status: FinalStatus, summary: RunSummary): StoredRun {
    return this.#guard(() => {
      this.#events.commit();
      finishRun(this.#database, status, summary);
      closeAfterWriting(this.#database);
      forgetWrittenFile(this.#path);
      return { path: this.#path, digest: this.#events.digest, lastSeq: this.#events.lastSeq };
    });
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      // Closing rolls back what is not committed; the next opening of the file marks the run as interrupted.
      this.#database.close();
      forgetWrittenFile(this.#path);
      throw asStoreError(error, this.#path);
    }
  }
}
