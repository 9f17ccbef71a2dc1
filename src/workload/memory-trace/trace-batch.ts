/**
 * Accesses of a recorded memory trace, in columns, whatever the format that they come from.
 *
 * Leaves out: who made them (a trace is one tenant's), when (a trace knows instructions at best), and data values.
 */

/** What an access does. `modify` is a load and a store of the same bytes by one instruction. */
export const TraceKind = { read: 0, write: 1, fetch: 2, modify: 3 } as const;
export type TraceKind = (typeof TraceKind)[keyof typeof TraceKind];

/** Some accesses, in order. Rows from `count` on are old and mean nothing. */
export interface TraceBatch {
  readonly count: number;
  /** Byte address of the first byte touched: bits 31:0 and 63:32. */
  readonly addressLow: Uint32Array;
  readonly addressHigh: Uint32Array;
  /** Bytes touched; 0 where the format does not say: within one line, then. */
  readonly size: Uint32Array;
  /** TraceKind. */
  readonly kind: Uint8Array;
  /**
   * Instructions since the access before, up to and with the one that makes this access; 0 for a further access of the
   * same instruction, and everywhere if the format does not count (TraceFormat.instructions).
   */
  readonly instructions: Uint32Array;
}

/** A batch that can be filled, and filled again. */
export class TraceColumns implements TraceBatch {
  count = 0;
  readonly capacity: number;
  readonly addressLow: Uint32Array;
  readonly addressHigh: Uint32Array;
  readonly size: Uint32Array;
  readonly kind: Uint8Array;
  readonly instructions: Uint32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.addressLow = new Uint32Array(capacity);
    this.addressHigh = new Uint32Array(capacity);
    this.size = new Uint32Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.instructions = new Uint32Array(capacity);
  }

  /** The caller has made sure that there is room. Halves of an address may come as signed or unsigned words. */
  add(addressLow: number, addressHigh: number, size: number, kind: TraceKind, instructions: number): void {
    const at = this.count++;
    this.addressLow[at] = addressLow;
    this.addressHigh[at] = addressHigh;
    this.size[at] = size;
    this.kind[at] = kind;
    this.instructions[at] = instructions;
  }
}
