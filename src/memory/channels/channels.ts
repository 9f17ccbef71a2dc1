/**
 * The channels of one machine: laid out in the block from a BandwidthConfig, served by the access loop, asked from here
 * (docs/bandwidth.md).
 *
 * Time goes on with the PEs (AccessLoop.advance). Without PEs, requests are offered and served by hand: the open loop, for
 * tests and studies. Times are ps since the start. What a request costs is booked when it is granted, up to the end of its
 * service: counters may be ahead of the time by the line in service.
 */
import { type AccessLoop, accessLoopFor } from '../../loop/access-loop.ts';
import {
  CHANNEL_BUSY,
  CHANNEL_OWNER_BYTES,
  CHANNEL_OWNER_READS,
  CHANNEL_OWNER_SERVICE,
  CHANNEL_OWNER_THROTTLED,
  CHANNEL_OWNER_WAITING,
  CHANNEL_OWNER_WRITES,
  CHANNEL_RESIDENCE,
  CHANNEL_SERVED,
  GRANT_ARRIVAL,
  GRANT_BYTES,
  GRANT_CHANNEL,
  GRANT_COMPLETION,
  GRANT_TAG,
  GRANT_THROTTLED,
  GRANT_TIME,
  REQUEST_IS_WRITE,
  TRAFFIC_FREE_REQUESTS,
  TRAFFIC_GRANT_COUNT,
  TRAFFIC_NOW,
} from '../../loop/assembly/traffic-layout.ts';
import type { Block } from '../../loop/block.ts';
import { counterAt } from '../../loop/counters.ts';
import type { HierarchyConfig } from '../hierarchy-config.ts';
import { bandwidthOf, type TrafficRegions } from './channel-regions.ts';
import { ChannelSlots } from './channel-slots.ts';
import { channelAddress, connectPes, initTraffic, routeAddress } from './traffic-records.ts';

/** Later than any time of a run, and exact as a double. */
const TIME_MAX = 2 ** 62;

/** What a channel did for one owner, since the start. Lines and ps. */
export interface ChannelCounters {
  readonly reads: number;
  readonly writes: number;
  /** Its lines in service, with turnarounds. */
  readonly servicePs: number;
  /** Its requests waited because their partition was held. */
  readonly throttledPs: number;
  /** Requests that wait now. */
  readonly waiting: number;
}

/** What a channel did, since the start. */
export interface ChannelTotals {
  /** In service, with turnarounds. */
  readonly busyPs: number;
  readonly served: number;
  /** Time that requests spent in the channel, summed: from arrival to the end of service. */
  readonly residencePs: number;
}

export interface OfferedRequest {
  /** Not before what was offered or served so far. */
  readonly arrivalPs: number;
  readonly line: number;
  readonly kind: 'read' | 'write';
  readonly owner: number;
  /** Comes back with its grants: 0 to 2^32 - 1. */
  readonly tag: number;
}

/** A request was served by one of the channels on its way. */
export interface Grant {
  readonly tag: number;
  readonly channel: number;
  /** At this channel. */
  readonly arrivalPs: number;
  readonly grantPs: number;
  /** Turnaround and service are over. */
  readonly completionPs: number;
  /** From arrival to grant: its partition was held, and lines were served. */
  readonly throttledPs: number;
  readonly queuedPs: number;
}

export interface ChannelsOptions {
  readonly config: HierarchyConfig;
  readonly loop?: AccessLoop;
}

export class Channels {
  /** Address of the traffic record (MACHINE_TRAFFIC). */
  readonly address: number;
  readonly #regions: TrafficRegions;
  readonly #config: HierarchyConfig;
  readonly #block: Block;
  readonly #loop: AccessLoop;
  readonly #words: Uint32Array;
  readonly #slots: readonly ChannelSlots[];
  #grants: Grant[] = [];

