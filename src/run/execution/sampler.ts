/**
 * What a machine did in an interval, as rows: the loop's counters now, minus those at the last look. Only what changed is
 * told; a quiet owner's occupancy is that of its last row.
 */
import {
  EXECUTOR_BYTES,
  EXECUTOR_COMPUTE,
  EXECUTOR_FETCHES,
  EXECUTOR_IDLE,
  EXECUTOR_INSTRUCTIONS,
  EXECUTOR_READS,
  EXECUTOR_SERVED,
  EXECUTOR_STALLS,
  EXECUTOR_WRITES,
  FIRST_OWNER,
  STEPS,
} from '../../loop/assembly/layout.ts';
import type { Block } from '../../loop/block.ts';
import { counterAt } from '../../loop/counters.ts';
import type { MemoryCounters, OwnerCounters } from '../../memory/owner-counters.ts';
import type { CacheSampleRow, ExecutorSampleRow, MemorySampleRow, SampleRow } from '../samples.ts';
import { BandwidthSampler } from './bandwidth-sampler.ts';
import type { SampledExecution } from './sampled-execution.ts';

type CacheCounts = Omit<CacheSampleRow, 'kind' | 'timeNs' | 'machine' | 'cache' | 'owner' | 'occupancy'>;
type ExecutorCounts = Omit<ExecutorSampleRow, 'kind' | 'timeNs' | 'machine' | 'thread' | 'world'>;

const COUNTER_BYTES = 8;

export class Sampler {
  /** Index of the machine in the run. */
  readonly machine: number;
  readonly #execution: SampledExecution;
  readonly #words: Uint32Array;
  /** VMs by service. */
  readonly #vmOfService: readonly number[];
  readonly #cachesBefore: OwnerCounters[][];
  readonly #memoryBefore: MemoryCounters[] = [];
  /** By cache: counts of pairs at the last look, by row * capacity + column; only of pairs that have any. */
  readonly #flowsBefore: Map<number, number>[];
  readonly #causesBefore: Map<number, number>[];
  readonly #executorsBefore: ExecutorCounts[] = [];
  /** Undefined where memory has no channels. */
  readonly #bandwidth: BandwidthSampler | undefined;
  #ownersTold = FIRST_OWNER;

  constructor(machine: number, execution: SampledExecution, block: Block, vmOfService: readonly number[]) {
    this.machine = machine;
    this.#execution = execution;
    this.#words = new Uint32Array(block.memory.buffer);
    this.#vmOfService = vmOfService;
    const { caches } = execution.memory.config;
    this.#cachesBefore = caches.map(() => []);
    this.#flowsBefore = caches.map(() => new Map());
    this.#causesBefore = caches.map(() => new Map());
    const { channels } = execution.memory;
    this.#bandwidth = channels && new BandwidthSampler(machine, execution, channels, this.#words);
  }

  /** Owners met since the last call: to be told before rows that name them. */
  newOwners(): SampleRow[] {
    const { owners } = this.#execution.memory;
    const rows: SampleRow[] = [];
    for (; this.#ownersTold < owners.count; this.#ownersTold++) {
      const owner = this.#ownersTold;
      rows.push({
        kind: 'owner',
        machine: this.machine,
        owner,
        label: owners.label(owner),
        tenant: owners.tenant(owner),
      });
    }
    return rows;
  }

