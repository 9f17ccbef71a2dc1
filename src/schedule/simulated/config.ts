/**
 * What a simulated host runs: CPUs, host tasks, and how the fair scheduler divides the CPUs among the tasks.
 *
 * Plain data, made by the scenario. Ranges are checked by `simulatedScheduleProblems`.
 */
import type { GuestActivityRates } from '../guest-activity/rates.ts';
import { NO_OWNER, type OwnerOf, type ThreadOwner } from '../registry.ts';

/** When a task wants a CPU. Times are ns, 1..2^40. */
export type TaskBehaviour =
  /** Never sleeps. */
  | { readonly kind: 'always' }
  /**
   * Busy for a while, then asleep for a while, woken by its timer. `exponential` draws every time from that mean;
   * `fixed` takes it as it is. For a vCPU thread busyNs is time in the guest, and ends with a WFI.
   */
  | {
      readonly kind: 'periodic';
      readonly distribution: 'exponential' | 'fixed';
      readonly busyNs: number;
      readonly sleepNs: number;
    }
  /**
   * Sleeps until an exit of a vCPU of its own VM wakes it, as it does after `wakesPerThousandExits` of a thousand exits
   * of the guest's own; then busy for a while. The VMM's I/O threads. Not for vCPU threads.
   */
  | {
      readonly kind: 'on-exit';
      readonly distribution: 'exponential' | 'fixed';
      readonly busyNs: number;
      readonly wakesPerThousandExits: number;
    };

/** One host task: a VMM thread that is a vCPU, another VMM thread, or a kernel thread. */
export interface SimulatedTask {
  /** Linux thread id, unique, 1..2^22. */
  readonly tid: number;
  readonly tgid: number;
  readonly comm: string;
  /** Tenant, VM, vCPU and control group; NO_OWNER for the host's own. A task with vcpu >= 0 runs a guest. */
  readonly owner: ThreadOwner;
  /** Share of a contended CPU, 1..100,000; nice 0 is 1024, nice -20 is 88761, nice 19 is 15. */
  readonly weight: number;
  /** CPUs that it may run on; empty means all of them. */
  readonly cpus: readonly number[];
  readonly behaviour: TaskBehaviour;
  /** How its guest lives; required for a vCPU thread, absent for any other. */
  readonly guest?: GuestActivityRates;
}

export interface SimulatedScheduleConfig {
  /** CPUs of the host, 1..4096. */
  readonly cpuCount: number;
  /** End of the simulated time, ns, 1..UNTIL_NS_MAX. */
  readonly untilNs: number;
  /** A task that is on a CPU is not asked to make room before it ran this long, ns, 1,000..2^40. */
  readonly timeSliceNs: number;
  /** A woken task preempts only if it is behind by more than this (weighted by its weight), ns, 0..2^40. */
  readonly wakeupGranularityNs: number;
  readonly tasks: readonly SimulatedTask[];
}

/** The longest run, ten hours: virtual runtimes, at most 68 times as long (weight 15), stay far below 2^53. */
export const UNTIL_NS_MAX = 36_000_000_000_000;

/** Linux's base slice (kernel/sched/fair.c, sysctl_sched_base_slice with 4 CPUs) and the former wake-up granularity. */
export const DEFAULT_TIME_SLICE_NS = 3_000_000;
export const DEFAULT_WAKEUP_GRANULARITY_NS = 1_000_000;
export const NICE_0_WEIGHT = 1024;

/** The registry's owner function for a simulated host: what the tasks say of themselves. */
export function ownerOfTasks(tasks: readonly SimulatedTask[]): OwnerOf {
  const ownerByTid = new Map(tasks.map((task) => [task.tid, task.owner]));
  return (tid) => ownerByTid.get(tid) ?? NO_OWNER;
}
