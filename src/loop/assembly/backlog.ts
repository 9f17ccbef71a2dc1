/** The partitions of a channel that have requests waiting, and the deadlines of their first ones (MBW_PROP, A 3.6). */
import {
  BWSLOT_DEADLINE,
  BWSLOT_LAST_DEADLINE,
  BWSLOT_PLACE,
  BWSLOT_STRIDE,
  CHANNEL_BACKLOG,
  CHANNEL_BACKLOG_COUNT,
  CHANNEL_CLOCK,
  CHANNEL_OFFSET_LIMIT,
  CHANNEL_STRIDES,
} from './traffic-layout';

/** A request that becomes the first of its partition gets its deadline. */
@inline
export function becomeFirst(channel: usize, slot: usize): void {
  if (load<u32>(channel, CHANNEL_STRIDES) === 0) return;
  const earliest = load<i64>(channel, CHANNEL_CLOCK) - load<i64>(channel, CHANNEL_OFFSET_LIMIT);
  const deadline = max(load<i64>(slot, BWSLOT_LAST_DEADLINE), earliest) + load<i64>(slot, BWSLOT_STRIDE);
  store<i64>(slot, deadline, BWSLOT_DEADLINE);
}

@inline
export function joinBacklog(channel: usize, slot: usize): void {
  const place = load<u32>(channel, CHANNEL_BACKLOG_COUNT);
  store<u32>(channel, place + 1, CHANNEL_BACKLOG_COUNT);
  store<u32>(slot, place, BWSLOT_PLACE);
  store<u32>(load<u32>(channel, CHANNEL_BACKLOG) + (place << 2), slot as u32);
}

@inline
export function leaveBacklog(channel: usize, slot: usize): void {
  const last = load<u32>(channel, CHANNEL_BACKLOG_COUNT) - 1;
  store<u32>(channel, last, CHANNEL_BACKLOG_COUNT);
  const list: usize = load<u32>(channel, CHANNEL_BACKLOG);
  const moved: usize = load<u32>(list + (last << 2));
  const place = load<u32>(slot, BWSLOT_PLACE);
  store<u32>(list + (place << 2), moved as u32);
  store<u32>(moved, place, BWSLOT_PLACE);
}
