import { describe, expect, it } from 'vitest';
import {
  SERVICE_ARRIVALS,
  SERVICE_ARRIVALS_MASK,
  SERVICE_ENDED,
  SERVICE_HEAD,
  SERVICE_LATENCIES,
  SERVICE_LATENCIES_MASK,
  SERVICE_SERVED,
  SERVICE_TAIL,
  SERVICE_WORK,
  STREAM_SERVICE,
} from '../../../src/loop/assembly/layout.ts';
import { BlockLayout } from '../../../src/loop/block.ts';
import { planServices, reserveServices, ServiceSet } from '../../../src/workload/service/service-set.ts';
import { type ExecutorPlan, Side } from '../../../src/workload/streams/stream-plan.ts';
import type { ServiceSpec, WorkloadSpec } from '../../../src/workload/workload.ts';
import { component, executor, part, phase, streamRig } from '../streams/stream-rig.ts';

const POISSON: ServiceSpec = { arrivals: { kind: 'poisson', meanNs: 1000 }, accessesPerRequest: 70 };
const LISTED: ServiceSpec = { arrivals: { kind: 'file', file: 'f', path: '/f' }, accessesPerRequest: 5 };

function serving(vm: number, vcpu: number, service: ServiceSpec | undefined): ExecutorPlan {
  const plain = executor(vm, vcpu, phase(part([component('loop', 640)])));
  return { ...plain, workload: { ...plain.workload, service } as WorkloadSpec };
}

/** Services in a block, seen as the access loop sees them. */
function services(executors: readonly ExecutorPlan[], listed: readonly number[] = [], seed = 1) {
  const layout = new BlockLayout();
  layout.reserve('before', 300);
  const plans = planServices(executors);
  const region = reserveServices(layout, 'test', plans)!;
  const block = layout.build();
  const set = new ServiceSet(block, region, plans, { seed, listedNs: new Map([['/f', listed]]) });
  const words = new Uint32Array(block.memory.buffer);
  const times = new Float64Array(block.memory.buffer);
  const at = (queue: number, offset: number): number => (set.queues[queue]!.address + offset) >>> 2;
  return {
    set,
    plans,
    word: (queue: number, offset: number): number => words[at(queue, offset)]!,
    /** Take one arrival, as the loop does. */
    takeArrival(queue = 0): number | undefined {
      const head = words[at(queue, SERVICE_HEAD)]!;
      if (head === words[at(queue, SERVICE_TAIL)]) return undefined;
      words[at(queue, SERVICE_HEAD)] = head + 1;
      return times[(words[at(queue, SERVICE_ARRIVALS)]! >>> 3) + (head & words[at(queue, SERVICE_ARRIVALS_MASK)]!)];
    },
    /** Finish a request, as the loop does. @returns whether the ring is full. */
    serve(latencyNs: number, queue = 0): boolean {
      const served = words[at(queue, SERVICE_SERVED)]!;
      const mask = words[at(queue, SERVICE_LATENCIES_MASK)]!;
      times[(words[at(queue, SERVICE_LATENCIES)]! >>> 3) + (served & mask)] = latencyNs;
      words[at(queue, SERVICE_SERVED)] = served + 1;
      return served === mask;
    },
  };
}

describe('services', () => {
  it('are one for each VM that has one, shared by its vCPUs', () => {
    const rig = services([
      serving(0, 0, POISSON),
      serving(0, 1, POISSON),
      serving(1, 0, undefined),
      serving(2, 0, LISTED),
    ]);
    expect(rig.plans.map((plan) => plan.executors)).toEqual([[0, 1], [3]]);
    expect(rig.set.queueOf(0)).toBe(rig.set.queueOf(1));
    expect(rig.set.queueOf(2)).toBeUndefined();
    expect(rig.set.queueOf(3)).toBe(rig.set.queues[1]);
    expect([rig.word(0, SERVICE_WORK), rig.word(1, SERVICE_WORK)]).toEqual([70, 5]);
  });

  it('drive the user sides of those who serve them', () => {
    const executors = [serving(0, 0, POISSON), serving(1, 0, undefined)];
    const { set } = services(executors);
    const { streams, words } = streamRig({ executors });
    set.attachTo(streams);
    const serviceOf = (at: number): number => words[(streams.streamAddress(at, Side.user) + STREAM_SERVICE) >>> 2]!;
    expect(serviceOf(0)).toBe(set.queues[0]!.address);
    expect(serviceOf(1)).toBe(0);
  });

  it('need no room when there are none', () => {
    expect(reserveServices(new BlockLayout(), 'test', planServices([serving(0, 0, undefined)]))).toBeUndefined();
  });

  it('refuse an arrival file that nobody read', () => {
    const layout = new BlockLayout();
    const plans = planServices([serving(0, 0, LISTED)]);
    const region = reserveServices(layout, 'test', plans)!;
    const noSources = { seed: 1, listedNs: new Map<string, number[]>() };
    expect(() => new ServiceSet(layout.build(), region, plans, noSources)).toThrow('/f were not read');
  });
});

