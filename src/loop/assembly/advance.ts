/**
 * PEs in time: each runs its stream's accesses, in order, until its span is over (design section 7).
 *
 * An access costs the computing of its instructions and the latency of the level that serves it, shared out over the
 * accesses that are under way at the same time. Time is in ps. An access that begins before the end of a span is
 * finished in it; what it takes longer is missing from the next one (PE_LEFT below 0).
 */
import { increment } from './accounting';
import { generate } from './generate';
import { access } from './hierarchy';
import {
  ACCESS_BYTES,
  ACCESS_INSTRUCTIONS,
  ACCESS_KIND,
  ACCESS_KIND_MASK,
  ACCESS_LINE,
  ACCESS_SERIAL,
  ADVANCED,
  EXECUTOR_COMPUTE,
  EXECUTOR_IDLE,
  EXECUTOR_INSTRUCTIONS,
  EXECUTOR_READS,
  EXECUTOR_SERVED,
  EXECUTOR_STALLS,
  KIND_FETCH,
  NEEDS_ACCESSES,
  NEEDS_ARRIVALS,
  NEEDS_DRAIN,
  PE_BYTES,
  PE_EXECUTOR,
  PE_FETCH_STALLS,
  PE_LEFT,
  PE_STREAM,
  PE_WAYS,
  SERVICE_ARRIVALS,
  SERVICE_ARRIVALS_MASK,
  SERVICE_ENDED,
  SERVICE_HEAD,
  SERVICE_LATENCIES,
  SERVICE_LATENCIES_MASK,
  SERVICE_SERVED,
  SERVICE_TAIL,
  SERVICE_WORK,
  STEP_MEMORY,
  STREAM_COMPUTE,
  STREAM_ENDED,
  STREAM_HEAD,
  STREAM_KIND,
  STREAM_KIND_GENERATED,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_REQUEST_ARRIVED,
  STREAM_REQUEST_LEFT,
  STREAM_SERIAL_STALLS,
  STREAM_SERVICE,
  STREAM_STALLS,
  STREAM_TAIL,
  WAY_FIRST_STEP,
  WAY_OWNER,
  WAY_SHIFT,
} from './layout';

const PS_PER_NS: i64 = 1000;
/** instructions / 256 times ps / 256 instructions. */
const COMPUTE_SHIFT: u64 = 16;

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
  for (let index = from; index < count; index++) {
    const need = advancePe(machine, pes + index * PE_BYTES);
    if (need !== ADVANCED) return need | (index << 4);
  }
  return ADVANCED;
}

function advancePe(machine: usize, pe: usize): u32 {
  const stream = load<u32>(pe, PE_STREAM);
  let left = load<i64>(pe, PE_LEFT);
  if (left <= 0) return ADVANCED;
  const executor: usize = load<u32>(pe, PE_EXECUTOR);
  if (stream === 0) {
    if (executor !== 0) add(executor + EXECUTOR_IDLE, left as u64);
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
    left -= execute(pe, stream, executor, entry);
    if (service !== 0 && countRequest(service, stream, entry, spanEnd - left)) {
      store<i64>(pe, left, PE_LEFT);
      return NEEDS_DRAIN;
    }
  }
  store<i64>(pe, left, PE_LEFT);
  return ADVANCED;
}

/** Make one access and book what it costs. @returns ps. */
@inline
function execute(pe: usize, stream: usize, executor: usize, entry: usize): i64 {
  const word = load<u32>(entry, ACCESS_KIND);
  const kind = word & ACCESS_KIND_MASK;
  const line = load<u32>(entry, ACCESS_LINE);
  const wayOut = pe + PE_WAYS + ((kind & KIND_FETCH) << WAY_SHIFT);
  const served = access(wayOut, line, kind, load<u32>(wayOut, WAY_OWNER));
  const step = select(served, served + load<u32>(wayOut, WAY_FIRST_STEP), served === STEP_MEMORY);
  const dataStalls = stream + select(STREAM_SERIAL_STALLS, STREAM_STALLS, (word & ACCESS_SERIAL) !== 0);
  const stalls = select(pe + PE_FETCH_STALLS, dataStalls, kind === KIND_FETCH);
  const stall: u64 = load<u32>(stalls + (step << 2));
  const instructions = load<u32>(entry, ACCESS_INSTRUCTIONS) as u64;
  let compute = (instructions * (load<u32>(stream, STREAM_COMPUTE) as u64)) >> COMPUTE_SHIFT;
  // Nothing is for free, or a stream of such accesses would never end; but for fetches that data accesses follow.
  if (compute + stall === 0 && (kind !== KIND_FETCH || instructions !== 0)) compute = 1;
  add(executor + EXECUTOR_INSTRUCTIONS, instructions);
  add(executor + EXECUTOR_COMPUTE, compute);
  add(executor + EXECUTOR_STALLS + (step << 3), stall);
  increment(executor + EXECUTOR_SERVED + (step << 3));
  increment(executor + EXECUTOR_READS + (kind << 3));
  return (compute + stall) as i64;
}

@inline
function add(counter: usize, amount: u64): void {
  store<u64>(counter, load<u64>(counter) + amount);
}

/**
 * Begin the request that has waited longest. @returns 0 if there is one; ps until the next arrives; or minus what is
 * needed first.
 */
function takeRequest(service: usize, stream: usize, now: i64): i64 {
  const head = load<u32>(service, SERVICE_HEAD);
  if (head === load<u32>(service, SERVICE_TAIL)) {
    return load<u32>(service, SERVICE_ENDED) ? i64.MAX_VALUE : -(NEEDS_ARRIVALS as i64);
  }
  const at = load<u32>(service, SERVICE_ARRIVALS) + ((head & load<u32>(service, SERVICE_ARRIVALS_MASK)) << 3);
  const arrival = (load<f64>(at) as i64) * PS_PER_NS;
  if (arrival > now) return arrival - now;
  store<u32>(service, head + 1, SERVICE_HEAD);
  store<i64>(stream, arrival, STREAM_REQUEST_ARRIVED);
  store<u32>(stream, load<u32>(service, SERVICE_WORK), STREAM_REQUEST_LEFT);
  return 0;
}

/** A data access of the request is done; with the last one its latency is known. @returns whether the ring is full. */
function countRequest(service: usize, stream: usize, entry: usize, now: i64): bool {
  if ((load<u32>(entry, ACCESS_KIND) & ACCESS_KIND_MASK) === KIND_FETCH) return false;
  const left = load<u32>(stream, STREAM_REQUEST_LEFT) - 1;
  store<u32>(stream, left, STREAM_REQUEST_LEFT);
  if (left !== 0) return false;
  const served = load<u32>(service, SERVICE_SERVED);
  const mask = load<u32>(service, SERVICE_LATENCIES_MASK);
  const latency = (now - load<i64>(stream, STREAM_REQUEST_ARRIVED)) / PS_PER_NS;
  store<f64>(load<u32>(service, SERVICE_LATENCIES) + ((served & mask) << 3), latency as f64);
  store<u32>(service, served + 1, SERVICE_SERVED);
  return served === mask;
}
