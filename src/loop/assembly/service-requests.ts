/** Requests of a service: taken from the queue of those that have arrived, and done when their last access is. */
import {
  ACCESS_KIND,
  ACCESS_KIND_MASK,
  KIND_FETCH,
  NEEDS_ARRIVALS,
  SERVICE_ARRIVALS,
  SERVICE_ARRIVALS_MASK,
  SERVICE_ENDED,
  SERVICE_HEAD,
  SERVICE_LATENCIES,
  SERVICE_LATENCIES_MASK,
  SERVICE_SERVED,
  SERVICE_TAIL,
  SERVICE_WORK,
  STREAM_REQUEST_ARRIVED,
  STREAM_REQUEST_LEFT,
} from './layout';

const PS_PER_NS: i64 = 1000;

/**
 * Begin the request that has waited longest. @returns 0 if there is one; ps until the next arrives; or minus what is
 * needed first.
 */
export function takeRequest(service: usize, stream: usize, now: i64): i64 {
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

/** A data access of the request is made. @returns whether it was the last one. */
@inline
export function countAccess(stream: usize, entry: usize): bool {
  if ((load<u32>(entry, ACCESS_KIND) & ACCESS_KIND_MASK) === KIND_FETCH) return false;
  const left = load<u32>(stream, STREAM_REQUEST_LEFT) - 1;
  store<u32>(stream, left, STREAM_REQUEST_LEFT);
  return left === 0;
}

/** The request is done, and its latency known. @returns whether the ring of latencies is full. */
export function endRequest(service: usize, stream: usize, now: i64): bool {
  const served = load<u32>(service, SERVICE_SERVED);
  const mask = load<u32>(service, SERVICE_LATENCIES_MASK);
  const latency = (now - load<i64>(stream, STREAM_REQUEST_ARRIVED)) / PS_PER_NS;
  store<f64>(load<u32>(service, SERVICE_LATENCIES) + ((served & mask) << 3), latency as f64);
  store<u32>(service, served + 1, SERVICE_SERVED);
  return served === mask;
}
