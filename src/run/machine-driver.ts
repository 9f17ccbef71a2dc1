/**
 * One machine of a run under the schedule: what each schedule row and each command means to its PEs.
 *
 * Every row that comes of it tells about the context that the event ends: who ran, in which world and at which EL, for how
 * long, and under which labels. Then follow the consequences (register changes name the row as their cause), then the
 * PE is where the event puts it. How, is in pe-transitions.ts.
 */

import type { GuestAccess } from '../kvm/guest-access.ts';
import { enterHostKernel, enterHostUser, type KvmHost } from '../kvm/kvm-host.ts';
import type { EventRing } from '../loop/event-ring.ts';
import { IDLE_THREAD } from '../schedule/registry.ts';
import { NO_THREAD, ScheduleFlag, ScheduleKind } from '../schedule/schedule-batch.ts';
import { ContextRows } from './context-rows.ts';
import type { DriverTexts } from './driver-texts.ts';
import type { MachineExecution } from './execution/machine-execution.ts';
import { type PeContexts, PeFlag } from './pe-context.ts';
import { PeTransitions } from './pe-transitions.ts';
import type { TaskLabels } from './task-labels.ts';
import type { UnknownValues } from './unknown-reset.ts';

const MODELLED = ScheduleFlag.modelled;

export interface MachineDriverOptions {
  readonly host: KvmHost;
  readonly contexts: PeContexts;
  readonly tasks: TaskLabels;
  readonly texts: DriverTexts;
  /** By CPU of this machine. */
  readonly unknown: readonly UnknownValues[];
  /** What its PEs execute; undefined: nothing. */
  readonly execution: MachineExecution | undefined;
}

export class MachineDriver {
  readonly host: KvmHost;
  readonly contexts: PeContexts;
  readonly execution: MachineExecution | undefined;
  readonly #ring: EventRing;
  readonly #texts: DriverTexts;
  readonly #unknown: readonly UnknownValues[];
  readonly #rows: ContextRows;
  readonly #transitions: PeTransitions;

  constructor(options: MachineDriverOptions) {
    this.host = options.host;
    this.contexts = options.contexts;
    this.#ring = options.host.ring;
    this.execution = options.execution;
    const onContextEnd = (pe: number): void => options.execution?.contextEnds(pe);
    this.#rows = new ContextRows(options.host, options.contexts, options.tasks, options.execution && onContextEnd);
    this.#transitions = new PeTransitions(options, this.#rows);
    this.#texts = options.texts;
    this.#unknown = options.unknown;
  }

  /** What the UNKNOWN fields of a PE's registers hold after reset. */
  unknownValues(pe: number): UnknownValues {
    return this.#unknown[pe - this.host.firstPe]!;
  }

  isOffline(cpu: number): boolean {
    return this.contexts.has(this.host.firstPe + cpu, PeFlag.offline);
  }

  /** Do what Linux and KVM do at one schedule row. `cpu` is below the machine's PE count. */
  step(kind: number, cpu: number, thread: number, peer: number, detail: number, flags: number): void {
    const pe = this.host.firstPe + cpu;
    switch (kind) {
      case ScheduleKind.switch:
        this.#transitions.expectThread(pe, thread);
        this.#transitions.switchThread(pe, thread, peer, flags, 0);
        break;
      case ScheduleKind.guestEntry:
        this.#transitions.expectThread(pe, thread);
        this.#transitions.guestEntry(pe, thread, flags, 0);
        break;
      case ScheduleKind.guestExit:
        this.#transitions.expectThread(pe, thread);
        this.#transitions.guestExit(pe, thread, detail, flags, 0);
        break;
      case ScheduleKind.guestEl:
        this.#transitions.guestEl(pe, thread, detail, flags);
        break;
      case ScheduleKind.kvmRunExit:
        this.#transitions.expectThread(pe, thread);
        this.#transitions.kvmRunExit(pe, thread, detail, flags);
        break;
      case ScheduleKind.kvmRunEnter:
        this.#transitions.expectThread(pe, thread);
        this.#transitions.kvmRunEnter(pe, thread, flags);
        break;
      case ScheduleKind.hypercall:
        this.#transitions.hypercall(pe, thread, flags);
        break;
      case ScheduleKind.halt:
        this.#transitions.endUnseen(pe, 0);
        this.#rows.endContext(pe, kind, thread, detail, flags, 0);
        break;
      case ScheduleKind.stop:
        this.stop(pe);
        break;
      default:
        this.#rows.note(pe, kind, thread, detail, flags);
    }
  }

