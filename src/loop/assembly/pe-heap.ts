/**
 * The PEs of a machine that go on in the present span, in the order of their time: a binary heap in the block. At equal
 * times the PE with the lower number is first.
 */
import { HEAP_ENTRY_BYTES, HEAP_PE, HEAP_TIME, TRAFFIC_HEAP, TRAFFIC_HEAP_COUNT } from './traffic-layout';

/** When the first PE goes on; later than anything if there is none. */
@inline
export function firstTime(traffic: usize): i64 {
  return load<u32>(traffic, TRAFFIC_HEAP_COUNT) === 0
    ? i64.MAX_VALUE
    : load<i64>(load<u32>(traffic, TRAFFIC_HEAP), HEAP_TIME);
}

@inline
export function firstPe(traffic: usize): usize {
  return load<u32>(load<u32>(traffic, TRAFFIC_HEAP), HEAP_PE);
}

export function addPe(traffic: usize, time: i64, pe: usize): void {
  const heap: usize = load<u32>(traffic, TRAFFIC_HEAP);
  let place = load<u32>(traffic, TRAFFIC_HEAP_COUNT);
  store<u32>(traffic, place + 1, TRAFFIC_HEAP_COUNT);
  while (place > 0) {
    const above = (place - 1) >> 1;
    const entry = heap + above * HEAP_ENTRY_BYTES;
    if (!precedes(time, pe as u32, entry)) break;
    put(heap + place * HEAP_ENTRY_BYTES, load<i64>(entry, HEAP_TIME), load<u32>(entry, HEAP_PE));
    place = above;
  }
  put(heap + place * HEAP_ENTRY_BYTES, time, pe as u32);
}

/** The first PE goes on later. */
export function delayFirst(traffic: usize, time: i64): void {
  const heap: usize = load<u32>(traffic, TRAFFIC_HEAP);
  sink(heap, load<u32>(traffic, TRAFFIC_HEAP_COUNT), time, load<u32>(heap, HEAP_PE));
}

export function removeFirst(traffic: usize): void {
  const heap: usize = load<u32>(traffic, TRAFFIC_HEAP);
  const count = load<u32>(traffic, TRAFFIC_HEAP_COUNT) - 1;
  store<u32>(traffic, count, TRAFFIC_HEAP_COUNT);
  if (count === 0) return;
  const last = heap + count * HEAP_ENTRY_BYTES;
  sink(heap, count, load<i64>(last, HEAP_TIME), load<u32>(last, HEAP_PE));
}

/** Put an entry in the first place, and let it sink below those that precede it. */
function sink(heap: usize, count: u32, time: i64, pe: u32): void {
  let place: u32 = 0;
  for (;;) {
    let below: u32 = 2 * place + 1;
    if (below >= count) break;
    let entry = heap + below * HEAP_ENTRY_BYTES;
    const other = entry + HEAP_ENTRY_BYTES;
    if (below + 1 < count && precedes(load<i64>(other, HEAP_TIME), load<u32>(other, HEAP_PE), entry)) {
      below++;
      entry = other;
    }
    if (precedes(time, pe, entry)) break;
    put(heap + place * HEAP_ENTRY_BYTES, load<i64>(entry, HEAP_TIME), load<u32>(entry, HEAP_PE));
    place = below;
  }
  put(heap + place * HEAP_ENTRY_BYTES, time, pe);
}

@inline
function precedes(time: i64, pe: u32, entry: usize): bool {
  const other = load<i64>(entry, HEAP_TIME);
  return time < other || (time === other && pe < load<u32>(entry, HEAP_PE));
}

@inline
function put(entry: usize, time: i64, pe: u32): void {
  store<i64>(entry, time, HEAP_TIME);
  store<u32>(entry, pe, HEAP_PE);
}
