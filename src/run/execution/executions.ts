/** What all machines of a run execute, side by side, and the samples of it. */

import { PartidSpace } from '../../arch/label.ts';
import type { Block, BlockLayout } from '../../loop/block.ts';
import type { EventRing } from '../../loop/event-ring.ts';
import type { MscEvent } from '../../memory/msc.ts';
import type { ProcessingElements } from '../../pe/processing-elements.ts';
import type { Registry, SideRow } from '../../schedule/registry.ts';
import { firstMscNumbers } from '../msc-numbers.ts';
import type { PeContexts } from '../pe-context.ts';
import type { MachinePlan, RunPlan } from '../run-plan.ts';
import type { SampleRow } from '../samples.ts';
import { type ExecutionRegions, reserveExecution } from './execution-regions.ts';
import { MachineExecution } from './machine-execution.ts';
import { appendMscEvent } from './msc-rows.ts';
import { Sampler } from './sampler.ts';
import { sampleMonitors } from './watched-monitors.ts';

/** Reserve what the machines execute with; by machine, undefined for those that execute nothing. */
export function reserveExecutions(
  layout: BlockLayout,
  machines: readonly MachinePlan[],
): readonly (ExecutionRegions | undefined)[] {
  return machines.map(({ name, execution }) => execution && reserveExecution(layout, execution, name));
}

/** What executions share with the rest of the engine. */
export interface ExecutionWorld {
  readonly block: Block;
  readonly ring: EventRing;
  readonly pes: ProcessingElements;
  readonly contexts: PeContexts;
  readonly registry: Registry;
  /** Set the time of rows that are appended from now on, ns; it never goes back. */
  readonly setTime: (timeNs: number) => void;
}

interface Executing {
  readonly execution: MachineExecution;
  readonly sampler: Sampler;
  readonly sampleIntervalNs: number;
  nextSampleNs: number;
  /** When its monitors were last sampled. */
  monitoredNs: number;
}

export class Executions {
  readonly #machines: readonly (Executing | undefined)[];
  readonly #registry: Registry;
  readonly #ring: EventRing;
  readonly #setTime: (timeNs: number) => void;
  readonly #hasLivelyMscs: boolean;
  #rows: (SideRow | SampleRow)[] = [];

