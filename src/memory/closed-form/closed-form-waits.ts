/**
 * Waits in a channel from its load, without serving requests one by one: the loaded-latency curve of docs/bandwidth.md,
 * "Closed form".
 *
 * A request waits in its class (MIN and MAX, then priority): all requests of a class wait alike, so a partition waits as its
 * requests are spread over the classes, and beside that for its own hard limit or time slots. Two effects make the wait of a
 * class. Where more is asked than is left, the whole latency grows by the ratio of the two, by Little's law, until PEs, which
 * have only so many requests under way, ask for what there is. Below that, requests collide by chance: the mean wait of a
 * server with priorities, constant service and Poisson arrivals (Cobham 1954; for one class M/D/1). Under MBW_PROP partitions
 * wait each for itself, and in a collision what one asks for within its share by 1/stride goes before what others ask for
 * beyond theirs.
 *
 * Left out: the edges of accounting windows and of time slots, bursts, turnarounds, priorities from upstream, the order inside a
 * class, and that regular streams collide less than by chance.
 */

/** What is known of one partition in the last interval. Shares are of the channel's bandwidth. */
export interface PartitionLoad {
  /** What its requests asked for; above 1 if more than everything. */
  readonly demand: number;
  /** MIN; 0: none. MAX, above which it is `low`, or held if hard; 1: no limit. */
  readonly minimum: number;
  readonly maximum: number;
  readonly isHard: boolean;
  /** Time slots of MBW_PBM that it may use; 0: class `none`. */
  readonly portions: number;
  /** Disabled, or without any portion. */
  readonly isNone: boolean;
  /** STRIDEM1 + 1; 0: MBW_PROP is off. */
  readonly stride: number;
  readonly priority: number;
}

/** What each request of the partition is to wait in the next interval, ps. */
export interface PartitionWait {
  readonly waitPs: number;
  /** Of that, for its own limit or its time slots, not for others. */
  readonly heldPs: number;
}

export interface ChannelFigures {
  /** One line's service, ps. */
  readonly servicePs: number;
  /** Latency of memory without a wait, ps. */
  readonly latencyPs: number;
  /** Longest wait, ps. */
  readonly waitMaxPs: number;
}

/** Chance collisions are not told beyond this load: there the other effect takes over. */
const LOAD_MAX = 0.95;
/** How much a latency may change in one interval. */
const RATIO_MAX = 4;

/** Over how many intervals the spread of a partition over classes is smoothed. */
const SPREAD_INTERVALS = 8;

/** The part of a partition's demand that is in one class. */
interface Segment {
  readonly partition: number;
  readonly rank: number;
  readonly priority: number;
  readonly wanted: number;
  readonly stride: number;
  granted: number;
}

const RANK_HIGH = 3;
const RANK_MEDIUM = 2;
const RANK_LOW = 1;
const RANK_NONE = 0;
const PRIORITIES = 2 ** 16;

export class ClosedFormWaits {
  readonly #channel: ChannelFigures;
  /** By class: what its requests wait; under MBW_PROP by class and partition. */
  readonly #classWaits = new Map<number, number>();
  /** By partition: what its requests wait for its own limit. */
  readonly #ownWaits: number[] = [];
  /** By partition and class (RANK_): share of its requests that were in it, over the last intervals. */
  readonly #spread: number[][] = [];

  constructor(channel: ChannelFigures) {
    this.#channel = channel;
  }