  /** All that changed since the last call, as of `timeNs`. */
  take(timeNs: number): SampleRow[] {
    const rows = this.newOwners();
    this.#execution.memory.config.caches.forEach((_, cache) => {
      this.#takeCache(timeNs, cache, rows);
      this.#takePairs(timeNs, cache, rows);
    });
    this.#takeMemory(timeNs, rows);
    this.#takeExecutors(timeNs, rows);
    this.#takeRequests(timeNs, rows);
    if (this.#bandwidth !== undefined) rows.push(...this.#bandwidth.take(timeNs));
    return rows;
  }

  #takeCache(timeNs: number, cache: number, rows: SampleRow[]): void {
    const { memory } = this.#execution;
    const before = this.#cachesBefore[cache]!;
    for (let owner = FIRST_OWNER; owner < memory.owners.count; owner++) {
      const now = memory.counters(cache, owner);
      const counts = difference<CacheCounts>(now, before[owner]);
      before[owner] = now;
      if (isZero(counts)) continue;
      const { occupancy } = now;
      rows.push({ kind: 'cacheSample', timeNs, machine: this.machine, cache, owner, ...counts, occupancy });
    }
  }

  #takePairs(timeNs: number, cache: number, rows: SampleRow[]): void {
    const { memory } = this.#execution;
    const { flows, missClasses } = memory.config.caches[cache]!;
    const machine = this.machine;
    for (let row = FIRST_OWNER; row < memory.owners.count; row++) {
      for (let column = 0; column < memory.owners.count; column++) {
        const pair = row * memory.config.ownerCapacity + column;
        const lines = flows ? newIn(this.#flowsBefore[cache]!, pair, memory.flow(cache, row, column)) : 0;
        if (lines > 0) {
          rows.push({ kind: 'evictionFlow', timeNs, machine, cache, evictor: row, victim: column, lines });
        }
        const count = missClasses ? memory.missesBecauseOf(cache, row, column) : 0;
        const misses = newIn(this.#causesBefore[cache]!, pair, count);
        if (misses > 0) rows.push({ kind: 'missCause', timeNs, machine, cache, requester: row, cause: column, misses });
      }
    }
  }

  #takeMemory(timeNs: number, rows: SampleRow[]): void {
    const { memory } = this.#execution;
    for (let owner = FIRST_OWNER; owner < memory.owners.count; owner++) {
      const now = memory.memoryCounters(owner);
      const counts = difference<Omit<MemorySampleRow, 'kind' | 'timeNs' | 'machine' | 'owner'>>(
        now,
        this.#memoryBefore[owner],
      );
      this.#memoryBefore[owner] = now;
      if (!isZero(counts)) rows.push({ kind: 'memorySample', timeNs, machine: this.machine, owner, ...counts });
    }
  }

  #takeExecutors(timeNs: number, rows: SampleRow[]): void {
    const { executors } = this.#execution;
    executors.lastThread.forEach((thread, executor) => {
      if (thread < 0) return;
      const now = this.#executorCounts(executor);
      const before = this.#executorsBefore[executor];
      const counts = {
        ...difference<Omit<ExecutorCounts, 'stallPs' | 'served'>>(withoutLists(now), before && withoutLists(before)),
        stallPs: now.stallPs.map((value, step) => value - (before?.stallPs[step] ?? 0)),
        served: now.served.map((value, step) => value - (before?.served[step] ?? 0)),
      };
      this.#executorsBefore[executor] = now;
      const { stallPs, served } = counts;
      if (isZero(withoutLists(counts)) && isZero(stallPs) && isZero(served)) return;
      const world = executors.world[executor] === 1 ? 1 : 0;
      rows.push({ kind: 'executorSample', timeNs, machine: this.machine, thread, world, ...counts });
    });
  }

  #executorCounts(executor: number): ExecutorCounts {
    const record = this.#execution.executorRecords + executor * EXECUTOR_BYTES;
    const counter = (offset: number): number => counterAt(this.#words, (record + offset) >>> 2);
    const bySteps = (offset: number): number[] =>
      Array.from({ length: STEPS }, (_, step) => counter(offset + step * COUNTER_BYTES));
    return {
      // Whole instructions at each look, so that the differences add up to the whole.
      instructions: Math.floor(counter(EXECUTOR_INSTRUCTIONS) / 256),
      reads: counter(EXECUTOR_READS),
      writes: counter(EXECUTOR_WRITES),
      fetches: counter(EXECUTOR_FETCHES),
      computePs: counter(EXECUTOR_COMPUTE),
      idlePs: counter(EXECUTOR_IDLE),
      stallPs: bySteps(EXECUTOR_STALLS),
      served: bySteps(EXECUTOR_SERVED),
    };
  }

  #takeRequests(timeNs: number, rows: SampleRow[]): void {
    this.#execution.services?.queues.forEach((queue, service) => {
      const statistics = queue.takeStatistics(timeNs);
      if (statistics === undefined) return;
      const vm = this.#vmOfService[service]!;
      rows.push({ kind: 'requestSample', timeNs, machine: this.machine, vm, ...statistics });
    });
  }
}

/** How much a pair's count has grown. */
function newIn(before: Map<number, number>, pair: number, count: number): number {
  if (count === 0) return 0;
  const old = before.get(pair) ?? 0;
  if (count !== old) before.set(pair, count);
  return count - old;
}

function withoutLists({
  stallPs: _stalls,
  served: _served,
  ...counts
}: ExecutorCounts): Omit<ExecutorCounts, 'stallPs' | 'served'> {
  return counts;
}

/** What grew since `before`, by name; `occupancy` is no counter and is left out. */
function difference<Counts>(now: object, before: object | undefined): Counts {
  const old = (before ?? {}) as Readonly<Record<string, number>>;
  const entries = Object.entries(now as Readonly<Record<string, number>>);
  return Object.fromEntries(
    entries.filter(([name]) => name !== 'occupancy').map(([name, value]) => [name, value - (old[name] ?? 0)]),
  ) as Counts;
}

const isZero = (counts: object): boolean => Object.values(counts).every((value) => value === 0);
