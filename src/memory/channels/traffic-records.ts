/** The records of a machine's channels and PEs in the block, as they are before the first request. */
import { PE_BYTES, PE_TRAFFIC } from '../../loop/assembly/layout.ts';
import {
  CHANNEL_BACKLOG,
  CHANNEL_BYTES,
  CHANNEL_DECISION,
  CHANNEL_DIRECTION,
  CHANNEL_FLAG_PASSES_ON,
  CHANNEL_FLAGS,
  CHANNEL_INDEX,
  CHANNEL_LINE_TIME,
  CHANNEL_NEW_REMEMBERED,
  CHANNEL_OFFSET_LIMIT,
  CHANNEL_OWNER_BYTES,
  CHANNEL_OWNER_DELAYS,
  CHANNEL_OWNER_SLOT,
  CHANNEL_OWNERS,
  CHANNEL_PORTION_TIME,
  CHANNEL_REMEMBERED_END,
  CHANNEL_SLOTS,
  CHANNEL_STARVATION,
  CHANNEL_TURNAROUND,
  CHANNEL_WAITERS,
  CHANNEL_WINDOW,
  DIRECTION_NONE,
  NEVER_HIGH,
  NEVER_LOW,
  OUTBOX_ENTRIES,
  OUTBOX_ENTRY_BYTES,
  PE_TRAFFIC_BYTES,
  PET_OUTBOX,
  PET_OUTBOX_END,
  PET_TICKETS,
  PET_TRAFFIC,
  REQUEST_BYTES,
  REQUEST_NEXT,
  ROUTE_BYTES,
  ROUTE_CHANNELS,
  ROUTE_COUNT,
  ROUTE_SHIFT,
  ROUTE_SIDE,
  TICKET_BYTES,
  TICKETS,
  TRAFFIC_CHANNEL_COUNT,
  TRAFFIC_CHANNELS,
  TRAFFIC_CLOSED_FORM,
  TRAFFIC_FREE_REQUEST,
  TRAFFIC_FREE_REQUESTS,
  TRAFFIC_GRANTS,
  TRAFFIC_GRANTS_MAX,
  TRAFFIC_HEAP,
  TRAFFIC_LATENCY,
  TRAFFIC_NEXT,
  TRAFFIC_NEXT_CHANNEL,
  TRAFFIC_OUTBOX,
  TRAFFIC_WRITE_BUFFER,
  WINDOW_DECAYING,
  WINDOW_FIXED,
  WINDOW_MOVING,
} from '../../loop/assembly/traffic-layout.ts';
import type { Block, Region } from '../../loop/block.ts';
import type { AccountingWindow, ChannelConfig } from '../bandwidth-config.ts';
import type { HierarchyConfig } from '../hierarchy-config.ts';
import { bandwidthOf, type ChannelRegion, type TrafficRegions } from './channel-regions.ts';

const WINDOW_CODES: Readonly<Record<AccountingWindow, number>> = {
  fixed: WINDOW_FIXED,
  moving: WINDOW_MOVING,
  decaying: WINDOW_DECAYING,
};

/** A u64 of ps. */
const DELAY_BYTES = 8;
const OUTBOX_BYTES = OUTBOX_ENTRIES * OUTBOX_ENTRY_BYTES;

export const channelAddress = ({ records }: TrafficRegions, channel: number): number =>
  records.byteOffset + channel * CHANNEL_BYTES;

/** Address of the route of an outermost cache. */
export const routeAddress = ({ routes }: TrafficRegions, cache: number): number =>
  routes.byteOffset + cache * ROUTE_BYTES;

/** Writes 32-bit words and pairs of them to addresses. */
class Writer {
  readonly #words: Int32Array;

  constructor(block: Block) {
    this.#words = block.words;
  }

  word(address: number, value: number): void {
    this.#words[address >>> 2] = value;
  }

  /** A whole number of at most 2^53, as an i64. */
  long(address: number, value: number): void {
    this.word(address, value % 2 ** 32);
    this.word(address + 4, Math.floor(value / 2 ** 32));
  }

  never(address: number): void {
    this.word(address, NEVER_LOW);
    this.word(address + 4, NEVER_HIGH);
  }

  /** Link the records of a region into a list of free ones. @returns the address of the first. */
  list({ byteOffset, byteLength }: Region, recordBytes: number, nextOffset: number): number {
    for (let at = 0; at + recordBytes < byteLength; at += recordBytes) {
      this.word(byteOffset + at + nextOffset, byteOffset + at + recordBytes);
    }
    return byteOffset;
  }
}

/** Write all records. */
export function initTraffic(block: Block, regions: TrafficRegions, config: HierarchyConfig): void {
  const writer = new Writer(block);
  initTrafficRecord(writer, regions, config);
  for (const [index, channel] of bandwidthOf(config).channels.entries()) {
    initChannel(writer, regions, config, channel, index);
  }
  initRoutes(writer, regions, config);
}

