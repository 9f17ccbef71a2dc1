/**
 * Misses of set-associative LRU caches with 1, 2, 3 ... ways and a given number of sets, in one pass: Mattson's stack, one
 * per set. It tells what a tenant would miss alone with each number of ways, that is with each width of a CPBM whose
 * portions are ways.
 */
export class WayCurve {
  readonly sets: number;
  readonly ways: number;
  /** By set: its `ways` last lines, newest first; `#held` of them are in use. */
  readonly #stacks: Uint32Array;
  readonly #held: Uint32Array;
  /** By stack distance within the set. */
  readonly #hits: Float64Array;
  #references = 0;

  /** @param ways largest number of ways asked for; a reference costs up to as many steps. */
  constructor(sets: number, ways: number) {
    this.sets = sets;
    this.ways = ways;
    this.#stacks = new Uint32Array(sets * ways);
    this.#held = new Uint32Array(sets);
    this.#hits = new Float64Array(ways);
  }

  /** Reference a line (0 to 2^32 - 1); its set is line mod sets. */
  touch(line: number): void {
    const set = line % this.sets;
    const newest = set * this.ways;
    const held = this.#held[set];
    this.#references++;
    let depth = 0;
    while (depth < held && this.#stacks[newest + depth] !== line) depth++;
    if (depth < held) this.#hits[depth]++;
    else if (held < this.ways) this.#held[set]++;
    else depth--;
    this.#stacks.copyWithin(newest + 1, newest, newest + depth);
    this.#stacks[newest] = line;
  }

  /** Misses with 1 way, 2 ways, and so on. */
  misses(): number[] {
    let misses = this.#references;
    return Array.from(this.#hits, (hits) => {
      misses -= hits;
      return misses;
    });
  }
}
