/** One line as a cache holds it, found by looking at every way: for questions and tests. */
import { DIRTY, GROUP_WAYS, OWNER_MASK, OWNERS, TAGS } from '../loop/assembly/layout.ts';
import type { Block, Region } from '../loop/block.ts';
import { setShapeOf } from './cache-regions.ts';
import type { CacheConfig } from './hierarchy-config.ts';

export interface LineState {
  readonly owner: number;
  readonly isDirty: boolean;
  readonly way: number;
}

/** The line with this number, if the cache whose sets are in `lines` holds it. */
export function findLine(block: Block, cache: CacheConfig, lines: Region, line: number): LineState | undefined {
  const { groups, groupBytes } = setShapeOf(cache);
  const set = lines.byteOffset + (line % cache.sets) * groups * groupBytes;
  const halves = new Uint16Array(block.memory.buffer);
  for (let way = 0; way < cache.ways; way++) {
    const group = set + Math.floor(way / GROUP_WAYS) * groupBytes;
    const lane = way % GROUP_WAYS;
    if (block.words[((group + TAGS) >> 2) + lane]! >>> 0 !== line) continue;
    const held = halves[((group + OWNERS) >> 1) + lane]!;
    return { owner: held & OWNER_MASK, isDirty: (held & DIRTY) !== 0, way };
  }
  return undefined;
}
