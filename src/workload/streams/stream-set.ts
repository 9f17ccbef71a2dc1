/**
 * The streams of one machine in its block: a record for each side of each executor, which the access loop takes accesses
 * from, and which phase of its workload each one is in.
 *
 * A phase that comes back goes on where it was left, accesses that were made ready for it included: so what a part touches
 * is one sequence, however the run is cut into spans and phases.
 */

import {
  MACHINE_FRAME_FACTOR,
  MACHINE_FRAME_OFFSET,
  MACHINE_FRAMES,
  MACHINE_PAGE_SHIFT,
  NO_LINE,
  STREAM_COMPUTE,
  STREAM_HEAD,
  STREAM_KIND,
  STREAM_KIND_GENERATED,
  STREAM_KIND_RECORDED,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_SERIAL_STALLS,
  STREAM_SERVICE,
  STREAM_STALLS,
  STREAM_TAIL,
  STREAM_WINDOW,
} from '../../loop/assembly/layout.ts';
import {
  PART_QUEUE,
  PART_QUEUE_ACCESSES,
  PART_QUEUE_HEAD,
  PART_QUEUE_TAIL,
  STREAM_PART,
  UNTOUCHED_PAGE,
} from '../../loop/assembly/stream-layout.ts';
import type { Block, Region } from '../../loop/block.ts';
import { frameOrder } from './frame-order.ts';
import { PartRecordWriter } from './part-records.ts';
import { type MachineTiming, type PartPace, partTiming, requestWindow } from './part-timing.ts';
import { fillTable, tableBytes } from './pattern-tables.ts';
import { PhaseTimetable } from './phase-timetable.ts';
import { type PlacedPart, RECORDED_QUEUE_ACCESSES, type StreamBlueprint } from './stream-blueprint.ts';
import { SIDES, Side } from './stream-plan.ts';

export class StreamSet {
  /** Address of the machine record: what the generator hands out frames from. */
  readonly machineAddress: number;
  readonly #words: Uint32Array;
  readonly #base: number;
  readonly #blueprint: StreamBlueprint;
  readonly #timing: MachineTiming;
  /** By executor: latencies of the PE that it ran on last. By stream: the pace of what it executes. */
  readonly #latenciesPs: (readonly number[])[];
  readonly #paces: (PartPace | undefined)[] = [];
  /** By executor; undefined for those whose workload has no phases. */
  readonly #timetables: readonly (PhaseTimetable | undefined)[];
  /** By executor and side: the record's address while it makes accesses, else 0. */
  readonly #active: Float64Array;

