/** Makes a run file and the store that appends to it. */
import type { EventBatch } from '../run/event-batch.ts';
import { wellFormedJson } from './canonical-json.ts';
import { DEFAULT_TRANSACTION_ROWS } from './event-writer.ts';
import type { FinalStatus, RunSummary } from './finish-run.ts';
import { normalizeHeader } from './header-rows.ts';
import { createRunFile } from './run-file.ts';
import { RunFileWriter } from './run-file-writer.ts';
import { hashHeader, type RunHeader } from './run-header.ts';
import type { RunStore, StoredRun, WriterStart } from './run-store.ts';
import { ThreadedRunStore } from './threaded-run-store.ts';

export interface RunStoreOptions {
  /**
   * Write in a worker thread that is fed through shared memory, so that the engine and SQLite work side by side.
   * Default true. The file's events and its digest are the same both ways.
   */
  readonly thread?: boolean;
  /** Event batches are committed together until they hold this many rows; at least 1. Default 4096. */
  readonly transactionRows?: number;
}

/**
 * Make a run file and open it for appending.
 * @param path - must not exist; its folder is made if needed.
 * @throws StoreError if the file cannot be made.
 */
export function createRunStore(path: string, header: RunHeader, options: RunStoreOptions = {}): RunStore {
  const { thread = true, transactionRows = DEFAULT_TRANSACTION_ROWS } = options;
  if (!Number.isInteger(transactionRows) || transactionRows < 1) {
    throw new RangeError(`transactionRows is ${transactionRows}; it must be an integer of at least 1`);
  }
  const storable = wellFormedJson(normalizeHeader(header));
  createRunFile(path, storable);
  const start: WriterStart = { path, headerHash: hashHeader(storable), transactionRows };
  return thread ? new ThreadedRunStore(start) : new InlineRunStore(start);
}

/** Writes in the caller's thread. */
class InlineRunStore implements RunStore {
  readonly path: string;
  readonly #writer: RunFileWriter;

  constructor(start: WriterStart) {
    this.path = start.path;
    this.#writer = new RunFileWriter(start);
  }

  append(batch: EventBatch): void {
    this.#writer.append(batch);
  }

  async finish(status: FinalStatus, summary: RunSummary): Promise<StoredRun> {
    return this.#writer.finish(status, summary);
  }
}
