/** The end of what a PE was asked to do: it comes when the data of all its reads is there. */
import { PE_TRAFFIC } from './layout';
import { removeFirst } from './pe-heap';
import { waitForMemory } from './pe-waits';
import { PET_TRAFFIC, PET_WAITS_FOR_ALL } from './traffic-layout';

/**
 * A PE has asked for accesses (NEEDS_ACCESSES) and there are no more: it waits for the reads that it has under way.
 * @returns whether it has them at its own time, which may have gone forward to that; else it asks again when it has.
 */
export function awaitReads(pe: usize): bool {
  const own: usize = load<u32>(pe, PE_TRAFFIC);
  if (own === 0) return true;
  store<u32>(own, 1, PET_WAITS_FOR_ALL);
  if (waitForMemory(pe, own)) return true;
  removeFirst(load<u32>(own, PET_TRAFFIC));
  return false;
}