  constructor(plan: RunPlan, regions: readonly (ExecutionRegions | undefined)[], world: ExecutionWorld) {
    this.#registry = world.registry;
    this.#ring = world.ring;
    this.#setTime = world.setTime;
    this.#reportArrivals(plan);
    const mscs = firstMscNumbers(plan.machines);
    let firstPe = 0;
    this.#machines = plan.machines.map((machine, index) => {
      const executing = this.#open(plan, index, regions[index], firstPe, mscs[index]!, world);
      firstPe += machine.peCount;
      return executing;
    });
    this.#hasLivelyMscs = this.#machines.some((machine) => machine?.execution.hasLivelyMscs === true);
  }

  /** What a machine executes; undefined if nothing. */
  of(machine: number): MachineExecution | undefined {
    return this.#machines[machine]?.execution;
  }

  /** Rows that wait to be published since the last samples. */
  get rowCount(): number {
    return this.#rows.length;
  }

  /**
   * Tell of the UNKNOWN settings that the reset left to the PARTIDs that the plan names: they are events of their own,
   * without a cause. Those of other PARTIDs are told when they turn up.
   */
  tellResets(plan: RunPlan): void {
    this.#ring.causeSeq = 0;
    const commands = plan.commands.flatMap(({ command }) => (command.kind === 'setPartition' ? [command] : []));
    const written = [...plan.partitions, ...commands];
    for (const machine of this.#machines) {
      for (const { controls } of machine?.execution.mscs ?? []) {
        for (const { partidD, partidI } of plan.groups) {
          controls.showReset(PartidSpace.nonSecure, partidD);
          controls.showReset(PartidSpace.nonSecure, partidI);
        }
        for (const { space, partid, settings } of written) {
          controls.showReset(space, partid);
          controls.showInternalReset(space, settings.intpartid ?? partid);
        }
      }
    }
  }

  /** Execute on all machines up to a time, taking the samples that are due on the way. */
  advanceTo(timeNs: number): void {
    // What MSCs tell by themselves (settings of PARTIDs that turn up, monitors) has no cause among the events.
    this.#ring.causeSeq = 0;
    if (this.#hasLivelyMscs) this.#advanceTogether(timeNs);
    else for (const machine of this.#machines) this.#advance(machine, timeNs);
  }

  /** Where MSCs tell of something by themselves, machines stop together, so that rows are in the order of time. */
  #advanceTogether(timeNs: number): void {
    for (let stopNs = this.#nextStop(timeNs); ; stopNs = this.#nextStop(timeNs)) {
      this.#setTime(stopNs);
      for (const machine of this.#machines) machine?.execution.advanceTo(stopNs);
      for (const machine of this.#machines) machine?.execution.syncMscs();
      for (const machine of this.#machines) this.#advance(machine, stopNs);
      if (stopNs >= timeNs) return;
    }
  }

  /** The next time at which there may be something to tell. */
  #nextStop(timeNs: number): number {
    let stopNs = timeNs;
    for (const machine of this.#machines) {
      if (machine !== undefined) stopNs = Math.min(stopNs, machine.nextSampleNs, machine.execution.nextMscDueNs());
    }
    return stopNs;
  }

  #advance(machine: Executing | undefined, timeNs: number): void {
    if (machine === undefined) return;
    while (machine.nextSampleNs <= timeNs) {
      machine.execution.advanceTo(machine.nextSampleNs);
      this.#takeSamples(machine, machine.nextSampleNs);
      machine.nextSampleNs += machine.sampleIntervalNs;
    }
    machine.execution.advanceTo(timeNs);
  }

  /** The last, shorter interval. */
  finish(timeNs: number): void {
    for (const machine of this.#machines) {
      if (machine !== undefined) this.#takeSamples(machine, timeNs);
    }
  }

  /** Names, issues and samples since the last call, in the order of their discovery, however often this is called. */
  takeRows(): readonly (SideRow | SampleRow)[] {
    this.#rows.push(...this.#registry.takeSideRows());
    const rows = this.#rows;
    if (rows.length > 0) this.#rows = [];
    return rows;
  }

  close(): void {
    for (const machine of this.#machines) machine?.execution.close();
  }

  #open(
    plan: RunPlan,
    index: number,
    regions: ExecutionRegions | undefined,
    firstPe: number,
    firstMsc: number,
    { block, ring, pes, contexts, registry }: ExecutionWorld,
  ): Executing | undefined {
    const { execution: machinePlan, peCount } = plan.machines[index]!;
    if (machinePlan === undefined || regions === undefined) return undefined;
    const onMscEvent = (msc: number, event: MscEvent): void => appendMscEvent(ring, firstMsc + msc, event);
    const arrivalTimes = new Map([...plan.arrivals].map(([path, { timesNs }]) => [path, timesNs]));
    const execution = new MachineExecution({
      ...{ block, regions, plan: machinePlan, pes, contexts, registry, firstPe, peCount },
      ...{ seed: plan.seed, arrivalTimes, firstMsc, onMscEvent },
    });
    const vmOfService = regions.servicePlans.map(({ executors }) => {
      const executor = machinePlan.executors[executors[0]!]!;
      return executor.kind === 'host' ? -1 : executor.vm;
    });
    const { sampleIntervalNs } = machinePlan.topology;
    const sampler = new Sampler(index, execution, block, vmOfService);
    const times = { sampleIntervalNs, nextSampleNs: sampleIntervalNs, monitoredNs: 0 };
    return { execution, sampler, ...times };
  }

  /** What was named before the samples goes before them. */
  #takeSamples(machine: Executing, timeNs: number): void {
    const { sampler, execution } = machine;
    const { memory, watched } = execution;
    this.#rows.push(...this.#registry.takeSideRows(), ...sampler.take(timeNs));
    if (machine.monitoredNs === timeNs) return;
    machine.monitoredNs = timeNs;
    this.#rows.push(...sampleMonitors(sampler.machine, memory, watched, timeNs));
  }

  #reportArrivals({ arrivals }: RunPlan): void {
    for (const { issues } of arrivals.values()) {
      for (const issue of issues) this.#registry.reportInput(issue);
    }
  }
}
