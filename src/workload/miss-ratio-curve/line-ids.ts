/** Gives every distinct line a small number: 0, 1, 2 ... in the order of first touch. An open-addressed hash table. */
import { lineHash } from './line-hash.ts';

const FIRST_CAPACITY = 256;

export class LineIds {
  /** By slot: id + 1, or 0 for a free slot. A power of two long, at most half full. */
  #slots = new Uint32Array(FIRST_CAPACITY);
  /** By id. */
  #lines = new Uint32Array(FIRST_CAPACITY / 2);
  #count = 0;

  /** Distinct lines so far. */
  get count(): number {
    return this.#count;
  }

  /** The number of `line` (0 to 2^32 - 1). It is new if this is what `count` was before. */
  idOf(line: number): number {
    const mask = this.#slots.length - 1;
    let slot = lineHash(line) & mask;
    for (let entry = this.#slots[slot]; entry !== 0; entry = this.#slots[slot]) {
      if (this.#lines[entry - 1] === line) return entry - 1;
      slot = (slot + 1) & mask;
    }
    const id = this.#count++;
    this.#lines[id] = line;
    this.#slots[slot] = id + 1;
    if (this.#count === this.#lines.length) this.#grow();
    return id;
  }

  #grow(): void {
    const lines = new Uint32Array(this.#lines.length * 2);
    lines.set(this.#lines);
    this.#lines = lines;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = lineHash(lines[id]) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id + 1;
    }
  }
}
