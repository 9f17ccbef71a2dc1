/** How much of the block the channels of a machine need, and where: the regions behind loop/assembly/traffic-layout.ts. */
import { WINWD_MAX, windowPs } from '../../arch/accounting-window.ts';
import {
  BANDWIDTH_PORTION_BYTES,
  BANDWIDTH_SLOT_BYTES,
  BANDWIDTH_SLOTS_MAX,
  CHANNEL_BYTES,
  CHANNEL_OWNER_BYTES,
  GRANT_BYTES,
  HEAP_ENTRY_BYTES,
  OUTBOX_ENTRIES,
  OUTBOX_ENTRY_BYTES,
  PE_TRAFFIC_BYTES,
  REMEMBERED_BYTES,
  REQUEST_BYTES,
  ROUTE_BYTES,
  TICKET_BYTES,
  TICKETS,
  TRAFFIC_BYTES,
} from '../../loop/assembly/traffic-layout.ts';
import type { BlockLayout, Region } from '../../loop/block.ts';
import { type BandwidthConfig, type ChannelConfig, MOVING_WINDOW_LINES_MAX } from '../bandwidth-config.ts';
import type { HierarchyConfig } from '../hierarchy-config.ts';

/** Reads that a PE may have under way: the largest `mlp`. */
const READS_PER_PE = 64;
/** Contexts that leave their requests behind on a PE while the next one makes its own. */
const CONTEXTS_PER_PE = 4;
const REQUESTS_MIN = 1024;
/** A window that begins and ends inside lines holds one or two more than fit into it. */
const SPARE_LINES = 2;
const ADDRESS_BYTES = 4;

/** What one channel has for itself. */
export interface ChannelRegion {
  readonly slots: Region;
  readonly portions: Region;
  readonly backlog: Region;
  readonly waiters: Region;
  readonly owners: Region;
  readonly delays: Region;
  /** Grants of moving windows. */
  readonly remembered: Region | undefined;
}

export interface TrafficRegions {
  readonly traffic: Region;
  readonly records: Region;
  readonly channels: readonly ChannelRegion[];
  readonly requests: Region;
  readonly routes: Region;
  /** Addresses of each memory's channels, one list after the other. */
  readonly routeChannels: Region;
  readonly heap: Region;
  readonly pes: Region;
  readonly tickets: Region;
  /** One for each PE, and one for maintenance. */
  readonly outboxes: Region;
  readonly grants: Region | undefined;
  readonly requestCount: number;
  readonly grantCount: number;
}

export interface ChannelOptions {
  /** Begins the names of the regions. */
  readonly prefix?: string;
  /** Open loop: grants that are kept until they are taken out. */
  readonly grantLog?: number;
  /** Requests that can wait at a time; enough for the PEs if not given. */
  readonly requests?: number;
}

/** The bandwidth of a machine that has one. @throws Error if it has none. */
export function bandwidthOf({ bandwidth }: Pick<HierarchyConfig, 'bandwidth'>): BandwidthConfig {
  if (bandwidth === undefined) throw new Error('this machine has no bandwidth: its memory is never busy');
  return bandwidth;
}

/** Reserve the channels of a machine, and what its PEs need to wait for them. */
export function reserveChannels(
  layout: BlockLayout,
  config: HierarchyConfig,
  options: ChannelOptions = {},
): TrafficRegions {
  const bandwidth = bandwidthOf(config);
  const { prefix = '', grantLog = 0, requests = requestsOfPes(config) } = options;
  const reserve = (name: string, bytes: number): Region => layout.reserve(`${prefix}${name}`, bytes);
  const pes = config.ports.length;
  const channelsOfMemories = bandwidth.memories.reduce((sum, { channels }) => sum + channels.length, 0);
  return {
    traffic: reserve('traffic', TRAFFIC_BYTES),
    records: reserve('channels', bandwidth.channels.length * CHANNEL_BYTES),
    channels: bandwidth.channels.map((_, index) => reserveChannel(reserve, config, index)),
    requests: reserve('memory-requests', requests * REQUEST_BYTES),
    routes: reserve('routes', config.caches.length * ROUTE_BYTES),
    routeChannels: reserve('route-channels', channelsOfMemories * ADDRESS_BYTES),
    heap: reserve('pe-heap', pes * HEAP_ENTRY_BYTES),
    pes: reserve('pe-traffic', pes * PE_TRAFFIC_BYTES),
    tickets: reserve('tickets', pes * TICKETS * TICKET_BYTES),
    outboxes: reserve('outboxes', (pes + 1) * OUTBOX_ENTRIES * OUTBOX_ENTRY_BYTES),
    grants: grantLog > 0 ? reserve('grants', grantLog * GRANT_BYTES) : undefined,
    requestCount: requests,
    grantCount: grantLog,
  };
}

function requestsOfPes(config: HierarchyConfig): number {
  const perPe = READS_PER_PE + bandwidthOf(config).writeBufferLines + 2 * config.caches.length;
  return Math.max(REQUESTS_MIN, config.ports.length * CONTEXTS_PER_PE * perPe);
}

function reserveChannel(
  reserve: (name: string, bytes: number) => Region,
  config: HierarchyConfig,
  index: number,
): ChannelRegion {
  const { ownerCapacity } = config;
  const channel = bandwidthOf(config).channels[index]!;
  const own = (name: string, bytes: number): Region => reserve(`${channel.name}-channel-${name}`, bytes);
  return {
    slots: own('slots', BANDWIDTH_SLOTS_MAX * BANDWIDTH_SLOT_BYTES),
    portions: own('portions', BANDWIDTH_SLOTS_MAX * BANDWIDTH_PORTION_BYTES),
    backlog: own('backlog', BANDWIDTH_SLOTS_MAX * ADDRESS_BYTES),
    waiters: own('waiting', ownerCapacity * ADDRESS_BYTES),
    owners: own('owners', ownerCapacity * CHANNEL_OWNER_BYTES),
    delays: own('delays', ownerCapacity ** 2 * 8),
    remembered:
      channel.window === 'moving' ? own('windows', rememberedGrants(config, index) * REMEMBERED_BYTES) : undefined,
  };
}

/** Records for the longest moving window of a channel: that of reset where software cannot set another. */
function rememberedGrants({ mscs = [], bandwidth }: HierarchyConfig, index: number): number {
  const resources = mscs.flatMap((msc) => msc.resources.filter(({ channel }) => channel === index));
  const features = resources.map((resource) => resource.bandwidth);
  const isOpen = features.length === 0 || features.some((feature) => feature?.windwr !== false);
  const longest = isOpen ? WINWD_MAX : Math.max(...features.map((feature) => feature!.winwd));
  const lines = Math.ceil(windowPs(longest) / shortestLinePs(bandwidth!.channels[index]!));
  return Math.min(MOVING_WINDOW_LINES_MAX, lines) + SPARE_LINES;
}

/**
 * The longest accounting window of a channel, ps: a moving window is limited by the grants that can be remembered, the
 * others by the width of MBW_WINWD alone.
 */
export function longestWindowPs(channel: ChannelConfig, { remembered }: ChannelRegion): number {
  if (remembered === undefined) return Number.POSITIVE_INFINITY;
  return (remembered.byteLength / REMEMBERED_BYTES - SPARE_LINES) * shortestLinePs(channel);
}

const shortestLinePs = ({ lineTime }: ChannelConfig): number => Math.max(1, Math.floor(lineTime / 65536));
