/** The channels of the access loop without caches and PEs: requests are offered to them by hand. */
import { BlockLayout } from '../../../src/loop/block.ts';
import type { BandwidthConfig } from '../../../src/memory/bandwidth-config.ts';
import { reserveChannels } from '../../../src/memory/channels/channel-regions.ts';
import { Channels } from '../../../src/memory/channels/channels.ts';
import type { CacheConfig, HierarchyConfig } from '../../../src/memory/hierarchy-config.ts';
import { PLAIN_FRONT } from '../../../src/memory/implied-mscs.ts';
import type { MscConfig } from '../../../src/memory/msc-config.ts';
import type { BandwidthLimits } from '../../../src/memory/settings/bandwidth-slots.ts';
import type { ChannelTotals, DrivenChannels, Grant, OfferedRequest, OwnerTotals } from './driven-channels.ts';

/** Grants between two looks of the channels at their log. */
const GRANT_LOG = 1024;

export interface OpenLoopOptions {
  /** Requests that may wait at a time. */
  readonly room?: number;
  /** Longest accounting window, in 1/256 us. */
  readonly winwd?: number;
}

const cacheConfig = (index: number): CacheConfig => ({
  name: `l3-${index}`,
  level: 'L3',
  sets: 1,
  ways: 1,
  policy: 'lru',
  writePolicy: 'write-back',
  inclusion: 'non-inclusive',
  outer: undefined,
  latencyPs: 0,
  writeHitOwner: 'allocator',
  flows: false,
  missClasses: false,
  controls: undefined,
});

/** Of one channel: what says how long its windows can be, and so how much a moving one must remember. */
const mscConfig = (channel: number, winwd: number): MscConfig => ({
  name: `msc-${channel}`,
  features: {
    partidMax: 63,
    pmgMax: 0,
    hasEndis: true,
    hasNfu: false,
    intpartidMax: undefined,
    outOfRange: 'default',
    reset: 'defaults',
  },
  front: PLAIN_FRONT,
  resources: [
    {
      ris: 0,
      cache: undefined,
      channel,
      cacheControls: undefined,
      bandwidth: {
        bwaWd: 16,
        hasMin: true,
        hasMax: true,
        maxLimit: 'both',
        bwpbmWd: 0,
        hasProp: true,
        windwr: false,
        winwd,
      },
      priority: undefined,
      monitors: { csu: undefined, mbwu: undefined },
    },
  ],
});

const hierarchyConfig = (bandwidth: BandwidthConfig, winwd: number): HierarchyConfig => ({
  caches: bandwidth.memoryOfCache.map((_, index) => cacheConfig(index)),
  ports: [{ fetch: 0, data: 0 }],
  lineBytes: 64,
  memoryLatencyPs: 0,
  physicalLines: 1024,
  writeBackBilledTo: 'owner',
  bandwidth,
  mscs: bandwidth.channels.map((_, channel) => mscConfig(channel, winwd)),
  ownerCapacity: 16,
  seed: 1,
});

class OpenLoop implements DrivenChannels {
  readonly #channels: Channels;

  constructor(bandwidth: BandwidthConfig, { room = 4096, winwd = 26 }: OpenLoopOptions) {
    const config = hierarchyConfig(bandwidth, winwd);
    const layout = new BlockLayout();
    const regions = reserveChannels(layout, config, { grantLog: GRANT_LOG, requests: room });
    this.#channels = new Channels(layout.build(), regions, { config });
  }

  addPartition(channel: number): number {
    return this.#channels.slots(channel).addSlot();
  }

  setLimits(channel: number, partition: number, limits: BandwidthLimits): void {
    this.#channels.slots(channel).setLimits(partition, limits);
  }

  setPortions(channel: number, partition: number, portions: readonly boolean[]): void {
    const words = new Uint32Array(Math.ceil(portions.length / 32));
    portions.forEach((allowed, index) => {
      if (allowed) words[index >> 5]! |= 1 << (index & 31);
    });
    this.#channels.slots(channel).setPortions(partition, words, portions.length);
  }

  setOwner(channel: number, owner: number, partition: number): void {
    this.#channels.slots(channel).setOwnerSlot(owner, partition);
  }

  offer({ cache, ...request }: OfferedRequest): void {
    this.#channels.offer(cache, request);
  }

  serveUntil(ps: number): void {
    this.#channels.serveUntil(ps);
  }

  takeGrants(): Grant[] {
    return this.#channels.takeGrants();
  }

  counters(channel: number, owner: number): OwnerTotals {
    return this.#channels.counters(channel, owner);
  }

  delayPs(channel: number, waiter: number, served: number): number {
    return this.#channels.delayPs(channel, waiter, served);
  }

  totals(channel: number): ChannelTotals {
    return this.#channels.totals(channel);
  }
}

export function openLoop(bandwidth: BandwidthConfig, options: OpenLoopOptions = {}): DrivenChannels {
  return new OpenLoop(bandwidth, options);
}