  /**
   * Fill the region with records and tables, every stream in its first phase.
   * @throws Error if there are more lines than line numbers, or if latencies, frequency and workload make times that no
   * record can hold (part-timing.ts).
   */
  constructor(block: Block, region: Region, blueprint: StreamBlueprint, timing: MachineTiming) {
    if (blueprint.physicalLines > NO_LINE) throw new Error(`${blueprint.physicalLines} lines: at most ${NO_LINE}`);
    this.#words = new Uint32Array(block.memory.buffer);
    this.#base = region.byteOffset;
    this.machineAddress = region.byteOffset;
    this.#blueprint = blueprint;
    this.#timing = timing;
    this.#latenciesPs = blueprint.plan.executors.map(() => timing.latenciesPs);
    this.#timetables = blueprint.plan.executors.map(({ workload }) =>
      workload.kind === 'synthetic' ? new PhaseTimetable(workload.phases) : undefined,
    );
    this.#active = new Float64Array(blueprint.streams.length);
    this.#writeMachine();
    this.#writeTables();
    this.#writeStreams();
    this.enterPhases(0);
  }

  /** Address of the stream of an executor's side for PE_STREAM; 0 while the side makes no accesses. */
  streamAddress(executor: number, side: Side): number {
    return this.#active[executor * SIDES.length + side]!;
  }

  /** Let the requests of a service drive the executor's user side. */
  attachService(executor: number, serviceAddress: number): void {
    this.#put(this.#recordAddress(executor * SIDES.length + Side.user) + STREAM_SERVICE, serviceAddress);
  }

  /** Put all streams into their phases of that time, ns since the run's start. Addresses may change: see streamAddress. */
  enterPhases(timeNs: number): void {
    this.#blueprint.streams.forEach(({ executor, parts, recordedQueueOffset }, index) => {
      const part = parts[this.#timetables[executor]?.phaseAt(timeNs) ?? 0];
      if (part !== undefined) this.#enterPart(index, part);
      const makesAccesses = part !== undefined || recordedQueueOffset !== undefined;
      this.#active[index] = makesAccesses ? this.#recordAddress(index) : 0;
    });
  }

  /** The first time after `timeNs` at which a stream changes its phase, ns; Infinity if none does. */
  nextPhaseChangeNs(timeNs: number): number {
    return this.#timetables.reduce(
      (first, timetable) => Math.min(first, timetable?.nextChangeNs(timeNs) ?? Number.POSITIVE_INFINITY),
      Number.POSITIVE_INFINITY,
    );
  }

  /**
   * The executor goes on on a PE that has these latencies, ps by step. PEs that have the same should give the same list:
   * then there is nothing to do.
   */
  setLatencies(executor: number, latenciesPs: readonly number[]): void {
    if (this.#latenciesPs[executor] === latenciesPs) return;
    this.#latenciesPs[executor] = latenciesPs;
    for (const side of SIDES) {
      const index = executor * SIDES.length + side;
      const pace = this.#paces[index];
      if (pace !== undefined) this.#writeTiming(index, pace);
    }
  }

  #enterPart(index: number, part: PlacedPart): void {
    const stream = this.#recordAddress(index);
    const before = this.#get(stream + STREAM_PART);
    const after = this.#base + part.offset;
    if (before === after) return;
    if (before !== 0) {
      this.#put(before + PART_QUEUE_HEAD, this.#get(stream + STREAM_HEAD));
      this.#put(before + PART_QUEUE_TAIL, this.#get(stream + STREAM_TAIL));
    }
    this.#put(stream + STREAM_PART, after);
    this.#put(stream + STREAM_QUEUE, this.#get(after + PART_QUEUE));
    this.#put(stream + STREAM_HEAD, this.#get(after + PART_QUEUE_HEAD));
    this.#put(stream + STREAM_TAIL, this.#get(after + PART_QUEUE_TAIL));
    this.#writeTiming(index, part.spec);
  }

  #writeMachine(): void {
    const { plan, frames } = this.#blueprint;
    const { factor, offset } = frameOrder(plan.placement, frames, plan.seed);
    this.#put(this.machineAddress + MACHINE_FRAMES, frames);
    this.#put(this.machineAddress + MACHINE_PAGE_SHIFT, Math.log2(plan.pageBytes / plan.lineBytes));
    this.#put(this.machineAddress + MACHINE_FRAME_FACTOR, factor);
    this.#put(this.machineAddress + MACHINE_FRAME_OFFSET, offset);
  }

  #writeTables(): void {
    const { plan, regions, tables } = this.#blueprint;
    for (const { offset, pages } of regions) {
      const first = (this.#base + offset) >>> 2;
      this.#words.fill(UNTOUCHED_PAGE, first, first + pages);
    }
    for (const table of tables) {
      const first = (this.#base + table.offset) >>> 2;
      fillTable(this.#words.subarray(first, first + (tableBytes(table) >>> 2)), table, plan.seed);
    }
  }

  #writeStreams(): void {
    const writer = new PartRecordWriter(this.#words, this.#base, this.#blueprint);
    this.#blueprint.streams.forEach(({ executor, parts, recordedQueueOffset }, index) => {
      const stream = this.#recordAddress(index);
      const workload = this.#blueprint.plan.executors[executor]!.workload;
      for (const part of parts) if (part !== undefined) writer.write(part);
      this.#put(stream + STREAM_KIND, STREAM_KIND_GENERATED);
      this.#put(stream + STREAM_QUEUE_MASK, PART_QUEUE_ACCESSES - 1);
      if (recordedQueueOffset === undefined || workload.kind !== 'recorded') return;
      this.#put(stream + STREAM_KIND, STREAM_KIND_RECORDED);
      this.#put(stream + STREAM_QUEUE, this.#base + recordedQueueOffset);
      this.#put(stream + STREAM_QUEUE_MASK, RECORDED_QUEUE_ACCESSES - 1);
      this.#writeTiming(index, workload);
    });
  }

  #writeTiming(index: number, pace: PartPace): void {
    const { executor, offset } = this.#blueprint.streams[index]!;
    const stream = this.#base + offset;
    this.#paces[index] = pace;
    const { frequencyMhz } = this.#timing;
    const { compute, stalls, serialStalls } = partTiming(pace, {
      frequencyMhz,
      latenciesPs: this.#latenciesPs[executor]!,
    });
    this.#put(stream + STREAM_COMPUTE, compute);
    this.#put(stream + STREAM_WINDOW, requestWindow(pace));
    this.#words.set(stalls, (stream + STREAM_STALLS) >>> 2);
    this.#words.set(serialStalls, (stream + STREAM_SERIAL_STALLS) >>> 2);
  }

  #recordAddress(index: number): number {
    return this.#base + this.#blueprint.streams[index]!.offset;
  }

  #get(address: number): number {
    return this.#words[address >>> 2]!;
  }

  #put(address: number, value: number): void {
    this.#words[address >>> 2] = value;
  }
}
