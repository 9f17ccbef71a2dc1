/**
 * One machine of a run under the schedule: what Linux and KVM do at each scheduling event, in order, and the rows that
 * tell of it.
 *
 * Every row tells about the context that the event ends: who ran, in which world and at which EL, for how long, and under
 * which labels. Then follow the consequences (register changes name the row as their cause), then the PE is where the
 * event puts it. Order inside a switch: K 3.2.
 */

import { answerGuestTrap, type GuestAccess, guestAccess } from '../kvm/guest-access.ts';
import { hostHypercall } from '../kvm/host-hypercall.ts';
import { threadSwitch } from '../kvm/host-labels.ts';
import { enterGuest, enterHostKernel, enterHostUser, type KvmHost } from '../kvm/kvm-host.ts';
import { guestEntry, guestExit, vcpuLoad, vcpuPut } from '../kvm/world-switch.ts';
import type { EventRing } from '../loop/event-ring.ts';
import { AccessOutcome } from '../pe/processing-elements.ts';
import { IDLE_THREAD } from '../schedule/registry.ts';
import { NO_THREAD, ScheduleFlag, ScheduleKind } from '../schedule/schedule-batch.ts';
import { ContextRows } from './context-rows.ts';
import type { DriverTexts } from './driver-texts.ts';
import { GuestAccessQueue } from './guest-access-queue.ts';
import { type PeContexts, PeFlag } from './pe-context.ts';
import type { TaskLabels } from './task-labels.ts';
import { ThreadStates } from './thread-states.ts';
import type { UnknownValues } from './unknown-reset.ts';

const MODELLED = ScheduleFlag.modelled;

export interface MachineDriverOptions {
  readonly host: KvmHost;
  readonly contexts: PeContexts;
  readonly tasks: TaskLabels;
  readonly texts: DriverTexts;
  /** By CPU of this machine. */
  readonly unknown: readonly UnknownValues[];
}

export class MachineDriver {
  readonly host: KvmHost;
  readonly contexts: PeContexts;
  readonly #tasks: TaskLabels;
  readonly #ring: EventRing;
  readonly #texts: DriverTexts;
  readonly #unknown: readonly UnknownValues[];
  readonly #rows: ContextRows;
  readonly #threads = new ThreadStates();
  readonly #waiting = new GuestAccessQueue();

