/**
 * Waits in a channel from its load, without serving requests one by one: the loaded-latency curve of docs/bandwidth.md.
 *
 * Two effects are added up from what was asked in the last interval. Where more is asked than may be served, the delay must
 * grow until PEs, which have only so many requests under way, ask for as much as there is: by Little's law the whole latency
 * grows by the ratio of the two. Below that, requests collide by chance: the mean wait of a server with priorities, constant
 * service time and Poisson arrivals (Cobham 1954; for one class the M/D/1 of Pollaczek and Khinchine).
 *
 * Left out: the edges of accounting windows and of time slots, bursts, and the order inside a class.
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
  /** What each of its requests waited, ps. */
  readonly waitPs: number;
}

/** What each request of the partition is to wait in the next interval. */
export interface PartitionWait {
  readonly waitPs: number;
  /** It waits because of its own limit or its time slots, not for others. */
  readonly isHeld: boolean;
  /** Share of the bandwidth that it gets. */
  readonly granted: number;
}

export interface ChannelFigures {
  /** One line's service, ps. */
  readonly servicePs: number;
  /** Latency of memory without a wait, ps. */
  readonly latencyPs: number;
  /** Longest wait, ps. */
  readonly waitMaxPs: number;
}

/** Chance collisions are not told beyond this load: there the first effect takes over. */
const LOAD_MAX = 0.95;
/** So near to its own limit, a partition waits because of it. */
const NEAR = 0.9;
/** How much a latency may change in one interval. */
const RATIO_MAX = 4;

/** The part of a partition's demand that is in one class. */
interface Segment {
  readonly partition: number;
  readonly rank: number;
  readonly priority: number;
  readonly wanted: number;
  readonly weight: number;
  granted: number;
}

const RANK_HIGH = 3;
const RANK_MEDIUM = 2;
const RANK_LOW = 1;
const RANK_NONE = 0;

/** Waits of all partitions of a channel for the next interval, in whole ps. */
export function closedFormWaits(loads: readonly PartitionLoad[], channel: ChannelFigures): readonly PartitionWait[] {
  const hasStrides = loads.some(({ stride }) => stride > 0);
  const segments = loads.flatMap((load, index) => segmentsOf(load, index, hasStrides));
  const groups = groupsInOrder(segments);
  const granted = new Float64Array(loads.length);
  const fullness = new Float64Array(loads.length);
  const collisions = new Float64Array(loads.length);
  let before = 0;
  for (const group of groups) {
    const wanted = group.reduce((sum, segment) => sum + segment.wanted, 0);
    const room = Math.max(0, 1 - before);
    share(group, room);
    const got = group.reduce((sum, segment) => sum + segment.granted, 0);
    const spread = 1 / ((1 - Math.min(before, LOAD_MAX)) * (1 - Math.min(before + got, LOAD_MAX)));
    for (const segment of group) {
      granted[segment.partition]! += segment.granted;
      collisions[segment.partition]! += segment.granted * spread;
      fullness[segment.partition] = room > 0 ? wanted / room : RATIO_MAX;
    }
    before += got;
  }
  const residual = (Math.min(before, 1) * channel.servicePs) / 2;
  return loads.map((load, index) => {
    const share = granted[index]!;
    const collision = share > 0 ? (residual * collisions[index]!) / share : 0;
    return waitOf(load, share, fullness[index]!, collision, channel);
  });
}

function waitOf(
  load: PartitionLoad,
  granted: number,
  fullness: number,
  collisionPs: number,
  { latencyPs, waitMaxPs }: ChannelFigures,
): PartitionWait {
  if (load.demand === 0) return { waitPs: Math.floor(Math.min(collisionPs, waitMaxPs)), isHeld: false, granted: 0 };
  const isShort = granted < load.demand;
  const cap = capOf(load);
  const used = Math.min(Math.max(fullness, load.demand / cap), 1);
  const wantedRatio = isShort ? load.demand / Math.max(granted, load.demand / RATIO_MAX) : used;
  const ratio = Math.min(Math.max(wantedRatio, 1 / RATIO_MAX), RATIO_MAX);
  const stretchedPs = (latencyPs + load.waitPs) * ratio - latencyPs;
  const waitPs = Math.floor(Math.min(Math.max(stretchedPs, collisionPs, 0), waitMaxPs));
  const isHeld = waitPs > 0 && stretchedPs >= collisionPs && Math.max(granted, load.demand) >= cap * NEAR;
  return { waitPs, isHeld, granted };
}

/** More than this it never gets, however idle the channel is; Infinity: no such limit. */
function capOf({ isNone, isHard, maximum, portions }: PartitionLoad): number {
  const cap = isNone ? 1 : Math.min(isHard ? maximum : 1, portions);
  return cap < 1 ? cap : Number.POSITIVE_INFINITY;
}

function segmentsOf(load: PartitionLoad, partition: number, hasStrides: boolean): Segment[] {
  const { demand, minimum, maximum, stride, priority, isNone } = load;
  const capped = Math.min(demand, capOf(load));
  const weight = hasStrides ? 1 / Math.max(stride, 1) : 0;
  const segment = (rank: number, from: number, to: number): Segment[] => {
    const wanted = Math.min(capped, to) - Math.min(capped, from);
    return wanted > 0 ? [{ partition, rank, priority, wanted, weight: hasStrides ? weight : wanted, granted: 0 }] : [];
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

/** Give a group what there is: all that is wanted, or shares by weight of which nobody gets more than he wants. */
function share(group: readonly Segment[], room: number): void {
  let left = room;
  let open = [...group];
  while (open.length > 0) {
    const weights = open.reduce((sum, { weight }) => sum + weight, 0);
    const level = left / weights;
    const content = open.filter(({ wanted, weight }) => wanted <= level * weight);
    if (content.length === 0) {
      for (const segment of open) segment.granted = level * segment.weight;
      return;
    }
    for (const segment of content) {
      segment.granted = segment.wanted;
      left -= segment.wanted;
    }
    open = open.filter((segment) => !content.includes(segment));
    left = Math.max(left, 0);
  }
}
