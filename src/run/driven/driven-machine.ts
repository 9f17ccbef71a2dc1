/**
 * A machine that is driven from outside: PEs, caches, memory and MSCs without a schedule and without Linux.
 *
 * Its PEs come out of a Warm reset; all that happens afterwards is what a client asks for, one command after the other.
 * Each command is an event, and the cause of the events that follow. Virtual time passes only inside commands that take
 * time, so that a run depends on its commands and on nothing else.
 */
import type { Name } from '../../arch/registers.ts';
import { TrapAnswer } from '../../kvm/kvm-host.ts';
import { BlockLayout } from '../../loop/block.ts';
import { EventKind, World } from '../../loop/event-row.ts';
import { machineMscs } from '../../memory/machine-mscs.ts';
import { type MaintenanceOperation, MemorySystem } from '../../memory/memory-system.ts';
import type { Msc, MscEvent } from '../../memory/msc.ts';
import { AccessOutcome, ProcessingElements } from '../../pe/processing-elements.ts';
import { RunCode, STARTED_DRIVEN } from '../codes.ts';
import type { EventBatch } from '../event-batch.ts';
import { appendMscEvent } from '../execution/msc-rows.ts';
import { unknownValues } from '../unknown-reset.ts';
import type { AccessRequest } from './access-pattern.ts';
import { type AccessReport, DrivenExecution } from './driven-execution.ts';
import { DrivenLog } from './driven-log.ts';
import type { DrivenPlan } from './driven-plan.ts';
import { reserveDriven } from './driven-regions.ts';
import { DrivenSamples } from './driven-samples.ts';
import { MscWatch } from './msc-watch.ts';
import { type PeState, peStateAfterReset } from './pe-state.ts';
import type { TimedWork } from './timed-work.ts';

const DEFAULT_BATCH_ROWS = 4096;
/** How long maintenance waits for room in memory's queues before it goes on. */
const QUEUES_DRAIN_NS = 100;
/** Spans that a piece of timed work does, and lines that a piece of maintenance looks for. */
const SPANS_OF_PIECE = 64;
const LINES_OF_PIECE = 1 << 16;

export interface DrivenOptions {
  /** Rows per published batch; the run's digest does not depend on it. */
  readonly batchRows?: number;
  /** Called synchronously; a batch is a view on the machine's block. */
  readonly publish?: (batch: EventBatch) => void;
}

/** An interrupt of an MSC, as it comes to whoever drives the machine. */
export type Interrupt = Extract<MscEvent, { readonly type: 'interrupt' }> & {
  readonly msc: string;
  readonly timeNs: number;
};

export class DrivenMachine {
  readonly plan: DrivenPlan;
  readonly pes: ProcessingElements;
  readonly memory: MemorySystem;
  readonly mscs: readonly Msc[];
  readonly #log: DrivenLog;
  readonly #execution: DrivenExecution;
  readonly #samples: DrivenSamples;
  readonly #mscWatch: MscWatch;
  readonly #states: PeState[];
  #interrupts: Interrupt[] = [];

