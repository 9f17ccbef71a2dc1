/** Records of requests: taken when one is made, given back when it is granted by a channel of memory. */
import {
  REQUEST_NEXT,
  TRAFFIC_FREE_REQUEST,
  TRAFFIC_FREE_REQUESTS,
} from './traffic-layout';

/** A free record: there must be one (TRAFFIC_FREE_REQUESTS). */
@inline
export function takeRequestRecord(traffic: usize): usize {
  const request: usize = load<u32>(traffic, TRAFFIC_FREE_REQUEST);
  store<u32>(traffic, load<u32>(request, REQUEST_NEXT), TRAFFIC_FREE_REQUEST);
  store<u32>(traffic, load<u32>(traffic, TRAFFIC_FREE_REQUESTS) - 1, TRAFFIC_FREE_REQUESTS);
  return request;
}

@inline
export function freeRequest(traffic: usize, request: usize): void {
  store<u32>(request, load<u32>(traffic, TRAFFIC_FREE_REQUEST), REQUEST_NEXT);
  store<u32>(traffic, request as u32, TRAFFIC_FREE_REQUEST);
  store<u32>(traffic, load<u32>(traffic, TRAFFIC_FREE_REQUESTS) + 1, TRAFFIC_FREE_REQUESTS);
}
