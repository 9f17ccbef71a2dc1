/**
 * The accesses that a client asked a PE to make, as a sequence that is produced piece by piece: at every offset of a range,
 * one access or a few (a read and a write; a read here and a write there), and the range again as often as asked.
 *
 * An access touches the line of its address: elements of a stride below the line size hit the same line several times.
 */
import type { KIND_FETCH, KIND_READ, KIND_WRITE } from '../../loop/assembly/layout.ts';

/** What is done at each offset, in this order. */
export interface AccessStep {
  /** Start of the range, bytes. */
  readonly address: number;
  readonly kind: typeof KIND_READ | typeof KIND_WRITE | typeof KIND_FETCH;
}

/** One request of a client. */
export interface AccessRequest {
  readonly steps: readonly AccessStep[];
  /** Length of the range. */
  readonly bytes: number;
  /** From one offset to the next. */
  readonly strideBytes: number;
  /** How often the range is gone through; Infinity: until it is stopped. */
  readonly repeats: number;
  /** Accesses that are under way at the same time, 1 or more. */
  readonly parallelism: number;
  /** Each access waits for the one before. */
  readonly isSerial: boolean;
  /** Index of the tenant that it is made for, -1: nobody's. */
  readonly tenant: number;
}

/** Takes accesses one by one. */
export type AccessSink = (line: number, kind: number, isLast: boolean) => void;

/** Accesses of a request, all repeats together. */
export function accessCount({ steps, bytes, strideBytes, repeats }: AccessRequest): number {
  return Math.ceil(bytes / strideBytes) * steps.length * repeats;
}

export class AccessPattern {
  readonly #request: AccessRequest;
  readonly #lineBytes: number;
  #offset = 0;
  #step = 0;
  #repeat = 0;

  constructor(request: AccessRequest, lineBytes: number) {
    this.#request = request;
    this.#lineBytes = lineBytes;
  }

  /** All accesses have been given. */
  get isExhausted(): boolean {
    return this.#repeat >= this.#request.repeats;
  }

  /** Give up to `count` of the next accesses to `sink`, fewer at the end. */
  produce(count: number, sink: AccessSink): void {
    const { steps } = this.#request;
    for (let made = 0; made < count && !this.isExhausted; made++) {
      const { address, kind } = steps[this.#step]!;
      const line = Math.floor((address + this.#offset) / this.#lineBytes);
      this.#advance();
      sink(line, kind, this.isExhausted);
    }
  }

  #advance(): void {
    const { steps, bytes, strideBytes } = this.#request;
    if (++this.#step < steps.length) return;
    this.#step = 0;
    this.#offset += strideBytes;
    if (this.#offset < bytes) return;
    this.#offset = 0;
    this.#repeat++;
  }
}
