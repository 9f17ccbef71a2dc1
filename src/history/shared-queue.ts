/**
 * A bounded queue of fixed-size slots in shared memory: one producer, one consumer, in two threads.
 *
 * Two counters (slots published, slots consumed) are all the coordination there is; each side waits on the other's.
 * The bound on slots is the back-pressure: a producer that is faster than the writer waits. The consumer raises a heartbeat
 * while it lives and leaves its reason when it fails, so that a waiting producer never hangs.
 */
import { ROW_WORDS } from '../loop/event-row.ts';

/** Rows that one slot holds: 128 KiB of rows. */
export const SLOT_ROWS = 4096;
const SLOT_COUNT = 16;
const SLOT_HEADER_WORDS = 8;
const SLOT_WORDS = SLOT_HEADER_WORDS + SLOT_ROWS * ROW_WORDS;
export const SLOT_PAYLOAD_BYTES = SLOT_ROWS * ROW_WORDS * Int32Array.BYTES_PER_ELEMENT;

const PUBLISHED = 0;
const CONSUMED = 1;
const HEARTBEAT = 2;
const FAILURE_BYTES = 3;
const CONTROL_WORDS = 16;
const FAILURE_TEXT_WORDS = 1024;

/** How often a waiting side looks up, in ms. */
const WAIT_MS = 500;

/** What a slot carries: rows, or a piece of a text. */
export const SlotKind = { rows: 1, sideText: 2, finishText: 3 } as const;

const AT_KIND = 0;
const AT_COUNT = 1;
const AT_IS_LAST = 2;
const AT_TIME_HIGH = 3;
const AT_FIRST_SEQ_LOW = 4;
const AT_FIRST_SEQ_HIGH = 5;

/** One slot, seen as words. */
export class Slot {
  readonly #header: Int32Array;
  /** The payload as row words, and the same bytes for texts. */
  readonly rows: Int32Array;
  readonly bytes: Uint8Array;

  constructor(buffer: SharedArrayBuffer, byteOffset: number) {
    this.#header = new Int32Array(buffer, byteOffset, SLOT_HEADER_WORDS);
    const payload = byteOffset + SLOT_HEADER_WORDS * Int32Array.BYTES_PER_ELEMENT;
    this.rows = new Int32Array(buffer, payload, SLOT_ROWS * ROW_WORDS);
    this.bytes = new Uint8Array(buffer, payload, SLOT_PAYLOAD_BYTES);
  }

  get kind(): number {
    return this.#header[AT_KIND]!;
  }

  /** Rows or bytes in use. */
  get count(): number {
    return this.#header[AT_COUNT]!;
  }

  /** The last piece of a text, or the last rows of an event batch. */
  get isLast(): boolean {
    return this.#header[AT_IS_LAST] === 1;
  }

  get timeHigh(): number {
    return this.#header[AT_TIME_HIGH]!;
  }

  get firstSeq(): number {
    return this.#header[AT_FIRST_SEQ_HIGH]! * 2 ** 32 + (this.#header[AT_FIRST_SEQ_LOW]! >>> 0);
  }

  describe(kind: number, count: number, isLast: boolean, timeHigh = 0, firstSeq = 0): void {
    this.#header[AT_KIND] = kind;
    this.#header[AT_COUNT] = count;
    this.#header[AT_IS_LAST] = isLast ? 1 : 0;
    this.#header[AT_TIME_HIGH] = timeHigh;
    this.#header[AT_FIRST_SEQ_LOW] = firstSeq | 0;
    this.#header[AT_FIRST_SEQ_HIGH] = Math.floor(firstSeq / 2 ** 32);
  }
}

/** The queue; both threads make one over the same buffer. */
export class SharedQueue {
  readonly buffer: SharedArrayBuffer;
  readonly #control: Int32Array;
  readonly #failureText: Uint8Array;
  readonly #slots: readonly Slot[];

  constructor(buffer = new SharedArrayBuffer((CONTROL_WORDS + FAILURE_TEXT_WORDS + SLOT_COUNT * SLOT_WORDS) * 4)) {
    this.buffer = buffer;
    this.#control = new Int32Array(buffer, 0, CONTROL_WORDS);
    this.#failureText = new Uint8Array(buffer, CONTROL_WORDS * 4, FAILURE_TEXT_WORDS * 4);
    const firstSlot = (CONTROL_WORDS + FAILURE_TEXT_WORDS) * 4;
    this.#slots = Array.from({ length: SLOT_COUNT }, (_, at) => new Slot(buffer, firstSlot + at * SLOT_WORDS * 4));
  }

  /** Producer: the next free slot, or undefined if the consumer has failed or shown no life for `stallMs`. */
  acquire(stallMs: number): Slot | undefined {
    const published = this.#control[PUBLISHED]!;
    let beat = -1;
    let silentMs = 0;
    while (this.failure() === undefined) {
      const consumed = Atomics.load(this.#control, CONSUMED);
      if (published - consumed < SLOT_COUNT) return this.#slots[published % SLOT_COUNT];
      if (Atomics.wait(this.#control, CONSUMED, consumed, Math.min(WAIT_MS, stallMs)) !== 'timed-out') continue;
      const newBeat = Atomics.load(this.#control, HEARTBEAT);
      silentMs = newBeat === beat ? silentMs + Math.min(WAIT_MS, stallMs) : 0;
      beat = newBeat;
      if (silentMs >= stallMs) return undefined;
    }
    return undefined;
  }

  /** Producer: hand over the slot that `acquire` gave. */
  publish(): void {
    Atomics.add(this.#control, PUBLISHED, 1);
    Atomics.notify(this.#control, PUBLISHED);
  }

  /** Consumer: the next filled slot; waits for it. */
  take(): Slot {
    const consumed = this.#control[CONSUMED]!;
    for (;;) {
      Atomics.add(this.#control, HEARTBEAT, 1);
      const published = Atomics.load(this.#control, PUBLISHED);
      if (published > consumed) return this.#slots[consumed % SLOT_COUNT]!;
      Atomics.wait(this.#control, PUBLISHED, published, WAIT_MS);
    }
  }

  /** Consumer: give back the slot that `take` gave. */
  release(): void {
    Atomics.add(this.#control, CONSUMED, 1);
    Atomics.notify(this.#control, CONSUMED);
  }

  /** Consumer: give up, and say why (shortened to what fits). */
  fail(reason: string): void {
    const { written } = new TextEncoder().encodeInto(reason, this.#failureText);
    Atomics.store(this.#control, FAILURE_BYTES, written);
    Atomics.notify(this.#control, CONSUMED);
  }

  /** Why the consumer gave up, or undefined while it has not. */
  failure(): string | undefined {
    const bytes = Atomics.load(this.#control, FAILURE_BYTES);
    return bytes === 0 ? undefined : new TextDecoder().decode(this.#failureText.slice(0, bytes));
  }
}
