/**
 * Which regions of virtual memory there are: a region that several executors share is there once, a private one once for
 * each. So what is not shared on purpose never has the same physical lines.
 */
import type { PurposePart } from '../../loop/random-stream.ts';
import type { RegionSpec } from '../workload.ts';
import type { ExecutorPlan } from './stream-plan.ts';

/** Whose region it is, and its name: the same for everybody who shares it, and different for everybody else. */
type RegionIdentity = readonly PurposePart[];

export interface VirtualRegion {
  readonly identity: RegionIdentity;
  /** Pages of the largest use: a phase may cover less of a region than another. */
  readonly pages: number;
}

/** Collects the regions of all executors of a machine. */
export class AddressSpaces {
  readonly #pageBytes: number;
  readonly #indexes = new Map<string, number>();
  readonly #regions: VirtualRegion[] = [];

  constructor(pageBytes: number) {
    this.#pageBytes = pageBytes;
  }

  /** In the order in which they were met. */
  get regions(): readonly VirtualRegion[] {
    return this.#regions;
  }

  /** Index of the region that this executor means; it is made if nobody has used it yet, and grown if it was smaller. */
  use(executor: ExecutorPlan, spec: RegionSpec): number {
    const identity = regionIdentity(executor, spec);
    const key = JSON.stringify(identity);
    const index = this.#indexes.get(key) ?? this.#regions.length;
    const pages = Math.max(1, Math.ceil(spec.bytes / this.#pageBytes), this.#regions[index]?.pages ?? 0);
    this.#indexes.set(key, index);
    this.#regions[index] = { identity, pages };
    return index;
  }
}

function regionIdentity(executor: ExecutorPlan, spec: RegionSpec): RegionIdentity {
  switch (spec.sharing) {
    case 'vcpu':
      return ['vcpu', spec.name, ...executor.identity];
    case 'vm':
      return ['vm', spec.name, executor.sharingGroup];
    case 'machine':
      return ['machine', spec.name];
  }
}
