/**
 * LRU stack distances of a stream of lines in one pass (Mattson, Gecsei, Slutz, Traiger: Evaluation techniques for storage
 * hierarchies, IBM Systems Journal 9, 1970): the distance of a reference is how many other lines were referenced since the
 * last time. An LRU cache of C lines hits exactly the references with a distance below C.
 *
 * Every line has one mark, at the time of its last reference, so a distance is the number of marks after that time. Marks
 * are bits; a Fenwick tree over their words counts them in logarithmic time (Bennett and Kruskal, 1975). When the times run
 * out they are given anew, closely packed, which costs little because at most a quarter of them is in use by then.
 */
import { LineIds } from './line-ids.ts';

/** Distance of a line's first reference. */
export const FIRST_REFERENCE = -1;

const FIRST_CAPACITY = 1 << 12;

export class StackDistances {
  readonly #ids = new LineIds();
  /** By id: time of the last reference. */
  #lastTime = new Uint32Array(FIRST_CAPACITY / 4);
  /** By time: id of the line referenced then. */
  #idAt = new Uint32Array(FIRST_CAPACITY);
  /** Bit `time`: a line was referenced then for the last time. */
  #marks = new Uint32Array(FIRST_CAPACITY / 32);
  /** Fenwick tree: element n (from 1 on) is the number of marks in the (n & -n) words up to word n - 1. */
  #tree = new Int32Array(FIRST_CAPACITY / 32 + 1);
  #now = 0;

  /** Distinct lines so far. */
  get lines(): number {
    return this.#ids.count;
  }

  /** Reference a line (0 to 2^32 - 1). @returns its stack distance, or FIRST_REFERENCE. */
  touch(line: number): number {
    const known = this.#ids.count;
    const id = this.#ids.idOf(line);
    if (id < known) {
      const last = this.#lastTime[id];
      if (last === this.#now - 1) return 0;
      const distance = known - this.#marksUpTo(last);
      this.#setMark(last, false);
      this.#stamp(id);
      return distance;
    }
    this.#stamp(id);
    return FIRST_REFERENCE;
  }

  #stamp(id: number): void {
    if (this.#now === this.#idAt.length) this.#compact();
    if (id >= this.#lastTime.length) this.#lastTime = grown(this.#lastTime, this.#lastTime.length * 2);
    const time = this.#now++;
    this.#lastTime[id] = time;
    this.#idAt[time] = id;
    this.#setMark(time, true);
  }

  #setMark(time: number, isSet: boolean): void {
    const word = time >>> 5;
    this.#marks[word] ^= 1 << (time & 31);
    const change = isSet ? 1 : -1;
    for (let node = word + 1; node < this.#tree.length; node += node & -node) this.#tree[node] += change;
  }

  #marksUpTo(time: number): number {
    const word = time >>> 5;
    let sum = bitCount(this.#marks[word] & (0xffffffff >>> (31 - (time & 31))));
    for (let node = word; node > 0; node &= node - 1) sum += this.#tree[node];
    return sum;
  }

  /** Number the marks' times 0, 1, 2 ..., with room for at least three times as many references to come. */
  #compact(): void {
    const idAt = this.#idAt;
    const marks = this.#marks;
    const end = this.#now;
    let capacity = idAt.length;
    while (capacity < 4 * this.lines) capacity *= 2;
    this.#idAt = new Uint32Array(capacity);
    this.#now = 0;
    for (let time = 0; time < end; time++) {
      if (((marks[time >>> 5] >>> (time & 31)) & 1) === 0) continue;
      const id = idAt[time];
      this.#lastTime[id] = this.#now;
      this.#idAt[this.#now++] = id;
    }
    this.#markFirst(this.#now, capacity);
  }

  /** Set the marks of times 0 to `count` - 1, and no others. */
  #markFirst(count: number, capacity: number): void {
    this.#marks = new Uint32Array(capacity / 32);
    this.#marks.fill(0xffffffff, 0, count >>> 5);
    if (count % 32 > 0) this.#marks[count >>> 5] = 2 ** (count % 32) - 1;
    this.#tree = new Int32Array(capacity / 32 + 1);
    for (let node = 1; node < this.#tree.length; node++) {
      this.#tree[node] += bitCount(this.#marks[node - 1]);
      const parent = node + (node & -node);
      if (parent < this.#tree.length) this.#tree[parent] += this.#tree[node];
    }
  }
}

function grown(shorter: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length);
  longer.set(shorter);
  return longer;
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
