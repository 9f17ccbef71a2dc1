/**
 * The requests of one service in the block: a ring of arrivals that the access loop takes requests from, and a ring of
 * latencies that it fills. The rings are small; the queue is not: what has not been asked for is still in the source.
 */
import {
  SERVICE_ARRIVALS,
  SERVICE_ARRIVALS_MASK,
  SERVICE_BYTES,
  SERVICE_ENDED,
  SERVICE_HEAD,
  SERVICE_LATENCIES,
  SERVICE_LATENCIES_MASK,
  SERVICE_SERVED,
  SERVICE_TAIL,
  SERVICE_WORK,
} from '../../loop/assembly/layout.ts';
import type { Arrivals } from './arrivals.ts';
import { RequestLatencies, type RequestStatistics } from './request-latencies.ts';

/** Entries of either ring, a power of two. */
const RING_ENTRIES = 256;
const ENTRY_BYTES = 8;
/** Bytes of a service in the block: its record and its two rings. */
export const REQUEST_QUEUE_BYTES = SERVICE_BYTES + 2 * RING_ENTRIES * ENTRY_BYTES;

export class RequestQueue {
  /** Of the service record, for STREAM_SERVICE. */
  readonly address: number;
  readonly #record: Uint32Array;
  readonly #arrivalRing: Float64Array;
  readonly #latencyRing: Float64Array;
  readonly #arrivals: Arrivals;
  readonly #latencies = new RequestLatencies();
  /** The latest arrival in the ring, ns. */
  #latestNs = Number.NEGATIVE_INFINITY;

  /**
   * Make the record at `address`, a multiple of 8.
   * @param accessesPerRequest user data accesses, 1 to 2^32 - 1.
   */
  constructor(memory: ArrayBuffer, address: number, accessesPerRequest: number, arrivals: Arrivals) {
    const arrivalRing = address + SERVICE_BYTES;
    const latencyRing = arrivalRing + RING_ENTRIES * ENTRY_BYTES;
    this.address = address;
    this.#record = new Uint32Array(memory, address, SERVICE_BYTES >> 2);
    this.#arrivalRing = new Float64Array(memory, arrivalRing, RING_ENTRIES);
    this.#latencyRing = new Float64Array(memory, latencyRing, RING_ENTRIES);
    this.#arrivals = arrivals;
    this.#put(SERVICE_ARRIVALS, arrivalRing);
    this.#put(SERVICE_ARRIVALS_MASK, RING_ENTRIES - 1);
    this.#put(SERVICE_WORK, accessesPerRequest);
    this.#put(SERVICE_LATENCIES, latencyRing);
    this.#put(SERVICE_LATENCIES_MASK, RING_ENTRIES - 1);
  }

  /**
   * Put arrivals into the ring: as many as it holds, up to and with the first one after `untilNs`, and at least one if it
   * is empty. SERVICE_ENDED when there are no more.
   */
  refill(untilNs: number): void {
    const head = this.#get(SERVICE_HEAD);
    let tail = this.#get(SERVICE_TAIL);
    while (tail === head || (this.#latestNs <= untilNs && (tail - head) >>> 0 < RING_ENTRIES)) {
      const arrival = this.#arrivals.next();
      if (arrival === undefined) {
        this.#put(SERVICE_ENDED, 1);
        break;
      }
      this.#arrivalRing[tail & (RING_ENTRIES - 1)] = arrival;
      this.#latestNs = arrival;
      tail = (tail + 1) >>> 0;
    }
    this.#put(SERVICE_TAIL, tail);
  }

  /** Book the latencies in the ring, and make room. */
  drain(): void {
    const served = this.#get(SERVICE_SERVED);
    for (let at = 0; at < served; at++) this.#latencies.record(this.#latencyRing[at]!);
    this.#put(SERVICE_SERVED, 0);
  }

  /** Requests finished since the last call; undefined if there are none. */
  takeStatistics(): RequestStatistics | undefined {
    this.drain();
    return this.#latencies.take();
  }

  #get(offset: number): number {
    return this.#record[offset >> 2]!;
  }

  #put(offset: number, value: number): void {
    this.#record[offset >> 2] = value;
  }
}
