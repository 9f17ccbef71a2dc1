/** One memory channel whose partitions have one owner each, driven in an open loop: for invariants and closed forms. */
import { FIRST_OWNER } from '../../../src/loop/assembly/layout.ts';
import type { BandwidthConfig, ChannelConfig } from '../../../src/memory/bandwidth-config.ts';
import type { BandwidthLimits } from '../../../src/memory/settings/bandwidth-slots.ts';
import type { ChannelTotals, DrivenChannels, OwnerTotals } from './driven-channels.ts';
import { NO_LIMITS } from './naive-partition.ts';
import { openLoop } from './open-loop.ts';

/** What a line takes unless the test says otherwise: 64 bytes at 32 GB/s. */
export const LINE_PS = 2000;

/** Windows of up to 1 us, in 1/256 us. */
const WINWD = 256;

/** Later than all that a test can lead to. */
export const THE_END = 2 ** 52;

export interface ChannelOptions extends Partial<ChannelConfig> {
  /** BWPBM_WD. */
  readonly portions?: number;
  /** Requests that may wait at a time. */
  readonly room?: number;
}

export interface PartitionOptions extends Partial<BandwidthLimits> {
  /** Time slots that it may use; absent: all. */
  readonly slots?: readonly number[];
}

export interface Demand {
  /** Index of the partition in the list given, from 0. */
  readonly partition: number;
  readonly arrivalPs: number;
  readonly kind?: 'read' | 'write';
}

/** A line served to a partition. */
export interface Service {
  readonly partition: number;
  readonly arrivalPs: number;
  readonly grantPs: number;
  /** Of the line: without turnaround. */
  readonly servicePs: number;
  readonly completionPs: number;
}

/** A memory of one channel, behind one cache without bandwidth control. */
export function oneChannelMemory(options: Partial<ChannelConfig>): BandwidthConfig {
  const channel = {
    name: 'mem-0.0',
    lineTime: LINE_PS * 65536,
    turnaroundPs: 0,
    window: 'fixed' as const,
    starvationPs: 0,
    portionPs: LINE_PS,
    offsetLimit: 1,
    ...options,
  };
  return {
    mode: 'exact',
    closedFormIntervalPs: 1_000_000,
    writeBufferLines: 8,
    channels: [channel],
    memories: [{ name: 'mem-0', channels: [0], interleaveLines: 1 }],
    memoryOfCache: [0],
    channelOfCache: [undefined],
  };
}

export class OneChannel {
  readonly #config: BandwidthConfig;
  readonly #channels: DrivenChannels;
  readonly #portions: number;
  readonly #demands: Demand[] = [];
  readonly #services: Service[] = [];

  /** @param create what is driven: the channels of the access loop, or their judge. */
  constructor(options: ChannelOptions, partitions: readonly PartitionOptions[], create = openLoop) {
    const { portions = 0, room = 4096, ...channel } = options;
    this.#portions = portions;
    this.#config = oneChannelMemory(channel);
    this.#channels = create(this.#config, { room, winwd: WINWD });
    partitions.forEach((partition, index) => {
      this.#channels.addPartition(0);
      this.set(index, partition);
      if (this.#portions > 0) this.allow(index, partition.slots);
      this.#channels.setOwner(0, FIRST_OWNER + index, index + 1);
    });
  }

  set(partition: number, { slots: _, ...limits }: PartitionOptions): void {
    this.#channels.setLimits(0, partition + 1, { ...NO_LIMITS, ...limits });
  }

  /** Let a partition begin lines in some time slots; in all if none are given. */
  allow(partition: number, slots: readonly number[] = [...Array(this.#portions).keys()]): void {
    const allowed = Array.from({ length: this.#portions }, (_, slot) => slots.includes(slot));
    this.#channels.setPortions(0, partition + 1, allowed);
  }

  /** Demands in the order of their times. */
  offer(demands: readonly Demand[]): void {
    for (const demand of demands) {
      const { partition, arrivalPs, kind = 'read' } = demand;
      const tag = this.#demands.length;
      this.#demands.push(demand);
      this.#channels.offer({ cache: 0, tag, owner: FIRST_OWNER + partition, kind, line: 0, arrivalPs });
    }
  }

  /** @returns all that has been served so far. */
  serveUntil(ps: number): readonly Service[] {
    this.#channels.serveUntil(ps);
    const { lineTime } = this.#config.channels[0]!;
    for (const { tag, arrivalPs, grantPs, completionPs } of this.#channels.takeGrants()) {
      const lines = this.#services.length;
      const due = (count: number): number => Math.floor((count * lineTime) / 65536);
      const servicePs = due(lines + 1) - due(lines);
      this.#services.push({ partition: this.#demands[tag]!.partition, arrivalPs, grantPs, servicePs, completionPs });
    }
    return this.#services;
  }

  counters(partition: number): OwnerTotals {
    return this.#channels.counters(0, FIRST_OWNER + partition);
  }

  delayPs(waiter: number, served: number): number {
    return this.#channels.delayPs(0, FIRST_OWNER + waiter, FIRST_OWNER + served);
  }

  get totals(): ChannelTotals {
    return this.#channels.totals(0);
  }
}

/** Every partition asks for so many lines at once, again and again: nobody ever runs out of requests. */
export function alwaysBacklogged(partitions: number, lines: number): Demand[] {
  return Array.from({ length: lines * partitions }, (_, n) => ({ partition: n % partitions, arrivalPs: 0 }));
}

export const servicesOf = (services: readonly Service[], partition: number): Service[] =>
  services.filter((service) => service.partition === partition);

export const servicePsOf = (services: readonly Service[]): number =>
  services.reduce((sum, { servicePs }) => sum + servicePs, 0);
