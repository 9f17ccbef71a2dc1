/** PARTID translation where requests leave the outermost cache (A 2.7): they go on as another owner. */
import { CACHE_EGRESS } from './layout';

/** As whom requests of `owner` go on to memory. */
@inline
export function beyond(cache: usize, owner: u32): u32 {
  const table: usize = load<u32>(cache, CACHE_EGRESS);
  return table === 0 ? owner : load<u16>(table + (owner << 1));
}
