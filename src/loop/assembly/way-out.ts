/** The first step of an access: which of the two ways out of a PE it takes. */
import { KIND_FETCH, PE_BYTES, PE_WAYS, WAY_SHIFT } from './layout';

/** Address of the way out of PE `port` of the records at `pes`. */
@inline
export function wayOutOf(pes: usize, port: u32, kind: u32): usize {
  return pes + port * PE_BYTES + PE_WAYS + ((kind & KIND_FETCH) << WAY_SHIFT);
}
