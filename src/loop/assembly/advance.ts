/**
 * PEs in time: each runs its stream's accesses, in order, until its span is over (design section 7).
 *
 * An access costs the computing of its instructions and the latency of the level that serves it, shared out over the
 * accesses that are under way at the same time. Time is in ps. An access that begins before the end of a span is
 * finished in it; what it takes longer is missing from the next one (PE_LEFT below 0).
 */
import { executeInClosedForm } from './closed-form';
import { execute } from './execute-access';
import { generate } from './generate';
import {
  ACCESS_BYTES,
  ADVANCED,
  EXECUTOR_IDLE,
  MACHINE_TRAFFIC,
  NEEDS_ACCESSES,
  NEEDS_DRAIN,
  PE_BYTES,
  PE_EXECUTOR,
  PE_LEFT,
  PE_STREAM,
  STREAM_ENDED,
  STREAM_HEAD,
  STREAM_KIND,
  STREAM_KIND_GENERATED,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_REQUEST_LEFT,
  STREAM_SERVICE,
  STREAM_TAIL,
} from './layout';
import { countAccess, endRequest, takeRequest } from './service-requests';
import { TRAFFIC_CLOSED_FORM } from './traffic-layout';
import { advanceTraffic } from './advance-traffic';

const PS_PER_NS: i64 = 1000;
/** End of the present span, ps since the start of the run. */
let spanEnd: i64 = 0;

/** Give `count` PEs a span of `lengthNs` that ends at `endNs`, both whole ns since the start of the run. */
export function beginSpan(pes: usize, count: u32, endNs: f64, lengthNs: f64): void {
  spanEnd = (endNs as i64) * PS_PER_NS;
  const length = (lengthNs as i64) * PS_PER_NS;
  for (let index: u32 = 0; index < count; index++) {
    const pe = pes + index * PE_BYTES;
    store<i64>(pe, load<i64>(pe, PE_LEFT) + length, PE_LEFT);
  }
}

/**
 * Run PEs `from` to `count` - 1 until their spans are over.
 * @returns ADVANCED, or what the TypeScript side has to do first (NEEDS_, in bits 3:0) for which PE (bits 31:4); call
 * again from that PE on.
 */
export function advance(machine: usize, pes: usize, from: u32, count: u32): u32 {
  const traffic: usize = load<u32>(machine, MACHINE_TRAFFIC);
  const isClosedForm = traffic !== 0 && load<u32>(traffic, TRAFFIC_CLOSED_FORM) !== 0;
  if (traffic !== 0 && !isClosedForm) return advanceTraffic(traffic, machine, pes, count, spanEnd);
  for (let index = from; index < count; index++) {
    const need = advancePe(machine, pes + index * PE_BYTES, traffic);
    if (need !== ADVANCED) return need | (index << 4);
  }
  return ADVANCED;
}

/** @param traffic where memory's bandwidth is modelled in closed form; else 0. */
function advancePe(machine: usize, pe: usize, traffic: usize): u32 {
  const stream = load<u32>(pe, PE_STREAM);
  let left = load<i64>(pe, PE_LEFT);
  if (left <= 0) return ADVANCED;
  const executor: usize = load<u32>(pe, PE_EXECUTOR);
  if (stream === 0) {
    if (executor !== 0) store<i64>(executor, load<i64>(executor, EXECUTOR_IDLE) + left, EXECUTOR_IDLE);
    store<i64>(pe, 0, PE_LEFT);
    return ADVANCED;
  }
  const service = load<u32>(stream, STREAM_SERVICE);
  while (left > 0) {
    if (service !== 0 && load<u32>(stream, STREAM_REQUEST_LEFT) === 0) {
      const need = takeRequest(service, stream, spanEnd - left);
      if (need < 0) {
        store<i64>(pe, left, PE_LEFT);
        return (-need) as u32;
      }
      if (need > 0) {
        // Nothing has arrived yet: idle until it does, or until the end of the span.
        const idle = min(need, left);
        store<i64>(executor, load<i64>(executor, EXECUTOR_IDLE) + idle, EXECUTOR_IDLE);
        left -= idle;
        continue;
      }
    }
    let head = load<u32>(stream, STREAM_HEAD);
    if (head === load<u32>(stream, STREAM_TAIL)) {
      if (load<u32>(stream, STREAM_KIND) === STREAM_KIND_GENERATED) {
        generate(machine, stream);
      } else if (load<u32>(stream, STREAM_ENDED)) {
        store<i64>(executor, load<i64>(executor, EXECUTOR_IDLE) + left, EXECUTOR_IDLE);
        left = 0;
        break;
      } else {
        store<i64>(pe, left, PE_LEFT);
        return NEEDS_ACCESSES;
      }
    }
    const entry = load<u32>(stream, STREAM_QUEUE) + (head & load<u32>(stream, STREAM_QUEUE_MASK)) * ACCESS_BYTES;
    store<u32>(stream, ++head, STREAM_HEAD);
    left -=
      traffic === 0
        ? execute(pe, stream, executor, entry, false)
        : executeInClosedForm(traffic, pe, stream, executor, entry, spanEnd - left);
    if (service !== 0 && countAccess(stream, entry) && endRequest(service, stream, spanEnd - left)) {
      store<i64>(pe, left, PE_LEFT);
      return NEEDS_DRAIN;
    }
  }
  store<i64>(pe, left, PE_LEFT);
  return ADVANCED;
}

