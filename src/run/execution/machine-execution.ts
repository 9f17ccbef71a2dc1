/**
 * What the PEs of one machine execute between two events: their accesses, under the labels in force, through the caches, in
 * time (design section 7).
 *
 * PEs advance in spans of at most the interleaving quantum, each by itself inside a span; the access loop is entered once
 * per span for all of them. Spans end at multiples of the quantum, at phase changes, at sample times, and at events. Where at
 * most one PE executes there is nobody to interleave with, and spans are as long as can be.
 */
import {
  ADVANCED,
  EXECUTOR_BYTES,
  NEEDS_ACCESSES,
  NEEDS_ARRIVALS,
  PE_BYTES,
  PE_EXECUTOR,
  PE_FETCH_STALLS,
  PE_STREAM,
  PE_WAYS,
  WAY_BYTES,
  WAY_OWNER,
} from '../../loop/assembly/layout.ts';
import type { Block } from '../../loop/block.ts';
import type { HierarchyConfig } from '../../memory/hierarchy-config.ts';
import { machineMscs } from '../../memory/machine-mscs.ts';
import { MemorySystem } from '../../memory/memory-system.ts';
import type { Msc, MscEvent } from '../../memory/msc.ts';
import type { ProcessingElements } from '../../pe/processing-elements.ts';
import { IDLE_THREAD, type Registry } from '../../schedule/registry.ts';
import { type ServicePlan, ServiceSet } from '../../workload/service/service-set.ts';
import { Side } from '../../workload/streams/stream-plan.ts';
import { StreamSet } from '../../workload/streams/stream-set.ts';
import { type PeContexts, PeFlag } from '../pe-context.ts';
import { fetchStallsBySteps, latenciesBySteps } from '../step-latencies.ts';
import type { ExecutionPlan } from './execution.ts';
import type { ExecutionRegions } from './execution-regions.ts';
import { Executors, NO_EXECUTOR } from './executors.ts';
import { TraceFeed } from './trace-feed.ts';
import type { WatchedMonitor } from './watched-monitors.ts';

const PS_PER_NS = 1000;

export interface MachineExecutionOptions {
  readonly block: Block;
  readonly regions: ExecutionRegions;
  readonly plan: ExecutionPlan;
  readonly pes: ProcessingElements;
  readonly contexts: PeContexts;
  readonly registry: Registry;
  readonly firstPe: number;
  readonly peCount: number;
  readonly seed: number;
  /** Times of arrival files by path, ns. */
  readonly arrivalTimes: ReadonlyMap<string, ArrayLike<number>>;
  /** Number of the machine's first MSC in the run. */
  readonly firstMsc: number;
  /** Told what happens in an MSC, by its index on the machine. */
  readonly onMscEvent: (msc: number, event: MscEvent) => void;
}

export class MachineExecution {
  readonly memory: MemorySystem;
  readonly mscs: readonly Msc[];
  /** Number of the first of them in the run. */
  readonly firstMsc: number;
  readonly executors: Executors;
  readonly services: ServiceSet | undefined;
  readonly servicePlans: readonly ServicePlan[];
  /** Address of the first executor record. */
  readonly executorRecords: number;
  readonly #options: MachineExecutionOptions;
  readonly #streams: StreamSet;
  readonly #feeds = new Map<number, TraceFeed>();
  readonly #words: Int32Array;
  readonly #quantumNs: number;
  /** By PE of this machine: the executor that runs there. */
  readonly #running: Int32Array;
  /** PEs whose context has ended since the last look, each once. */
  readonly #changed: number[] = [];
  readonly #isChanged: Uint8Array;
  /** By PE: latencies of data accesses by step, ps. The same list for all PEs that have the same. */
  readonly #latenciesOfPe: readonly (readonly number[])[];
  /** MSCs in which something happens by itself. */
  readonly #lively: readonly Msc[];
  readonly #watched: WatchedMonitor[] = [];
  #activePes = 0;
  #nowNs = 0;
  #nextPhaseNs: number;
  #nextClosedFormNs: number;

