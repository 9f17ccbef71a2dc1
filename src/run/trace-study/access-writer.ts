/**
 * Turns recorded accesses into accesses of lines by a counting convention, and puts them into a buffer that the access loop
 * plays back.
 *
 * The convention `cachegrind` follows valgrind's cg_sim.c: a modify is one read, a size above that of a line is cut to it,
 * and an access over a line boundary is one access to two lines.
 */
import {
  ACCESS_BYTES,
  ACCESS_KIND,
  ACCESS_LINE,
  ACCESS_OWNER_SHIFT,
  ACCESS_PORT,
  ACCESS_STRADDLES,
  KIND_READ,
  KIND_WRITE,
} from '../../loop/assembly/layout.ts';
import { type TraceBatch, TraceKind } from '../../workload/memory-trace/trace-batch.ts';
import type { ColouredPlacement } from '../../workload/placement/coloured-placement.ts';
import type { Convention } from './trace-study-options.ts';

const ACCESS_WORDS = ACCESS_BYTES / 4;
const LINE_WORD = ACCESS_LINE / 4;
const KIND_WORD = ACCESS_KIND / 4;
const PORT_WORD = ACCESS_PORT / 4;

/** An odd number with bits everywhere (2^32 divided by the golden ratio). */
const KEY_FACTOR = 0x9e3779b1;

/** Where accesses go: the replay buffer of a memory system. */
export interface ReplayBuffer {
  readonly replayWords: Int32Array;
  /** Accesses that the buffer holds, at least 2. */
  readonly replayCapacity: number;
  /** Make the first `count` accesses of the buffer. */
  replay(count: number): void;
}

/** @param line physical number. @param key 32 bits made of the virtual number; lines below 2^32 have different ones. */
type LineListener = (tenant: number, line: number, key: number) => void;

export interface AccessWriterOptions {
  readonly convention: Convention;
  /** Bytes of a line, a power of two, 4 to 4096. */
  readonly lineBytes: number;
  readonly placement: ColouredPlacement;
  /** By tenant: who its accesses belong to. A tenant's port has the tenant's number. */
  readonly owners: readonly number[];
  /** Told of every line access, in order; undefined: nobody. */
  readonly onLine: LineListener | undefined;
}

export class AccessWriter {
  readonly #buffer: ReplayBuffer;
  readonly #options: AccessWriterOptions;
  readonly #lineShift: number;
  #count = 0;

  constructor(buffer: ReplayBuffer, options: AccessWriterOptions) {
    this.#buffer = buffer;
    this.#options = options;
    this.#lineShift = 31 - Math.clz32(options.lineBytes);
  }

  /**
   * Make accesses `from` to `to` - 1 of a tenant's batch. Some may wait in the buffer until the next call, or `flush`.
   * @throws PlacementError when the trace touches more memory than there is.
   */
  take(tenant: number, batch: TraceBatch, from: number, to: number): void {
    const isCachegrind = this.#options.convention === 'cachegrind';
    for (let at = from; at < to; at++) {
      if (isCachegrind) this.#takeWhole(tenant, batch, at);
      else this.#takeLines(tenant, batch, at);
    }
  }

  /** Make the accesses that wait in the buffer. */
  flush(): void {
    if (this.#count > 0) this.#buffer.replay(this.#count);
    this.#count = 0;
  }

  /** One access, of one line or of two neighbours. */
  #takeWhole(tenant: number, batch: TraceBatch, at: number): void {
    const { lineBytes } = this.#options;
    const kind = batch.kind[at];
    const offset = batch.addressLow[at] & (lineBytes - 1);
    const straddles = offset + Math.min(batch.size[at], lineBytes) > lineBytes;
    const counted = kind === TraceKind.modify ? KIND_READ : kind;
    // Room for both halves: they must be played back together.
    if (this.#count + 2 > this.#buffer.replayCapacity) this.flush();
    if (straddles && this.#hasLine(batch, at, 1)) {
      this.#put(tenant, batch, at, 0, counted | ACCESS_STRADDLES);
      this.#put(tenant, batch, at, 1, counted);
    } else {
      this.#put(tenant, batch, at, 0, counted);
    }
  }

  /** As many accesses as lines are touched; twice as many for a modify. */
  #takeLines(tenant: number, batch: TraceBatch, at: number): void {
    const kind = batch.kind[at];
    const isModify = kind === TraceKind.modify;
    this.#putLines(tenant, batch, at, isModify ? KIND_READ : kind);
    if (isModify) this.#putLines(tenant, batch, at, KIND_WRITE);
  }

  #putLines(tenant: number, batch: TraceBatch, at: number, kind: number): void {
    const { lineBytes } = this.#options;
    const end = (batch.addressLow[at] & (lineBytes - 1)) + Math.max(1, batch.size[at]);
    for (let nth = 0; nth * lineBytes < end && this.#hasLine(batch, at, nth); nth++) {
      if (this.#count === this.#buffer.replayCapacity) this.flush();
      this.#put(tenant, batch, at, nth, kind);
    }
  }

  /** Is there an n-th line after that of the address? What reaches beyond the end of the address space is left out. */
  #hasLine(batch: TraceBatch, at: number, nth: number): boolean {
    const shift = this.#lineShift;
    const linesPerHigh = 2 ** (32 - shift);
    const within = (batch.addressLow[at] >>> shift) + nth;
    return within < linesPerHigh || batch.addressHigh[at] + Math.floor(within / linesPerHigh) <= 0xffffffff;
  }

  /** The n-th line from that of the address on. */
  #put(tenant: number, batch: TraceBatch, at: number, nth: number, kind: number): void {
    const { placement, owners, onLine } = this.#options;
    const shift = this.#lineShift;
    const high = batch.addressHigh[at];
    const low = ((batch.addressLow[at] >>> shift) | (high << (32 - shift))) >>> 0;
    const lineLow = (low + nth) >>> 0;
    const lineHigh = (high >>> shift) + (low + nth > 0xffffffff ? 1 : 0);
    const line = placement.lineOf(tenant, lineLow, lineHigh);
    onLine?.(tenant, line, (lineLow ^ Math.imul(lineHigh, KEY_FACTOR)) >>> 0);
    const words = this.#buffer.replayWords;
    const to = this.#count++ * ACCESS_WORDS;
    words[to + LINE_WORD] = line;
    words[to + KIND_WORD] = kind | (owners[tenant] << ACCESS_OWNER_SHIFT);
    words[to + PORT_WORD] = tenant;
  }
}
