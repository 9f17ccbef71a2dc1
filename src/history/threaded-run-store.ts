/**
 * A run store whose writer is a worker thread (run-writer-thread.ts), fed through shared memory.
 *
 * `append` copies the rows into free slots and returns; it waits only while all slots are full. Side rows travel as
 * their lines (side-tables.ts), in slots of their own. Whatever stops the writer surfaces as a StoreError at the next call.
 */
import { Worker } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import { ROW_WORDS } from '../loop/event-row.ts';
import type { EventBatch } from '../run/event-batch.ts';
import type { FinalStatus, RunSummary } from './finish-run.ts';
import { claimForWriting, forgetWrittenFile } from './run-file.ts';
import type { RunStore, StoredRun, WriterStart } from './run-store.ts';
import { SharedQueue, SLOT_PAYLOAD_BYTES, SLOT_ROWS, type Slot, SlotKind } from './shared-queue.ts';
import { sideLines } from './side-tables.ts';
import { StoreError, type StoreErrorCode } from './store-error.ts';

/** What the worker is started with. */
export interface WriterThreadData extends WriterStart {
  readonly buffer: SharedArrayBuffer;
}

/** How a writer that failed says so. `broken`: a promise between our own parts was broken. */
export interface WriterFailure {
  readonly code: StoreErrorCode | 'broken';
  readonly message: string;
}

/** A writer that shows no life for this long is taken for dead: longer than a slow disk needs for one transaction. */
const STALL_MS = 60_000;

export class ThreadedRunStore implements RunStore {
  readonly path: string;
  readonly #queue = new SharedQueue();
  readonly #worker: Worker;
  /** Shows other processes that the file is in use while the worker starts. */
  readonly #claim: Database.Database;
  readonly #stallMs: number;
  /** What the worker said at its end; undefined if it ended without a word. */
  readonly #ended: Promise<StoredRun | undefined>;
  #hasEnded = false;

  constructor(start: WriterStart, stallMs = STALL_MS) {
    this.path = start.path;
    this.#stallMs = stallMs;
    this.#claim = claimForWriting(start.path);
    const workerData: WriterThreadData = { ...start, buffer: this.#queue.buffer };
    this.#worker = new Worker(new URL('./run-writer-thread.ts', import.meta.url), { workerData });
    // A program that ends without `finish` must not be kept alive by its writer.
    this.#worker.unref();
    this.#ended = new Promise((resolve) => {
      let stored: StoredRun | undefined;
      this.#worker.on('message', (message: StoredRun) => {
        stored = message;
      });
      // An error in the worker is told through the queue; without a listener it would end the process.
      this.#worker.on('error', () => {});
      this.#worker.on('exit', () => {
        this.#hasEnded = true;
        this.#claim.close();
        forgetWrittenFile(this.path);
        resolve(stored);
      });
    });
  }

  append(batch: EventBatch): void {
    if (batch.side.length > 0) this.#sendText(SlotKind.sideText, sideLines(batch.side));
    let sent = 0;
    do {
      const count = Math.min(SLOT_ROWS, batch.count - sent);
      const slot = this.#acquire();
      slot.rows.set(batch.rows.subarray(sent * ROW_WORDS, (sent + count) * ROW_WORDS));
      slot.describe(SlotKind.rows, count, sent + count === batch.count, batch.timeHigh, batch.firstSeq + sent);
      this.#queue.publish();
      sent += count;
    } while (sent < batch.count);
  }

  async finish(status: FinalStatus, summary: RunSummary): Promise<StoredRun> {
    this.#worker.ref();
    this.#claim.close();
    try {
      this.#sendText(SlotKind.finishText, JSON.stringify({ status, summary }));
    } catch (error) {
      // A writer that failed is about to end, and lets go of the file then; one that hangs is not waited for.
      if (this.#queue.failure() !== undefined) await this.#ended;
      throw error;
    }
    const stored = await this.#ended;
    if (stored === undefined) throw this.#failure();
    return stored;
  }

  #sendText(kind: number, text: string): void {
    const bytes = new TextEncoder().encode(text);
    for (let from = 0; from < bytes.length; from += SLOT_PAYLOAD_BYTES) {
      const piece = bytes.subarray(from, from + SLOT_PAYLOAD_BYTES);
      const slot = this.#acquire();
      slot.bytes.set(piece);
      slot.describe(kind, piece.length, from + piece.length === bytes.length);
      this.#queue.publish();
    }
  }

  #acquire(): Slot {
    const slot = this.#hasEnded ? undefined : this.#queue.acquire(this.#stallMs);
    if (slot === undefined) throw this.#failure();
    return slot;
  }

  #failure(): Error {
    const reason = this.#queue.failure();
    if (reason === undefined) {
      return new StoreError('writer-stopped', this.path, 'the writer stopped', 'What was committed is kept');
    }
    const { code, message } = JSON.parse(reason) as WriterFailure;
    if (code === 'broken') return new Error(message);
    return StoreError.revive(code, this.path, message);
  }
}