  /** End of the run on a PE: close its last context. Later calls do nothing. */
  stop(pe: number): void {
    if (this.contexts.has(pe, PeFlag.stopped)) return;
    this.#rows.endContext(pe, ScheduleKind.stop, this.contexts.thread(pe), 0, 0, 0);
    this.contexts.set(pe, PeFlag.stopped);
  }

  /**
   * An IPI reaches the PE because a label is about to change under its running thread: a running guest is left, any other
   * context ends here. Before the change, so that what ran until now is judged by what was right until now.
   * `relabelCurrent` must follow.
   */
  interrupt(pe: number, causeSeq: number): void {
    const thread = this.contexts.thread(pe);
    if (!this.contexts.has(pe, PeFlag.inGuest)) {
      this.#transitions.endLabel(pe, causeSeq);
      return;
    }
    this.#transitions.guestExit(pe, thread, this.#texts.interrupt, MODELLED, causeSeq);
    this.contexts.set(pe, PeFlag.guestInterrupted);
  }

  /** A register is about to change under whatever runs on the PE, which does not notice. */
  endLabel(pe: number, causeSeq: number): void {
    this.#transitions.endLabel(pe, causeSeq);
  }

  /**
   * The IPI runs `mpam_thread_switch(current)` (K 2.2 call sites, K 3.6 first row) and returns to where it came from; an
   * interrupted guest is entered again.
   */
  relabelCurrent(pe: number, causeSeq: number): void {
    const thread = this.contexts.thread(pe);
    const wasInUser = this.host.pes.el(pe) === 0;
    enterHostKernel(this.host, pe);
    this.#ring.causeSeq = causeSeq;
    this.#transitions.switchLabels(pe, thread);
    if (this.contexts.has(pe, PeFlag.guestInterrupted)) {
      this.contexts.clear(pe, PeFlag.guestInterrupted);
      this.#transitions.guestEntry(pe, thread, MODELLED, causeSeq);
    } else if (wasInUser) enterHostUser(this.host, pe);
  }

  /**
   * Leave the PE to the idle task, as before an offline or a power state.
   * @returns what `resume` needs to bring back what ran.
   */
  idle(pe: number, causeSeq: number): { readonly thread: number; readonly inGuest: boolean } {
    const thread = this.contexts.thread(pe);
    const inGuest = this.contexts.has(pe, PeFlag.inGuest);
    if (inGuest) this.#transitions.guestExit(pe, thread, this.#texts.interrupt, MODELLED, causeSeq);
    if (thread !== IDLE_THREAD) this.#transitions.switchThread(pe, thread, IDLE_THREAD, MODELLED, causeSeq);
    return { thread, inGuest };
  }

  /** The schedule knows nothing of the interruption: what ran before it goes on. */
  resume(pe: number, { thread, inGuest }: ReturnType<MachineDriver['idle']>, causeSeq: number): void {
    if (thread !== IDLE_THREAD) this.#transitions.switchThread(pe, IDLE_THREAD, thread, MODELLED, causeSeq);
    if (inGuest) this.#transitions.guestEntry(pe, thread, MODELLED, causeSeq);
  }

  /**
   * The guest of a vCPU accesses a register: now if it runs at EL1, else as soon as it does.
   * @param thread the thread that runs the vCPU; NO_THREAD if none has been seen yet.
   */
  requestGuestAccess(vcpu: number, thread: number, access: GuestAccess, causeSeq: number): void {
    this.#transitions.waiting.add(vcpu, { access, causeSeq });
    if (thread === NO_THREAD) return;
    for (const pe of this.pesRunning(thread)) this.#transitions.serveGuestAccesses(pe, thread);
  }

  /** Guest accesses that were asked for and not made so far. */
  get waitingGuestAccesses(): number {
    return this.#transitions.waiting.length;
  }

  /** The PEs of this machine, offline ones left out, on which the thread is current (the idle task may have several). */
  pesRunning(thread: number): number[] {
    const pes: number[] = [];
    for (let pe = this.host.firstPe; pe < this.host.firstPe + this.host.peCount; pe++) {
      if (this.contexts.thread(pe) === thread && !this.contexts.has(pe, PeFlag.offline)) pes.push(pe);
    }
    return pes;
  }
}
