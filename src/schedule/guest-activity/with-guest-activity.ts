/**
 * Guest entries and exits for a recording that has none: modelled inside each vCPU thread's on-CPU time.
 *
 * An rxjs operator over batches. A vCPU thread is known by the registry (vcpu >= 0); its on-CPU time begins with the
 * switch row that brings it and ends with the next switch row of that CPU. A thread that ran before the first switch row
 * of its CPU is not known to run, and gets nothing.
 *
 * Total order of what comes out: time; at equal times first the modelled rows that are due, by CPU number; then the
 * recording's rows in their order, each directly after the modelled rows that it forces. At a switch-out a running
 * guest is left by an exit: reason "IRQ" if the thread stays runnable, reason "WFx" and a halt if it goes to sleep.
 *
 * A recorded kvmRunExit or halt stays as it is; the guest is left before it, and KVM_RUN is called again after it.
 *
 * The whole recording may be silent for SILENCE_NS_MAX, then modelled life pauses until it speaks again: a damaged time
 * must not become hours of invented rows.
 */
import { concatMap, defer, type OperatorFunction } from 'rxjs';
import { refuseProblems } from '../config-problem.ts';
import { EarliestTime, NEVER } from '../earliest-time.ts';
import { isSameTask, type Registry, type Thread } from '../registry.ts';
import {
  SCHEDULE_BATCH_ROWS,
  type ScheduleBatch,
  ScheduleBatchBuilder,
  ScheduleFlag,
  ScheduleKind,
} from '../schedule-batch.ts';
import { GuestLife } from './guest-life.ts';
import { type GuestActivityRates, guestActivityProblems } from './rates.ts';

export interface GuestActivityOptions {
  readonly registry: Registry;
  readonly seed: number;
  /** CPUs of the recording; rows of CPUs beyond pass unchanged and get no modelled rows. */
  readonly cpuCount: number;
  /** The rates of a vCPU thread's guest, by its tenant and VM. Asked once per thread index. */
  readonly ratesOf: (thread: Thread) => GuestActivityRates;
  /** At most about so many rows per batch; default SCHEDULE_BATCH_ROWS. */
  readonly batchRows?: number;
}

export const SILENCE_NS_MAX = 60_000_000_000;

/** The most rows that one step, or one row of the recording, appends. */
const STEP_ROWS_MAX = 8;

/**
 * Add modelled guest activity to a recorded schedule. Don't use it where the recording has kvm_entry and kvm_exit.
 * A source reads ahead of what it has handed on, and names things as it reads: call `internExitReasons` with all rates
 * before, so that the ids of exit reasons do not depend on how far ahead that is.
 * The stream fails with a ScheduleConfigError if `ratesOf` returns rates that cannot be used.
 */
export function withGuestActivity(options: GuestActivityOptions): OperatorFunction<ScheduleBatch, ScheduleBatch> {
  return (source) =>
    defer(() => {
      const model = new GuestActivityModel(options);
      return source.pipe(concatMap((batch) => model.take(batch)));
    });
}

class GuestActivityModel {
  readonly #options: GuestActivityOptions;
  readonly #batchRows: number;
  readonly #rows: ScheduleBatchBuilder;
  /** By thread index. */
  readonly #lives: (GuestLife | undefined)[] = [];
  readonly #onCpu: (GuestLife | undefined)[];
  /** The CPU of each thread id with a life on one. */
  readonly #cpuOfTid = new Map<number, number>();
  readonly #due: EarliestTime;
  #lastRowNs = 0;

  constructor(options: GuestActivityOptions) {
    this.#options = options;
    this.#batchRows = options.batchRows ?? SCHEDULE_BATCH_ROWS;
    this.#rows = new ScheduleBatchBuilder(this.#batchRows + STEP_ROWS_MAX);
    this.#onCpu = new Array(options.cpuCount).fill(undefined);
    this.#due = new EarliestTime(options.cpuCount);
  }

  /**
   * Copy a batch with the modelled rows in between. Yields the one builder whenever it is full and at the end, so that
   * the registry is never further ahead of the consumer than it was of the source's (an empty batch may bring news too).
   */
  *take(batch: ScheduleBatch): Generator<ScheduleBatch> {
    for (let at = 0; at < batch.count; at++) {
      while (!this.#liveUntil(batch.timeNs[at]!)) {
        yield this.#rows;
        this.#rows.clear();
      }
      this.#pass(batch, at);
    }
    yield this.#rows;
    this.#rows.clear();
  }

