import { grown } from '../grown.ts';

/** Whether each thread is in its guest, as far as its kvm_entry and kvm_exit lines tell. */
export class GuestPairs {
  /** By thread index: 1 in the guest, 0 not or not known. */
  #inGuest = new Uint8Array(256);

  /** Returns false if the thread was already in its guest. */
  enter(thread: number): boolean {
    if (thread >= this.#inGuest.length) this.#grow(thread);
    const fits = this.#inGuest[thread] === 0;
    this.#inGuest[thread] = 1;
    return fits;
  }

  /** Returns false if the thread was not in its guest. */
  exit(thread: number): boolean {
    const fits = thread < this.#inGuest.length && this.#inGuest[thread] === 1;
    if (fits) this.#inGuest[thread] = 0;
    return fits;
  }

  /** A thread goes on under another index. */
  follow(thread: number, successor: number): void {
    if (this.exit(thread)) this.enter(successor);
  }

  #grow(thread: number): void {
    this.#inGuest = grown(this.#inGuest, new Uint8Array(Math.max(this.#inGuest.length * 2, thread + 1)));
  }
}
