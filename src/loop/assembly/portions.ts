/** Time slots of MBW_PBM: which one a moment is in, and whether a partition may begin a line then (docs/bandwidth.md). */
import {
  BWSLOT_PORTIONS,
  CHANNEL_PORTION,
  CHANNEL_PORTION_COUNT,
  CHANNEL_PORTION_ENDS,
  CHANNEL_PORTION_TIME,
} from './traffic-layout';

/** Whether a slot with portion bits may begin a line now. `now` never decreases from call to call. */
@inline
export function isInPortion(channel: usize, slot: usize, now: i64): bool {
  if (now >= load<i64>(channel, CHANNEL_PORTION_ENDS)) enterPortion(channel, now);
  return hasPortion(slot, load<u32>(channel, CHANNEL_PORTION));
}

/** The first time from `now` on at which a slot, that has at least one portion, may begin a line. */
export function timeOfPortion(channel: usize, slot: usize, now: i64): i64 {
  const length = load<i64>(channel, CHANNEL_PORTION_TIME);
  const count = load<u32>(channel, CHANNEL_PORTION_COUNT) as i64;
  let number = now / length;
  if (hasPortion(slot, (number % count) as u32)) return now;
  do number++;
  while (!hasPortion(slot, (number % count) as u32));
  return number * length;
}

function enterPortion(channel: usize, now: i64): void {
  const length = load<i64>(channel, CHANNEL_PORTION_TIME);
  const number = now / length;
  store<u32>(channel, (number % (load<u32>(channel, CHANNEL_PORTION_COUNT) as i64)) as u32, CHANNEL_PORTION);
  store<i64>(channel, (number + 1) * length, CHANNEL_PORTION_ENDS);
}

@inline
function hasPortion(slot: usize, portion: u32): bool {
  const bits: u32 = load<u8>(load<u32>(slot, BWSLOT_PORTIONS) + (portion >> 3));
  return ((bits >> (portion & 7)) & 1) !== 0;
}
