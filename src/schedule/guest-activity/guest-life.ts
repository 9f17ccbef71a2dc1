/**
 * The life of one vCPU while its thread is on a CPU: guest entry, EL0 and EL1, exits, hypercalls, trips to the VMM.
 *
 * Two clocks run. Guest time passes only in the guest, and everything the guest does by itself (changes of EL, exits
 * and their reasons, WFI) is drawn from a stream that advances with guest time alone. So the guest's own story does not
 * depend on when the host preempts it, nor on who else is on the host. What the host adds (the time back to the guest
 * after a switch-in) comes from a stream of its own.
 *
 * Order within a life: a guest starts at EL1 inside KVM_RUN, not yet entered. At equal guest times a change of EL
 * precedes WFI, and WFI precedes an exit. Left out: halt polling, exits caused by interrupts for other threads, nested
 * guests.
 */
import { type RandomStream, randomStream } from '../../loop/random-stream.ts';
import { NEVER } from '../earliest-time.ts';
import type { Registry, Thread } from '../registry.ts';
import { NO_THREAD, type ScheduleBatchBuilder, ScheduleKind } from '../schedule-batch.ts';
import type { GuestActivityRates } from './rates.ts';

/** The exit reason of a preempted guest: the timer or a reschedule interrupt. */
export const REASON_PREEMPTED = 'IRQ';
/** The exit reason of a vCPU that has nothing to do: trapped WFI. */
const REASON_WFI = 'WFx';

/** What happens next. `el`, `wfi` and `exit` happen in the guest, the others in the host. */
const Step = { entry: 0, hypercall: 1, runExit: 2, runEnter: 3, halt: 4, el: 5, wfi: 6, exit: 7 } as const;
type Step = (typeof Step)[keyof typeof Step];

/** What a life needs to know that does not change. */
export interface GuestLifeOptions {
  readonly thread: Thread;
  readonly registry: Registry;
  readonly rates: GuestActivityRates;
  readonly seed: number;
  /** Flags of the rows, ScheduleFlag. */
  readonly flags: number;
  /** Draws the guest time until the next WFI. Absent: the guest never halts by itself. */
  readonly busyNs?: () => number;
}

export class GuestLife {
  readonly thread: Thread;
  /** When the next step is due; NEVER while the thread is not on a CPU. */
  nextNs = NEVER;
  readonly #rates: GuestActivityRates;
  readonly #flags: number;
  readonly #busyNs: () => number;
  readonly #own: RandomStream;
  readonly #resume: RandomStream;
  readonly #cumulativeWeights: Float64Array;
  readonly #reasonIds: Int32Array;
  readonly #vmmReasonIds: Int32Array;
  readonly #preemptedId: number;
  readonly #wfiId: number;

  #step: Step = Step.entry;
  /** On-CPU time from now to the step while off the CPU; from the last step to it while on the CPU. */
  #leftNs: number;
  #inGuest = false;
  #el = 1;
  /** Guest time until each of these. */
  #untilElNs: number;
  #untilWfiNs: number;
  #untilExitNs: number;
  /** What is still to come in the handling of the last exit. */
  #hypercallsLeft = 0;
  #hypercallGapNs = 0;
  #handlingLeftNs = 0;
  #goesToVmm = false;
  #reason = 0;

  constructor(options: GuestLifeOptions) {
    const { thread, registry, rates, seed } = options;
    this.thread = thread;
    this.#rates = rates;
    this.#flags = options.flags;
    this.#busyNs = options.busyNs ?? (() => NEVER);
    this.#own = randomStream(seed, 'guest-activity', thread.tenant, thread.vm, thread.vcpu);
    this.#resume = randomStream(seed, 'guest-resume', thread.tenant, thread.vm, thread.vcpu);
    this.#cumulativeWeights = cumulative(rates.exitReasons.map((reason) => reason.weight));
    this.#reasonIds = Int32Array.from(rates.exitReasons, (reason) => registry.internText(reason.reason));
    this.#vmmReasonIds = Int32Array.from(rates.exitReasons, (reason) => registry.internText(reason.vmmReason));
    this.#preemptedId = registry.internText(REASON_PREEMPTED);
    this.#wfiId = registry.internText(REASON_WFI);
    this.#leftNs = this.#resume.exponentialNs(rates.handlingMeanNs);
    this.#untilElNs = this.#drawElNs();
    this.#untilWfiNs = this.#busyNs();
    this.#untilExitNs = this.#own.exponentialNs(rates.guestRunMeanNs);
  }

  /** The thread comes onto a CPU. The next step is at least 1 ns later. */
  switchIn(timeNs: number): void {
    this.#leftNs = Math.max(this.#leftNs, 1);
    this.nextNs = timeNs + this.#leftNs;
  }

