/**
 * How one PE goes from one context to the next: thread switch, vCPU load and put, guest entry and exit, each with its row
 * and with what the kernel does to registers (kvm/). Order inside a switch: K 3.2. A schedule may have gaps; what must have
 * happened in them is done here too, and marked as modelled.
 */
import { answerGuestTrap, guestAccess } from '../kvm/guest-access.ts';
import { hostHypercall } from '../kvm/host-hypercall.ts';
import { threadSwitch } from '../kvm/host-labels.ts';
import { enterGuest, enterHostKernel, enterHostUser, type KvmHost } from '../kvm/kvm-host.ts';
import { guestEntry, guestExit, vcpuLoad, vcpuPut } from '../kvm/world-switch.ts';
import type { EventRing } from '../loop/event-ring.ts';
import { AccessOutcome } from '../pe/processing-elements.ts';
import { IDLE_THREAD } from '../schedule/registry.ts';
import { NO_THREAD, ScheduleFlag, ScheduleKind } from '../schedule/schedule-batch.ts';
import type { ContextRows } from './context-rows.ts';
import type { DriverTexts } from './driver-texts.ts';
import { GuestAccessQueue } from './guest-access-queue.ts';
import { type PeContexts, PeFlag } from './pe-context.ts';
import type { TaskLabels } from './task-labels.ts';
import { ThreadStates } from './thread-states.ts';

const MODELLED = ScheduleFlag.modelled;

interface PeTransitionsOptions {
  readonly host: KvmHost;
  readonly contexts: PeContexts;
  readonly tasks: TaskLabels;
  readonly texts: DriverTexts;
}

export class PeTransitions {
  /** Register accesses that guests are still to make. */
  readonly waiting = new GuestAccessQueue();
  readonly #host: KvmHost;
  readonly #contexts: PeContexts;
  readonly #tasks: TaskLabels;
  readonly #ring: EventRing;
  readonly #texts: DriverTexts;
  readonly #rows: ContextRows;
  readonly #threads = new ThreadStates();

  constructor({ host, contexts, tasks, texts }: PeTransitionsOptions, rows: ContextRows) {
    this.#host = host;
    this.#contexts = contexts;
    this.#tasks = tasks;
    this.#ring = host.ring;
    this.#texts = texts;
    this.#rows = rows;
  }

  /** A register is about to change under whatever runs on the PE, which does not notice. */
  endLabel(pe: number, causeSeq: number): void {
    this.#rows.endContext(pe, ScheduleKind.relabel, this.#contexts.thread(pe), 0, MODELLED, causeSeq);
  }

  /**
   * Where the schedule shows `thread` on a PE on which another one was believed to run, a switch was not recorded. The
   * time since the last event is nobody's, and the kernel's work for the unseen switch is done now.
   */
  expectThread(pe: number, thread: number): void {
    const believed = this.#contexts.thread(pe);
    if (believed === thread) return;
    if (believed !== NO_THREAD && this.#tasks.isSameTask(believed, thread)) this.#rename(pe, believed, thread);
    else this.switchThread(pe, NO_THREAD, thread, MODELLED, 0);
  }

  /** The task goes on under another index: its name changed, and with it the owner that the rules see in it. */
  #rename(pe: number, before: number, now: number): void {
    this.endLabel(pe, 0);
    this.#threads.inherit(before, now);
    this.#setCurrent(pe, before, now);
  }

