/** The services of one machine: one queue of requests for each VM, shared by its vCPUs. */
import type { Block, BlockLayout, Region } from '../../loop/block.ts';
import { randomStream } from '../../loop/random-stream.ts';
import type { ExecutorPlan } from '../streams/stream-plan.ts';
import type { StreamSet } from '../streams/stream-set.ts';
import type { ServiceSpec } from '../workload.ts';
import { type Arrivals, listedArrivals, poissonArrivals } from './arrivals.ts';
import { REQUEST_QUEUE_BYTES, RequestQueue } from './request-queue.ts';

export interface ServicePlan {
  readonly sharingGroup: string;
  readonly spec: ServiceSpec;
  /** Indexes of the executors that serve it. */
  readonly executors: readonly number[];
}

/** Where arrivals come from. */
export interface ArrivalSources {
  readonly seed: number;
  /** Times of arrival files by path, ns (arrival-file.ts). */
  readonly listedNs: ReadonlyMap<string, ArrayLike<number>>;
}

/** The services among the executors' workloads: one for each sharing group, as its first executor has it. */
export function planServices(executors: readonly ExecutorPlan[]): readonly ServicePlan[] {
  const groups = new Map<string, { sharingGroup: string; spec: ServiceSpec; executors: number[] }>();
  executors.forEach(({ sharingGroup, workload }, executor) => {
    const group = groups.get(sharingGroup);
    if (workload.service === undefined) return;
    if (group !== undefined) group.executors.push(executor);
    else groups.set(sharingGroup, { sharingGroup, spec: workload.service, executors: [executor] });
  });
  return [...groups.values()];
}

/** Reserve room for the services; undefined if there are none. `machineName` is unique in the block. */
export function reserveServices(
  layout: BlockLayout,
  machineName: string,
  services: readonly ServicePlan[],
): Region | undefined {
  if (services.length === 0) return undefined;
  return layout.reserve(`${machineName} services`, services.length * REQUEST_QUEUE_BYTES);
}

export class ServiceSet {
  /** By service. */
  readonly queues: readonly RequestQueue[];
  readonly #queueOfExecutor = new Map<number, RequestQueue>();

  /** @throws Error if the times of an arrival file are not among the sources. */
  constructor(block: Block, region: Region, services: readonly ServicePlan[], sources: ArrivalSources) {
    this.queues = services.map((service, index) => {
      const address = region.byteOffset + index * REQUEST_QUEUE_BYTES;
      const { accessesPerRequest } = service.spec;
      const openArrivals = () => arrivalsOf(service, sources);
      const queue = new RequestQueue(block.memory.buffer, address, accessesPerRequest, openArrivals);
      for (const executor of service.executors) this.#queueOfExecutor.set(executor, queue);
      return queue;
    });
  }

  /** The queue that an executor serves, undefined if it serves none. */
  queueOf(executor: number): RequestQueue | undefined {
    return this.#queueOfExecutor.get(executor);
  }

  /** Let requests drive the user sides of the executors. */
  attachTo(streams: StreamSet): void {
    for (const [executor, queue] of this.#queueOfExecutor) streams.attachService(executor, queue.address);
  }
}

function arrivalsOf({ spec, sharingGroup }: ServicePlan, { seed, listedNs }: ArrivalSources): Arrivals {
  if (spec.arrivals.kind === 'poisson') {
    return poissonArrivals(spec.arrivals.meanNs, randomStream(seed, 'arrivals', sharingGroup));
  }
  const times = listedNs.get(spec.arrivals.path);
  if (times === undefined) throw new Error(`arrival times of ${spec.arrivals.path} were not read`);
  return listedArrivals(times);
}
