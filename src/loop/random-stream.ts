/**
 * Seeded randomness: one independent stream per purpose (design section 5).
 *
 * The generator is xoroshiro128+ of pure-rand, started from 128 bits that are mixed from the run's seed and the purpose,
 * e.g. ('guest-activity', tenant, vm, vcpu). So a tenant's stream depends neither on who else takes part nor on the
 * order in which streams are made.
 *
 * Only integers come out, and only integer arithmetic and exactly rounded double multiplications go in: no logarithm,
 * no exponential, the same numbers on every machine. The low bits of xoroshiro128+ are the weak ones (bit 0 is a linear
 * feedback register), so bounded draws are made from the upper bits.
 */

import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';

/** The largest mean of `exponentialNs`: about 18 minutes. A draw stays below 2^53 for all but e^-8192 of the draws. */
export const EXPONENTIAL_MEAN_NS_MAX = 2 ** 40;

const TWO_TO_32 = 2 ** 32;

/** A part of a purpose: a text, or a safe integer. */
export type PurposePart = string | number;

/**
 * The stream of one purpose.
 * @param seed the run's seed, a safe integer (as is every number in the purpose).
 * @throws RangeError for a number that is no safe integer.
 */
export function randomStream(seed: number, ...purpose: readonly PurposePart[]): RandomStream {
  return new RandomStream(xoroshiro128plusFromState(mixedState(seed, purpose)));
}

/** Draws from one stream. Made by `randomStream`. */
export class RandomStream {
  readonly #generator: JumpableRandomGenerator;

  constructor(generator: JumpableRandomGenerator) {
    this.#generator = generator;
  }

  /** Uniform in 0..2^32-1. */
  uint32(): number {
    return this.#generator.next() >>> 0;
  }

  /** Uniform in 0..n-1, exactly: as many upper bits as n-1 has, drawn again until below n. n is an integer, 1..2^32. */
  below(n: number): number {
    if (n <= 1) return 0;
    const shift = Math.clz32(n - 1);
    let drawn = this.#generator.next() >>> shift;
    while (drawn >= n) drawn = this.#generator.next() >>> shift;
    return drawn;
  }

  /** True in `numerator` of `denominator` draws. Integers, 0 <= numerator, 1 <= denominator <= 2^32. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  /**
   * An exponentially distributed time in whole ns, rounded up: P(result > k) = e^(-k/mean) for every whole k, so it is
   * never below 1 and its average is half a nanosecond above `meanNs` (integer, 0..EXPONENTIAL_MEAN_NS_MAX; 0 gives 1).
   *
   * Von Neumann's comparison method (Various techniques used in connection with random digits, 1951): draw uniforms as
   * long as they fall; if the fall has an odd length its first number is the fraction of the result in units of the
   * mean, else the integer part grows by one and it starts again. That takes 4.3 uniforms on average and no logarithm.
   * A uniform has 32 bits, so a time is resolved to mean / 2^32.
   */
  exponentialNs(meanNs: number): number {
    const generator = this.#generator;
    let wholeMeans = 0;
    for (;;) {
      const first = generator.next() >>> 0;
      let previous = first;
      let next = generator.next() >>> 0;
      let isOdd = true;
      while (next < previous) {
        previous = next;
        next = generator.next() >>> 0;
        isOdd = !isOdd;
      }
      if (isOdd) return wholeMeans * meanNs + Math.floor((first * meanNs) / TWO_TO_32) + 1;
      wholeMeans++;
    }
  }

  /**
   * An index, drawn by weight. `cumulativeWeights[i]` is the sum of the weights 0..i: integers, never decreasing, the
   * last one 1..2^32. An index of weight 0 is never drawn.
   */
  weighted(cumulativeWeights: ArrayLike<number>): number {
    const drawn = this.below(cumulativeWeights[cumulativeWeights.length - 1]!);
    let index = 0;
    while (drawn >= cumulativeWeights[index]!) index++;
    return index;
  }
}

/**
 * Mix seed and purpose into the 128 bits that start a generator.
 *
 * 1. They become a list of 32-bit words that reads back in one way only: a number is the tag 1, its low and its high
 *    word; a text is the tag 2, its length, and its UTF-16 code units. So ('vm', 1) and ('vm1') differ.
 * 2. Every word is absorbed by four lanes: lane i becomes lane i+1 xor (lane i xor word) * an odd constant.
 * 3. The lanes are summed into each other, and each goes through the final mix of MurmurHash3 (public domain).
 */
function mixedState(seed: number, purpose: readonly PurposePart[]): [number, number, number, number] {
  let a = 0x6d70616d; // "mpam", "lab ", then two arbitrary words
  let b = 0x6c616220;
  let c = 0x510e527f;
  let d = 0x9b05688c;
  for (const word of [seed, ...purpose].flatMap(wordsOf)) {
    a = b ^ Math.imul(a ^ word, 0x85ebca6b);
    b = c ^ Math.imul(b ^ word, 0xc2b2ae35);
    c = d ^ Math.imul(c ^ word, 0x27d4eb2f);
    d = a ^ Math.imul(d ^ word, 0x165667b1);
  }
  const sum = a + b + c + d;
  a = finalMix(a ^ sum);
  b = finalMix(b + a);
  c = finalMix(c + b);
  d = finalMix(d + c);
  // All zero is the one state that xoroshiro128+ never leaves.
  return (a | b | c | d) === 0 ? [1, 0, 0, 0] : [a, b, c, d];
}

function wordsOf(part: PurposePart): number[] {
  if (typeof part === 'string') {
    return [2, part.length, ...Array.from({ length: part.length }, (_, at) => part.charCodeAt(at))];
  }
  if (!Number.isSafeInteger(part)) throw new RangeError(`random stream: ${part} is not an integer below 2^53`);
  return [1, part | 0, Math.floor(part / TWO_TO_32) | 0];
}

function finalMix(lane: number): number {
  let mixed = lane | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