describe('a queue of requests', () => {
  it('gets arrivals up to the first one after the time asked for', () => {
    const rig = services([serving(0, 0, LISTED)], [10, 20, 20, 30, 40]);
    const [queue] = rig.set.queues;
    queue!.refill(20);
    expect([rig.takeArrival(), rig.takeArrival(), rig.takeArrival(), rig.takeArrival()]).toEqual([10, 20, 20, 30]);
    expect(rig.takeArrival()).toBeUndefined();
    expect(rig.word(0, SERVICE_ENDED)).toBe(0);
  });

  it('gets one at least when it is empty, and ends with the file', () => {
    const rig = services([serving(0, 0, LISTED)], [1000, 2000]);
    const [queue] = rig.set.queues;
    queue!.refill(5);
    expect(rig.takeArrival()).toBe(1000);
    queue!.refill(5);
    expect(rig.takeArrival()).toBe(2000);
    expect(rig.word(0, SERVICE_ENDED)).toBe(0);
    queue!.refill(5);
    expect(rig.takeArrival()).toBeUndefined();
    expect(rig.word(0, SERVICE_ENDED)).toBe(1);
  });

  it('loses no arrival however far behind the vCPUs are, and however it is refilled', () => {
    const all = Array.from({ length: 5000 }, (_, at) => at * 3);
    const rig = services([serving(0, 0, LISTED)], all);
    const [queue] = rig.set.queues;
    const taken: number[] = [];
    for (let round = 0; taken.length < all.length; round++) {
      queue!.refill(round % 3 === 0 ? 1e9 : taken.length * 2);
      for (let i = 0; i < (round * 37) % 300; i++) {
        const arrival = rig.takeArrival();
        if (arrival !== undefined) taken.push(arrival);
      }
    }
    expect(taken).toEqual(all);
  });

  it('Poisson arrivals are independent of other VMs, and the same however they are asked for', () => {
    const taken = (rig: ReturnType<typeof services>, queue: number, ahead: number): number[] => {
      const times: number[] = [];
      while (times.length < 1000) {
        rig.set.queues[queue]!.refill((times.at(-1) ?? 0) + ahead);
        for (let time = rig.takeArrival(queue); time !== undefined; time = rig.takeArrival(queue)) times.push(time);
      }
      return times.slice(0, 1000);
    };
    const alone = taken(services([serving(4, 0, POISSON)]), 0, 0);
    expect(taken(services([serving(0, 0, POISSON), serving(4, 0, POISSON)]), 1, 100_000)).toEqual(alone);
    expect(taken(services([serving(0, 0, POISSON)]), 0, 0)).not.toEqual(alone);
    expect(taken(services([serving(4, 0, POISSON)], [], 2), 0, 0)).not.toEqual(alone);
  });

  it('counts every latency, drained early or late', () => {
    const rig = services([serving(0, 0, POISSON)]);
    const [queue] = rig.set.queues;
    let served = 0;
    for (let latency = 1; latency <= 1000; latency++) {
      served++;
      if (rig.serve(latency * 1000) || latency === 7) queue!.drain();
    }
    const taken = queue!.takeStatistics(1e9)!;
    expect([taken.requests, taken.maxNs, taken.meanNs]).toEqual([served, 1_000_000, 500_500]);
  });

  it('counts requests when they arrive, however late they are asked for', () => {
    const rig = services([serving(0, 0, LISTED)], [10, 20, 20, 30, 1000]);
    const [queue] = rig.set.queues;
    const counts = (nowNs: number): number[] | undefined => {
      const taken = queue!.takeStatistics(nowNs);
      return taken && [taken.requests, taken.arrived, taken.waiting];
    };
    expect(counts(9)).toBeUndefined();
    expect(counts(20)).toEqual([0, 3, 3]);
    expect(counts(25)).toEqual([0, 0, 3]);
    queue!.refill(30);
    expect([rig.takeArrival(), rig.takeArrival()]).toEqual([10, 20]);
    rig.serve(25);
    expect(counts(40)).toEqual([1, 1, 3]);
    // The end of the run may be that of the interval before.
    expect(counts(40)).toBeUndefined();
    expect([rig.takeArrival(), rig.takeArrival()]).toEqual([20, 30]);
    for (const latency of [50, 60, 70]) rig.serve(latency);
    expect(counts(100)).toEqual([3, 0, 0]);
    expect(counts(999)).toBeUndefined();
    expect(counts(1000)).toEqual([0, 1, 1]);
  });
});