  /**
   * The thread leaves its CPU, at most at `nextNs`. A guest that runs is left by an exit row at that time.
   * Appends at most one row.
   */
  switchOut(timeNs: number, cpu: number, rows: ScheduleBatchBuilder): void {
    this.#leave(timeNs);
    if (this.#inGuest) this.#exitGuest(timeNs, cpu, rows, this.#preemptedId);
  }

  /**
   * The thread leaves its CPU to sleep. A guest that runs must have executed WFI, at EL1: appends a change of EL if it
   * was at EL0, the exit, and the halt (at most three rows).
   */
  switchOutToSleep(timeNs: number, cpu: number, rows: ScheduleBatchBuilder): void {
    this.#leave(timeNs);
    if (!this.#inGuest) return;
    this.#exitByWfi(timeNs, cpu, rows);
    this.#push(timeNs, ScheduleKind.halt, cpu, rows, 0);
  }

  /**
   * Something else says that KVM_RUN returns to the VMM, or that the vCPU halts, at this time (at most `nextNs`): be
   * outside the guest and inside KVM_RUN before it, and go on from there. Appends at most two rows.
   */
  follow(
    kind: typeof ScheduleKind.kvmRunExit | typeof ScheduleKind.halt,
    timeNs: number,
    cpu: number,
    rows: ScheduleBatchBuilder,
  ): void {
    this.#leave(timeNs);
    const isHalt = kind === ScheduleKind.halt;
    if (this.#inGuest && isHalt) this.#exitByWfi(timeNs, cpu, rows);
    else if (this.#inGuest) this.#exitGuest(timeNs, cpu, rows, this.#preemptedId);
    else if (this.#step === Step.runEnter) this.#push(timeNs, ScheduleKind.kvmRunEnter, cpu, rows, 0);
    this.#step = isHalt ? Step.entry : Step.runEnter;
    this.#leftNs = this.#resume.exponentialNs(isHalt ? this.#rates.handlingMeanNs : this.#rates.vmmMeanNs);
    this.switchIn(timeNs);
  }

  /** Put the next step off: this time passes for nobody. */
  pause(ns: number): void {
    this.nextNs += ns;
  }

  /**
   * Do the step that is due at `nextNs`. Appends one row.
   * @returns the row's kind.
   */
  step(cpu: number, rows: ScheduleBatchBuilder): ScheduleKind {
    const timeNs = this.nextNs;
    switch (this.#step) {
      case Step.entry:
        return this.#enterGuest(timeNs, cpu, rows);
      case Step.hypercall:
        this.#scheduleHandling(timeNs);
        return this.#push(timeNs, ScheduleKind.hypercall, cpu, rows, 0);
      case Step.runExit:
        this.#schedule(timeNs, Step.runEnter, this.#own.exponentialNs(this.#rates.vmmMeanNs));
        return this.#push(timeNs, ScheduleKind.kvmRunExit, cpu, rows, this.#vmmReasonIds[this.#reason]!);
      case Step.runEnter:
        this.#schedule(timeNs, Step.entry, this.#own.exponentialNs(this.#rates.handlingMeanNs));
        return this.#push(timeNs, ScheduleKind.kvmRunEnter, cpu, rows, 0);
      case Step.halt:
        this.#schedule(timeNs, Step.entry, this.#resume.exponentialNs(this.#rates.handlingMeanNs));
        return this.#push(timeNs, ScheduleKind.halt, cpu, rows, 0);
      default:
        return this.#stepInGuest(timeNs, cpu, rows);
    }
  }

  #enterGuest(timeNs: number, cpu: number, rows: ScheduleBatchBuilder): ScheduleKind {
    this.#inGuest = true;
    this.#scheduleGuest(timeNs);
    return this.#push(timeNs, ScheduleKind.guestEntry, cpu, rows, 0);
  }

  #stepInGuest(timeNs: number, cpu: number, rows: ScheduleBatchBuilder): ScheduleKind {
    this.#passGuestTime(this.#leftNs);
    if (this.#step === Step.el) {
      const kind = this.#changeEl(timeNs, cpu, rows);
      this.#scheduleGuest(timeNs);
      return kind;
    }
    if (this.#step === Step.wfi) return this.#executeWfi(timeNs, cpu, rows);
    this.#inGuest = false;
    this.#drawExit();
    this.#scheduleHandling(timeNs);
    return this.#push(timeNs, ScheduleKind.guestExit, cpu, rows, this.#reasonIds[this.#reason]!);
  }

  /** The idle loop that executes WFI is the guest kernel's: a guest at EL0 goes to EL1 first, at the same time. */
  #executeWfi(timeNs: number, cpu: number, rows: ScheduleBatchBuilder): ScheduleKind {
    if (this.#el === 0) {
      const kind = this.#changeEl(timeNs, cpu, rows);
      this.#schedule(timeNs, Step.wfi, 0);
      return kind;
    }
    this.#inGuest = false;
    this.#untilWfiNs = this.#busyNs();
    this.#schedule(timeNs, Step.halt, this.#own.exponentialNs(this.#rates.handlingMeanNs));
    return this.#push(timeNs, ScheduleKind.guestExit, cpu, rows, this.#wfiId);
  }

  #changeEl(timeNs: number, cpu: number, rows: ScheduleBatchBuilder): ScheduleKind {
    this.#el = 1 - this.#el;
    this.#untilElNs = this.#drawElNs();
    return this.#push(timeNs, ScheduleKind.guestEl, cpu, rows, this.#el);
  }

  #exitByWfi(timeNs: number, cpu: number, rows: ScheduleBatchBuilder): void {
    if (this.#el === 0) this.#changeEl(timeNs, cpu, rows);
    this.#exitGuest(timeNs, cpu, rows, this.#wfiId);
  }

  /** An exit that the host forces; the guest's own plans stay as they are. */
  #exitGuest(timeNs: number, cpu: number, rows: ScheduleBatchBuilder, reasonId: number): void {
    this.#inGuest = false;
    this.#step = Step.entry;
    this.#leftNs = this.#resume.exponentialNs(this.#rates.handlingMeanNs);
    this.#push(timeNs, ScheduleKind.guestExit, cpu, rows, reasonId);
  }

  /** Stop the clocks at a switch-out. */
  #leave(timeNs: number): void {
    const leftNs = this.nextNs - timeNs;
    if (this.#inGuest) this.#passGuestTime(this.#leftNs - leftNs);
    this.#leftNs = leftNs;
    this.nextNs = NEVER;
  }

  #passGuestTime(ns: number): void {
    this.#untilElNs -= ns;
    this.#untilWfiNs -= ns;
    this.#untilExitNs -= ns;
  }

