/** The worker thread of a SyncTraceReader: decodes one batch for each request, until the trace ends. */
import { once } from 'node:events';
import { workerData } from 'node:worker_threads';
import { MemoryTraceError } from './memory-trace-error.ts';
import { openMemoryTrace } from './open-memory-trace.ts';
import { type TraceReaderData, type TraceReaderMessage, TraceReaderSignal } from './sync-trace-reader.ts';
import type { TraceBatch } from './trace-batch.ts';

const BATCH_ACCESSES = 16384;
const HEARTBEAT_MS = 500;

const { path, format, port, signal } = workerData as TraceReaderData;
let requests = 0;
port.on('message', () => {
  requests++;
});
const heartbeat = setInterval(() => Atomics.add(signal, TraceReaderSignal.heartbeat, 1), HEARTBEAT_MS);

try {
  await readAll();
  send({ kind: 'end' });
} catch (error) {
  send(failure(error));
} finally {
  clearInterval(heartbeat);
  port.close();
}

async function readAll(): Promise<void> {
  const trace = await openMemoryTrace(path, {
    format,
    batchSize: BATCH_ACCESSES,
    onIssue: (issue) => send({ kind: 'issue', issue }),
  });
  send({ kind: 'format', format: trace.format });
  for await (const batch of trace.batches) {
    while (requests === 0) await once(port, 'message');
    requests--;
    const copy = copyOf(batch);
    const columns = [copy.addressLow, copy.addressHigh, copy.size, copy.kind, copy.instructions];
    send(
      { kind: 'batch', batch: copy },
      columns.map((column) => column.buffer as ArrayBuffer),
    );
  }
}

function copyOf(batch: TraceBatch): TraceBatch {
  const { count } = batch;
  return {
    count,
    addressLow: batch.addressLow.slice(0, count),
    addressHigh: batch.addressHigh.slice(0, count),
    size: batch.size.slice(0, count),
    kind: batch.kind.slice(0, count),
    instructions: batch.instructions.slice(0, count),
  };
}

function send(message: TraceReaderMessage, transferList: ArrayBuffer[] = []): void {
  port.postMessage(message, transferList);
  Atomics.add(signal, TraceReaderSignal.sent, 1);
  Atomics.notify(signal, TraceReaderSignal.sent);
}

function failure(error: unknown): TraceReaderMessage {
  if (error instanceof MemoryTraceError) return { kind: 'unusable', found: error.found, hint: error.hint };
  return { kind: 'broken', message: error instanceof Error ? error.message : String(error) };
}
