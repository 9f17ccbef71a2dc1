/** Slots that only remember what they were told, to look at what settings make of a cache. */
import type { CacheControlFeatures } from '../../src/memory/msc-config.ts';
import type { PartitionSlots, SlotLimits } from '../../src/memory/settings/partition-slots.ts';

/** What a slot may do, as told; undefined: never told, so without restriction. */
export interface RecordedSlot {
  limits: SlotLimits | undefined;
  portions: number[] | undefined;
}

export class RecordingSlots implements PartitionSlots {
  readonly sets: number;
  readonly ways: number;
  /** Slot 0 is that of disabled PARTIDs. */
  readonly slots: RecordedSlot[] = [{ limits: undefined, portions: undefined }];
  readonly slotOfOwner = new Map<number, number>();
  /** Portion count and kind of every setPortions call. */
  readonly portionKinds = new Set<string>();
  settled = 0;

  constructor(sets: number, ways: number) {
    this.sets = sets;
    this.ways = ways;
  }

  addSlot(): number {
    if (this.slots.length === 256) throw new Error('256 slots are all there are');
    return this.slots.push({ limits: undefined, portions: undefined }) - 1;
  }

  setLimits(slot: number, limits: SlotLimits): void {
    this.slots[slot]!.limits = { ...limits };
  }

  setPortions(slot: number, words: Uint32Array, count: number, kind: string): void {
    this.slots[slot]!.portions = [...words];
    this.portionKinds.add(`${count} ${kind}`);
  }

  setOwnerSlot(owner: number, slot: number): void {
    if (slot >= this.slots.length) throw new Error(`there is no slot ${slot}`);
    this.slotOfOwner.set(owner, slot);
  }

  settle(): void {
    this.settled++;
  }

  occupancy(): number {
    return 0;
  }

  /** What the owner's slot was told. */
  of(owner: number): RecordedSlot {
    return this.slots[this.slotOfOwner.get(owner)!]!;
  }

  /** True if no slot but that of disabled PARTIDs was ever told of a limit or a map. */
  get isUnrestricted(): boolean {
    return this.slots.every(({ limits, portions }) => limits === undefined && portions === undefined);
  }
}

/** Every control there is, like preset F of A 6.3: 256 PARTIDs, 4 PMGs, 32 portions, widths 8 and 4; and NFU. */
export const ALL_CONTROLS: CacheControlFeatures = {
  partidMax: 255,
  pmgMax: 3,
  cpbmWd: 32,
  portionKind: 'sets',
  cmaxWd: 8,
  hasCmax: true,
  hasSoftlim: true,
  hasCmin: true,
  cassocWd: 4,
  hasEndis: true,
  hasNfu: true,
  intpartidMax: undefined,
  outOfRange: 'default',
  reset: 'defaults',
  victimPreference: 'invalid',
};

/** 256 request PARTIDs to 32 internal ones, as in preset B of A 6.3. */
export const NARROWING: CacheControlFeatures = { ...ALL_CONTROLS, intpartidMax: 31, hasNfu: false };

/** Portions, and nothing else. */
export const PORTIONS_ONLY: CacheControlFeatures = {
  ...ALL_CONTROLS,
  cpbmWd: 12,
  portionKind: 'ways',
  cmaxWd: 0,
  hasCmax: false,
  hasSoftlim: false,
  hasCmin: false,
  cassocWd: 0,
  hasEndis: false,
  hasNfu: false,
};