  constructor(options: MachineDriverOptions) {
    this.host = options.host;
    this.contexts = options.contexts;
    this.#tasks = options.tasks;
    this.#ring = options.host.ring;
    this.#rows = new ContextRows(options.host, options.contexts, options.tasks);
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
        this.#expectThread(pe, thread);
        this.#switch(pe, thread, peer, flags, 0);
        break;
      case ScheduleKind.guestEntry:
        this.#expectThread(pe, thread);
        this.#guestEntry(pe, thread, flags, 0);
        break;
      case ScheduleKind.guestExit:
        this.#expectThread(pe, thread);
        this.#guestExit(pe, thread, detail, flags, 0);
        break;
      case ScheduleKind.guestEl:
        this.#guestEl(pe, thread, detail, flags);
        break;
      case ScheduleKind.kvmRunExit:
        this.#expectThread(pe, thread);
        this.#kvmRunExit(pe, thread, detail, flags);
        break;
      case ScheduleKind.kvmRunEnter:
        this.#expectThread(pe, thread);
        this.#kvmRunEnter(pe, thread, flags);
        break;
      case ScheduleKind.hypercall:
        this.#hypercall(pe, thread, flags);
        break;
      case ScheduleKind.halt:
        this.#endUnseen(pe, 0);
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
      this.#rows.endContext(pe, ScheduleKind.relabel, thread, 0, MODELLED, causeSeq);
      return;
    }
    this.#guestExit(pe, thread, this.#texts.interrupt, MODELLED, causeSeq);
    this.contexts.set(pe, PeFlag.guestInterrupted);
  }

  /** A register is about to change under whatever runs on the PE, which does not notice. */
  endLabel(pe: number, causeSeq: number): void {
    this.#rows.endContext(pe, ScheduleKind.relabel, this.contexts.thread(pe), 0, MODELLED, causeSeq);
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
    this.#switchLabels(pe, thread);
    if (this.contexts.has(pe, PeFlag.guestInterrupted)) {
      this.contexts.clear(pe, PeFlag.guestInterrupted);
      this.#guestEntry(pe, thread, MODELLED, causeSeq);
    } else if (wasInUser) enterHostUser(this.host, pe);
  }

  /**
   * Leave the PE to the idle task, as before an offline or a power state.
   * @returns what `resume` needs to bring back what ran.
   */
  idle(pe: number, causeSeq: number): { readonly thread: number; readonly inGuest: boolean } {
    const thread = this.contexts.thread(pe);
    const inGuest = this.contexts.has(pe, PeFlag.inGuest);
    if (inGuest) this.#guestExit(pe, thread, this.#texts.interrupt, MODELLED, causeSeq);
    if (thread !== IDLE_THREAD) this.#switch(pe, thread, IDLE_THREAD, MODELLED, causeSeq);
    return { thread, inGuest };
  }

  /** The schedule knows nothing of the interruption: what ran before it goes on. */
  resume(pe: number, { thread, inGuest }: ReturnType<MachineDriver['idle']>, causeSeq: number): void {
    if (thread !== IDLE_THREAD) this.#switch(pe, IDLE_THREAD, thread, MODELLED, causeSeq);
    if (inGuest) this.#guestEntry(pe, thread, MODELLED, causeSeq);
  }

  /** The guest that `thread` runs accesses a register: now if it runs at EL1, else as soon as it does. */
  requestGuestAccess(thread: number, access: GuestAccess, causeSeq: number): void {
    this.#waiting.add(thread, { access, causeSeq });
    for (const pe of this.pesRunning(thread)) this.#serveGuestAccesses(pe, thread);
  }

  /** The PEs of this machine, offline ones left out, on which the thread is current (the idle task may have several). */
  pesRunning(thread: number): number[] {
    const pes: number[] = [];
    for (let pe = this.host.firstPe; pe < this.host.firstPe + this.host.peCount; pe++) {
      if (this.contexts.thread(pe) === thread && !this.contexts.has(pe, PeFlag.offline)) pes.push(pe);
    }
    return pes;
  }

  /**
   * Where the schedule shows `thread` on a PE on which another one was believed to run, a switch was not recorded. The
   * time since the last event is nobody's, and the kernel's work for the unseen switch is done now.
   */
  #expectThread(pe: number, thread: number): void {
    const believed = this.contexts.thread(pe);
    if (believed === thread) return;
    if (believed !== NO_THREAD && this.#tasks.isSameTask(believed, thread)) this.#rename(pe, believed, thread);
    else this.#switch(pe, NO_THREAD, thread, MODELLED, 0);
  }

  /** The task goes on under another index: its name changed, and with it the owner that the rules see in it. */
  #rename(pe: number, before: number, now: number): void {
    this.endLabel(pe, 0);
    this.#threads.inherit(before, now);
    this.#setCurrent(pe, before, now);
  }

  /** @param prev whose time ends; NO_THREAD if it is nobody's. */
  #switch(pe: number, prev: number, next: number, flags: number, causeSeq: number): void {
    this.#endUnseen(pe, causeSeq);
    const elsewhere = this.#threads.peOf(next);
    if (elsewhere !== -1 && elsewhere !== pe) this.#switch(elsewhere, NO_THREAD, NO_THREAD, MODELLED, causeSeq);
    const seq = this.#rows.endContext(pe, ScheduleKind.switch, prev, next, flags, causeSeq);
    enterHostKernel(this.host, pe);
    const current = this.contexts.thread(pe);
    if (this.contexts.has(pe, PeFlag.vcpuLoaded)) this.#put(pe, current, seq);
    this.#setCurrent(pe, current, next);
    this.#ring.causeSeq = seq;
    this.#switchLabels(pe, next);
    if (next > IDLE_THREAD && this.#tasks.isVcpu[next] === 1 && !this.#threads.isOutsideKvmRun(next)) {
      this.#load(pe, next, seq);
    } else if (next > IDLE_THREAD && this.#tasks.isKernelThread[next] === 0) {
      enterHostUser(this.host, pe);
    }
  }

  /** An exit that was not recorded: it was some time since the last event, so that time is nobody's. */
  #endUnseen(pe: number, causeSeq: number): void {
    if (!this.contexts.has(pe, PeFlag.inGuest)) return;
    this.#guestExit(pe, NO_THREAD, this.#texts.interrupt, MODELLED, causeSeq);
  }

  #setCurrent(pe: number, current: number, next: number): void {
    if (current > IDLE_THREAD) this.#threads.leavePe(current, pe);
    if (next > IDLE_THREAD) this.#threads.enterPe(next, pe);
    this.contexts.setThread(pe, next);
  }

  #guestEntry(pe: number, thread: number, flags: number, causeSeq: number): void {
    this.#endUnseen(pe, causeSeq);
    if (!this.contexts.has(pe, PeFlag.vcpuLoaded)) this.#discoverVcpu(pe, thread, causeSeq);
    this.#ring.causeSeq = this.#rows.endContext(pe, ScheduleKind.guestEntry, thread, 0, flags, causeSeq);
    this.contexts.set(pe, PeFlag.inGuest);
    guestEntry(this.host, pe, this.#threads.guestEl(thread));
    this.#serveGuestAccesses(pe, thread);
  }

  /** A guest entry of a thread whose vCPU is not loaded: it runs a vCPU, and must have called KVM_RUN. */
  #discoverVcpu(pe: number, thread: number, causeSeq: number): void {
    this.#tasks.isVcpu[thread] = 1;
    this.#threads.setOutsideKvmRun(thread, false);
    enterHostKernel(this.host, pe);
    this.#load(pe, thread, causeSeq);
  }

  #guestExit(pe: number, thread: number, reason: number, flags: number, causeSeq: number): void {
    const wasInGuest = this.contexts.has(pe, PeFlag.inGuest);
    this.#ring.causeSeq = this.#rows.endContext(pe, ScheduleKind.guestExit, thread, reason, flags, causeSeq);
    if (!wasInGuest) return;
    this.contexts.clear(pe, PeFlag.inGuest);
    guestExit(this.host, pe);
  }

  /** The guest changes its exception level by itself: no host code runs. One that is not in goes on from there. */
  #guestEl(pe: number, thread: number, el: number, flags: number): void {
    const isRunning = this.contexts.has(pe, PeFlag.inGuest) && this.contexts.thread(pe) === thread;
    if (isRunning) this.#rows.endContext(pe, ScheduleKind.guestEl, thread, el, flags, 0);
    this.#threads.setGuestEl(thread, el);
    if (!isRunning) return;
    enterGuest(this.host, pe, el);
    this.#serveGuestAccesses(pe, thread);
  }

  #kvmRunExit(pe: number, thread: number, reason: number, flags: number): void {
    this.#endUnseen(pe, 0);
    const seq = this.#rows.endContext(pe, ScheduleKind.kvmRunExit, thread, reason, flags, 0);
    this.#threads.setOutsideKvmRun(thread, true);
    if (this.contexts.has(pe, PeFlag.vcpuLoaded)) this.#put(pe, thread, seq);
    enterHostUser(this.host, pe);
  }

  #kvmRunEnter(pe: number, thread: number, flags: number): void {
    this.#endUnseen(pe, 0);
    const seq = this.#rows.endContext(pe, ScheduleKind.kvmRunEnter, thread, 0, flags, 0);
    this.#threads.setOutsideKvmRun(thread, false);
    enterHostKernel(this.host, pe);
    if (!this.contexts.has(pe, PeFlag.vcpuLoaded)) this.#load(pe, thread, seq);
  }

  /** Under VHE a hypercall is a function call: there is nothing to tell. */
  #hypercall(pe: number, thread: number, flags: number): void {
    if (this.host.isVhe) return;
    this.#endUnseen(pe, 0);
    this.#ring.causeSeq = this.#rows.endContext(pe, ScheduleKind.hypercall, thread, 0, flags, 0);
    enterHostKernel(this.host, pe);
    hostHypercall(this.host, pe);
  }

  #load(pe: number, thread: number, causeSeq: number): void {
    this.#ring.causeSeq = this.#rows.endContext(pe, ScheduleKind.vcpuLoad, thread, 0, 0, causeSeq);
    vcpuLoad(this.host, pe);
    this.contexts.set(pe, PeFlag.vcpuLoaded);
  }

  #put(pe: number, thread: number, causeSeq: number): void {
    this.#ring.causeSeq = this.#rows.endContext(pe, ScheduleKind.vcpuPut, thread, 0, 0, causeSeq);
    vcpuPut(this.host, pe);
    this.contexts.clear(pe, PeFlag.vcpuLoaded);
  }

  #switchLabels(pe: number, thread: number): void {
    if (thread === NO_THREAD) return;
    this.#tasks.adopt(thread);
    threadSwitch(this.host, pe, this.#tasks.lo[thread]!, this.#tasks.hi[thread]!);
  }

  #serveGuestAccesses(pe: number, thread: number): void {
    if (!this.contexts.has(pe, PeFlag.inGuest) || this.#threads.guestEl(thread) !== 1) return;
    for (const { access, causeSeq } of this.#waiting.take(thread)) {
      this.endLabel(pe, causeSeq);
      this.#ring.causeSeq = causeSeq;
      if (guestAccess(this.host, pe, access) !== AccessOutcome.trapToEl2) continue;
      this.#guestExit(pe, thread, this.#texts.trap, MODELLED, causeSeq);
      this.#ring.causeSeq = causeSeq;
      answerGuestTrap(this.host, pe, access);
      this.#guestEntry(pe, thread, MODELLED, causeSeq);
    }
  }
}
