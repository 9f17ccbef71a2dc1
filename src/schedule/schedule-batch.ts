/**
 * What flows from a schedule source to the engine: host scheduling and KVM events of one host, in one total order.
 *
 * Batches of columns, not objects: a recorded schedule has millions of rows. Rows are ordered by (time, source order);
 * a source never goes back in time (it reports such input as an import issue instead).
 */

/** Kinds of schedule events. The first group comes from sources, the second is added by the engine. */
export const ScheduleKind = {
  /** sched_switch: `thread` leaves the CPU, `peer` comes. detail = interned prev_state text. */
  switch: 1,
  /** sched_waking: `thread` is about to be woken. detail = target CPU. */
  waking: 2,
  /** sched_wakeup: `thread` is runnable. detail = target CPU. */
  wakeup: 3,
  /** sched_wakeup_new: a new `thread` is runnable. detail = target CPU. */
  wakeupNew: 4,
  /** sched_migrate_task: `thread` moves between run queues. detail = destination CPU, peer = origin CPU. */
  migrate: 5,
  /** kvm_entry: the vCPU run by `thread` enters its guest. */
  guestEntry: 6,
  /** kvm_exit: it leaves it. detail = interned exit reason text. */
  guestExit: 7,
  /** The guest goes from one of its exception levels to the other. detail = the EL it goes to (0 or 1). */
  guestEl: 8,
  /** KVM_RUN returns to the VMM (kvm_userspace_exit): vCPU put. detail = interned reason text. */
  kvmRunExit: 9,
  /** The VMM calls KVM_RUN again: vCPU load. */
  kvmRunEnter: 10,
  /** The vCPU blocks (WFI) until an interrupt. */
  halt: 11,
  /** The host kernel calls hyp code (HVC) on behalf of `thread`, for something other than running a guest. */
  hypercall: 12,
  /** End of the recording or of the simulated time on a CPU: closes the last interval. */
  stop: 13,

  /** vCPU load (K 3.2): a consequence of `switch` or `kvmRunEnter`. */
  vcpuLoad: 32,
  /** vCPU put (K 3.2). */
  vcpuPut: 33,
  /** A label is about to change under a running context (an IPI, a poke, a guest's own write): it ends here. */
  relabel: 34,
} as const;
export type ScheduleKind = (typeof ScheduleKind)[keyof typeof ScheduleKind];

/** Bits of a row's flags. */
export const ScheduleFlag = {
  /** Not in the recording: added by a model (guest activity, or repair of a gap). */
  modelled: 1,
} as const;

/** `peer` or `thread` of a row that has none. */
export const NO_THREAD = -1;

/** Rows per batch where nobody asks for another number. */
export const SCHEDULE_BATCH_ROWS = 4096;

/** A run of schedule events, in columns; rows 0..count-1 are valid. The consumer must not keep the arrays. */
export interface ScheduleBatch {
  readonly count: number;
  /** Nanoseconds since the start of the run (integers below 2^53), never decreasing. */
  readonly timeNs: Float64Array;
  /** ScheduleKind. */
  readonly kind: Uint8Array;
  /** CPU number, 0-based, below the host's number of CPUs. */
  readonly cpu: Uint16Array;
  /** Index into Registry.threads, or NO_THREAD. */
  readonly thread: Int32Array;
  readonly peer: Int32Array;
  /** Meaning by kind, see ScheduleKind. */
  readonly detail: Int32Array;
  /** ScheduleFlag bits. */
  readonly flags: Uint8Array;
}

/** A batch under construction, reused between emissions. */
export class ScheduleBatchBuilder implements ScheduleBatch {
  readonly capacity: number;
  readonly timeNs: Float64Array;
  readonly kind: Uint8Array;
  readonly cpu: Uint16Array;
  readonly thread: Int32Array;
  readonly peer: Int32Array;
  readonly detail: Int32Array;
  readonly flags: Uint8Array;
  count = 0;

  constructor(capacity = SCHEDULE_BATCH_ROWS) {
    this.capacity = capacity;
    this.timeNs = new Float64Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.cpu = new Uint16Array(capacity);
    this.thread = new Int32Array(capacity);
    this.peer = new Int32Array(capacity);
    this.detail = new Int32Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  get isFull(): boolean {
    return this.count === this.capacity;
  }

  push(
    timeNs: number,
    kind: number,
    cpu: number,
    thread: number,
    peer: number = NO_THREAD,
    detail = 0,
    flags = 0,
  ): void {
    const at = this.count++;
    this.timeNs[at] = timeNs;
    this.kind[at] = kind;
    this.cpu[at] = cpu;
    this.thread[at] = thread;
    this.peer[at] = peer;
    this.detail[at] = detail;
    this.flags[at] = flags;
  }

  clear(): void {
    this.count = 0;
  }
}