  /**
   * Do the steps that are due up to the time of the next row.
   * @returns false if the builder is full before that.
   */
  #liveUntil(timeNs: number): boolean {
    const horizonNs = Math.min(timeNs, this.#lastRowNs + SILENCE_NS_MAX);
    while (this.#rows.count < this.#batchRows) {
      if (this.#due.timeNs > horizonNs) {
        if (horizonNs < timeNs) this.#pause(timeNs - horizonNs);
        this.#lastRowNs = timeNs;
        return true;
      }
      const cpu = this.#due.index;
      const life = this.#onCpu[cpu]!;
      life.step(cpu, this.#rows);
      this.#due.set(cpu, life.nextNs);
    }
    return false;
  }

  /** Append a row of the recording. */
  #pass(batch: ScheduleBatch, at: number): void {
    const timeNs = batch.timeNs[at]!;
    const kind = batch.kind[at]!;
    const cpu = batch.cpu[at]!;
    const peer = batch.peer[at]!;
    const detail = batch.detail[at]!;
    if (kind === ScheduleKind.switch) this.#switchOut(timeNs, cpu, batch.thread[at]!, peer, detail);
    else if (kind === ScheduleKind.stop) this.#stop(cpu);
    else if (kind === ScheduleKind.kvmRunExit || kind === ScheduleKind.halt) this.#follow(kind, batch, at);
    this.#rows.push(timeNs, kind, cpu, batch.thread[at]!, peer, detail, batch.flags[at]!);
    if (kind === ScheduleKind.switch) this.#switchIn(timeNs, cpu, peer);
  }

  #pause(ns: number): void {
    for (const [cpu, life] of this.#onCpu.entries()) {
      if (life === undefined) continue;
      life.pause(ns);
      this.#due.set(cpu, life.nextNs);
    }
  }

  /**
   * End the on-CPU time that a switch row ends. Who is on the CPU is known from the switch row before; a recording may
   * lack rows, and then names another thread as the one that leaves, whose state tells nothing of ours. A thread that
   * comes in here while it is thought to be on another CPU has left that one unseen.
   */
  #switchOut(timeNs: number, cpu: number, previous: number, next: number, stateId: number): void {
    const elsewhere = this.#cpuOfTid.get(this.#options.registry.threads[next]?.tid ?? -1) ?? cpu;
    if (elsewhere !== cpu) this.#leave(timeNs, elsewhere, false);
    const isNamed = this.#isOnCpu(cpu, previous);
    this.#leave(timeNs, cpu, isNamed && isSleep(this.#options.registry.texts[stateId] ?? ''));
  }

  /** The recording has no entries, but tells when KVM_RUN returned to the VMM, or when a vCPU halted. */
  #follow(kind: typeof ScheduleKind.kvmRunExit | typeof ScheduleKind.halt, batch: ScheduleBatch, at: number): void {
    const cpu = batch.cpu[at]!;
    const life = this.#onCpu[cpu];
    if (life === undefined || !this.#isOnCpu(cpu, batch.thread[at]!)) return;
    life.follow(kind, batch.timeNs[at]!, cpu, this.#rows);
    this.#due.set(cpu, life.nextNs);
  }

  /** Whether this CPU has the life of this thread, perhaps under the index that the thread had when it came. */
  #isOnCpu(cpu: number, index: number): boolean {
    const thread = this.#options.registry.threads[index];
    const life = this.#onCpu[cpu];
    return thread !== undefined && life !== undefined && isSameTask(life.thread, thread);
  }

  #leave(timeNs: number, cpu: number, toSleep: boolean): void {
    const life = this.#onCpu[cpu];
    if (life === undefined) return;
    if (toSleep) life.switchOutToSleep(timeNs, cpu, this.#rows);
    else life.switchOut(timeNs, cpu, this.#rows);
    this.#stop(cpu);
  }

  /** Nothing more is modelled on this CPU. A guest that runs at the end of the recording stays in. */
  #stop(cpu: number): void {
    const life = this.#onCpu[cpu];
    if (life === undefined) return;
    this.#onCpu[cpu] = undefined;
    this.#cpuOfTid.delete(life.thread.tid);
    this.#due.set(cpu, NEVER);
  }

  #switchIn(timeNs: number, cpu: number, next: number): void {
    const thread = this.#options.registry.threads[next];
    if (thread === undefined || thread.vcpu < 0 || cpu >= this.#options.cpuCount) return;
    const life = this.#lifeOf(thread);
    life.switchIn(timeNs);
    this.#onCpu[cpu] = life;
    this.#cpuOfTid.set(thread.tid, cpu);
    this.#due.set(cpu, life.nextNs);
  }

  /** The thread's life. An index never changes its owner, so it has one life. */
  #lifeOf(thread: Thread): GuestLife {
    const known = this.#lives[thread.index];
    if (known !== undefined) return known;
    const { registry, seed } = this.#options;
    const rates = this.#options.ratesOf(thread);
    refuseProblems(guestActivityProblems(rates, `guest activity of thread ${thread.tid}`));
    const life = new GuestLife({ thread, registry, rates, seed, flags: ScheduleFlag.modelled });
    this.#lives[thread.index] = life;
    return life;
  }
}

/** Is it the prev_state of a thread that waits to be woken? Old recordings print it as a number. `S+` is preempted. */
function isSleep(state: string): boolean {
  return state === 'S' || state === '1';
}