  /** The machine out of reset; the events of that are its first. */
  constructor(plan: DrivenPlan, { batchRows = DEFAULT_BATCH_ROWS, publish = () => {} }: DrivenOptions = {}) {
    const { machine, hierarchy, topology } = plan;
    const layout = new BlockLayout();
    const regions = reserveDriven(layout, hierarchy, batchRows);
    const block = layout.build();
    this.plan = plan;
    this.#log = new DrivenLog(block, regions.ring, { batchRows, publish });
    const { ring } = this.#log;
    this.pes = new ProcessingElements(block, regions.pes, ring, () => machine.features);
    this.memory = new MemorySystem(block, regions.memory, (msc, change) =>
      this.#mscEvent(msc, { type: 'register', change }),
    );
    this.mscs = machineMscs(
      this.memory,
      () => this.nowNs,
      (msc, event) => this.#mscEvent(msc, event),
    );
    const threads = Int32Array.from({ length: machine.peCount }, (_, pe) => this.#log.thread(pe + 1, `pe ${pe}`));
    this.#execution = new DrivenExecution({
      ...{ block, plan, pes: this.pes, memory: this.memory, regions: regions.streams, threads },
    });
    this.#samples = new DrivenSamples(this.#execution, block, topology.sampleIntervalNs);
    this.#mscWatch = new MscWatch(this.mscs);
    this.#states = Array.from({ length: machine.peCount }, () => peStateAfterReset(machine.features));
    ring.append(EventKind.run, 0, 0, RunCode.start, 0, STARTED_DRIVEN, 0, 0, 0, 0);
    for (let pe = 0; pe < machine.peCount; pe++) {
      ring.causeSeq = 0;
      this.resetPe(pe);
    }
  }

  /** Virtual time since the start, ns. */
  get nowNs(): number {
    return this.#log.nowNs;
  }

  /** A command begins: it is logged, and the cause of what follows. `pe` is the one that it is about, else 0. */
  beginCommand(text: string, pe: number): void {
    this.#log.command(text, pe, this.pes.el(pe), this.pes.world(pe));
  }

  /** The command is done. */
  endCommand(): void {
    this.#log.endCommand();
  }

  /** The last events: samples up to now, the end. */
  finish(): void {
    this.#log.endTexts();
    this.#log.ring.causeSeq = 0;
    this.#log.addSamples(this.#samples.take(this.nowNs));
    this.#log.ring.append(EventKind.run, 0, 0, RunCode.end, 0, 0, 0, 0, 0, 0);
    this.#log.publish();
  }

  /** Hand on all events so far, and add none: the run is left in its middle. */
  leave(): void {
    this.#log.endTexts();
    this.#log.publish();
  }

  /** Interrupts since the last call, in order. */
  takeInterrupts(): readonly Interrupt[] {
    const interrupts = this.#interrupts;
    if (interrupts.length > 0) this.#interrupts = [];
    return interrupts;
  }

  // ---- PEs ----

  peState(pe: number): PeState {
    return this.#states[pe]!;
  }

  /** Warm reset: UNKNOWN fields take the scenario's values. */
  resetPe(pe: number): void {
    const { run, machine } = this.plan;
    const { ring } = this.#log;
    const world = machine.features.el3 ? World.firmware : World.host;
    const el = machine.features.el3 ? 3 : machine.features.el2 ? 2 : 1;
    ring.causeSeq = ring.append(EventKind.run, el, world, RunCode.peReset, pe, 0, 0, 0, 0, 0);
    this.pes.reset(pe, unknownValues(run, machine, pe));
    this.#states[pe] = peStateAfterReset(machine.features);
  }

  /** Go to an Exception level that the PE has; see ProcessingElements.enter. */
  enter(pe: number, el: number, world: number): void {
    this.pes.enter(pe, el, world);
  }

  /** Set what of a PE's state decides about labels and accesses beside its registers. */
  setPeState(pe: number, state: PeState): void {
    this.#states[pe] = state;
    this.pes.setSecurity(pe, state.security, state.el2Enabled);
    this.pes.setHcr(pe, state.e2h, state.tge);
  }

  /** MRS; the value is in `pes.valueLo` and `pes.valueHi` if it is done. */
  readRegister(pe: number, name: Name): AccessOutcome {
    const outcome = this.pes.read(pe, name);
    if (outcome !== AccessOutcome.done) this.#trapped(pe, name, outcome, false);
    return outcome;
  }

  /** MSR. */
  writeRegister(pe: number, name: Name, lo: number, hi: number): AccessOutcome {
    const outcome = this.pes.write(pe, name, lo, hi);
    if (outcome !== AccessOutcome.done) this.#trapped(pe, name, outcome, true);
    return outcome;
  }

  // ---- Accesses and time ----

  get busyCount(): number {
    return this.#execution.busyCount;
  }

  isBusy(pe: number): boolean {
    return this.#execution.isBusy(pe);
  }

  isEndless(pe: number): boolean {
    return this.#execution.isEndless(pe);
  }

  /** Let a PE that is not busy begin to make accesses; they are made as time goes on. */
  beginAccesses(pe: number, request: AccessRequest): void {
    this.#execution.begin(pe, request, this.nowNs);
    this.#samples.wake();
  }

  stopAccesses(pe: number): void {
    this.#execution.stop(pe, this.nowNs);
  }

  stopAllAccesses(): void {
    for (let pe = 0; pe < this.pes.count; pe++) if (this.isBusy(pe)) this.stopAccesses(pe);
  }

  /** What the PE's accesses have come to; undefined if it never made any. */
  accessReport(pe: number): AccessReport | undefined {
    return this.#execution.report(pe, this.nowNs);
  }

  /**
   * Clean or invalidate lines in all caches. It takes time only where memory's queues have no room for what is written back.
   * @param operation as MemorySystem.maintain.
   */
  maintain(firstLine: number, count: number, operation: MaintenanceOperation): TimedWork {
    let done = 0;
    return this.#timed(() => {
      const piece = Math.min(count - done, LINES_OF_PIECE);
      const maintained = this.memory.maintain(firstLine + done, piece, operation);
      done += maintained;
      this.#execution.wake(this.nowNs);
      this.#samples.wake();
      if (maintained < piece) this.#advance(this.nowNs + QUEUES_DRAIN_NS);
      return done === count;
    });
  }

  /** Let time pass until `untilNs`. */
  waitUntil(untilNs: number): TimedWork {
    return this.#passTime(untilNs, () => this.nowNs >= untilNs);
  }

  /** Let time pass until none of these PEs is busy. */
  waitForPes(pes: readonly number[]): TimedWork {
    return this.#passTime(Number.MAX_SAFE_INTEGER, () => !pes.some((pe) => this.isBusy(pe)));
  }

  #passTime(limitNs: number, isDone: () => boolean): TimedWork {
    return this.#timed(() => {
      for (let span = 0; span < SPANS_OF_PIECE && !isDone(); span++) this.#advance(limitNs);
      return isDone();
    });
  }

  /** @param proceed does a piece, and says whether it was the last. */
  #timed(proceed: () => boolean): TimedWork {
    this.#log.endTexts();
    this.#mscWatch.begin(this.nowNs);
    return {
      proceed: () => {
        const isDone = proceed();
        if (isDone) this.#mscWatch.end(this.nowNs);
        return isDone;
      },
    };
  }

  /** Let time go on, to `limitNs` at most, by one span. */
  #advance(limitNs: number): void {
    this.#execution.refreshOwners();
    const mscDueNs = this.#mscWatch.dueNs(this.nowNs, this.#execution.isQuiet);
    const endNs = Math.min(limitNs, this.#samples.dueNs, mscDueNs);
    this.#log.setTime(this.#execution.runSpan(this.nowNs, endNs));
    this.#mscWatch.reach(this.nowNs);
    this.#log.addSamples(this.#samples.reach(this.nowNs, this.#execution.isQuiet));
    this.#log.publishIfFull();
  }

  #mscEvent(msc: number, event: MscEvent): void {
    appendMscEvent(this.#log.ring, msc, event);
    if (event.type !== 'interrupt') return;
    this.#interrupts.push({ ...event, msc: this.mscs[msc]!.config.name, timeNs: this.nowNs });
  }

  #trapped(pe: number, name: Name, outcome: AccessOutcome, isWrite: boolean): void {
    const answer = outcome === AccessOutcome.undefined ? TrapAnswer.undefinedByPe : TrapAnswer.none;
    const [el, world] = [this.pes.el(pe), this.pes.world(pe)];
    this.#log.ring.append(EventKind.registerTrap, el, world, name, pe, isWrite ? 1 : 0, outcome, answer, 0, 0);
  }
}
