/**
 * What the generator should make, written for clarity alone: one function per pattern, random numbers from pure-rand, all
 * tables as plain arrays of lines, no alias method.
 */
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { type PurposePart, randomStream } from '../../../src/loop/random-stream.ts';

/** Upper 32 bits of the 64-bit outputs of xoroshiro128+ whose state is the first four words of a random stream. */
export function upperHalves(seed: number, ...purpose: readonly PurposePart[]): () => number {
  const start = randomStream(seed, ...purpose);
  const words = Array.from({ length: 4 }, () => start.uint32());
  // pure-rand keeps the upper half of each word of the state first, the block the lower one.
  const generator = xoroshiro128plusFromState([words[1]!, words[0]!, words[3]!, words[2]!]);
  return () => {
    const [s01, s00, s11, s10] = generator.getState().map((word) => BigInt(word >>> 0)) as [
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    generator.next();
    const sum = (s01 << 32n) + s00 + (s11 << 32n) + s10;
    return Number(BigInt.asUintN(64, sum) >> 32n);
  };
}

/** 0 to n - 1 from 32 bits. */
export const scaled = (bits: number, n: number): number => Number((BigInt(bits) * BigInt(n)) >> 32n);

/** Lines of a walk of `step` bytes through `lines` lines of `lineBytes`. */
export function* walk(lines: number, lineBytes: number, step: number): Generator<number> {
  for (let at = 0; ; at = (at + step) % (lines * lineBytes)) yield Math.floor(at / lineBytes);
}

/** Which frame each page gets, in order of first touch. */
export class NaivePages {
  readonly #frames = new Map<number, number>();
  readonly #linesPerPage: number;

  constructor(linesPerPage: number) {
    this.#linesPerPage = linesPerPage;
  }

  physical(line: number): number {
    const page = Math.floor(line / this.#linesPerPage);
    const frame = this.#frames.get(page) ?? this.#frames.size;
    this.#frames.set(page, frame);
    return frame * this.#linesPerPage + (line % this.#linesPerPage);
  }
}
