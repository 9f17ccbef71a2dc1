/**
 * The bandwidth slots of one channel in the block: how settings of partitions reach the arbiter (docs/bandwidth.md).
 *
 * Slot 0 is that of disabled PARTIDs. Settings act from the time on up to which the channels have decided.
 */
import type { AccessLoop } from '../../loop/access-loop.ts';
import {
  BANDWIDTH_PORTION_BYTES,
  BANDWIDTH_SLOT_BYTES,
  BANDWIDTH_SLOT_DISABLED,
  BANDWIDTH_SLOTS_MAX,
  BWSLOT_DOWNSTREAM,
  BWSLOT_FLAG_NONE,
  BWSLOT_FLAGS,
  BWSLOT_GRANTED,
  BWSLOT_PORTIONS,
  BWSLOT_PRIORITY,
  CHANNEL_FLAG_DSPRI,
  CHANNEL_FLAG_INTPRI,
  CHANNEL_FLAGS,
  CHANNEL_OWNER_BYTES,
  CHANNEL_OWNER_SLOT,
  CHANNEL_PORTION_COUNT,
  CHANNEL_PORTION_ENDS,
  CHANNEL_SLOT_COUNT,
  MAXIMUM_WHOLE,
} from '../../loop/assembly/traffic-layout.ts';
import type { Block } from '../../loop/block.ts';
import type { ChannelConfig } from '../bandwidth-config.ts';
import type { BandwidthLimits, BandwidthSlots } from '../settings/bandwidth-slots.ts';
import { type ChannelRegion, longestWindowPs } from './channel-regions.ts';

const NO_LIMITS: BandwidthLimits = {
  minimum: 0,
  maximum: MAXIMUM_WHOLE,
  isHard: false,
  stride: 0,
  priority: undefined,
  downstreamPriority: undefined,
  windowPs: 1,
};

/** Upper half of a time long before the first one, about -2^61 ps: when a slot was granted something that never was. */
const LONG_AGO_HIGH = -(2 ** 29);

/** Where a channel's records are, and who works on them. */
export interface ChannelPlace {
  readonly block: Block;
  readonly loop: AccessLoop;
  /** Addresses of the traffic record and of the channel's. */
  readonly traffic: number;
  readonly channel: number;
  readonly regions: ChannelRegion;
}

export class ChannelSlots implements BandwidthSlots {
  readonly #config: ChannelConfig;
  readonly #place: ChannelPlace;
  readonly #words: Int32Array;
  /** By slot, as last set. */
  readonly #limits: BandwidthLimits[] = [];
  readonly #portionShares: number[] = [];
  #count = 0;

  constructor(config: ChannelConfig, place: ChannelPlace) {
    this.#config = config;
    this.#place = place;
    this.#words = place.block.words;
    const disabled = this.addSlot();
    if (disabled !== BANDWIDTH_SLOT_DISABLED) throw new Error('the first slot must be that of disabled PARTIDs');
    this.#setFlag(this.#slotAddress(disabled) + BWSLOT_FLAGS, BWSLOT_FLAG_NONE, true);
  }

  addSlot(): number {
    if (this.#count >= BANDWIDTH_SLOTS_MAX) throw new Error(`channel ${this.#config.name}: no slot left`);
    const slot = this.#count++;
    this.#put(this.#place.channel + CHANNEL_SLOT_COUNT, this.#count);
    this.#put(this.#slotAddress(slot) + BWSLOT_GRANTED + 4, LONG_AGO_HIGH);
    this.setLimits(slot, NO_LIMITS);
    return slot;
  }

  get longestWindowPs(): number {
    return longestWindowPs(this.#config, this.#place.regions);
  }

  /** @throws Error if the window is longer than the channel can remember. */
  setLimits(slot: number, limits: BandwidthLimits): void {
    const { minimum, maximum, isHard, stride, priority, downstreamPriority, windowPs } = limits;
    if (windowPs > this.longestWindowPs) {
      throw new Error(`channel ${this.#config.name} cannot remember a window of ${windowPs} ps`);
    }
    this.#limits[slot] = limits;
    const { loop, traffic, channel } = this.#place;
    const address = this.#slotAddress(slot);
    this.#put(address + BWSLOT_PRIORITY, priority ?? 0);
    this.#put(address + BWSLOT_DOWNSTREAM, downstreamPriority ?? 0);
    if (priority !== undefined) this.#setFlag(channel + CHANNEL_FLAGS, CHANNEL_FLAG_INTPRI, true);
    if (downstreamPriority !== undefined) this.#setFlag(channel + CHANNEL_FLAGS, CHANNEL_FLAG_DSPRI, true);
    loop.limitBandwidth(traffic, channel, address, minimum, maximum, isHard, windowPs, stride);
  }

  setPortions(slot: number, words: Uint32Array, count: number): void {
    const { loop, regions, traffic, channel } = this.#place;
    const map = regions.portions.byteOffset + slot * BANDWIDTH_PORTION_BYTES;
    this.#words.set(words, map >>> 2);
    const allowed = words.reduce((sum, word) => sum + bitCount(word), 0);
    this.#portionShares[slot] = allowed / count;
    const address = this.#slotAddress(slot);
    const isLimited = allowed > 0 && allowed < count;
    this.#put(address + BWSLOT_PORTIONS, isLimited ? map : 0);
    this.#setFlag(address + BWSLOT_FLAGS, BWSLOT_FLAG_NONE, slot === BANDWIDTH_SLOT_DISABLED || allowed === 0);
    this.#put(channel + CHANNEL_PORTION_COUNT, count);
    // The loop looks anew which time slot it is.
    this.#put(channel + CHANNEL_PORTION_ENDS, 0);
    this.#put(channel + CHANNEL_PORTION_ENDS + 4, 0);
    loop.reconsiderChannel(traffic, channel);
  }

  setOwnerSlot(owner: number, slot: number): void {
    const { loop, traffic, channel } = this.#place;
    loop.moveOwner(traffic, channel, this.#ownerAddress(owner), this.#slotAddress(slot));
  }

  /** How many slots there are. */
  get count(): number {
    return this.#count;
  }

  slotOf(owner: number): number {
    const address = this.#words[(this.#ownerAddress(owner) + CHANNEL_OWNER_SLOT) >>> 2]! >>> 0;
    return (address - this.#slotAddress(0)) / BANDWIDTH_SLOT_BYTES;
  }

  limitsOf(slot: number): BandwidthLimits {
    return this.#limits[slot]!;
  }

  /** Share of the time slots of MBW_PBM that it may use, 0 to 1. */
  portionShareOf(slot: number): number {
    return this.#portionShares[slot] ?? 1;
  }

  /** Served when nobody else may be: disabled, or without any portion. */
  isNone(slot: number): boolean {
    return slot === BANDWIDTH_SLOT_DISABLED || this.portionShareOf(slot) === 0;
  }

  #slotAddress(slot: number): number {
    return this.#place.regions.slots.byteOffset + slot * BANDWIDTH_SLOT_BYTES;
  }

  #ownerAddress(owner: number): number {
    return this.#place.regions.owners.byteOffset + owner * CHANNEL_OWNER_BYTES;
  }

  #put(address: number, value: number): void {
    this.#words[address >>> 2] = value;
  }

  #setFlag(address: number, flag: number, isOn: boolean): void {
    const flags = this.#words[address >>> 2]!;
    this.#put(address, isOn ? flags | flag : flags & ~flag);
  }
}

/** Bits of a 32-bit word that are 1. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
