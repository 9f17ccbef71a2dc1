/** An MSC with several resources over slots that record, with the changes that it told. */

import { PLAIN_FRONT } from '../../src/memory/implied-mscs.ts';
import type {
  BandwidthControlFeatures,
  MscConfig,
  MscFeatures,
  PriorityFeatures,
  ResourceConfig,
} from '../../src/memory/msc-config.ts';
import type { MscRegisterChange } from '../../src/memory/msc-register-change.ts';
import type { BandwidthLimits, BandwidthSlots } from '../../src/memory/settings/bandwidth-slots.ts';
import { MscControls } from '../../src/memory/settings/msc-controls.ts';
import { ALL_CONTROLS, RecordingSlots } from './recording-slots.ts';

/** What a bandwidth slot may do, as told; undefined: never told. */
export interface RecordedBandwidthSlot {
  limits: BandwidthLimits | undefined;
  portions: number[] | undefined;
}

export class RecordingBandwidthSlots implements BandwidthSlots {
  readonly longestWindowPs: number;
  /** Slot 0 is that of disabled PARTIDs. */
  readonly slots: RecordedBandwidthSlot[] = [{ limits: undefined, portions: undefined }];
  readonly slotOfOwner = new Map<number, number>();

  constructor(longestWindowPs: number) {
    this.longestWindowPs = longestWindowPs;
  }

  addSlot(): number {
    return this.slots.push({ limits: undefined, portions: undefined }) - 1;
  }

  setLimits(slot: number, limits: BandwidthLimits): void {
    if (limits.windowPs > this.longestWindowPs) throw new Error(`a window of ${limits.windowPs} ps is too long`);
    this.slots[slot]!.limits = { ...limits };
  }

  setPortions(slot: number, words: Uint32Array, count: number): void {
    if (words.length !== Math.ceil(count / 32)) throw new Error(`${words.length} words for ${count} portions`);
    this.slots[slot]!.portions = [...words];
  }

  setOwnerSlot(owner: number, slot: number): void {
    if (slot >= this.slots.length) throw new Error(`there is no slot ${slot}`);
    this.slotOfOwner.set(owner, slot);
  }

  /** What the owner's slot was told. */
  of(owner: number): RecordedBandwidthSlot {
    return this.slots[this.slotOfOwner.get(owner)!]!;
  }
}

export const MSC_FEATURES: MscFeatures = {
  partidMax: 255,
  pmgMax: 3,
  hasEndis: true,
  hasNfu: true,
  intpartidMax: undefined,
  outOfRange: 'default',
  reset: 'defaults',
};

/** Every bandwidth control, 8 bits wide, with 40 portions; windows of 10 us. */
export const ALL_BANDWIDTH: BandwidthControlFeatures = {
  bwaWd: 8,
  hasMin: true,
  hasMax: true,
  maxLimit: 'both',
  bwpbmWd: 40,
  hasProp: true,
  windwr: true,
  winwd: 2560,
};

/** Priorities of 4 and 3 bits, of which 0 is the lowest inside and the highest downstream. */
const ALL_PRIORITIES: PriorityFeatures = { intpriWd: 4, intpri0IsLow: true, dspriWd: 3, dspri0IsLow: false };

/** A memory channel as a resource, with all controls but for `overrides`. */
export function channelResource(overrides: Partial<ResourceConfig> = {}): ResourceConfig {
  return {
    ris: 0,
    cache: undefined,
    channel: 0,
    cacheControls: undefined,
    bandwidth: ALL_BANDWIDTH,
    priority: ALL_PRIORITIES,
    monitors: { csu: undefined, mbwu: undefined },
    ...overrides,
  };
}

/** A cache as a resource, with all controls. */
export function cacheResource(overrides: Partial<ResourceConfig> = {}): ResourceConfig {
  const cache = {
    cache: 0,
    channel: undefined,
    cacheControls: ALL_CONTROLS,
    bandwidth: undefined,
    priority: undefined,
  };
  return channelResource({ ...cache, ...overrides });
}

/** An MSC `mem-0` with these resources. */
export function mscOf(resources: readonly ResourceConfig[], overrides: Partial<MscConfig> = {}): MscConfig {
  return { name: 'mem-0', features: MSC_FEATURES, front: PLAIN_FRONT, resources, ...overrides };
}

export interface MscFixture {
  readonly controls: MscControls;
  /** By RIS. */
  readonly caches: ReadonlyMap<number, RecordingSlots>;
  readonly channels: ReadonlyMap<number, RecordingBandwidthSlots>;
  readonly changes: MscRegisterChange[];
}

/** Controls of an MSC: its caches are 1024 sets of 16 ways, its channels remember windows of that length. */
export function mscControlsOf(config: MscConfig, seed = 1, longestWindowPs = Infinity): MscFixture {
  const caches = new Map<number, RecordingSlots>();
  const channels = new Map<number, RecordingBandwidthSlots>();
  for (const { ris, cache, channel } of config.resources) {
    if (cache !== undefined) caches.set(ris, new RecordingSlots(1024, 16));
    if (channel !== undefined) channels.set(ris, new RecordingBandwidthSlots(longestWindowPs));
  }
  const changes: MscRegisterChange[] = [];
  const slots = config.resources.map(({ ris }) => ({ ris, cache: caches.get(ris), bandwidth: channels.get(ris) }));
  const controls = new MscControls({ config, seed }, slots, (change) => changes.push(change));
  return { controls, caches, channels, changes };
}
