/**
 * The requests of one service in the block: a ring of arrivals that the access loop takes requests from, and a ring of
 * latencies that it fills. The rings are small; the queue is not: what has not been asked for is still in the source.
 * So that requests are counted when they arrive, however late they are asked for, they are counted in a second source of
 * the same times.
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
import { ArrivalCount, type Arrivals } from './arrivals.ts';
import { type LatencyStatistics, RequestLatencies } from './request-latencies.ts';

/** Entries of either ring, a power of two. */
const RING_ENTRIES = 256;
const ENTRY_BYTES = 8;
/** Bytes of a service in the block: its record and its two rings. */
export const REQUEST_QUEUE_BYTES = SERVICE_BYTES + 2 * RING_ENTRIES * ENTRY_BYTES;

/** One interval of a service: what finished in it, and what arrived. */
export interface RequestStatistics extends LatencyStatistics {
  /** Requests that arrived in the interval. */
  readonly arrived: number;
  /** Requests that have arrived, in this interval or before, and not finished by its end. */
  readonly waiting: number;
}

export class RequestQueue {
  /** Of the service record, for STREAM_SERVICE. */
  readonly address: number;
  readonly #record: Uint32Array;
  readonly #arrivalRing: Float64Array;
  readonly #latencyRing: Float64Array;
  readonly #arrivals: Arrivals;
  readonly #arrivalCount: ArrivalCount;
  readonly #latencies = new RequestLatencies();
  /** End of the interval that statistics were last taken of. */
  #takenNs = 0;
  /** Requests that had arrived by then and not finished. */
  #waiting = 0;
  /** The latest arrival in the ring, ns. */
  #latestNs = Number.NEGATIVE_INFINITY;

  /**
   * Make the record at `address`, a multiple of 8.
   * @param accessesPerRequest user data accesses, 1 to 2^32 - 1.
   * @param openArrivals gives the same times at every call.
   */
  constructor(memory: ArrayBuffer, address: number, accessesPerRequest: number, openArrivals: () => Arrivals) {
    const arrivalRing = address + SERVICE_BYTES;
    const latencyRing = arrivalRing + RING_ENTRIES * ENTRY_BYTES;
    this.address = address;
    this.#record = new Uint32Array(memory, address, SERVICE_BYTES >> 2);
    this.#arrivalRing = new Float64Array(memory, arrivalRing, RING_ENTRIES);
    this.#latencyRing = new Float64Array(memory, latencyRing, RING_ENTRIES);
    this.#arrivals = openArrivals();
    this.#arrivalCount = new ArrivalCount(openArrivals());
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

  /**
   * The interval from the last call to now.
   * @param nowNs up to when the service has run, finite.
   * @returns undefined if the interval is empty, or no request was there in it.
   */
  takeStatistics(nowNs: number): RequestStatistics | undefined {
    if (nowNs <= this.#takenNs) return undefined;
    this.drain();
    const latencies = this.#latencies.take();
    const arrived = this.#arrivalCount.takeUpTo(nowNs);
    this.#takenNs = nowNs;
    this.#waiting += arrived - latencies.requests;
    const hadRequests = latencies.requests > 0 || arrived > 0 || this.#waiting > 0;
    return hadRequests ? { ...latencies, arrived, waiting: this.#waiting } : undefined;
  }

  #get(offset: number): number {
    return this.#record[offset >> 2]!;
  }

  #put(offset: number, value: number): void {
    this.#record[offset >> 2] = value;
  }
}
