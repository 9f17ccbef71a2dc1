/** Register accesses of guests that wait until their vCPU runs at EL1, on one machine. */
import type { GuestAccess } from '../kvm/guest-access.ts';

interface WaitingAccess {
  readonly access: GuestAccess;
  /** The command that asked for it. */
  readonly causeSeq: number;
}

const NONE: readonly WaitingAccess[] = [];

export class GuestAccessQueue {
  /** By the thread that runs the vCPU. */
  readonly #waiting = new Map<number, WaitingAccess[]>();

  add(thread: number, waiting: WaitingAccess): void {
    const queue = this.#waiting.get(thread);
    if (queue === undefined) this.#waiting.set(thread, [waiting]);
    else queue.push(waiting);
  }

  /** What waits for this thread, in the order in which it was asked for; it waits no longer. */
  take(thread: number): readonly WaitingAccess[] {
    // Asked at every guest entry, and mostly there is nothing at all.
    if (this.#waiting.size === 0) return NONE;
    const queue = this.#waiting.get(thread);
    if (queue === undefined) return NONE;
    this.#waiting.delete(thread);
    return queue;
  }
}
