/** What is known of each vCPU thread on one machine: whether it is inside KVM_RUN, and its guest's exception level. */

const OUTSIDE_KVM_RUN = 1;
const AT_EL0 = 2;

export class VcpuThreads {
  /** State bits by thread index. All zero: inside KVM_RUN, guest at EL1. */
  #bits = new Uint8Array(256);

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
    if (thread >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(thread + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    if (value) this.#bits[thread]! |= bit;
    else this.#bits[thread]! &= ~bit;
  }
}
