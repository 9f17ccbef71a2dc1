/**
 * One client of the bus: its lines in, their answers out. Lines of one piece of input are answered together; while the
 * client does not read its answers, nothing more is read from it.
 */
import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BusSession } from '../../run/driven/bus-session.ts';
import { LINE_BYTES_MAX, LineSplitter, type SplitLine } from './line-splitter.ts';

/** Answers are sent in pieces of this many characters. */
const PIECE_LENGTH = 1 << 16;
/**
 * Bytes of answers that wait for a client. It may send a batch of 100,000 commands before it reads the first answer; one that
 * reads nothing at all is not listened to beyond this.
 */
const UNREAD_MAX = 16 * 2 ** 20;

/** Where a client's lines come from and its answers go. */
export interface ClientStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/** Why the service of a client ended: it said `quit`, its input ended, or we were told to stop. */
export type ClientEnd = 'quit' | 'end' | 'stopped';

const REFUSALS: Readonly<Record<Exclude<SplitLine['kind'], 'line'>, string>> = {
  'too-long': `error: the line is too long; allowed: ${LINE_BYTES_MAX} bytes`,
  'cut-off': 'error: the input ends in the middle of a line, which is not done; allowed: a line feed after every line',
};

/**
 * Answer a client until it ends, or `stop` is aborted. A client that goes away in the middle ends like one whose input ended:
 * the command under way is done, and what cannot be sent is dropped.
 */
export async function serveClient(
  session: BusSession,
  { input, output }: ClientStreams,
  stop: AbortSignal,
): Promise<ClientEnd> {
  const service = new ClientService(session, output, stop);
  const splitter = new LineSplitter();
  try {
    for await (const piece of readUntil(input, stop)) {
      const end = await service.answerAll(splitter.split(piece));
      if (end !== undefined) return end;
    }
    const last = stop.aborted ? undefined : splitter.end();
    if (last !== undefined) await service.answerAll([last]);
    return stop.aborted ? 'stopped' : 'end';
  } finally {
    service.close();
  }
}

/** Pieces of the input until its end, its failure, or `stop`. */
async function* readUntil(input: Readable, stop: AbortSignal): AsyncIterableIterator<Buffer> {
  const onStop = (): void => void input.destroy();
  stop.addEventListener('abort', onStop);
  try {
    if (stop.aborted) return;
    // Left open at the end: a socket would drop the answers that are not sent yet.
    for await (const piece of input.iterator({ destroyOnReturn: false })) yield piece as Buffer;
  } catch {
    // The client went away, or we stopped reading: either way there is no more to read.
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

class ClientService {
  readonly #session: BusSession;
  readonly #output: Writable;
  readonly #stop: AbortSignal;
  #pending = '';
  #isGone = false;
  readonly #onGone = (): void => {
    this.#isGone = true;
  };

  constructor(session: BusSession, output: Writable, stop: AbortSignal) {
    this.#session = session;
    this.#output = output;
    this.#stop = stop;
    output.on('error', this.#onGone);
    output.on('close', this.#onGone);
  }

  close(): void {
    this.#output.off('close', this.#onGone);
  }

  /** Do the lines one after the other. @returns why that is the end, if it is. */
  async answerAll(lines: readonly SplitLine[]): Promise<ClientEnd | undefined> {
    for (const line of lines) {
      this.#add(line.kind === 'line' ? this.#session.begin(line.text) : [REFUSALS[line.kind]]);
      if (this.#session.isRunning) await this.#finishCommand();
      if (this.#pending.length >= PIECE_LENGTH) await this.#send();
      if (this.#session.hasQuit || this.#stop.aborted) break;
    }
    await this.#send();
    if (this.#stop.aborted) return 'stopped';
    return this.#session.hasQuit ? 'quit' : undefined;
  }

  /** A command that takes time is left now and then, so that interrupts and signals get through. */
  async #finishCommand(): Promise<void> {
    while (this.#session.isRunning && !this.#stop.aborted) {
      this.#add(this.#session.proceed());
      if (!this.#session.isRunning) return;
      await this.#send();
      await nextTurn();
    }
  }

  #add(lines: readonly string[]): void {
    for (const line of lines) this.#pending += `${line}\n`;
  }

  async #send(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    if (text === '' || this.#isGone) return;
    this.#output.write(text);
    if (this.#output.writableLength > UNREAD_MAX) await this.#drained();
  }

  /** Until the answers are sent, the client is gone, or we are told to stop. */
  #drained(): Promise<void> {
    const output = this.#output;
    return new Promise((resolve) => {
      const done = (): void => {
        output.off('drain', done).off('close', done);
        this.#stop.removeEventListener('abort', done);
        resolve();
      };
      output.on('drain', done).on('close', done);
      this.#stop.addEventListener('abort', done);
    });
  }
}