function initTrafficRecord(writer: Writer, regions: TrafficRegions, config: HierarchyConfig): void {
  const bandwidth = bandwidthOf(config);
  const at = regions.traffic.byteOffset;
  writer.word(at + TRAFFIC_CHANNELS, regions.records.byteOffset);
  writer.word(at + TRAFFIC_CHANNEL_COUNT, bandwidth.channels.length);
  writer.word(at + TRAFFIC_FREE_REQUEST, writer.list(regions.requests, REQUEST_BYTES, REQUEST_NEXT));
  writer.word(at + TRAFFIC_FREE_REQUESTS, regions.requestCount);
  writer.word(at + TRAFFIC_HEAP, regions.heap.byteOffset);
  writer.word(at + TRAFFIC_WRITE_BUFFER, bandwidth.writeBufferLines);
  writer.word(at + TRAFFIC_LATENCY, config.memoryLatencyPs);
  writer.word(at + TRAFFIC_CLOSED_FORM, bandwidth.mode === 'closed-form' ? 1 : 0);
  writer.word(at + TRAFFIC_NEXT_CHANNEL, regions.records.byteOffset);
  writer.never(at + TRAFFIC_NEXT);
  writer.word(at + TRAFFIC_OUTBOX, regions.outboxes.byteOffset + config.ports.length * OUTBOX_BYTES);
  writer.word(at + TRAFFIC_GRANTS, regions.grants?.byteOffset ?? 0);
  writer.word(at + TRAFFIC_GRANTS_MAX, regions.grantCount);
}

function initChannel(
  writer: Writer,
  regions: TrafficRegions,
  { ownerCapacity, bandwidth }: HierarchyConfig,
  channel: ChannelConfig,
  index: number,
): void {
  const at = channelAddress(regions, index);
  const own = regions.channels[index]!;
  const isMemorySide = bandwidth!.channelOfCache.includes(index);
  writer.long(at + CHANNEL_LINE_TIME, channel.lineTime);
  writer.long(at + CHANNEL_TURNAROUND, channel.turnaroundPs);
  writer.word(at + CHANNEL_DIRECTION, DIRECTION_NONE);
  writer.word(at + CHANNEL_INDEX, index);
  writer.never(at + CHANNEL_DECISION);
  writer.word(at + CHANNEL_WINDOW, WINDOW_CODES[channel.window]);
  writer.word(at + CHANNEL_FLAGS, isMemorySide ? CHANNEL_FLAG_PASSES_ON : 0);
  writer.long(at + CHANNEL_STARVATION, channel.starvationPs);
  writer.long(at + CHANNEL_PORTION_TIME, channel.portionPs);
  writer.long(at + CHANNEL_OFFSET_LIMIT, channel.offsetLimit);
  writer.word(at + CHANNEL_SLOTS, own.slots.byteOffset);
  writer.word(at + CHANNEL_BACKLOG, own.backlog.byteOffset);
  writer.word(at + CHANNEL_WAITERS, own.waiters.byteOffset);
  writer.word(at + CHANNEL_OWNERS, own.owners.byteOffset);
  initOwners(writer, own, ownerCapacity);
  if (own.remembered === undefined) return;
  writer.word(at + CHANNEL_NEW_REMEMBERED, own.remembered.byteOffset);
  writer.word(at + CHANNEL_REMEMBERED_END, own.remembered.byteOffset + own.remembered.byteLength);
}

/** All owners are in the first slot until they are put into another one. */
function initOwners(writer: Writer, { owners, slots, delays }: ChannelRegion, ownerCapacity: number): void {
  for (let owner = 0; owner < ownerCapacity; owner++) {
    const at = owners.byteOffset + owner * CHANNEL_OWNER_BYTES;
    writer.word(at + CHANNEL_OWNER_SLOT, slots.byteOffset);
    writer.word(at + CHANNEL_OWNER_DELAYS, delays.byteOffset + owner * ownerCapacity * DELAY_BYTES);
  }
}

function initRoutes(writer: Writer, regions: TrafficRegions, { bandwidth }: HierarchyConfig): void {
  const { memories, memoryOfCache, channelOfCache } = bandwidth!;
  const lists: number[] = [];
  let next = regions.routeChannels.byteOffset;
  for (const { channels } of memories) {
    lists.push(next);
    for (const channel of channels) {
      writer.word(next, channelAddress(regions, channel));
      next += 4;
    }
  }
  memoryOfCache.forEach((memory, cache) => {
    if (memory === undefined) return;
    const at = routeAddress(regions, cache);
    const side = channelOfCache[cache];
    writer.word(at + ROUTE_SIDE, side === undefined ? 0 : channelAddress(regions, side));
    writer.word(at + ROUTE_SHIFT, Math.log2(memories[memory]!.interleaveLines));
    writer.word(at + ROUTE_COUNT, memories[memory]!.channels.length);
    writer.word(at + ROUTE_CHANNELS, lists[memory]!);
  });
}

/** Give every PE of a machine its part of the traffic. @param pes address of the first PE record. */
export function connectPes(block: Block, regions: TrafficRegions, pes: number, count: number): void {
  const writer = new Writer(block);
  for (let pe = 0; pe < count; pe++) {
    const own = regions.pes.byteOffset + pe * PE_TRAFFIC_BYTES;
    const outbox = regions.outboxes.byteOffset + pe * OUTBOX_BYTES;
    writer.word(pes + pe * PE_BYTES + PE_TRAFFIC, own);
    writer.word(own + PET_TRAFFIC, regions.traffic.byteOffset);
    writer.word(own + PET_OUTBOX, outbox);
    writer.word(own + PET_OUTBOX_END, outbox);
    writer.word(own + PET_TICKETS, regions.tickets.byteOffset + pe * TICKETS * TICKET_BYTES);
  }
}
