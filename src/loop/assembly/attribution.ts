/** Who did what to whom: why a line is missing, and whose fill took whose line (design section 3). */
import { changeOccupancy, increment, ownerRecord } from './accounting';
import {
  CACHE_CAUSES,
  CACHE_FLOWS,
  CACHE_HISTORY,
  CACHE_OWNER_SHIFT,
  HISTORY_REFUSED,
  OWNER_EVICTED,
  OWNER_REFUSED,
} from './layout';

/** Why this miss: the line was never here, was refused, moved, or whose fill took it away. */
@inline
export function classify(cache: usize, line: u32, owner: u32): void {
  const history = load<u32>(cache, CACHE_HISTORY);
  if (history === 0) return;
  const last = load<u16>(history + (line << 1)) as u32;
  increment(load<u32>(cache, CACHE_CAUSES) + (((owner << load<u32>(cache, CACHE_OWNER_SHIFT)) + last) << 3));
}

@inline
export function remember(cache: usize, line: u32, history: u32): void {
  const table = load<u32>(cache, CACHE_HISTORY);
  if (table !== 0) store<u16>(table + (line << 1), history as u16);
}

export function refuse(cache: usize, line: u32, owner: u32): void {
  increment(ownerRecord(cache, owner) + OWNER_REFUSED);
  remember(cache, line, HISTORY_REFUSED);
}

/** A line of `owner` makes room for one of `evictor`: its way counts as the evictor's from here on. */
@inline
export function takeOver(cache: usize, line: u32, owner: u32, evictor: u32): void {
  const flows = load<u32>(cache, CACHE_FLOWS);
  if (flows !== 0) increment(flows + (((evictor << load<u32>(cache, CACHE_OWNER_SHIFT)) + owner) << 3));
  increment(ownerRecord(cache, owner) + OWNER_EVICTED);
  remember(cache, line, evictor);
  if (owner === evictor) return;
  changeOccupancy(cache, owner, -1);
  changeOccupancy(cache, evictor, 1);
}
