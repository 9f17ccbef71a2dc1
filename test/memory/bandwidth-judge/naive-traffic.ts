/**
 * The judge of the way to memory (docs/bandwidth.md, "The way of a request", "Order"): the memory sides of caches, then the
 * channels of memory, one event at a time. Open loop: nobody waits for what is granted.
 */
import type { BandwidthConfig } from '../../../src/memory/bandwidth-config.ts';
import type { BandwidthLimits } from '../../../src/memory/settings/bandwidth-slots.ts';
import type { ChannelTotals, DrivenChannels, Grant, OfferedRequest, OwnerTotals } from './driven-channels.ts';
import { NaiveChannel, type NaiveGrant } from './naive-channel.ts';

const sumOf = <T>(all: readonly T[], figure: (one: T) => number): number =>
  all.reduce((sum, one) => sum + figure(one), 0);

export class NaiveTraffic implements DrivenChannels {
  /** In the order of the configuration: memory sides of caches first. */
  readonly #channels: readonly NaiveChannel[];
  readonly #config: BandwidthConfig;
  /** By channel. */
  readonly #grants: readonly NaiveGrant[][];
  #notTaken: Grant[] = [];
  #now = 0;
  #arrivals = 0;
  readonly #offered = new Map<number, OfferedRequest>();

  constructor(config: BandwidthConfig) {
    this.#config = config;
    this.#channels = config.channels.map((channel) => new NaiveChannel(channel));
    this.#grants = config.channels.map(() => []);
  }

  addPartition(channel: number): number {
    return this.#channels[channel]!.addPartition();
  }

  setLimits(channel: number, partition: number, limits: BandwidthLimits): void {
    this.#channels[channel]!.setLimits(this.#now, partition, limits);
  }

  setPortions(channel: number, partition: number, portions: readonly boolean[]): void {
    this.#channels[channel]!.setPortions(partition, portions);
  }

  setOwner(channel: number, owner: number, partition: number): void {
    this.#channels[channel]!.setOwner(owner, partition);
  }

  offer(request: OfferedRequest): void {
    this.serveUntil(request.arrivalPs);
    this.#offered.set(request.tag, request);
    const first = this.#config.channelOfCache[request.cache];
    this.#arrive(first ?? this.#memoryChannel(request), request, 0);
  }

  serveUntil(ps: number): void {
    for (;;) {
      const next = this.#channels.map((channel) => channel.nextDecision(this.#now));
      const earliest = Math.min(...next);
      if (earliest >= ps) break;
      this.#now = earliest;
      this.#decide(next.indexOf(earliest));
    }
    this.#now = Math.max(this.#now, ps);
  }

  takeGrants(): Grant[] {
    const taken = this.#notTaken;
    this.#notTaken = [];
    return taken;
  }

  counters(channel: number, owner: number): OwnerTotals {
    const grants = this.#grantsOf(channel, owner);
    return {
      reads: grants.filter(({ request }) => request.kind === 'read').length,
      writes: grants.filter(({ request }) => request.kind === 'write').length,
      servicePs: sumOf(grants, ({ grantPs, completionPs }) => completionPs - grantPs),
      throttledPs: sumOf(grants, ({ throttledPs }) => throttledPs),
      waiting: this.#channels[channel]!.waiting(owner),
    };
  }

  delayPs(channel: number, waiter: number, served: number): number {
    return sumOf(this.#grantsOf(channel, waiter), ({ queueingPs }) => queueingPs.get(served) ?? 0);
  }

  totals(channel: number): ChannelTotals {
    const grants = this.#grants[channel]!;
    return {
      busyPs: sumOf(grants, ({ grantPs, completionPs }) => completionPs - grantPs),
      served: grants.length,
      residencePs: sumOf(grants, ({ request, completionPs }) => completionPs - request.arrivalPs),
    };
  }

  #grantsOf(channel: number, owner: number): NaiveGrant[] {
    return this.#grants[channel]!.filter(({ request }) => request.owner === owner);
  }

  #decide(channel: number): void {
    const grant = this.#channels[channel]!.decide(this.#now);
    const { request, grantPs, completionPs, throttledPs, queueingPs } = grant;
    const { tag, arrivalPs } = request;
    const queuedPs = sumOf([...queueingPs.values()], (ps) => ps);
    this.#grants[channel]!.push(grant);
    this.#notTaken.push({ channel, tag, arrivalPs, grantPs, completionPs, throttledPs, queuedPs });
    const offered = this.#offered.get(request.tag)!;
    if (channel !== this.#config.channelOfCache[offered.cache]) return;
    this.#arrive(this.#memoryChannel(offered), offered, grant.downstreamPriority);
  }

  #arrive(channel: number, { tag, owner, kind, line }: OfferedRequest, priority: number): void {
    this.#arrivals += 1;
    const arrival = { arrivalPs: this.#now, arrivalNumber: this.#arrivals };
    this.#channels[channel]!.arrive({ tag, owner, kind, line, priority, ...arrival });
  }

  #memoryChannel({ cache, line }: OfferedRequest): number {
    const { channels, interleaveLines } = this.#config.memories[this.#config.memoryOfCache[cache]!]!;
    return channels[Math.floor(line / interleaveLines) % channels.length]!;
  }
}
