/**
 * The engine: one total order of schedule rows and commands in, event rows out.
 *
 * At equal times: first commands in the order of the list, then schedule rows in the order of the source; within one of
 * them, machine by machine. Batches are cut between steps (but for steps of many thousands of rows), and cut nothing else:
 * the rows are the same for every batch size.
 */

import { KERNELS } from '../kvm/kernels.ts';
import { KvmHost, reserveLinuxCopies } from '../kvm/kvm-host.ts';
import { KVM_MODES } from '../kvm/modes.ts';
import { type Block, BlockLayout } from '../loop/block.ts';
import { EventRing, reserveEventRing } from '../loop/event-ring.ts';
import { EventKind, timeHighOf } from '../loop/event-row.ts';
import { ProcessingElements, reserveProcessingElements } from '../pe/processing-elements.ts';
import { snakeCase } from '../scenario/snake-case.ts';
import type { Registry } from '../schedule/registry.ts';
import { NO_THREAD, type ScheduleBatch, ScheduleKind } from '../schedule/schedule-batch.ts';
import { bootMachine } from './boot.ts';
import { RunCode } from './codes.ts';
import { internDriverTexts } from './driver-texts.ts';
import type { EventBatch } from './event-batch.ts';
import { executeCommand, tellLateMoves } from './execute-command.ts';
import { Executions, reserveExecutions } from './execution/executions.ts';
import { MachineDriver } from './machine-driver.ts';
import { watchMonitors } from './msc-commands.ts';
import { PeContexts, reservePeContexts } from './pe-context.ts';
import type { MachinePlan, RunPlan } from './run-plan.ts';
import { TaskLabels } from './task-labels.ts';
import { unknownValues } from './unknown-reset.ts';

/** Samples that are published without waiting for a batch to be full. */
const SIDE_ROWS = 4096;

export interface EngineOptions {
  /** Rows per published batch; the last of a step may exceed it. */
  readonly batchRows: number;
  readonly publish: (batch: EventBatch) => void;
}

export class Engine {
  readonly block: Block;
  readonly pes: ProcessingElements;
  readonly drivers: readonly MachineDriver[];
  readonly tasks: TaskLabels;
  readonly registry: Registry;
  readonly #plan: RunPlan;
  readonly #ring: EventRing;
  readonly #contexts: PeContexts;
  readonly #options: EngineOptions;
  /** What the machines that have caches execute, and the samples that are due. */
  readonly #executions: Executions;
  #nowNs = 0;
  #nextCommand = 0;
  /** Rows of the ring that belong to steps which have come to their end. */
  #wholeRows = 0;

