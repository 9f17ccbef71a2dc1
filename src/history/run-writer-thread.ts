/** The worker thread that writes a run file: takes slots from the shared queue until it is told to finish. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FinalStatus, RunSummary } from './finish-run.ts';
import { RunFileWriter } from './run-file-writer.ts';
import type { StoredRun } from './run-store.ts';
import { SharedQueue, type Slot, SlotKind } from './shared-queue.ts';
import { StoreError } from './store-error.ts';
import type { WriterFailure, WriterThreadData } from './threaded-run-store.ts';

/** Puts a text together that may span several slots. */
class TextPieces {
  #pieces: Buffer[] = [];

  /** Take the slot's piece; true if it was the last. */
  add(slot: Slot): boolean {
    this.#pieces.push(Buffer.from(slot.bytes.subarray(0, slot.count)));
    return slot.isLast;
  }

  take(): string {
    const text = Buffer.concat(this.#pieces).toString('utf8');
    this.#pieces = [];
    return text;
  }
}

/** Characters; the queue has room for 4 KiB. */
const FAILURE_MESSAGE_MAX = 1000;

const data = workerData as WriterThreadData;
const queue = new SharedQueue(data.buffer);

try {
  parentPort?.postMessage(writeUntilFinished(new RunFileWriter(data)));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const failure: WriterFailure = {
    code: error instanceof StoreError ? error.code : 'broken',
    message: message.slice(0, FAILURE_MESSAGE_MAX),
  };
  queue.fail(JSON.stringify(failure));
}

function writeUntilFinished(writer: RunFileWriter): StoredRun {
  const text = new TextPieces();
  for (;;) {
    const slot = queue.take();
    if (slot.kind === SlotKind.rows) {
      writer.addRows(slot.firstSeq, slot.count, slot.timeHigh, slot.rows);
      if (slot.isLast) writer.endBatch();
    } else if (text.add(slot)) {
      if (slot.kind === SlotKind.finishText) return finish(writer, text.take());
      writer.addSide(text.take());
    }
    queue.release();
  }
}

function finish(writer: RunFileWriter, text: string): StoredRun {
  const { status, summary } = JSON.parse(text) as { readonly status: FinalStatus; readonly summary: RunSummary };
  return writer.finish(status, summary);
}