  /** `context_switch` from what runs to `next`. @param prev whose time ends; NO_THREAD if it is nobody's. */
  switchThread(pe: number, prev: number, next: number, flags: number, causeSeq: number): void {
    this.endUnseen(pe, causeSeq);
    const elsewhere = this.#threads.peOf(next);
    if (elsewhere !== -1 && elsewhere !== pe) this.switchThread(elsewhere, NO_THREAD, NO_THREAD, MODELLED, causeSeq);
    const seq = this.#rows.endContext(pe, ScheduleKind.switch, prev, next, flags, causeSeq);
    enterHostKernel(this.#host, pe);
    const current = this.#contexts.thread(pe);
    if (this.#contexts.has(pe, PeFlag.vcpuLoaded)) this.#put(pe, current, seq);
    this.#setCurrent(pe, current, next);
    this.#ring.causeSeq = seq;
    this.switchLabels(pe, next);
    if (next > IDLE_THREAD && this.#tasks.isVcpu[next] === 1 && !this.#threads.isOutsideKvmRun(next)) {
      this.#load(pe, next, seq);
    } else if (next > IDLE_THREAD && this.#tasks.isKernelThread[next] === 0) {
      enterHostUser(this.#host, pe);
    }
  }

  /** An exit that was not recorded: it was some time since the last event, so that time is nobody's. */
  endUnseen(pe: number, causeSeq: number): void {
    if (!this.#contexts.has(pe, PeFlag.inGuest)) return;
    this.guestExit(pe, NO_THREAD, this.#texts.interrupt, MODELLED, causeSeq);
  }

  #setCurrent(pe: number, current: number, next: number): void {
    if (current > IDLE_THREAD) this.#threads.leavePe(current, pe);
    if (next > IDLE_THREAD) this.#threads.enterPe(next, pe);
    this.#contexts.setThread(pe, next);
  }

  /** The vCPU that `thread` runs enters its guest, at the EL at which the guest was. */
  guestEntry(pe: number, thread: number, flags: number, causeSeq: number): void {
    this.endUnseen(pe, causeSeq);
    if (!this.#contexts.has(pe, PeFlag.vcpuLoaded)) this.#discoverVcpu(pe, thread, causeSeq);
    this.#ring.causeSeq = this.#rows.endContext(pe, ScheduleKind.guestEntry, thread, 0, flags, causeSeq);
    this.#contexts.set(pe, PeFlag.inGuest);
    guestEntry(this.#host, pe, this.#threads.guestEl(thread));
    this.serveGuestAccesses(pe, thread);
  }

  /** A guest entry of a thread whose vCPU is not loaded: it runs a vCPU, and must have called KVM_RUN. */
  #discoverVcpu(pe: number, thread: number, causeSeq: number): void {
    this.#tasks.isVcpu[thread] = 1;
    this.#threads.setOutsideKvmRun(thread, false);
    enterHostKernel(this.#host, pe);
    this.#load(pe, thread, causeSeq);
  }

  /** The guest is left. Without an entry before it, an exit tells only that there was one. `reason` is an interned text. */
  guestExit(pe: number, thread: number, reason: number, flags: number, causeSeq: number): void {
    const wasInGuest = this.#contexts.has(pe, PeFlag.inGuest);
    this.#ring.causeSeq = this.#rows.endContext(pe, ScheduleKind.guestExit, thread, reason, flags, causeSeq);
    if (!wasInGuest) return;
    this.#contexts.clear(pe, PeFlag.inGuest);
    guestExit(this.#host, pe);
  }

  /** The guest changes its exception level by itself: no host code runs. One that is not in goes on from there. */
  guestEl(pe: number, thread: number, el: number, flags: number): void {
    const isRunning = this.#contexts.has(pe, PeFlag.inGuest) && this.#contexts.thread(pe) === thread;
    if (isRunning) this.#rows.endContext(pe, ScheduleKind.guestEl, thread, el, flags, 0);
    this.#threads.setGuestEl(thread, el);
    if (!isRunning) return;
    enterGuest(this.#host, pe, el);
    this.serveGuestAccesses(pe, thread);
  }

  /** KVM_RUN returns to the VMM: vCPU put, then user space. */
  kvmRunExit(pe: number, thread: number, reason: number, flags: number): void {
    this.endUnseen(pe, 0);
    const seq = this.#rows.endContext(pe, ScheduleKind.kvmRunExit, thread, reason, flags, 0);
    this.#threads.setOutsideKvmRun(thread, true);
    if (this.#contexts.has(pe, PeFlag.vcpuLoaded)) this.#put(pe, thread, seq);
    enterHostUser(this.#host, pe);
  }

  /** The VMM calls KVM_RUN: vCPU load. */
  kvmRunEnter(pe: number, thread: number, flags: number): void {
    this.endUnseen(pe, 0);
    const seq = this.#rows.endContext(pe, ScheduleKind.kvmRunEnter, thread, 0, flags, 0);
    this.#threads.setOutsideKvmRun(thread, false);
    enterHostKernel(this.#host, pe);
    if (!this.#contexts.has(pe, PeFlag.vcpuLoaded)) this.#load(pe, thread, seq);
  }

  /** Under VHE a hypercall is a function call: there is nothing to tell. */
  hypercall(pe: number, thread: number, flags: number): void {
    if (this.#host.isVhe) return;
    this.endUnseen(pe, 0);
    this.#ring.causeSeq = this.#rows.endContext(pe, ScheduleKind.hypercall, thread, 0, flags, 0);
    enterHostKernel(this.#host, pe);
    hostHypercall(this.#host, pe);
  }

  #load(pe: number, thread: number, causeSeq: number): void {
    this.#ring.causeSeq = this.#rows.endContext(pe, ScheduleKind.vcpuLoad, thread, 0, 0, causeSeq);
    vcpuLoad(this.#host, pe);
    this.#contexts.set(pe, PeFlag.vcpuLoaded);
  }

  #put(pe: number, thread: number, causeSeq: number): void {
    this.#ring.causeSeq = this.#rows.endContext(pe, ScheduleKind.vcpuPut, thread, 0, 0, causeSeq);
    vcpuPut(this.#host, pe);
    this.#contexts.clear(pe, PeFlag.vcpuLoaded);
  }

  /** `mpam_thread_switch` to a thread's label; to an unknown thread, nothing. */
  switchLabels(pe: number, thread: number): void {
    if (thread === NO_THREAD) return;
    this.#tasks.adopt(thread);
    threadSwitch(this.#host, pe, this.#tasks.lo[thread]!, this.#tasks.hi[thread]!);
  }

  /** Let the guest make the accesses that wait for it, if it runs at EL1; trapped ones cost an exit and an entry. */
  serveGuestAccesses(pe: number, thread: number): void {
    if (this.waiting.isEmpty) return;
    if (!this.#contexts.has(pe, PeFlag.inGuest) || this.#threads.guestEl(thread) !== 1) return;
    for (const { access, causeSeq } of this.waiting.take(this.#tasks.vcpuOf(thread))) {
      this.endLabel(pe, causeSeq);
      this.#ring.causeSeq = causeSeq;
      if (guestAccess(this.#host, pe, access) !== AccessOutcome.trapToEl2) continue;
      this.guestExit(pe, thread, this.#texts.trap, MODELLED, causeSeq);
      this.#ring.causeSeq = causeSeq;
      answerGuestTrap(this.#host, pe, access);
      this.guestEntry(pe, thread, MODELLED, causeSeq);
    }
  }
}
