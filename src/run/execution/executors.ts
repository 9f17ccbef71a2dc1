/** Which executor a thread runs, and which thread ran it last: what ties schedule and workloads together. */
import type { Registry } from '../../schedule/registry.ts';
import { vcpuKey } from '../task-labels.ts';
import type { ExecutorOf } from './execution.ts';

/** A thread that executes nothing. */
export const NO_EXECUTOR = -1;

export class Executors {
  readonly #registry: Registry;
  readonly #guests = new Map<number, number>();
  readonly #vmms = new Map<number, number>();
  readonly #hosts = new Map<string, number>();
  /** By executor: the thread that ran it last, -1 if none has. */
  readonly lastThread: Int32Array;
  /** By executor: 1 for guests, 0 for what runs on the host; as World. */
  readonly world: Uint8Array;

  constructor(executors: readonly ExecutorOf[], registry: Registry) {
    this.#registry = registry;
    this.lastThread = new Int32Array(executors.length).fill(-1);
    this.world = Uint8Array.from(executors, ({ kind }) => (kind === 'guest' ? 1 : 0));
    executors.forEach((executor, index) => {
      if (executor.kind === 'guest') this.#guests.set(vcpuKey(executor.vm, executor.vcpu), index);
      else if (executor.kind === 'vmm') this.#vmms.set(executor.vm, index);
      else this.#hosts.set(executor.comm, index);
    });
  }

  /** What a thread executes, inside its guest or outside; NO_EXECUTOR if nothing. */
  of(thread: number, isInGuest: boolean): number {
    const { vm, vcpu, comm } = this.#registry.threads[thread]!;
    const executor = isInGuest
      ? this.#guests.get(vcpuKey(vm, vcpu))
      : vm >= 0
        ? this.#vmms.get(vm)
        : this.#hosts.get(comm);
    return executor ?? NO_EXECUTOR;
  }
}