  constructor(block: Block, regions: TrafficRegions, { config, loop = accessLoopFor(block) }: ChannelsOptions) {
    this.#regions = regions;
    this.#config = config;
    this.#block = block;
    this.#loop = loop;
    this.#words = new Uint32Array(block.memory.buffer);
    this.address = regions.traffic.byteOffset;
    initTraffic(block, regions, config);
    this.#slots = bandwidthOf(config).channels.map((channel, index) => {
      const place = { block, loop, traffic: this.address, channel: channelAddress(regions, index) };
      return new ChannelSlots(channel, { ...place, regions: regions.channels[index]! });
    });
  }

  /** Let the PEs whose records begin at an address wait for these channels. */
  connect(pes: number): void {
    connectPes(this.#block, this.#regions, pes, this.#config.ports.length);
  }

  /** Address of the route of an outermost cache's requests (CACHE_ROUTE); 0 for caches further in. */
  routeOf(cache: number): number {
    return bandwidthOf(this.#config).memoryOfCache[cache] === undefined ? 0 : routeAddress(this.#regions, cache);
  }

  /**
   * The span that is advanced ends at this time instead, ps: nobody has anything left to do in it. PEs must have no time
   * left (PE_LEFT).
   */
  leaveSpan(timePs: number): void {
    this.#loop.leaveTrafficSpan(this.address, timePs);
  }

  /** No request is on its way: all have been granted by the last channel that they need. */
  get isIdle(): boolean {
    return this.#words[(this.address + TRAFFIC_FREE_REQUESTS) >>> 2] === this.#regions.requestCount;
  }

  /** Address of a channel's record. */
  addressOf(channel: number): number {
    return channelAddress(this.#regions, channel);
  }

  /** The partitions of a channel. */
  slots(channel: number): ChannelSlots {
    return this.#slots[channel]!;
  }

  counters(channel: number, owner: number): ChannelCounters {
    const at = this.#regions.channels[channel]!.owners.byteOffset + owner * CHANNEL_OWNER_BYTES;
    return {
      reads: this.#long(at + CHANNEL_OWNER_READS),
      writes: this.#long(at + CHANNEL_OWNER_WRITES),
      servicePs: this.#long(at + CHANNEL_OWNER_SERVICE),
      throttledPs: this.#long(at + CHANNEL_OWNER_THROTTLED),
      waiting: this.#words[(at + CHANNEL_OWNER_WAITING) >>> 2]!,
    };
  }

  /** Lines read (or written) for an owner, as in its counters. */
  lines(channel: number, owner: number, direction: 'read' | 'write'): number {
    const at = this.#regions.channels[channel]!.owners.byteOffset + owner * CHANNEL_OWNER_BYTES;
    return this.#long(at + (direction === 'read' ? CHANNEL_OWNER_READS : CHANNEL_OWNER_WRITES));
  }

  /** How long requests of `waiter` queued behind lines of `served`, summed over requests. */
  delayPs(channel: number, waiter: number, served: number): number {
    const { delays } = this.#regions.channels[channel]!;
    return this.#long(delays.byteOffset + 8 * (waiter * this.#config.ownerCapacity + served));
  }

  totals(channel: number): ChannelTotals {
    const at = channelAddress(this.#regions, channel);
    return {
      busyPs: this.#long(at + CHANNEL_BUSY),
      served: this.#long(at + CHANNEL_SERVED),
      residencePs: this.#long(at + CHANNEL_RESIDENCE),
    };
  }

  /**
   * Open loop: a request leaves an outermost cache. Those of the same time arrive in the order offered.
   * @throws RangeError for a time before the present one. @throws Error if more wait than there is room for.
   */
  offer(cache: number, { arrivalPs, line, kind, owner, tag }: OfferedRequest): void {
    const nowPs = this.#long(this.address + TRAFFIC_NOW);
    if (!(arrivalPs >= nowPs)) throw new RangeError(`a request arrives at ${arrivalPs} ps, now is ${nowPs}`);
    this.serveUntil(arrivalPs);
    const word = owner | (kind === 'write' ? REQUEST_IS_WRITE : 0);
    if (this.#loop.offerRequest(this.address, this.routeOf(cache), line, word, tag) === 0) {
      throw new Error(`more than ${this.#regions.requestCount} requests wait in channels`);
    }
  }

  /** Open loop: make all decisions before a time, which is the present one from then on. */
  serveUntil(ps: number): void {
    const until = Math.min(ps, TIME_MAX);
    while (this.#loop.serveChannels(this.address, until) === 0) this.#drainGrants();
    this.#drainGrants();
  }

  /** Open loop: what was granted since the last call, in the order of the decisions. */
  takeGrants(): Grant[] {
    const taken = this.#grants;
    this.#grants = [];
    return taken;
  }

  #drainGrants(): void {
    const { grants } = this.#regions;
    if (grants === undefined) return;
    const count = (this.address + TRAFFIC_GRANT_COUNT) >>> 2;
    for (let n = 0; n < this.#words[count]!; n++) this.#grants.push(this.#grantAt(grants.byteOffset + n * GRANT_BYTES));
    this.#words[count] = 0;
  }

  #grantAt(at: number): Grant {
    const [arrivalPs, grantPs] = [this.#long(at + GRANT_ARRIVAL), this.#long(at + GRANT_TIME)];
    const throttledPs = this.#long(at + GRANT_THROTTLED);
    return {
      tag: this.#words[(at + GRANT_TAG) >>> 2]!,
      channel: this.#words[(at + GRANT_CHANNEL) >>> 2]!,
      ...{ arrivalPs, grantPs, throttledPs },
      completionPs: this.#long(at + GRANT_COMPLETION),
      queuedPs: grantPs - arrivalPs - throttledPs,
    };
  }

  #long(address: number): number {
    return counterAt(this.#words, address >>> 2);
  }
}
