/**
 * A counter of up to 63 bits in two numbers, that wraps.
 *
 * Exact without BigInt: the lower part takes the increment, which must be below 2^53 - 2^32, and hands on what it cannot hold.
 */
export class WideCounter {
  readonly #highSize: number;
  readonly #lowSize: number;
  #high = 0;
  #low = 0;

  /** @param highBits 1 to 31. @param lowBits 0 to 32. */
  constructor(highBits: number, lowBits: number) {
    this.#highSize = 2 ** highBits;
    this.#lowSize = 2 ** lowBits;
  }

  get high(): number {
    return this.#high;
  }

  get low(): number {
    return this.#low;
  }

  /** Parts beyond their widths lose their upper bits. */
  set(high: number, low: number): void {
    this.#high = high % this.#highSize;
    this.#low = low % this.#lowSize;
  }

  /** The least increment that makes it wrap: exact below 2^53, else rounded. */
  get untilOverflow(): number {
    return (this.#highSize - this.#high) * this.#lowSize - this.#low;
  }

  /** @returns true if it wrapped, once or more often. */
  add(increment: number): boolean {
    const low = this.#low + increment;
    const carry = Math.floor(low / this.#lowSize);
    this.#low = low - carry * this.#lowSize;
    const high = this.#high + carry;
    this.#high = high % this.#highSize;
    return high >= this.#highSize;
  }
}
