/** What is known of each thread on one machine: where it runs, whether it is inside KVM_RUN, its guest's exception level. */
import { grown } from '../schedule/grown.ts';

const OUTSIDE_KVM_RUN = 1;
const AT_EL0 = 2;
const NOWHERE = -1;
const FIRST_CAPACITY = 256;

export class ThreadStates {
  /** State bits by thread index. All zero: inside KVM_RUN, guest at EL1. */
  #bits = new Uint8Array(FIRST_CAPACITY);
  /** The PE on which the thread is current, or NOWHERE. Not kept for the idle task, which may be on several. */
  #pes = new Int32Array(FIRST_CAPACITY).fill(NOWHERE);

  /** The PE on which the thread is current, or -1. */
  peOf(thread: number): number {
    return this.#pes[thread] ?? NOWHERE;
  }

  enterPe(thread: number, pe: number): void {
    this.#reach(thread);
    this.#pes[thread] = pe;
  }

  leavePe(thread: number, pe: number): void {
    if (this.#pes[thread] === pe) this.#pes[thread] = NOWHERE;
  }

  /** What was known of a task under one index holds for it under another. */
  inherit(before: number, now: number): void {
    this.#reach(Math.max(before, now));
    this.#bits[now] = this.#bits[before]!;
  }

  /** True while the thread is out in the VMM, between two KVM_RUN calls. A thread that was never seen there is inside. */
  isOutsideKvmRun(thread: number): boolean {
    return ((this.#bits[thread] ?? 0) & OUTSIDE_KVM_RUN) !== 0;
  }

  setOutsideKvmRun(thread: number, value: boolean): void {
    this.#set(thread, OUTSIDE_KVM_RUN, value);
  }

  /** The EL at which the guest is, or will go on: 0 or 1. Recordings do not tell; a guest starts at EL1. */
  guestEl(thread: number): 0 | 1 {
    return ((this.#bits[thread] ?? 0) & AT_EL0) !== 0 ? 0 : 1;
  }

  setGuestEl(thread: number, el: number): void {
    this.#set(thread, AT_EL0, el === 0);
  }

  #set(thread: number, bit: number, value: boolean): void {
    this.#reach(thread);
    if (value) this.#bits[thread]! |= bit;
    else this.#bits[thread]! &= ~bit;
  }

  #reach(thread: number): void {
    if (thread < this.#bits.length) return;
    const capacity = Math.max(thread + 1, this.#bits.length * 2);
    this.#bits = grown(this.#bits, new Uint8Array(capacity));
    this.#pes = grown(this.#pes, new Int32Array(capacity).fill(NOWHERE));
  }
}