  constructor(options: MachineExecutionOptions) {
    const { block, regions, plan, peCount } = options;
    this.#options = options;
    this.#words = block.words;
    const { onMscEvent } = options;
    this.memory = new MemorySystem(block, regions.memory, (msc, change) =>
      onMscEvent(msc, { type: 'register', change }),
    );
    this.mscs = machineMscs(this.memory, () => this.#nowNs, onMscEvent);
    this.firstMsc = options.firstMsc;
    this.#lively = this.mscs.filter(({ config: { front, resources } }) => {
      return (
        front.hasEsr || resources.some(({ monitors }) => monitors.csu !== undefined || monitors.mbwu !== undefined)
      );
    });
    this.executors = new Executors(plan.executors, options.registry);
    this.executorRecords = regions.executors.byteOffset;
    this.#quantumNs = plan.topology.quantumNs;
    const { frequencyMhz } = plan.topology;
    this.#latenciesOfPe = latenciesByPe(plan.hierarchy);
    const latenciesPs = this.#latenciesOfPe[0]!;
    this.#streams = new StreamSet(block, regions.streams, plan.streams, { frequencyMhz, latenciesPs });
    this.memory.connectTraffic(this.#streams.machineAddress);
    this.servicePlans = regions.servicePlans;
    this.services = this.#openServices(regions);
    this.#nextPhaseNs = this.#streams.nextPhaseChangeNs(0);
    const { closedForm } = this.memory;
    this.#nextClosedFormNs = closedForm === undefined ? Number.POSITIVE_INFINITY : closedForm.intervalPs / PS_PER_NS;
    this.#running = new Int32Array(peCount).fill(NO_EXECUTOR);
    this.#isChanged = new Uint8Array(peCount);
    for (let pe = 0; pe < peCount; pe++) this.contextEnds(options.firstPe + pe);
    this.#writeFetchStalls();
  }

  /** True if something happens in MSCs by itself, so that `syncMscs` is to be called. */
  get hasLivelyMscs(): boolean {
    return this.#lively.length > 0;
  }

