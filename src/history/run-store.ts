/** The append side of a run file, as the engine's subscriber sees it. */
import type { EventBatch } from '../run/event-batch.ts';
import type { FinalStatus, RunSummary } from './finish-run.ts';

/** What a finished run file holds. */
export interface StoredRun {
  readonly path: string;
  readonly digest: string;
  readonly lastSeq: number;
}

export interface RunStore {
  readonly path: string;
  /**
   * Store a batch. Blocks while the writer is behind by more than its buffer; the batch may be reused on return.
   * @throws StoreError if writing has failed. The run cannot go on then; what was committed is kept.
   */
  append(batch: EventBatch): void;
  /**
   * Close the run. No call may follow.
   * @throws StoreError if writing has failed.
   */
  finish(status: FinalStatus, summary: RunSummary): Promise<StoredRun>;
}

/** What a writer needs to start, in whatever thread it runs. */
export interface WriterStart {
  readonly path: string;
  readonly headerHash: string;
  readonly transactionRows: number;
}
