/**
 * What the PEs of a driven machine execute, in the block: one stream of recorded kind and one executor record for each PE.
 * The access loop takes accesses from the stream's queue, and asks for more when it is empty.
 */
import {
  ACCESS_BYTES,
  ACCESS_INSTRUCTIONS,
  ACCESS_KIND,
  ACCESS_LINE,
  ACCESS_SERIAL,
  EXECUTOR_BYTES,
  MACHINE_BYTES,
  STREAM_BYTES,
  STREAM_COMPUTE,
  STREAM_ENDED,
  STREAM_HEAD,
  STREAM_KIND,
  STREAM_KIND_RECORDED,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_SERIAL_STALLS,
  STREAM_STALLS,
  STREAM_TAIL,
  STREAM_WINDOW,
} from '../../loop/assembly/layout.ts';
import type { Block, BlockLayout, Region } from '../../loop/block.ts';
import { partTiming } from '../../workload/streams/part-timing.ts';
import { AccessPattern, type AccessRequest } from './access-pattern.ts';

/** Accesses that are made ready in one go. */
const QUEUE_ACCESSES = 1024;
const QUEUE_BYTES = QUEUE_ACCESSES * ACCESS_BYTES;
/** Base CPI and instructions of an access, in 1/256: one instruction of one cycle. */
const ONE = 256;

export interface StreamRegions {
  readonly streams: Region;
  readonly executors: Region;
}

export function reserveDrivenStreams(layout: BlockLayout, peCount: number): StreamRegions {
  return {
    streams: layout.reserve('driven streams', MACHINE_BYTES + peCount * (STREAM_BYTES + QUEUE_BYTES)),
    executors: layout.reserve('driven executors', peCount * EXECUTOR_BYTES),
  };
}

export class DrivenStreams {
  /** Address of the machine record. */
  readonly machineAddress: number;
  readonly executorRecords: number;
  readonly #words: Uint32Array;
  readonly #queues: number;
  /** By PE: what it executes. */
  readonly #patterns: (AccessPattern | undefined)[];
  readonly #serial: number[];

  constructor(block: Block, { streams, executors }: StreamRegions, peCount: number) {
    this.#words = new Uint32Array(block.memory.buffer);
    this.machineAddress = streams.byteOffset;
    this.executorRecords = executors.byteOffset;
    this.#queues = streams.byteOffset + MACHINE_BYTES + peCount * STREAM_BYTES;
    this.#patterns = new Array<AccessPattern | undefined>(peCount).fill(undefined);
    this.#serial = new Array<number>(peCount).fill(0);
    for (let pe = 0; pe < peCount; pe++) {
      this.#put(pe, STREAM_KIND, STREAM_KIND_RECORDED);
      this.#put(pe, STREAM_QUEUE, this.#queues + pe * QUEUE_BYTES);
      this.#put(pe, STREAM_QUEUE_MASK, QUEUE_ACCESSES - 1);
    }
  }

  /** Address of a PE's stream. */
  address(pe: number): number {
    return this.machineAddress + MACHINE_BYTES + pe * STREAM_BYTES;
  }

  executorAddress(pe: number): number {
    return this.executorRecords + pe * EXECUTOR_BYTES;
  }

  /**
   * Let a PE begin a request. What an earlier one left in the queue is dropped.
   * @param latenciesPs of the PE's data accesses, by step.
   */
  begin(
    pe: number,
    request: AccessRequest,
    lineBytes: number,
    frequencyMhz: number,
    latenciesPs: readonly number[],
  ): void {
    this.#patterns[pe] = new AccessPattern(request, lineBytes);
    this.#serial[pe] = request.isSerial ? ACCESS_SERIAL : 0;
    const pace = { baseCpi: ONE, parallelism: request.parallelism * ONE };
    const { compute, stalls, serialStalls } = partTiming(pace, { frequencyMhz, latenciesPs });
    this.#put(pe, STREAM_COMPUTE, compute);
    this.#put(pe, STREAM_WINDOW, request.parallelism);
    this.#words.set(stalls, (this.address(pe) + STREAM_STALLS) >>> 2);
    this.#words.set(serialStalls, (this.address(pe) + STREAM_SERIAL_STALLS) >>> 2);
    this.#put(pe, STREAM_HEAD, 0);
    this.#put(pe, STREAM_TAIL, 0);
    this.#put(pe, STREAM_ENDED, 0);
  }

  /** Nothing is asked for on behalf of a PE any more: it is idle from here on. */
  end(pe: number): void {
    this.#put(pe, STREAM_ENDED, 1);
  }

  /** Fill a PE's queue. @returns false if nothing is left to be made. */
  refill(pe: number): boolean {
    const pattern = this.#patterns[pe];
    if (pattern === undefined || pattern.isExhausted) return false;
    const words = this.#words;
    const queue = (this.#queues + pe * QUEUE_BYTES) >>> 2;
    let tail = this.#get(pe, STREAM_TAIL);
    const room = QUEUE_ACCESSES - ((tail - this.#get(pe, STREAM_HEAD)) >>> 0);
    const flags = this.#serial[pe]!;
    pattern.produce(room, (line, kind, isLast) => {
      const at = queue + (tail & (QUEUE_ACCESSES - 1)) * (ACCESS_BYTES >> 2);
      words[at + (ACCESS_LINE >> 2)] = line;
      // A request is over when all of it has come back.
      words[at + (ACCESS_KIND >> 2)] = kind | (isLast ? ACCESS_SERIAL : flags);
      words[at + (ACCESS_INSTRUCTIONS >> 2)] = ONE;
      tail = (tail + 1) >>> 0;
    });
    this.#put(pe, STREAM_TAIL, tail);
    return true;
  }

  #get(pe: number, offset: number): number {
    return this.#words[(this.address(pe) + offset) >>> 2]!;
  }

  #put(pe: number, offset: number, value: number): void {
    this.#words[(this.address(pe) + offset) >>> 2] = value;
  }
}
