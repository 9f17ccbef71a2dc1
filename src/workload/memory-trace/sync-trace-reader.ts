/**
 * A recorded memory trace for a reader that cannot wait for promises: the simulator pulls accesses in the middle of a step.
 *
 * A worker thread (trace-reader-thread.ts) decodes ahead. Requests go to it, batches come back, both through one message
 * channel; as a message port can be emptied without the event loop, all that is needed beside it is one counter in shared
 * memory to sleep on. A fixed number of requests is under way at any time, which bounds the memory.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { MemoryTraceError } from './memory-trace-error.ts';
import type { TraceBatch } from './trace-batch.ts';
import type { TraceFormatName } from './trace-formats.ts';
import type { TraceIssue } from './trace-issues.ts';

/** What the worker is started with. */
export interface TraceReaderData {
  readonly path: string;
  readonly format: string;
  readonly port: MessagePort;
  /** Words of shared memory: TraceReaderSignal. */
  readonly signal: Int32Array;
}

/** Messages sent so far; a number that rises while the worker lives. */
export const TraceReaderSignal = { sent: 0, heartbeat: 1 } as const;

/** What the worker sends. A request is any message to it; each is answered by one batch, until the end. */
export type TraceReaderMessage =
  | { readonly kind: 'batch'; readonly batch: TraceBatch }
  | { readonly kind: 'issue'; readonly issue: TraceIssue }
  | { readonly kind: 'format'; readonly format: TraceFormatName }
  | { readonly kind: 'end' }
  | { readonly kind: 'unusable'; readonly found: string; readonly hint: string }
  | { readonly kind: 'broken'; readonly message: string };

/** Batches decoded ahead. */
const AHEAD = 4;
/** How often a waiting reader looks up, in ms; and how long a worker may show no life. */
const WAIT_MS = 500;
const STALL_MS = 60_000;

export class SyncTraceReader {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signal = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  #issues: TraceIssue[] = [];
  #format: TraceFormatName | undefined;
  /** The batch just received. */
  #waiting: TraceBatch | undefined;
  #hasEnded = false;

  /** @param format the name of a format, or `auto`. What is wrong with the file is told by the first call. */
  constructor(path: string, format: string) {
    this.#path = path;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData: TraceReaderData = { path, format, port: port2, signal: this.#signal };
    this.#worker = new Worker(new URL('./trace-reader-thread.ts', import.meta.url), {
      workerData,
      transferList: [port2],
    });
    // A program that ends without `close` must not be kept alive by its reader.
    this.#worker.unref();
    port1.unref();
    for (let i = 0; i < AHEAD; i++) port1.postMessage('next');
  }

  /** The format, as named or recognised. Blocks until the file is open; throws a MemoryTraceError if it cannot be used. */
  get format(): TraceFormatName {
    while (this.#format === undefined) this.#receive();
    return this.#format;
  }

  /**
   * The next accesses, never none; undefined at the end. Blocks until they are decoded. The batch is the caller's. Throws a
   * MemoryTraceError if the file cannot be used.
   */
  next(): TraceBatch | undefined {
    while (this.#waiting === undefined && !this.#hasEnded) this.#receive();
    const batch = this.#waiting;
    this.#waiting = undefined;
    if (batch !== undefined) this.#port.postMessage('next');
    return batch;
  }

  /** What was found wrong since the last call, in accesses read so far and a few ahead; complete after the end. */
  takeIssues(): readonly TraceIssue[] {
    const issues = this.#issues;
    this.#issues = [];
    return issues;
  }

  /** To be called when no more accesses are wanted. */
  close(): void {
    this.#hasEnded = true;
    this.#port.close();
    void this.#worker.terminate();
  }

  #receive(): void {
    if (this.#hasEnded) throw new Error(`the reader of ${this.#path} is closed`);
    const message = this.#message();
    switch (message.kind) {
      case 'batch':
        this.#waiting = message.batch;
        break;
      case 'issue':
        this.#issues.push(message.issue);
        break;
      case 'format':
        this.#format = message.format;
        break;
      case 'end':
        this.close();
        break;
      case 'unusable':
        this.close();
        throw new MemoryTraceError(this.#path, message.found, message.hint);
      case 'broken':
        this.close();
        throw new Error(message.message);
    }
  }

  #message(): TraceReaderMessage {
    let beat = -1;
    let silentMs = 0;
    while (silentMs < STALL_MS) {
      const sent = Atomics.load(this.#signal, TraceReaderSignal.sent);
      const received = receiveMessageOnPort(this.#port) as { message: TraceReaderMessage } | undefined;
      if (received !== undefined) return received.message;
      if (Atomics.wait(this.#signal, TraceReaderSignal.sent, sent, WAIT_MS) !== 'timed-out') continue;
      const newBeat = Atomics.load(this.#signal, TraceReaderSignal.heartbeat);
      silentMs = newBeat === beat ? silentMs + WAIT_MS : 0;
      beat = newBeat;
    }
    throw new Error(`the reader of ${this.#path} has shown no life for ${STALL_MS / 1000} s`);
  }
}
