/**
 * Accesses of a driven machine in time: what clients asked the PEs to do, under the labels in force, through the caches.
 *
 * PEs that execute side by side take turns in spans of the interleaving quantum, as in a scheduled run
 * (run/execution/machine-execution.ts). A PE that executes alone stops time at the very access that was its last.
 */
import {
  ADVANCED,
  EXECUTOR_FETCHES,
  EXECUTOR_READS,
  EXECUTOR_SERVED,
  EXECUTOR_WRITES,
  KIND_FETCH,
  NEEDS_ACCESSES,
  PE_BYTES,
  PE_EXECUTOR,
  PE_FETCH_STALLS,
  PE_LEFT,
  PE_STREAM,
  PE_WAYS,
  STEPS,
  WAY_BYTES,
  WAY_OWNER,
} from '../../loop/assembly/layout.ts';
import type { Block } from '../../loop/block.ts';
import { counterAt, signedCounterAt } from '../../loop/counters.ts';
import type { MemorySystem } from '../../memory/memory-system.ts';
import type { ProcessingElements } from '../../pe/processing-elements.ts';
import type { SampledExecution } from '../execution/sampled-execution.ts';
import { fetchStallsBySteps, latenciesBySteps } from '../step-latencies.ts';
import type { AccessRequest } from './access-pattern.ts';
import { ClosedFormIntervals } from './closed-form-intervals.ts';
import type { DrivenPlan } from './driven-plan.ts';
import { DrivenStreams, type StreamRegions } from './driven-streams.ts';

const PS_PER_NS = 1000;
const COUNTER_BYTES = 8;
/** Alone, a PE has nobody to interleave with: spans are only kept short enough to be left now and then. */
const SPAN_ALONE_NS = 20_000;

export interface AccessReport {
  readonly accesses: number;
  /** Virtual time from its start to its end, or to now, ps. */
  readonly elapsedPs: number;
  /** Accesses by the step that served them (STEPS of loop/assembly/layout.ts). */
  readonly served: readonly number[];
  /** They were instruction fetches, which have a way to memory of their own. */
  readonly isFetch: boolean;
}

/** A request under way. */
interface AccessJob {
  readonly isEndless: boolean;
  readonly isFetch: boolean;
  readonly tenant: number;
  readonly startedPs: number;
  readonly countsBefore: readonly number[];
  endedPs: number | undefined;
}

export interface DrivenExecutionOptions {
  readonly block: Block;
  readonly plan: DrivenPlan;
  readonly pes: ProcessingElements;
  readonly memory: MemorySystem;
  readonly regions: StreamRegions;
  /** By PE: the thread that samples tell of. */
  readonly threads: Int32Array;
}

export class DrivenExecution implements SampledExecution {
  readonly memory: MemorySystem;
  readonly executors: SampledExecution['executors'];
  readonly executorRecords: number;
  readonly services = undefined;
  readonly #options: DrivenExecutionOptions;
  readonly #words: Uint32Array;
  readonly #streams: DrivenStreams;
  readonly #latencies: readonly (readonly number[])[];
  /** By PE: the request that it executes, or executed last. */
  readonly #jobs: (AccessJob | undefined)[];
  /** Undefined but where bandwidth is modelled in closed form. */
  readonly #intervals: ClosedFormIntervals | undefined;
  /** PEs with a request that has not ended, in ascending order. */
  #busy: number[] = [];

