/**
 * What the streams of one machine are made from: who executes what, and how its memory is cut into lines and pages.
 */
import type { PurposePart } from '../../loop/random-stream.ts';
import type { PLACEMENTS } from '../../machine/topology.ts';
import type { WorkloadSpec } from '../workload.ts';

/** Where a stream belongs: EL0 or EL1 of a guest; for a host task, user space or the kernel. */
export const Side = { user: 0, kernel: 1 } as const;
export type Side = (typeof Side)[keyof typeof Side];
export const SIDES = [Side.user, Side.kernel] as const;

/** One vCPU in its guest, or one host task: whoever executes a workload of its own. */
export interface ExecutorPlan {
  /**
   * Names it in its random streams and tells it from every other executor, e.g. ['guest', tenant, vm, vcpu]. What it touches
   * depends on the seed, this, and its workload, and not on who else takes part.
   */
  readonly identity: readonly PurposePart[];
  /** Executors with the same text share regions of sharing `vm`, and one queue of requests: e.g. 'guest of vm 0'. */
  readonly sharingGroup: string;
  readonly workload: WorkloadSpec;
}

/** Which frame the n-th page touched gets: the n-th, or one far from those before it, so that tenants are mixed. */
export type Placement = (typeof PLACEMENTS)[number];

export interface StreamPlan {
  /** Of the machine, unique in its block. */
  readonly name: string;
  readonly seed: number;
  readonly executors: readonly ExecutorPlan[];
  /** A power of two, 4 to 4096. */
  readonly lineBytes: number;
  /** A power of two, at least a line. */
  readonly pageBytes: number;
  readonly placement: Placement;
  /** Pages of physical memory beyond those of the regions: for what recorded traces touch. */
  readonly recordedPages: number;
}
