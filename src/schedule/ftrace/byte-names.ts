/**
 * Gives every distinct byte string a small number, without making a JavaScript string of one it knows.
 *
 * An open-addressed table of FNV-1a hashes; the names lie one after the other in one array. Memory grows with the
 * distinct names only.
 */
import { grown } from '../grown.ts';
import { textOf } from './bytes.ts';

/** FNV-1a, in a form that lets a scanner hash a name while it looks for its end. */
export const EMPTY_HASH = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

export function hashStep(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, FNV_PRIME);
}

export class ByteNames {
  /** By slot: id + 1, or 0 for a free slot. A power of two long, at most half full. */
  #slots = new Int32Array(64);
  #hashes = new Int32Array(32);
  /** Name `id` is #store[#starts[id]..#starts[id + 1]). */
  #starts = new Int32Array(33);
  #store = new Uint8Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The number of the name bytes[from..to): 0, 1, 2 ... in the order of their first appearance. */
  idOf(bytes: Uint8Array, from: number, to: number): number {
    let hash = EMPTY_HASH;
    for (let i = from; i < to; i++) hash = hashStep(hash, bytes[i]);
    return this.idOfHashed(bytes, from, to, hash);
  }

  /** The same, where `hash` is what hashStep() made of EMPTY_HASH and the bytes in their order. */
  idOfHashed(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] - 1;
      if (id === -1) return this.#add(slot, hash, bytes, from, to);
      if (this.#hashes[id] === hash && this.#equals(id, bytes, from, to)) return id;
    }
  }

  text(id: number): string {
    return textOf(this.#store, this.#starts[id], this.#starts[id + 1]);
  }

  #equals(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[id];
    const length = this.#starts[id + 1] - start;
    if (length !== to - from) return false;
    for (let i = 0; i < length; i++) {
      if (this.#store[start + i] !== bytes[from + i]) return false;
    }
    return true;
  }

  #add(slot: number, hash: number, bytes: Uint8Array, from: number, to: number): number {
    const id = this.#count++;
    const start = this.#starts[id];
    const end = start + to - from;
    while (end > this.#store.length) this.#store = grown(this.#store, new Uint8Array(this.#store.length * 2));
    this.#store.set(bytes.subarray(from, to), start);
    this.#starts[id + 1] = end;
    this.#hashes[id] = hash;
    this.#slots[slot] = id + 1;
    if (this.#count === this.#hashes.length) this.#grow();
    return id;
  }

  #grow(): void {
    const capacity = this.#hashes.length * 2;
    this.#hashes = grown(this.#hashes, new Int32Array(capacity));
    this.#starts = grown(this.#starts, new Int32Array(capacity + 1));
    this.#slots = new Int32Array(capacity * 2);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = this.#hashes[id] & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id + 1;
    }
  }
}
