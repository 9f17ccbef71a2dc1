/** What a machine's channels served in an interval, who waited behind whom, and whose time it cost; as rows. */
import {
  EXECUTOR_BYTES,
  EXECUTOR_QUEUEING,
  EXECUTOR_THROTTLED,
  EXECUTOR_WRITE_BUFFER,
  FIRST_OWNER,
} from '../../loop/assembly/layout.ts';
import { counterAt } from '../../loop/counters.ts';
import type { ChannelCounters, Channels } from '../../memory/channels/channels.ts';
import type { SampleRow } from '../samples.ts';
import type { SampledExecution } from './sampled-execution.ts';

interface Waits {
  readonly queuedPs: number;
  readonly throttledPs: number;
  readonly writeBufferPs: number;
}

const NO_WAITS: Waits = { queuedPs: 0, throttledPs: 0, writeBufferPs: 0 };
const NOTHING: ChannelCounters = { reads: 0, writes: 0, servicePs: 0, throttledPs: 0, waiting: 0 };

export class BandwidthSampler {
  readonly #machine: number;
  readonly #execution: SampledExecution;
  readonly #words: Uint32Array;
  readonly #channels: Channels;
  readonly #countersBefore: ChannelCounters[][];
  /** By channel: delays of pairs at the last look, by waiter * capacity + served; only of pairs that have any. */
  readonly #delaysBefore: readonly Map<number, number>[];
  readonly #waitsBefore: Waits[] = [];

  /** @param machine index of the machine in the run. */
  constructor(machine: number, execution: SampledExecution, channels: Channels, words: Uint32Array) {
    this.#machine = machine;
    this.#execution = execution;
    this.#channels = channels;
    this.#words = words;
    const { channels: all } = execution.memory.config.bandwidth!;
    this.#countersBefore = all.map(() => []);
    this.#delaysBefore = all.map(() => new Map());
  }

  /** All that changed since the last call, as of `timeNs`. */
  take(timeNs: number): SampleRow[] {
    const rows: SampleRow[] = [];
    this.#takeExecutors(timeNs, rows);
    for (let channel = 0; channel < this.#countersBefore.length; channel++) this.#takeChannel(timeNs, channel, rows);
    return rows;
  }

  #takeExecutors(timeNs: number, rows: SampleRow[]): void {
    const { executors, executorRecords } = this.#execution;
    executors.lastThread.forEach((thread, executor) => {
      if (thread < 0) return;
      const record = executorRecords + executor * EXECUTOR_BYTES;
      const now = {
        queuedPs: this.#counter(record + EXECUTOR_QUEUEING),
        throttledPs: this.#counter(record + EXECUTOR_THROTTLED),
        writeBufferPs: this.#counter(record + EXECUTOR_WRITE_BUFFER),
      };
      const before = this.#waitsBefore[executor] ?? NO_WAITS;
      this.#waitsBefore[executor] = now;
      const waits = {
        queuedPs: now.queuedPs - before.queuedPs,
        throttledPs: now.throttledPs - before.throttledPs,
        writeBufferPs: now.writeBufferPs - before.writeBufferPs,
      };
      if (Object.values(waits).every((ps) => ps === 0)) return;
      const world = executors.world[executor] === 1 ? 1 : 0;
      rows.push({ kind: 'executorDelay', timeNs, machine: this.#machine, thread, world, ...waits });
    });
  }

  #takeChannel(timeNs: number, channel: number, rows: SampleRow[]): void {
    const { owners } = this.#execution.memory;
    const machine = this.#machine;
    for (let owner = FIRST_OWNER; owner < owners.count; owner++) {
      const queuedPs = this.#takeDelays(timeNs, channel, owner, rows);
      const now = this.#channels.counters(channel, owner);
      const before = this.#countersBefore[channel]![owner] ?? NOTHING;
      this.#countersBefore[channel]![owner] = now;
      const reads = now.reads - before.reads;
      const writes = now.writes - before.writes;
      const servicePs = now.servicePs - before.servicePs;
      const throttledPs = now.throttledPs - before.throttledPs;
      const { waiting } = now;
      if (reads + writes + servicePs + throttledPs + queuedPs === 0 && waiting === before.waiting) continue;
      const counts = { reads, writes, servicePs, throttledPs, queuedPs, waiting };
      rows.push({ kind: 'channelSample', timeNs, machine, channel, owner, ...counts });
    }
  }

  /** @returns the sum, ps. */
  #takeDelays(timeNs: number, channel: number, waiter: number, rows: SampleRow[]): number {
    const { owners, config } = this.#execution.memory;
    const before = this.#delaysBefore[channel]!;
    let sumPs = 0;
    for (let served = FIRST_OWNER; served < owners.count; served++) {
      const nowPs = this.#channels.delayPs(channel, waiter, served);
      if (nowPs === 0) continue;
      const pair = waiter * config.ownerCapacity + served;
      const queuedPs = nowPs - (before.get(pair) ?? 0);
      if (queuedPs === 0) continue;
      before.set(pair, nowPs);
      sumPs += queuedPs;
      rows.push({ kind: 'channelDelay', timeNs, machine: this.#machine, channel, waiter, served, queuedPs });
    }
    return sumPs;
  }

  #counter(address: number): number {
    return counterAt(this.#words, address >>> 2);
  }
}
