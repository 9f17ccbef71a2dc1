/**
 * As whom requests go on when they leave an outermost cache: PARTID translation at its egress (A 2.7).
 *
 * The loop looks into a table of the cache: one u16 per owner. While nobody is translated it has none.
 */
import { CACHE_EGRESS } from '../loop/assembly/layout.ts';
import type { Block, Region } from '../loop/block.ts';
import type { HierarchyConfig } from './hierarchy-config.ts';

export const EGRESS_OWNER_BYTES = 2;

/** Whether the MSC of a cache can translate at its egress. */
export function canTranslateEgress({ mscs = [] }: HierarchyConfig, cache: number): boolean {
  return mscs.some((msc) => msc.front.egress !== undefined && msc.resources.some((own) => own.cache === cache));
}

export class EgressOwners {
  readonly #block: Block;
  readonly #record: number;
  readonly #table: Uint16Array;

  /** @param record address of the cache's record. */
  constructor(block: Block, record: number, table: Region) {
    this.#block = block;
    this.#record = record;
    const { byteOffset, byteLength } = table;
    this.#table = new Uint16Array(block.memory.buffer, byteOffset, byteLength / EGRESS_OWNER_BYTES);
    for (let owner = 0; owner < this.#table.length; owner++) this.#table[owner] = owner;
  }

  /** From now on requests of `owner` go on as those of `translated`. */
  set(owner: number, translated: number): void {
    this.#table[owner] = translated;
    this.#block.words[(this.#record + CACHE_EGRESS) >>> 2] = this.#table.byteOffset;
  }
}
