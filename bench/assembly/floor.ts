/**
 * The floor of the access loop: the same sets of 16 ways, the same SIMD compare and LRU ranks, and nothing else: one
 * owner, no portions, no attribution, no levels, no kinds. AssemblyScript, compiled by the bench.
 */

/** Run `count` accesses (16 bytes each, line number first) against sets of 128 bytes at `sets`. @returns hits. */
export function floor(sets: usize, indexMask: u32, first: usize, count: u32, looksAhead: bool): u32 {
  let hits: u32 = 0;
  let seen: u32 = 0;
  const end = first + (count << 4);
  for (let batch = first; batch < end; batch += 32 << 4) {
    const batchEnd = min(batch + (32 << 4), end);
    if (looksAhead) {
      for (let at = batch; at < batchEnd; at += 16) seen += load<u32>(sets + ((load<u32>(at) & indexMask) << 7), 96);
    }
    for (let at = batch; at < batchEnd; at += 16) {
      const line = load<u32>(at);
      const block = sets + ((line & indexMask) << 7);
      const tag = i32x4.splat(line);
      const first = i16x8.narrow_i32x4_s(i32x4.eq(v128.load(block), tag), i32x4.eq(v128.load(block, 16), tag));
      const second = i16x8.narrow_i32x4_s(i32x4.eq(v128.load(block, 32), tag), i32x4.eq(v128.load(block, 48), tag));
      const found = i8x16.bitmask(i8x16.narrow_i16x8_s(first, second));
      const ranks = v128.load(block, 96);
      let way: u32;
      if (found) {
        hits++;
        way = ctz(found);
      } else {
        way = ctz(i8x16.bitmask(i8x16.eq(ranks, i8x16.splat(15))));
        store<u32>(block + (way << 2), line);
      }
      const rank = load<u8>(block + way, 96);
      if (rank) {
        v128.store(block, i8x16.sub(ranks, i8x16.lt_u(ranks, i8x16.splat(rank))), 96);
        store<u8>(block + way, 0, 96);
      }
    }
  }
  return looksAhead ? hits + (seen & 0) : hits;
}
