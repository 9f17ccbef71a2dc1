/**
 * One address space: from pages (up to 64-bit numbers, in two halves) to frames of physical memory.
 *
 * An open-addressed hash table in typed arrays, because it is asked once per access. Memory grows with the pages touched.
 */

/** Frame of a page that has none. */
export const NO_FRAME = 0xffffffff;

const FIRST_CAPACITY = 256;

export class PageTable {
  /** A power of two long, at most half full. A slot is free while its frame is NO_FRAME. */
  #frames = new Uint32Array(FIRST_CAPACITY).fill(NO_FRAME);
  #low = new Uint32Array(FIRST_CAPACITY);
  #high = new Uint32Array(FIRST_CAPACITY);
  #count = 0;

  /** Pages that have a frame. */
  get count(): number {
    return this.#count;
  }

  /** The frame of page `high` * 2^32 + `low` (both 0 to 2^32 - 1), or NO_FRAME. */
  frameOf(low: number, high: number): number {
    return this.#frames[this.#slotOf(low, high)];
  }

  /** Give a page without a frame one. `frame` is not NO_FRAME. */
  map(low: number, high: number, frame: number): void {
    if (2 * this.#count >= this.#frames.length) this.#grow();
    this.#put(low, high, frame);
    this.#count++;
  }

  #put(low: number, high: number, frame: number): void {
    const slot = this.#slotOf(low, high);
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#frames[slot] = frame;
  }

  /** The slot that holds the page, or the free one where it belongs. */
  #slotOf(low: number, high: number): number {
    const mask = this.#frames.length - 1;
    let slot = hashOf(low, high) & mask;
    while (this.#frames[slot] !== NO_FRAME && (this.#low[slot] !== low || this.#high[slot] !== high)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [frames, low, high] = [this.#frames, this.#low, this.#high];
    const capacity = frames.length * 2;
    this.#frames = new Uint32Array(capacity).fill(NO_FRAME);
    this.#low = new Uint32Array(capacity);
    this.#high = new Uint32Array(capacity);
    for (let slot = 0; slot < frames.length; slot++) {
      if (frames[slot] !== NO_FRAME) this.#put(low[slot], high[slot], frames[slot]);
    }
  }
}

/** Neighbouring pages go to slots far apart: multiplication spreads upward, the shift brings it down again. */
function hashOf(low: number, high: number): number {
  const mixed = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
