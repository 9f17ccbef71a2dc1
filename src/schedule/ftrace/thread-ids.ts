/**
 * Threads of a recording as indexes into the registry, found by TID without making a string of a name that is known.
 *
 * The two places that name a thread differ in worth. The body of a scheduler event holds the name at that moment. The
 * COMM column is filled in when the trace is read: it holds the latest name, or `<...>` where the kernel has forgotten.
 * So names from bodies count, and the column only names threads that have no name yet. The process id stands in a column
 * only.
 *
 * The registry gives a TID a new index when its owner changes; from then on that index is handed out.
 */
import { IDLE_THREAD, type Registry } from '../registry.ts';
import { ascii, startsAt, textOf } from './bytes.ts';

/** TASK_COMM_LEN - 1. Longer names are possible in hand-made text; they are only slower. */
const COMM_BYTES_MAX = 15;
/** One length byte before the name. */
const COMM_STRIDE = 1 + COMM_BYTES_MAX;
const COMM_TOO_LONG = 0xff;

const FORGOTTEN = ascii('<...>');

export class ThreadIds {
  readonly #registry: Registry;
  readonly #tgidByTid: ReadonlyMap<number, number>;
  /** By slot: tid + 1, or 0 for a free slot. A power of two long, at most half full. */
  #tids = new Float64Array(256);
  #indexes = new Int32Array(256);
  /** Process id, or -1 while unknown. */
  #tgids = new Int32Array(256);
  #comms = new Uint8Array(256 * COMM_STRIDE);
  #count = 0;

  readonly #onSuccessor: (index: number, successor: number) => void;

  /**
   * @param tgidByTid process ids that are known from a thread's first line on.
   * @param onSuccessor told when a thread goes on under another index.
   */
  constructor(
    registry: Registry,
    tgidByTid: ReadonlyMap<number, number>,
    onSuccessor: (index: number, successor: number) => void = () => {},
  ) {
    this.#registry = registry;
    this.#tgidByTid = tgidByTid;
    this.#onSuccessor = onSuccessor;
  }

  /**
   * The thread that the body of an event names bytes[from..to). Each CPU has its own idle task of TID 0 and name
   * `swapper/N`; the registry has one entry for them all.
   */
  named(tid: number, bytes: Uint8Array, from: number, to: number): number {
    if (tid === 0) return IDLE_THREAD;
    const slot = this.#slotOf(tid);
    if (this.#tids[slot] !== 0 && this.#hasName(slot, bytes, from, to)) return this.#indexes[slot];
    return this.#intern(slot, tid, bytes, from, to);
  }

  /** The thread of the COMM-TID column. */
  inColumn(tid: number, bytes: Uint8Array, from: number, to: number): number {
    if (tid === 0) return IDLE_THREAD;
    const slot = this.#slotOf(tid);
    if (this.#tids[slot] === 0) return this.#intern(slot, tid, bytes, from, to);
    if (!this.#isForgotten(slot) || this.#hasName(slot, bytes, from, to)) return this.#indexes[slot];
    return this.#intern(slot, tid, bytes, from, to);
  }

  /** A line's columns say that the thread is of this process. News only if it was known to be of another one. */
  inProcess(tid: number, tgid: number): void {
    if (tid === 0 || tgid === -1) return;
    const slot = this.#slotOf(tid);
    if (this.#tids[slot] === 0 || this.#tgids[slot] === tgid) return;
    const index = this.#indexes[slot];
    this.#tgids[slot] = tgid;
    this.#setIndex(slot, index, this.#registry.internThread(tid, this.#registry.threads[index].comm, tgid));
  }

  #slotOf(tid: number): number {
    const mask = this.#tids.length - 1;
    let slot = Math.imul(tid, 0x9e3779b1) >>> 7;
    for (slot &= mask; this.#tids[slot] !== tid + 1 && this.#tids[slot] !== 0; slot = (slot + 1) & mask);
    return slot;
  }

  #hasName(slot: number, bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    const start = slot * COMM_STRIDE;
    if (this.#comms[start] !== length || length > COMM_BYTES_MAX) return false;
    for (let i = 0; i < length; i++) {
      if (this.#comms[start + 1 + i] !== bytes[from + i]) return false;
    }
    return true;
  }

  #isForgotten(slot: number): boolean {
    const start = slot * COMM_STRIDE;
    return this.#comms[start] === FORGOTTEN.length && startsAt(this.#comms, start + 1, FORGOTTEN);
  }

  #intern(slot: number, tid: number, bytes: Uint8Array, from: number, to: number): number {
    const isNew = this.#tids[slot] === 0;
    if (isNew) this.#tgids[slot] = this.#tgidByTid.get(tid) ?? -1;
    const index = this.#registry.internThread(tid, textOf(bytes, from, to), this.#tgids[slot]);
    const start = slot * COMM_STRIDE;
    this.#tids[slot] = tid + 1;
    this.#setIndex(slot, isNew ? index : this.#indexes[slot], index);
    this.#comms[start] = COMM_TOO_LONG;
    if (to - from <= COMM_BYTES_MAX) {
      this.#comms[start] = to - from;
      this.#comms.set(bytes.subarray(from, to), start + 1);
    }
    if (isNew && ++this.#count * 2 > this.#tids.length) this.#grow();
    return index;
  }

  #setIndex(slot: number, before: number, index: number): void {
    this.#indexes[slot] = index;
    if (index !== before) this.#onSuccessor(before, index);
  }

  #grow(): void {
    const tids = this.#tids;
    const indexes = this.#indexes;
    const tgids = this.#tgids;
    const comms = this.#comms;
    this.#tids = new Float64Array(tids.length * 2);
    this.#indexes = new Int32Array(tids.length * 2);
    this.#tgids = new Int32Array(tids.length * 2);
    this.#comms = new Uint8Array(tids.length * 2 * COMM_STRIDE);
    for (let old = 0; old < tids.length; old++) {
      if (tids[old] === 0) continue;
      const slot = this.#slotOf(tids[old] - 1);
      this.#tids[slot] = tids[old];
      this.#indexes[slot] = indexes[old];
      this.#tgids[slot] = tgids[old];
      this.#comms.set(comms.subarray(old * COMM_STRIDE, (old + 1) * COMM_STRIDE), slot * COMM_STRIDE);
    }
  }
}