  /** Waits of all partitions for the next interval, in whole ps, from what they asked for in the last one. */
  next(loads: readonly PartitionLoad[]): readonly PartitionWait[] {
    const hasStrides = loads.some(({ stride }) => stride > 0);
    const segments = loads.map(segmentsOf);
    for (const [index, own] of segments.entries()) this.#updateSpread(own, index);
    const before = loads.map((load, index) => this.#classWait(load, index, hasStrides));
    const held = loads.map((load, index) => this.#limit(load, index, before[index]!));
    const groups = groupsInOrder(segments.flat());
    const residualPs = this.#residual(groups);
    let taken = 0;
    const left = new Set(this.#classWaits.keys());
    for (const group of groups) {
      const demand = group.reduce((sum, { partition }) => sum + loads[partition]!.demand, 0);
      taken += this.#settle(group, demand, taken, residualPs, hasStrides);
      for (const segment of group) left.delete(keyOf(segment, hasStrides));
    }
    for (const key of left) this.#classWaits.set(key, this.#stretched(this.#classWaits.get(key)!, 0, 0));
    return loads.map((load, index) => {
      const { waitMaxPs } = this.#channel;
      const queuedPs = this.#classWait(load, index, hasStrides);
      const heldPs = Math.floor(Math.min(held[index]!, waitMaxPs));
      return { waitPs: heldPs + Math.floor(Math.min(queuedPs, waitMaxPs - heldPs)), heldPs };
    });
  }

  /** A partition that asks for more than its limit allows waits until it does not. */
  #limit(load: PartitionLoad, partition: number, queuedPs: number): number {
    const { latencyPs } = this.#channel;
    const ownPs = this.#ownWaits[partition] ?? 0;
    const ratio = boundedRatio(load.demand / capOf(load));
    const wantedPs = (latencyPs + ownPs + queuedPs) * ratio - latencyPs - queuedPs;
    this.#ownWaits[partition] = Math.min(Math.max(wantedPs, 0), this.#channel.waitMaxPs);
    return this.#ownWaits[partition]!;
  }

  /** Mean time that a line in service still takes when a request arrives. */
  #residual(groups: readonly (readonly Segment[])[]): number {
    let wanted = 0;
    for (const group of groups) for (const segment of group) wanted += segment.wanted;
    return (Math.min(wanted, 1) * this.#channel.servicePs) / 2;
  }

  /**
   * Give a class what there is, and its requests their waits.
   * @param demand of its partitions in all classes: a longer wait in one makes them ask for less in all.
   * @returns what it takes of the channel.
   */
  #settle(group: readonly Segment[], demand: number, taken: number, residualPs: number, hasStrides: boolean): number {
    const room = Math.max(0, 1 - taken);
    const wanted = group.reduce((sum, segment) => sum + segment.wanted, 0);
    share(group, room, hasStrides);
    const got = group.reduce((sum, segment) => sum + segment.granted, 0);
    const rest = demand - wanted + room;
    const fullness = rest > 0 ? demand / rest : RATIO_MAX ** 2;
    if (hasStrides) this.#settleByStride(group, fullness, taken, residualPs);
    else this.#stretch(keyOf(group[0]!, false), fullness, collisionOf(residualPs, taken, taken + got));
    return got;
  }

  /** Under MBW_PROP what a partition uses of its share goes before what others use beyond theirs. */
  #settleByStride(group: readonly Segment[], fullness: number, taken: number, residualPs: number): void {
    const fair = fairShares(group, Math.max(0, 1 - taken));
    const within = group.map(({ granted }, at) => Math.min(granted, fair[at]!));
    const first = within.reduce((sum, share) => sum + share, taken);
    const last = group.reduce((sum, { granted }) => sum + granted, taken);
    const withinPs = collisionOf(residualPs, taken, first);
    const beyondPs = collisionOf(residualPs, first, last);
    for (const [at, segment] of group.entries()) {
      const { granted, wanted } = segment;
      const collisionPs = granted > 0 ? beyondPs + ((withinPs - beyondPs) * within[at]!) / granted : beyondPs;
      const ratio = granted < wanted ? wanted / granted : Math.min(fullness, 1);
      this.#stretch(keyOf(segment, true), ratio, collisionPs);
    }
  }

  #stretch(key: number, ratio: number, collisionPs: number): void {
    this.#classWaits.set(key, this.#stretched(this.#classWaits.get(key) ?? 0, ratio, collisionPs));
  }

  #stretched(waitPs: number, ratio: number, collisionPs: number): number {
    const { latencyPs, waitMaxPs } = this.#channel;
    const stretchedPs = (latencyPs + waitPs) * boundedRatio(ratio) - latencyPs;
    return Math.min(Math.max(stretchedPs, collisionPs), waitMaxPs);
  }

  /**
   * Over which classes the requests of a partition are spread. It follows slowly: what is above MIN waits, so that less is
   * asked for, so that less is above MIN.
   */
  #updateSpread(segments: readonly Segment[], partition: number): void {
    if (segments.length === 0) return;
    const wanted = segments.reduce((sum, segment) => sum + segment.wanted, 0);
    const now = new Array<number>(RANK_HIGH + 1).fill(0);
    for (const segment of segments) now[segment.rank] = segment.wanted / wanted;
    const before = this.#spread[partition];
    this.#spread[partition] = before?.map((share, rank) => share + (now[rank]! - share) / SPREAD_INTERVALS) ?? now;
  }

  /** What the requests of a partition wait on average, over the classes that they are in. */
  #classWait({ priority }: PartitionLoad, partition: number, hasStrides: boolean): number {
    let waitPs = 0;
    for (const [rank, share] of (this.#spread[partition] ?? []).entries()) {
      waitPs += share * (this.#classWaits.get(keyOf({ rank, priority, partition }, hasStrides)) ?? 0);
    }
    return waitPs;
  }
}

