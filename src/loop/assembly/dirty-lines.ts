/** How many dirty lines each owner has in a cache: one pass over all sets, for monitors that leave out clean lines (XCL). */
import {
  CACHE_GROUPS,
  CACHE_GROUP_BYTES,
  CACHE_LINES,
  CACHE_SETS,
  NO_LINE,
  OWNERS,
  OWNER_MASK,
} from './layout';
import { waysWithTag } from './cache-set';

/** Add the dirty lines of each owner to its u32 at `counts`. */
export function countDirtyLines(cache: usize, counts: usize): void {
  const groupBytes = load<u32>(cache, CACHE_GROUP_BYTES);
  let group: usize = load<u32>(cache, CACHE_LINES);
  const end = group + load<u32>(cache, CACHE_SETS) * load<u32>(cache, CACHE_GROUPS) * groupBytes;
  const none = i32x4.splat(NO_LINE);
  for (; group < end; group += groupBytes) {
    // The dirty bit is the uppermost of an owner, which is what a bit mask is made of.
    const low = i16x8.bitmask(v128.load(group, OWNERS));
    const high = i16x8.bitmask(v128.load(group, OWNERS + 16));
    let dirty = (low | (high << 8)) & ~i8x16.bitmask(waysWithTag(group, none));
    for (; dirty !== 0; dirty &= dirty - 1) {
      const held: u32 = load<u16>(group + (ctz(dirty) << 1), OWNERS);
      const count = counts + ((held & OWNER_MASK) << 2);
      store<u32>(count, load<u32>(count) + 1);
    }
  }
}