  constructor(options: DrivenExecutionOptions) {
    const { block, plan, memory, regions, threads } = options;
    const { hierarchy } = plan;
    const peCount = hierarchy.ports.length;
    this.#options = options;
    this.memory = memory;
    this.executors = { lastThread: threads, world: new Uint8Array(peCount) };
    this.#words = new Uint32Array(block.memory.buffer);
    this.#streams = new DrivenStreams(block, regions, peCount);
    this.executorRecords = this.#streams.executorRecords;
    memory.connectTraffic(this.#streams.machineAddress);
    this.#intervals = memory.closedForm && new ClosedFormIntervals(memory.closedForm);
    this.#jobs = new Array<AccessJob | undefined>(peCount).fill(undefined);
    this.#latencies = hierarchy.ports.map(({ data }) => latenciesBySteps(hierarchy, data));
    hierarchy.ports.forEach(({ fetch }, port) => {
      this.#words.set(fetchStallsBySteps(hierarchy, fetch), (this.#record(port) + PE_FETCH_STALLS) >>> 2);
    });
  }

  /** PEs that execute. */
  get busyCount(): number {
    return this.#busy.length;
  }

  /** No request is made or under way, and none is waited for: until something begins, nothing changes. */
  get isQuiet(): boolean {
    const isDrained = this.memory.channels?.isIdle ?? true;
    return this.#busy.length === 0 && isDrained && (this.#intervals?.isResting ?? true);
  }

  /** Memory is used from now on. */
  wake(nowNs: number): void {
    this.#intervals?.wake(nowNs);
  }

  isBusy(pe: number): boolean {
    return this.#busy.includes(pe);
  }

  /** The PE repeats for ever what it does. */
  isEndless(pe: number): boolean {
    return this.isBusy(pe) && this.#jobs[pe]!.isEndless;
  }

  /** Let a PE that is not busy begin a request. */
  begin(pe: number, request: AccessRequest, nowNs: number): void {
    if (this.isBusy(pe)) throw new Error(`PE ${pe} executes already`);
    const { lineBytes } = this.#options.plan.hierarchy;
    const { frequencyMhz } = this.#options.plan.topology;
    this.#streams.begin(pe, request, lineBytes, frequencyMhz, this.#latencies[pe]!);
    const { tenant, repeats, steps } = request;
    const isFetch = steps.every(({ kind }) => kind === KIND_FETCH);
    this.#jobs[pe] = {
      ...{ tenant, isFetch, isEndless: repeats === Number.POSITIVE_INFINITY },
      ...{ startedPs: nowNs * PS_PER_NS, countsBefore: this.#counts(pe), endedPs: undefined },
    };
    this.#put(pe, PE_STREAM, this.#streams.address(pe));
    this.#put(pe, PE_EXECUTOR, this.#streams.executorAddress(pe));
    this.#busy = [...this.#busy, pe].sort((a, b) => a - b);
    this.wake(nowNs);
  }

  /** End a PE's request where it is. */
  stop(pe: number, nowNs: number): void {
    this.#jobs[pe]!.endedPs = nowNs * PS_PER_NS;
    this.memory.loop.releasePe(this.#record(pe));
    this.#forgetEnded();
  }

  /** What the PE's request has done; undefined if it never had one. */
  report(pe: number, nowNs: number): AccessReport | undefined {
    const job = this.#jobs[pe];
    if (job === undefined) return undefined;
    const counts = this.#counts(pe).map((count, at) => count - job.countsBefore[at]!);
    const elapsedPs = (job.endedPs ?? nowNs * PS_PER_NS) - job.startedPs;
    return { accesses: counts[0]!, elapsedPs, served: counts.slice(1), isFetch: job.isFetch };
  }

  /** The labels in force make the owners of what comes next: to be called before time goes on. */
  refreshOwners(): void {
    const { pes } = this.#options;
    for (const pe of this.#busy) {
      const { tenant } = this.#jobs[pe]!;
      const el = pes.el(pe);
      const ways = this.#record(pe) + PE_WAYS;
      this.#words[(ways + WAY_OWNER) >>> 2] = this.memory.owner(pes.dataLabel(pe, el), tenant);
      this.#words[(ways + WAY_BYTES + WAY_OWNER) >>> 2] = this.memory.owner(pes.instructionLabel(pe, el), tenant);
    }
  }

  /** Let time go on in one span, at most to `limitNs`. @returns where it is then, ns; earlier if the only busy PE is done. */
  runSpan(nowNs: number, limitNs: number): number {
    const endNs = Math.min(limitNs, this.#spanLimit(nowNs), this.#intervals?.endNs ?? Number.POSITIVE_INFINITY);
    const reachedNs = this.#advance(nowNs, endNs);
    this.#intervals?.reach(reachedNs, this.#busy.length > 0);
    this.#forgetEnded();
    return reachedNs;
  }

  #advance(nowNs: number, endNs: number): number {
    const { loop, pes } = this.memory;
    const count = this.#latencies.length;
    const isAlone = this.#busy.length === 1;
    loop.beginSpan(pes, count, endNs, endNs - nowNs);
    for (let from = 0; ; ) {
      const answer = loop.advance(this.#streams.machineAddress, pes, from, count);
      if (answer === ADVANCED) return endNs;
      if ((answer & 0xf) !== NEEDS_ACCESSES) throw new Error(`the access loop asks for ${answer & 0xf}`);
      from = answer >>> 4;
      if (this.#streams.refill(from) || !this.#hasItsData(from)) continue;
      this.#streams.end(from);
      const endedPs = endNs * PS_PER_NS - this.#left(from);
      this.#jobs[from]!.endedPs = endedPs;
      if (isAlone) return this.#leaveSpan(Math.ceil(endedPs / PS_PER_NS));
    }
  }

  /** Whether all reads of a PE that makes no more have come back in the present span. If not, it asks for accesses again. */
  #hasItsData(pe: number): boolean {
    return this.memory.loop.awaitReads(this.#record(pe)) !== 0 && this.#left(pe) >= 0;
  }

  /** Leave the present span before its end: what the PEs have not used of it is no time that has passed. */
  #leaveSpan(timeNs: number): number {
    for (let pe = 0; pe < this.#latencies.length; pe++) {
      this.#put(pe, PE_LEFT, 0);
      this.#put(pe, PE_LEFT + 4, 0);
    }
    this.memory.channels?.leaveSpan(timeNs * PS_PER_NS);
    return timeNs;
  }

  #spanLimit(nowNs: number): number {
    if (this.#busy.length === 0) return Number.POSITIVE_INFINITY;
    if (this.#busy.length === 1) return nowNs + SPAN_ALONE_NS;
    const { quantumNs } = this.#options.plan.topology;
    return (Math.floor(nowNs / quantumNs) + 1) * quantumNs;
  }

  /** PEs whose requests have ended execute nothing from now on. */
  #forgetEnded(): void {
    for (const pe of this.#busy) {
      if (this.#jobs[pe]!.endedPs === undefined) continue;
      this.#put(pe, PE_STREAM, 0);
      this.#put(pe, PE_EXECUTOR, 0);
    }
    this.#busy = this.#busy.filter((pe) => this.#jobs[pe]!.endedPs === undefined);
  }

  /** Accesses made by a PE since the start, then by the step that served them. */
  #counts(pe: number): number[] {
    const record = this.#streams.executorAddress(pe);
    const counter = (offset: number): number => counterAt(this.#words, (record + offset) >>> 2);
    const accesses = counter(EXECUTOR_READS) + counter(EXECUTOR_WRITES) + counter(EXECUTOR_FETCHES);
    return [accesses, ...Array.from({ length: STEPS }, (_, step) => counter(EXECUTOR_SERVED + step * COUNTER_BYTES))];
  }

  /** ps of the present span that a PE has not used. */
  #left(pe: number): number {
    return signedCounterAt(this.#words, (this.#record(pe) + PE_LEFT) >>> 2);
  }

  #record(pe: number): number {
    return this.memory.pes + pe * PE_BYTES;
  }

  #put(pe: number, offset: number, value: number): void {
    this.#words[(this.#record(pe) + offset) >>> 2] = value;
  }
}
