/** Register accesses of guests that wait until their vCPU runs at EL1, on one machine. */
import type { GuestAccess } from '../kvm/guest-access.ts';

interface WaitingAccess {
  readonly access: GuestAccess;
  /** The command that asked for it. */
  readonly causeSeq: number;
}

const NONE: readonly WaitingAccess[] = [];

export class GuestAccessQueue {
  /** By vCPU (`vcpuKey`): the thread that will run it may not have been seen yet. */
  readonly #waiting = new Map<number, WaitingAccess[]>();

  add(vcpu: number, waiting: WaitingAccess): void {
    const queue = this.#waiting.get(vcpu);
    if (queue === undefined) this.#waiting.set(vcpu, [waiting]);
    else queue.push(waiting);
  }

  /** Asked at every guest entry, and mostly so. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** How many accesses wait, of all vCPUs. */
  get length(): number {
    return [...this.#waiting.values()].reduce((sum, queue) => sum + queue.length, 0);
  }

  /** What waits for this vCPU, in the order in which it was asked for; it waits no longer. */
  take(vcpu: number): readonly WaitingAccess[] {
    const queue = this.#waiting.get(vcpu);
    if (queue === undefined) return NONE;
    this.#waiting.delete(vcpu);
    return queue;
  }
}