/** Half of the way to a ratio, as ratios go: a whole step would swing where only part of a demand is in a class. */
function boundedRatio(ratio: number): number {
  return Math.min(Math.max(Math.sqrt(ratio), 1 / RATIO_MAX), RATIO_MAX);
}

/** Mean wait of a class that is served after a load of `before`, and with it makes one of `after` (Cobham). */
function collisionOf(residualPs: number, before: number, after: number): number {
  return residualPs / ((1 - Math.min(before, LOAD_MAX)) * (1 - Math.min(after, LOAD_MAX)));
}

/** What each of a class would get of `room` by 1/stride if all wanted more than that. */
function fairShares(group: readonly Segment[], room: number): readonly number[] {
  const weights = group.reduce((sum, { stride }) => sum + 1 / stride, 0);
  return group.map(({ stride }) => room / stride / weights);
}

type ClassOf = Pick<Segment, 'rank' | 'priority' | 'partition'>;

function keyOf({ rank, priority, partition }: ClassOf, hasStrides: boolean): number {
  return ((hasStrides ? partition + 1 : 0) * PRIORITIES + priority) * (RANK_HIGH + 1) + rank;
}

/** More than this it never gets, however idle the channel is; Infinity: no such limit. */
function capOf({ isNone, isHard, maximum, portions }: PartitionLoad): number {
  const cap = isNone ? 1 : Math.min(isHard ? maximum : 1, portions);
  return cap < 1 ? cap : Number.POSITIVE_INFINITY;
}

function segmentsOf(load: PartitionLoad, partition: number): Segment[] {
  const { demand, minimum, maximum, stride, priority, isNone } = load;
  const capped = Math.min(demand, capOf(load));
  const segment = (rank: number, from: number, to: number): Segment[] => {
    const wanted = Math.min(capped, to) - Math.min(capped, from);
    return wanted > 0 ? [{ partition, rank, priority, wanted, stride: Math.max(stride, 1), granted: 0 }] : [];
  };
  if (isNone) return segment(RANK_NONE, 0, Number.POSITIVE_INFINITY);
  const limit = maximum >= 1 ? Number.POSITIVE_INFINITY : maximum;
  const guaranteed = Math.min(minimum, limit);
  return [
    ...segment(RANK_HIGH, 0, guaranteed),
    ...segment(RANK_MEDIUM, guaranteed, limit),
    ...segment(RANK_LOW, limit, Number.POSITIVE_INFINITY),
  ];
}

/** Segments of equal class and priority, the most urgent ones first. */
function groupsInOrder(segments: readonly Segment[]): Segment[][] {
  const ordered = segments.toSorted((a, b) => b.rank - a.rank || b.priority - a.priority || a.partition - b.partition);
  const groups: Segment[][] = [];
  for (const segment of ordered) {
    const [first] = groups.at(-1) ?? [];
    if (first?.rank === segment.rank && first.priority === segment.priority) groups.at(-1)!.push(segment);
    else groups.push([segment]);
  }
  return groups;
}

/** Give a class what there is: all that is wanted, or in the order of arrival, or by 1/stride; nobody more than he wants. */
function share(group: readonly Segment[], room: number, hasStrides: boolean): void {
  const weightOf = ({ stride, wanted }: Segment): number => (hasStrides ? 1 / stride : wanted);
  let left = room;
  let open = [...group];
  while (open.length > 0) {
    const level = left / open.reduce((sum, segment) => sum + weightOf(segment), 0);
    const content = open.filter((segment) => segment.wanted <= level * weightOf(segment));
    if (content.length === 0) {
      for (const segment of open) segment.granted = level * weightOf(segment);
      return;
    }
    for (const segment of content) {
      segment.granted = segment.wanted;
      left = Math.max(0, left - segment.wanted);
    }
    open = open.filter((segment) => !content.includes(segment));
  }
}
