/**
 * Samples of memory bandwidth, made by hand, for machine `before` of the synthetic header: two channels of memory of 6.4 GB/s each
 * (10 ns per line of 64 bytes), sampled every ms. Owners and threads are those of cache-samples.ts.
 */
import type { ChannelSampleRow, SampleRow } from '../../src/run/samples.ts';
import { A, A_REALM, B, MS } from './cache-samples.ts';

/** Channels 1 and 2 are those of `mem-0`. */
const [FIRST, SECOND] = [1, 2];
const VCPU_A0 = 1;
const [NS, US] = [1000, 1_000_000];
/** The run ends in the middle of the second interval. */
export const END_NS = 1.5 * MS;

function served(timeNs: number, channel: number, owner: number, counts: Partial<ChannelSampleRow>): SampleRow {
  const nothing = { reads: 0, writes: 0, servicePs: 0, throttledPs: 0, queuedPs: 0, waiting: 0 };
  return { kind: 'channelSample', timeNs, machine: 0, channel, owner, ...nothing, ...counts };
}

function delayed(timeNs: number, channel: number, waiter: number, behind: number, queuedPs: number): SampleRow {
  return { kind: 'channelDelay', timeNs, machine: 0, channel, waiter, served: behind, queuedPs };
}

export const BANDWIDTH_SAMPLES: readonly SampleRow[] = [
  served(MS, FIRST, A, { reads: 6000, writes: 4000, servicePs: 100 * US, queuedPs: 50 * US, waiting: 2 }),
  served(MS, FIRST, A_REALM, { reads: 100, servicePs: US, queuedPs: 5 * US }),
  served(MS, FIRST, B, { reads: 50_000, servicePs: 500 * US, throttledPs: 2000 * US, queuedPs: 1000 * US, waiting: 7 }),
  served(MS, SECOND, A, { reads: 1000, servicePs: 10 * US, queuedPs: 5 * US }),
  served(END_NS, SECOND, B, { reads: 10_000, servicePs: 100 * US, throttledPs: 250 * US, waiting: 3 }),
  delayed(MS, FIRST, A, A, 10 * US),
  delayed(MS, FIRST, A, B, 40 * US),
  delayed(MS, FIRST, A_REALM, B, 5 * US),
  delayed(MS, SECOND, A, B, 5 * US),
  delayed(MS, FIRST, B, B, 750 * US),
  delayed(MS, FIRST, B, A, 250 * US),
  {
    ...{ kind: 'executorDelay', timeNs: MS, machine: 0, thread: VCPU_A0, world: 1 },
    ...{ queuedPs: 300 * NS, throttledPs: 100 * NS, writeBufferPs: 50 * NS },
  },
  {
    ...{ kind: 'monitorSample', timeNs: MS, machine: 0, msc: 2, ris: 1, space: 1, instance: 4, monitor: 1 },
    ...{ value: 1000, nrdy: 0, exactBytes: 1024, tenantBytes: 900 },
  },
  {
    ...{ kind: 'monitorSample', timeNs: MS, machine: 0, msc: 0, ris: 0, space: 1, instance: 0, monitor: 0 },
    ...{ value: 0, nrdy: 1, exactBytes: 64, tenantBytes: null },
  },
];
