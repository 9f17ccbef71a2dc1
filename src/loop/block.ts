/**
 * The machine's one block of memory.
 *
 * Register files, labels, Linux's per-CPU copies and the ring of event rows are regions of one linear memory
 * (design section 2). The TypeScript rooms see them as typed-array views; a snapshot is a copy of the block, and
 * two machines are in the same state when their blocks hold the same bytes.
 *
 * This file knows sizes and offsets only: no register names, no tenants.
 */

/** One named part of the block. Offsets and lengths are in bytes. */
export interface Region {
  readonly name: string;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** Regions start on cache lines of their own, and at a multiple of 64 words for rooms whose records have that length. */
const REGION_ALIGNMENT_BYTES = 256;
const WASM_PAGE_BYTES = 65536;

/** Reserves regions first, then makes the memory once: nothing grows afterwards, so views never go stale. */
export class BlockLayout {
  readonly #regions: Region[] = [];
  /** Nothing lies at address 0: in the loop's records it means "none". */
  #byteLength = REGION_ALIGNMENT_BYTES;

  /**
   * Reserve `byteLength` bytes under a name.
   * @throws RangeError if the name is taken or the length is not a positive integer.
   */
  reserve(name: string, byteLength: number): Region {
    if (!Number.isInteger(byteLength) || byteLength <= 0) {
      throw new RangeError(`region ${name}: length ${byteLength} is not a positive number of bytes`);
    }
    if (this.#regions.some((region) => region.name === name)) throw new RangeError(`region ${name} exists already`);
    const region = { name, byteOffset: this.#byteLength, byteLength };
    this.#regions.push(region);
    this.#byteLength = alignUp(this.#byteLength + byteLength, REGION_ALIGNMENT_BYTES);
    return region;
  }

  /** Bytes that everything reserved so far takes. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Make the memory, all zero. */
  build(): Block {
    const pages = Math.max(1, Math.ceil(this.#byteLength / WASM_PAGE_BYTES));
    return new Block(new WebAssembly.Memory({ initial: pages, maximum: pages }), [...this.#regions]);
  }
}

/** The built memory. Views are made once, by the rooms that own a region. */
export class Block {
  readonly memory: WebAssembly.Memory;
  readonly regions: readonly Region[];
  /** The whole block, for code that works on several regions at once: region r starts at word `r.byteOffset / 4`. */
  readonly words: Int32Array;

  constructor(memory: WebAssembly.Memory, regions: readonly Region[]) {
    this.memory = memory;
    this.regions = regions;
    this.words = new Int32Array(memory.buffer);
  }

  int32(region: Region): Int32Array {
    return new Int32Array(this.memory.buffer, region.byteOffset, region.byteLength >> 2);
  }

  uint8(region: Region): Uint8Array {
    return new Uint8Array(this.memory.buffer, region.byteOffset, region.byteLength);
  }
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
