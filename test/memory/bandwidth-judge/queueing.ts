/**
 * A channel as the single server of queueing theory (known result T14): Poisson arrivals of single lines (M/D/1), of
 * geometric batches (the whole batch is one customer: M/Geo/1, which tends to M/M/1), or arrivals at a fixed pace (D/D/1).
 */
import { FIRST_OWNER } from '../../../src/loop/assembly/layout.ts';
import { type RandomStream, randomStream } from '../../../src/loop/random-stream.ts';
import type { DrivenChannels, Grant } from './driven-channels.ts';
import { NO_LIMITS } from './naive-partition.ts';
import { LINE_PS, oneChannelMemory, THE_END } from './one-channel.ts';
import { openLoop } from './open-loop.ts';

/** Lines offered between two looks at what was granted. */
const CHUNK = 4096;
/** Lines that may wait at a time. */
const ROOM = 65_536;

export interface QueueOptions {
  readonly load: number;
  readonly customers: number;
  readonly seed: number;
  readonly arrivals: 'poisson' | 'fixed';
  /** Mean of the geometric number of lines of a customer; 1: always one line. */
  readonly meanLines: number;
}

export interface QueueResult {
  /** Of a customer, until its first line is granted; in mean services. */
  readonly meanWait: number;
  /** Customers who waited otherwise than Lindley's recursion says. */
  readonly wrongWaits: number;
  /** As the channel counted it, and the number of requests in it integrated over time. */
  readonly residencePs: number;
  readonly integralPs: number;
}

interface Customers {
  readonly arrivalPs: Float64Array;
  readonly lines: Float64Array;
}

/** Uniform in (0, 1]. */
const uniform = (random: RandomStream): number => (random.uint32() + 1) / 2 ** 32;

function drawCustomers({ load, customers, seed, arrivals, meanLines }: QueueOptions): Customers {
  const gaps = randomStream(seed, 'gaps');
  const batches = randomStream(seed, 'batches');
  const meanGapPs = (LINE_PS * meanLines) / load;
  const gap = (): number => (arrivals === 'fixed' ? meanGapPs : -Math.log(uniform(gaps)) * meanGapPs);
  const batch = (): number => {
    return meanLines === 1 ? 1 : 1 + Math.floor(Math.log(uniform(batches)) / Math.log(1 - 1 / meanLines));
  };
  let exactPs = 0;
  const next = (): number => {
    exactPs += gap();
    return Math.round(exactPs);
  };
  return {
    arrivalPs: Float64Array.from({ length: customers }, next),
    lines: Float64Array.from({ length: customers }, batch),
  };
}

/** Lindley's recursion: when a single server that takes customers in order begins with each of them. */
function startsOf({ arrivalPs, lines }: Customers): Float64Array {
  let freePs = 0;
  return arrivalPs.map((arrived, n) => {
    const start = Math.max(arrived, freePs);
    freePs = start + lines[n]! * LINE_PS;
    return start;
  });
}

/** The number of requests in the channel, integrated over time: it rises at arrivals and falls at completions. */
class NumberInChannel {
  integralPs = 0;
  readonly #customers: Customers;
  #arrived = 0;
  #time = 0;
  #number = 0;

  constructor(customers: Customers) {
    this.#customers = customers;
  }

  /** Completions come in the order of their times. */
  completed(time: number): void {
    const { arrivalPs, lines } = this.#customers;
    for (; arrivalPs[this.#arrived]! <= time; this.#arrived++) {
      this.#step(arrivalPs[this.#arrived]!, lines[this.#arrived]!);
    }
    this.#step(time, -1);
  }

  #step(time: number, by: number): void {
    this.integralPs += this.#number * (time - this.#time);
    this.#time = time;
    this.#number += by;
  }
}

/** Offer all customers, a chunk of lines at a time. */
function serveAll(channels: DrivenChannels, { arrivalPs, lines }: Customers, onGrant: (grant: Grant) => void): void {
  let offered = 0;
  arrivalPs.forEach((arrived, tag) => {
    for (let line = 0; line < lines[tag]!; line++) {
      channels.offer({ cache: 0, tag, owner: FIRST_OWNER, kind: 'read', line, arrivalPs: arrived });
    }
    offered += lines[tag]!;
    if (offered < CHUNK) return;
    offered = 0;
    channels.takeGrants().forEach(onGrant);
  });
  channels.serveUntil(THE_END);
  channels.takeGrants().forEach(onGrant);
}

/** Serve so many customers with one channel without limits. */
export function simulateQueue(options: QueueOptions): QueueResult {
  const channels = openLoop(oneChannelMemory({}), { room: ROOM });
  const partition = channels.addPartition(0);
  channels.setLimits(0, partition, NO_LIMITS);
  channels.setOwner(0, FIRST_OWNER, partition);
  const customers = drawCustomers(options);
  const starts = startsOf(customers);
  const present = new NumberInChannel(customers);
  let [begun, waitPs, wrongWaits] = [0, 0, 0];
  serveAll(channels, customers, ({ tag, grantPs, completionPs }) => {
    present.completed(completionPs);
    if (tag !== begun) return;
    begun += 1;
    waitPs += grantPs - customers.arrivalPs[tag]!;
    if (grantPs !== starts[tag]) wrongWaits += 1;
  });
  const meanWait = waitPs / begun / (LINE_PS * options.meanLines);
  const { residencePs } = channels.totals(0);
  return { meanWait, wrongWaits: wrongWaits + options.customers - begun, residencePs, integralPs: present.integralPs };
}

/** Mean wait in mean services: M/D/1, and M/G/1 with a geometric number of lines (Pollaczek and Khinchine). */
export const waitOfSingleLines = (load: number): number => load / (2 * (1 - load));
export const waitOfBatches = (load: number, meanLines: number): number =>
  (load / (1 - load)) * (1 - 1 / (2 * meanLines));
/** M/M/1. */
export const waitOfExponentialService = (load: number): number => load / (1 - load);
