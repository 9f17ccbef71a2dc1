/** When which channel decides next: the earliest, the lower index first (docs/bandwidth.md, "Order"). */
import {
  CHANNEL_BYTES,
  CHANNEL_DECISION,
  TRAFFIC_CHANNEL_COUNT,
  TRAFFIC_CHANNELS,
  TRAFFIC_NEXT,
  TRAFFIC_NEXT_CHANNEL,
} from './traffic-layout';

/** A channel is to decide at `time`, or before if it is to do so already. */
@inline
export function isDueAt(traffic: usize, channel: usize, time: i64): void {
  if (time >= load<i64>(channel, CHANNEL_DECISION)) return;
  store<i64>(channel, time, CHANNEL_DECISION);
  const next = load<i64>(traffic, TRAFFIC_NEXT);
  if (time > next || (time === next && (channel as u32) > load<u32>(traffic, TRAFFIC_NEXT_CHANNEL))) return;
  store<i64>(traffic, time, TRAFFIC_NEXT);
  store<u32>(traffic, channel as u32, TRAFFIC_NEXT_CHANNEL);
}

/** Find the next one anew, after one of them has decided. */
@inline
export function findNextDecision(traffic: usize): void {
  let channel: usize = load<u32>(traffic, TRAFFIC_CHANNELS);
  const end = channel + load<u32>(traffic, TRAFFIC_CHANNEL_COUNT) * CHANNEL_BYTES;
  let first = channel;
  let time = load<i64>(channel, CHANNEL_DECISION);
  for (channel += CHANNEL_BYTES; channel < end; channel += CHANNEL_BYTES) {
    const own = load<i64>(channel, CHANNEL_DECISION);
    if (own >= time) continue;
    time = own;
    first = channel;
  }
  store<i64>(traffic, time, TRAFFIC_NEXT);
  store<u32>(traffic, first as u32, TRAFFIC_NEXT_CHANNEL);
}