  /** The earliest time at which something may happen in an MSC, ns; Infinity if nothing can. */
  nextMscDueNs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const msc of this.#lively) earliest = Math.min(earliest, msc.nextDueNs(this.#nowNs));
    return earliest;
  }

  /** Let MSCs tell what has happened so far. */
  syncMscs(): void {
    for (const msc of this.#lively) msc.sync(this.#nowNs);
  }

  /** Sample a monitor from now on. */
  watch(monitor: WatchedMonitor): void {
    this.#watched.push(monitor);
  }

  /** The monitors to be sampled. */
  get watched(): readonly WatchedMonitor[] {
    return this.#watched;
  }

  /** The context of a PE is about to change, or may have changed by the next `advanceTo`. */
  contextEnds(pe: number): void {
    const own = pe - this.#options.firstPe;
    if (this.#isChanged[own] === 1) return;
    this.#isChanged[own] = 1;
    this.#changed.push(own);
  }

  /** Execute up to a time, ns. */
  advanceTo(timeNs: number): void {
    this.#refreshChanged();
    while (this.#nowNs < timeNs) {
      const endNs = Math.min(timeNs, this.#nextPhaseNs, this.#spanEnd(), this.#nextClosedFormNs);
      this.#runSpan(endNs);
      this.#nowNs = endNs;
      if (endNs === this.#nextClosedFormNs) this.#setWaits();
      if (endNs === this.#nextPhaseNs) this.#changePhases();
    }
  }

  /** Stop what runs beside the engine. */
  close(): void {
    for (const feed of this.#feeds.values()) feed.close();
  }

  #spanEnd(): number {
    if (this.#activePes <= 1) return Number.POSITIVE_INFINITY;
    return (Math.floor(this.#nowNs / this.#quantumNs) + 1) * this.#quantumNs;
  }

  #runSpan(endNs: number): void {
    const { loop, pes } = this.memory;
    const { peCount } = this.#options;
    loop.beginSpan(pes, peCount, endNs, endNs - this.#nowNs);
    for (let answer = loop.advance(this.#streams.machineAddress, pes, 0, peCount); answer !== ADVANCED; ) {
      const pe = answer >>> 4;
      this.#provide(answer & 0xf, this.#running[pe]!, endNs);
      answer = loop.advance(this.#streams.machineAddress, pes, pe, peCount);
    }
  }

  /** What the loop cannot get by itself. */
  #provide(need: number, executor: number, endNs: number): void {
    if (need === NEEDS_ACCESSES) this.#feedOf(executor).refill();
    else if (need === NEEDS_ARRIVALS) this.services!.queueOf(executor)!.refill(endNs);
    else this.services!.queueOf(executor)!.drain();
  }

  /** Bandwidth in closed form: measure the load, and set what requests wait from now on. */
  #setWaits(): void {
    const { closedForm } = this.memory;
    closedForm!.endInterval();
    this.#nextClosedFormNs += closedForm!.intervalPs / PS_PER_NS;
  }

  #changePhases(): void {
    this.#streams.enterPhases(this.#nowNs);
    this.#nextPhaseNs = this.#streams.nextPhaseChangeNs(this.#nowNs);
    for (let pe = 0; pe < this.#options.peCount; pe++) this.contextEnds(this.#options.firstPe + pe);
    this.#refreshChanged();
  }

  #refreshChanged(): void {
    for (const own of this.#changed) {
      this.#isChanged[own] = 0;
      this.#refresh(own);
    }
    this.#changed.length = 0;
  }

  /** Give a PE the stream, the executor and the owners of its present context. */
  #refresh(own: number): void {
    const { contexts, pes, firstPe, registry } = this.#options;
    const pe = firstPe + own;
    const record = (this.memory.pes + own * PE_BYTES) >> 2;
    const thread = contexts.thread(pe);
    const wasActive = this.#words[record + (PE_STREAM >> 2)] !== 0;
    const executor =
      thread <= IDLE_THREAD || contexts.has(pe, PeFlag.stopped) || contexts.has(pe, PeFlag.offline)
        ? NO_EXECUTOR
        : this.executors.of(thread, contexts.has(pe, PeFlag.inGuest));
    const el = pes.el(pe);
    const stream =
      executor === NO_EXECUTOR ? 0 : this.#streams.streamAddress(executor, el === 0 ? Side.user : Side.kernel);
    if (executor !== this.#running[own] || stream !== this.#words[record + (PE_STREAM >> 2)]! >>> 0) {
      this.memory.loop.releasePe(record << 2);
    }
    this.#running[own] = executor;
    this.#words[record + (PE_STREAM >> 2)] = stream;
    this.#words[record + (PE_EXECUTOR >> 2)] =
      executor === NO_EXECUTOR ? 0 : this.executorRecords + executor * EXECUTOR_BYTES;
    this.#activePes += (stream !== 0 ? 1 : 0) - (wasActive ? 1 : 0);
    if (executor !== NO_EXECUTOR) this.executors.lastThread[executor] = thread;
    if (stream === 0) return;
    this.#streams.setLatencies(executor, this.#latenciesOfPe[own]!);
    const { tenant } = registry.threads[thread]!;
    const ways = record + (PE_WAYS >> 2);
    this.#words[ways + (WAY_OWNER >> 2)] = this.memory.owner(pes.dataLabel(pe, el), tenant);
    this.#words[ways + ((WAY_BYTES + WAY_OWNER) >> 2)] = this.memory.owner(pes.instructionLabel(pe, el), tenant);
  }

  #openServices({ services, servicePlans }: ExecutionRegions): ServiceSet | undefined {
    if (services === undefined) return undefined;
    const { block, seed, arrivalTimes } = this.#options;
    const set = new ServiceSet(block, services, servicePlans, { seed, listedNs: arrivalTimes });
    set.attachTo(this.#streams);
    return set;
  }

  #feedOf(executor: number): TraceFeed {
    const open = this.#feeds.get(executor);
    if (open !== undefined) return open;
    const { block, plan, registry } = this.#options;
    const { workload } = plan.streams.plan.executors[executor]!;
    if (workload.kind !== 'recorded') throw new Error(`executor ${executor} has no recorded trace`);
    const place = {
      block,
      stream: this.#streams.streamAddress(executor, Side.user),
      machine: this.#streams.machineAddress,
      lineBytes: plan.hierarchy.lineBytes,
      pageBytes: plan.streams.plan.pageBytes,
    };
    const feed = new TraceFeed(workload, place, (issue) => registry.reportInput(issue));
    this.#feeds.set(executor, feed);
    return feed;
  }

  #writeFetchStalls(): void {
    const { hierarchy } = this.#options.plan;
    hierarchy.ports.forEach(({ fetch }, port) => {
      const stalls = fetchStallsBySteps(hierarchy, fetch);
      this.#words.set(stalls, (this.memory.pes + port * PE_BYTES + PE_FETCH_STALLS) >> 2);
    });
  }
}

/** Latencies of data accesses by PE: one list for all PEs that have the same. */
function latenciesByPe(hierarchy: HierarchyConfig): readonly (readonly number[])[] {
  const lists = new Map<string, readonly number[]>();
  return hierarchy.ports.map(({ data }) => {
    const list = latenciesBySteps(hierarchy, data);
    const key = list.join();
    const known = lists.get(key) ?? list;
    lists.set(key, known);
    return known;
  });
}