  /** Draw all that an exit of the guest's own brings, in a fixed order, and the guest time to the next one. */
  #drawExit(): void {
    const own = this.#own;
    const rates = this.#rates;
    this.#reason = own.weighted(this.#cumulativeWeights);
    this.#goesToVmm = own.chance(rates.exitReasons[this.#reason]!.toVmmPerThousand, 1000);
    const hypercalls = rates.hypercallsPerThousandExits;
    this.#hypercallsLeft = Math.floor(hypercalls / 1000) + (own.chance(hypercalls % 1000, 1000) ? 1 : 0);
    this.#handlingLeftNs = own.exponentialNs(rates.handlingMeanNs);
    this.#hypercallGapNs = Math.floor(this.#handlingLeftNs / (this.#hypercallsLeft + 1));
    this.#untilExitNs = own.exponentialNs(rates.guestRunMeanNs);
  }

  /** The next thing in the handling of an exit: hypercalls at even distances, then entry or the return to the VMM. */
  #scheduleHandling(timeNs: number): void {
    if (this.#hypercallsLeft > 0) {
      this.#hypercallsLeft--;
      this.#handlingLeftNs -= this.#hypercallGapNs;
      this.#schedule(timeNs, Step.hypercall, this.#hypercallGapNs);
    } else {
      this.#schedule(timeNs, this.#goesToVmm ? Step.runExit : Step.entry, this.#handlingLeftNs);
    }
  }

  #scheduleGuest(timeNs: number): void {
    const leftNs = Math.min(this.#untilElNs, this.#untilWfiNs, this.#untilExitNs);
    if (leftNs === this.#untilElNs) this.#schedule(timeNs, Step.el, leftNs);
    else this.#schedule(timeNs, leftNs === this.#untilWfiNs ? Step.wfi : Step.exit, leftNs);
  }

  #schedule(timeNs: number, step: Step, leftNs: number): void {
    this.#step = step;
    this.#leftNs = leftNs;
    this.nextNs = timeNs + leftNs;
  }

  #drawElNs(): number {
    if (this.#rates.el0MeanNs === 0) return NEVER;
    return this.#own.exponentialNs(this.#el === 0 ? this.#rates.el0MeanNs : this.#rates.el1MeanNs);
  }

  #push(timeNs: number, kind: ScheduleKind, cpu: number, rows: ScheduleBatchBuilder, detail: number): ScheduleKind {
    rows.push(timeNs, kind, cpu, this.thread.index, NO_THREAD, detail, this.#flags);
    return kind;
  }
}

/** Give every exit reason that lives at these rates may have its text id. */
export function internExitReasons(registry: Registry, rates: readonly GuestActivityRates[]): void {
  const reasons = rates.flatMap((each) => each.exitReasons.flatMap(({ reason, vmmReason }) => [reason, vmmReason]));
  for (const text of [REASON_PREEMPTED, REASON_WFI, ...reasons]) registry.internText(text);
}

function cumulative(weights: readonly number[]): Float64Array {
  const sums = Float64Array.from(weights);
  for (let at = 1; at < sums.length; at++) sums[at]! += sums[at - 1]!;
  return sums;
}
