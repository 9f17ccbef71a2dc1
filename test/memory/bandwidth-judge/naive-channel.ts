/**
 * The judge of one channel: docs/bandwidth.md, "Order" and "Delays", one decision at a time. Written for clarity alone;
 * shares no code with the channels it judges.
 */
import type { ChannelConfig } from '../../../src/memory/bandwidth-config.ts';
import type { BandwidthLimits } from '../../../src/memory/settings/bandwidth-slots.ts';
import { CLASSES, NaivePartition, type NaiveRequest } from './naive-partition.ts';

export interface NaiveGrant {
  readonly request: NaiveRequest;
  /** What goes on with the request. */
  readonly downstreamPriority: number;
  readonly grantPs: number;
  /** Turnaround and service are over. */
  readonly completionPs: number;
  readonly throttledPs: number;
  /** By the owner whose lines it waited for. */
  readonly queueingPs: ReadonlyMap<number, number>;
}

/** A line on the channel, and the requests that were held when it was chosen. */
interface Occupation {
  readonly from: number;
  readonly to: number;
  readonly owner: number;
  readonly held: ReadonlySet<NaiveRequest>;
}

export class NaiveChannel {
  readonly #config: ChannelConfig;
  readonly #partitions: NaivePartition[] = [];
  readonly #ownerPartitions = new Map<number, NaivePartition>();
  /** Those that some request waited for which still waits. */
  #occupations: Occupation[] = [];
  #freeFrom = 0;
  #lines = 0;
  #direction: 'read' | 'write' | undefined;
  #clock = 0;

  constructor(config: ChannelConfig) {
    this.#config = config;
    this.addPartition();
  }

  /** The first one is that of disabled PARTIDs. */
  addPartition(): number {
    this.#partitions.push(new NaivePartition(this.#config, this.#partitions.length === 0));
    return this.#partitions.length - 1;
  }

  setOwner(owner: number, partition: number): void {
    this.#ownerPartitions.set(owner, this.#partitions[partition]!);
    const all = this.#partitions.flatMap(({ queue }) => queue).toSorted((a, b) => a.arrivalNumber - b.arrivalNumber);
    for (const each of this.#partitions) {
      const first = each.queue[0];
      each.queue = all.filter((request) => this.#ownerPartitions.get(request.owner) === each);
      if (each.isBacklogged && each.queue[0] !== first) this.#setDeadline(each);
    }
  }

  setLimits(time: number, index: number, limits: BandwidthLimits): void {
    const hadStrides = this.#hasStrides();
    const partition = this.#partitions[index]!;
    partition.usage.change(time, limits);
    partition.limits = limits;
    if (!hadStrides && this.#hasStrides()) this.#startDeadlines();
  }

  #startDeadlines(): void {
    this.#clock = 0;
    for (const each of this.#partitions) {
      each.lastDeadline = 0;
      this.#setDeadline(each);
    }
  }

  setPortions(index: number, portions: readonly boolean[]): void {
    this.#partitions[index]!.portions = portions;
  }

  arrive(request: NaiveRequest): void {
    const partition = this.#ownerPartitions.get(request.owner)!;
    partition.queue.push(request);
    if (partition.queue.length === 1) this.#setDeadline(partition);
  }

  /** Requests of an owner that wait. */
  waiting(owner: number): number {
    const requests = this.#partitions.flatMap(({ queue }) => queue);
    return requests.filter((request) => request.owner === owner).length;
  }

  /** When it decides next if nothing else arrives, not before `now`; Infinity: nobody waits. */
  nextDecision(now: number): number {
    const from = Math.max(now, this.#freeFrom);
    return Math.min(...this.#backlogged().map((partition) => partition.notHeldFrom(from)));
  }

  decide(time: number): NaiveGrant {
    const waiting = this.#backlogged();
    const held = new Set(waiting.filter((partition) => partition.isHeld(time)));
    const chosen = this.#best(
      waiting.filter((partition) => !held.has(partition)),
      time,
    );
    const heldRequests = new Set([...held].flatMap(({ queue }) => queue));
    const { lineTime, turnaroundPs } = this.#config;
    const due = (lines: number): number => Number((BigInt(lines) * BigInt(lineTime)) / 65536n);
    const servicePs = due(this.#lines + 1) - due(this.#lines);
    this.#lines += 1;
    const { kind } = chosen.queue[0]!;
    const turns = this.#direction !== undefined && this.#direction !== kind;
    this.#direction = kind;
    const completionPs = time + (turns ? turnaroundPs : 0) + servicePs;
    this.#freeFrom = completionPs;
    const request = chosen.grant(time, servicePs);
    this.#clock = Math.max(this.#clock, chosen.lastDeadline);
    if (chosen.isBacklogged) this.#setDeadline(chosen);
    const delays = this.#delaysOf(request, time);
    this.#remember({ from: time, to: completionPs, owner: request.owner, held: heldRequests });
    const downstreamPriority = chosen.limits.downstreamPriority ?? request.priority;
    return { request, downstreamPriority, grantPs: time, completionPs, ...delays };
  }

  #backlogged(): NaivePartition[] {
    return this.#partitions.filter(({ isBacklogged }) => isBacklogged);
  }

  #hasStrides(): boolean {
    return this.#partitions.some(({ limits }) => limits.stride > 0);
  }

  /** A request has become the first of its partition. */
  #setDeadline(partition: NaivePartition): void {
    if (!this.#hasStrides()) return;
    const credited = Math.max(partition.lastDeadline, this.#clock - this.#config.offsetLimit);
    partition.deadline = credited + (partition.limits.stride > 0 ? partition.limits.stride : 1);
  }

  #best(candidates: readonly NaivePartition[], time: number): NaivePartition {
    const hasStrides = this.#hasStrides();
    const rank = (partition: NaivePartition): number[] => {
      const first = partition.queue[0]!;
      return [
        CLASSES.indexOf(partition.classAt(time)),
        -(partition.limits.priority ?? first.priority),
        hasStrides ? partition.deadline : 0,
        first.arrivalPs,
        first.arrivalNumber,
      ];
    };
    const ranked = candidates.map((partition) => ({ partition, rank: rank(partition) }));
    ranked.sort((a, b) => {
      const differing = a.rank.findIndex((figure, n) => figure !== b.rank[n]);
      return a.rank[differing]! - b.rank[differing]!;
    });
    return ranked[0]!.partition;
  }

  /** What the time from arrival to grant was spent with: lines of others, or being held; nothing else is possible. */
  #delaysOf(request: NaiveRequest, granted: number) {
    const queueingPs = new Map<number, number>();
    let throttledPs = granted - request.arrivalPs;
    for (const { from, to, owner, held } of this.#occupations) {
      const ps = to - Math.max(from, request.arrivalPs);
      if (ps <= 0 || held.has(request)) continue;
      queueingPs.set(owner, (queueingPs.get(owner) ?? 0) + ps);
      throttledPs -= ps;
    }
    return { throttledPs, queueingPs };
  }

  #remember(occupation: Occupation): void {
    const oldest = Math.min(...this.#backlogged().map(({ queue }) => queue[0]!.arrivalPs));
    this.#occupations = [...this.#occupations.filter(({ to }) => to > oldest), occupation];
  }
}