  constructor(plan: RunPlan, registry: Registry, options: EngineOptions) {
    this.#plan = plan;
    this.registry = registry;
    this.#options = options;
    const peCount = plan.machines.reduce((sum, machine) => sum + machine.peCount, 0);
    const layout = new BlockLayout();
    const peRegions = reserveProcessingElements(layout, peCount);
    const linuxCopies = reserveLinuxCopies(layout, peCount);
    const contexts = reservePeContexts(layout, peCount);
    const ring = reserveEventRing(layout, options.batchRows);
    const executionRegions = reserveExecutions(layout, plan.machines);
    this.block = layout.build();
    this.#ring = new EventRing(this.block, ring);
    this.#ring.onFull = () => this.publish();
    this.#contexts = new PeContexts(this.block, contexts);
    const machineOfPe = plan.machines.flatMap((machine) => new Array<MachinePlan>(machine.peCount).fill(machine));
    this.pes = new ProcessingElements(this.block, peRegions, this.#ring, (pe) => machineOfPe[pe]!.features);
    this.tasks = new TaskLabels(plan, registry);
    const texts = internDriverTexts(registry);
    const world = { block: this.block, ring: this.#ring, pes: this.pes, contexts: this.#contexts, registry };
    const setTime = (timeNs: number): void => this.#setRowTime(timeNs);
    this.#executions = new Executions(plan, executionRegions, { ...world, setTime });
    let firstPe = 0;
    this.drivers = plan.machines.map((machine, index) => {
      const host = this.#host(machine, firstPe, linuxCopies);
      const unknown = Array.from({ length: machine.peCount }, (_, cpu) => unknownValues(plan, machine, cpu));
      firstPe += machine.peCount;
      const execution = this.#executions.of(index);
      return new MachineDriver({ host, contexts: this.#contexts, tasks: this.tasks, texts, unknown, execution });
    });
  }

  /** Virtual time of the last step, in ns. */
  get nowNs(): number {
    return this.#nowNs;
  }

  /** First events: the machines reset and boot. */
  start(): void {
    this.#ring.append(EventKind.run, 0, 0, RunCode.start, 0, 0, 0, 0, 0, 0);
    for (const driver of this.drivers) bootMachine(this.#plan, driver);
    this.#executions.tellResets(this.#plan);
    for (const partition of this.#plan.partitions) {
      executeCommand(this.#plan, this.drivers, this.tasks, { kind: 'setPartition', ...partition });
    }
    watchMonitors(this.#plan, this.drivers);
    this.#wholeRows = this.#ring.count;
  }

  /** Drive all machines through the rows of a batch, up to the plan's end. @returns false once the end is passed. */
  consume(batch: ScheduleBatch): boolean {
    for (let row = 0; row < batch.count; row++) {
      const timeNs = batch.timeNs[row]!;
      if (timeNs > this.#plan.untilNs) return false;
      this.#advance(timeNs);
      this.#step(batch, row);
      this.#publishIfFull();
    }
    return true;
  }

  /** End of the run: remaining commands, the last contexts closed, the end event, everything published. */
  finish(): void {
    if (Number.isFinite(this.#plan.untilNs)) this.#advance(this.#plan.untilNs);
    this.#reportUndone();
    for (const driver of this.drivers) {
      for (let cpu = 0; cpu < driver.host.peCount; cpu++) driver.stop(driver.host.firstPe + cpu);
    }
    this.#executions.finish(this.#nowNs);
    this.#ring.causeSeq = 0;
    this.#ring.append(EventKind.run, 0, 0, RunCode.end, 0, 0, 0, 0, 0, 0);
    this.publish();
  }

  /** Stop what runs beside the engine (readers of recorded traces). Nothing may be consumed afterwards. */
  close(): void {
    this.#executions.close();
  }

  /** What the timeline asked for and the schedule gave no chance to. */
  #reportUndone(): void {
    for (const { atNs, command } of this.#plan.commands.slice(this.#nextCommand)) {
      const text = `${snakeCase(command.kind)} at ${atNs} ns is after the end of the schedule (${this.#nowNs} ns): not done`;
      this.registry.report(0, 'command-after-end', text);
    }
    for (const [index, driver] of this.drivers.entries()) {
      const waiting = driver.waitingGuestAccesses;
      if (waiting === 0) continue;
      const machine = this.#plan.machines[index]!.name;
      this.registry.report(0, 'guest-access-not-made', `${waiting} on machine ${machine}`);
    }
  }

  /** Publish what has been appended since the last batch. */
  publish(): void {
    this.#publishRows(this.#ring.count);
  }

  /** After an error in the middle of a step: publish the steps before it. Nothing may be consumed afterwards. */
  publishWholeSteps(): void {
    this.#publishRows(this.#wholeRows);
  }

  #publishRows(count: number): void {
    const side = this.#executions.takeRows();
    if (count === 0 && side.length === 0) return;
    const { firstSeq, timeHigh, rows } = this.#ring;
    this.#options.publish({ firstSeq, count, timeHigh, rows, side });
    this.#ring.drain();
    this.#wholeRows = 0;
  }

  #step(batch: ScheduleBatch, row: number): void {
    const kind = batch.kind[row]!;
    const cpu = batch.cpu[row]!;
    const thread = batch.thread[row]!;
    const peer = batch.peer[row]!;
    const detail = batch.detail[row]!;
    const flags = batch.flags[row]!;
    if (thread !== NO_THREAD) this.tasks.adopt(thread);
    if (kind === ScheduleKind.switch && peer !== NO_THREAD) this.tasks.adopt(peer);
    tellLateMoves(this.drivers, this.tasks);
    for (const driver of this.drivers) {
      if (cpu >= driver.host.peCount) continue;
      if (driver.isOffline(cpu)) this.#bringBack(driver, cpu);
      driver.step(kind, cpu, thread, peer, detail, flags);
    }
  }

  /** The schedule uses a CPU that the timeline took offline: the schedule is right, so the CPU must be back. */
  #bringBack(driver: MachineDriver, cpu: number): void {
    const text = `the schedule uses CPU ${cpu} at ${this.#nowNs} ns, after cpu_offline: brought online`;
    this.registry.report(0, 'offline-cpu', text);
    executeCommand(this.#plan, [driver], this.tasks, { kind: 'cpuOnline', cpu });
  }

  /** Bring virtual time to `timeNs`, doing on the way what is due. */
  #advance(timeNs: number): void {
    if (timeNs < this.#nowNs) throw new Error(`schedule went back in time: ${timeNs} ns after ${this.#nowNs} ns`);
    const { commands } = this.#plan;
    for (
      let due = commands[this.#nextCommand];
      due !== undefined && due.atNs <= timeNs;
      due = commands[this.#nextCommand]
    ) {
      this.#setTime(due.atNs);
      this.#nextCommand++;
      executeCommand(this.#plan, this.drivers, this.tasks, due.command);
      this.#publishIfFull();
    }
    this.#setTime(timeNs);
  }

  #setTime(timeNs: number): void {
    if (timeNs > this.#nowNs) this.#executions.advanceTo(timeNs);
    this.#nowNs = timeNs;
    this.#setRowTime(timeNs);
  }

  /** A batch never spans a multiple of 2^32 ns, so that its rows share the upper half of their times. */
  #setRowTime(timeNs: number): void {
    const high = timeHighOf(timeNs);
    if (high !== this.#ring.timeHigh) {
      this.publish();
      this.#ring.timeHigh = high;
    }
    this.#ring.timeLow = timeNs | 0;
  }

  #publishIfFull(): void {
    this.#wholeRows = this.#ring.count;
    if (this.#ring.count >= this.#options.batchRows || this.#executions.rowCount >= SIDE_ROWS) this.publish();
  }

  #host(machine: MachinePlan, firstPe: number, linuxCopies: ReturnType<typeof reserveLinuxCopies>): KvmHost {
    const options = {
      pes: this.pes,
      ring: this.#ring,
      firstPe,
      peCount: machine.peCount,
      kernel: KERNELS[machine.kernel],
      mode: KVM_MODES[machine.mode],
      hasHcr: machine.features.hasHcr,
      hasSme: machine.features.sme,
      hasEl3: machine.features.el3,
    };
    return new KvmHost(options, this.block, linuxCopies);
  }
}
