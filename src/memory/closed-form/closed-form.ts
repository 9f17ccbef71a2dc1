/**
 * The closed form of a machine's channels in time: at the end of each interval the requests of the interval are taken from
 * the counters, their waits are booked as delays, and the waits of the next one are set (docs/bandwidth.md, "Closed form").
 */

import { FIRST_OWNER } from '../../loop/assembly/layout.ts';
import {
  CHANNEL_BUSY,
  CHANNEL_OWNER_BYTES,
  CHANNEL_OWNER_DELAYS,
  CHANNEL_OWNER_HELD,
  CHANNEL_OWNER_SERVICE,
  CHANNEL_OWNER_THROTTLED,
  CHANNEL_OWNER_WAIT,
  CHANNEL_OWNERS,
  CHANNEL_RESIDENCE,
  CHANNEL_SERVED,
} from '../../loop/assembly/traffic-layout.ts';
import type { Block } from '../../loop/block.ts';
import type { ChannelConfig } from '../bandwidth-config.ts';
import type { Channels } from '../channels/channels.ts';
import type { HierarchyConfig } from '../hierarchy-config.ts';
import { ClosedFormWaits, type PartitionLoad, type PartitionWait } from './closed-form-waits.ts';

/** No request waits longer than this, ps: a tenth of a second. */
const WAIT_MAX_PS = 1e11;
/** The unit of ChannelConfig.lineTime. */
const LINE_TIMES_PER_PS = 65536;
const NUMERATORS = 65536;

/** What an owner asked for in the last interval. */
interface Asked {
  readonly owner: number;
  readonly slot: number;
  readonly reads: number;
  readonly lines: number;
}

interface Channel {
  readonly index: number;
  readonly address: number;
  readonly model: ClosedFormWaits;
  readonly linePs: number;
  /** Lines by owner up to the end of the last interval. */
  readonly readsBefore: number[];
  readonly writesBefore: number[];
  /** By slot: what its requests wait. */
  readonly waits: PartitionWait[];
}

export class ClosedForm {
  /** How often `endInterval` is to be called, ps. */
  readonly intervalPs: number;
  readonly #words: Int32Array;
  readonly #channels: Channels;
  readonly #ownerCount: () => number;
  readonly #all: readonly Channel[];

  /** For a machine whose bandwidth is modelled in closed form. */
  constructor(block: Block, channels: Channels, config: HierarchyConfig, ownerCount: () => number) {
    const bandwidth = config.bandwidth!;
    this.intervalPs = bandwidth.closedFormIntervalPs;
    this.#words = block.words;
    this.#channels = channels;
    this.#ownerCount = ownerCount;
    this.#all = bandwidth.channels.map((channel, index) => ({
      index,
      address: channels.addressOf(index),
      ...modelOf(channel, config),
      readsBefore: [],
      writesBefore: [],
      waits: [],
    }));
  }

  /** An interval is over. */
  endInterval(): void {
    for (const channel of this.#all) this.#endIntervalOf(channel);
  }

  #endIntervalOf(channel: Channel): void {
    const asked = this.#takeAsked(channel);
    this.#book(channel, asked);
    const slots = this.#channels.slots(channel.index);
    const linesOfSlot = new Float64Array(slots.count);
    for (const { slot, lines } of asked) linesOfSlot[slot]! += lines;
    const loads = Array.from(linesOfSlot, (lines, slot): PartitionLoad => {
      const { minimum, maximum, isHard, stride, priority = 0 } = slots.limitsOf(slot);
      return {
        demand: (lines * channel.linePs) / this.intervalPs,
        minimum: minimum / NUMERATORS,
        maximum: maximum / NUMERATORS,
        ...{ isHard, stride, priority },
        portions: slots.portionShareOf(slot),
        isNone: slots.isNone(slot),
      };
    });
    channel.waits.splice(0, channel.waits.length, ...channel.model.next(loads));
    for (let owner = FIRST_OWNER; owner < this.#ownerCount(); owner++) {
      const { waitPs, heldPs } = channel.waits[slots.slotOf(owner)]!;
      const record = this.#ownerRecord(channel, owner);
      this.#words[(record + CHANNEL_OWNER_WAIT) >>> 2] = waitPs;
      this.#words[(record + CHANNEL_OWNER_HELD) >>> 2] = heldPs;
    }
  }

  #takeAsked(channel: Channel): readonly Asked[] {
    const slots = this.#channels.slots(channel.index);
    const asked: Asked[] = [];
    for (let owner = FIRST_OWNER; owner < this.#ownerCount(); owner++) {
      const now = this.#channels.counters(channel.index, owner);
      const reads = now.reads - (channel.readsBefore[owner] ?? 0);
      const lines = reads + now.writes - (channel.writesBefore[owner] ?? 0);
      channel.readsBefore[owner] = now.reads;
      channel.writesBefore[owner] = now.writes;
      if (lines > 0) asked.push({ owner, slot: slots.slotOf(owner), reads, lines });
    }
    return asked;
  }

  /** Requests waited behind lines of everybody in proportion to what these took of the channel. */
  #book(channel: Channel, asked: readonly Asked[]): void {
    const allLines = asked.reduce((sum, { lines }) => sum + lines, 0);
    for (const { owner, slot, reads, lines } of asked) {
      const record = this.#ownerRecord(channel, owner);
      const servicePs = Math.floor(lines * channel.linePs);
      this.#add(record + CHANNEL_OWNER_SERVICE, servicePs);
      this.#add(channel.address + CHANNEL_BUSY, servicePs);
      this.#add(channel.address + CHANNEL_SERVED, lines);
      const { waitPs, heldPs } = channel.waits[slot] ?? { waitPs: 0, heldPs: 0 };
      this.#add(channel.address + CHANNEL_RESIDENCE, servicePs + reads * waitPs);
      this.#add(record + CHANNEL_OWNER_THROTTLED, reads * heldPs);
      const queuedPs = reads * (waitPs - heldPs);
      for (const other of asked) this.#delay(channel, owner, other.owner, (queuedPs * other.lines) / allLines);
    }
  }

  #delay(channel: Channel, waiter: number, served: number, ps: number): void {
    const delays = this.#words[(this.#ownerRecord(channel, waiter) + CHANNEL_OWNER_DELAYS) >>> 2]! >>> 0;
    this.#add(delays + 8 * served, Math.floor(ps));
  }

  #ownerRecord(channel: Channel, owner: number): number {
    const owners = this.#words[(channel.address + CHANNEL_OWNERS) >>> 2]! >>> 0;
    return owners + owner * CHANNEL_OWNER_BYTES;
  }

  /** Add to a u64 counter. */
  #add(address: number, amount: number): void {
    const at = address >>> 2;
    const low = (this.#words[at]! >>> 0) + (amount % 2 ** 32);
    this.#words[at] = low | 0;
    this.#words[at + 1]! += Math.floor(amount / 2 ** 32) + (low >= 2 ** 32 ? 1 : 0);
  }
}

function modelOf({ lineTime }: ChannelConfig, { memoryLatencyPs }: HierarchyConfig) {
  const linePs = lineTime / LINE_TIMES_PER_PS;
  const latencyPs = Math.max(memoryLatencyPs, linePs);
  return { linePs, model: new ClosedFormWaits({ servicePs: linePs, latencyPs, waitMaxPs: WAIT_MAX_PS }) };
}
