/** A cache as a resource of an MSC: what settings make of the slots of its access loop (A 3.3 to 3.5). */
import { MscRegister } from '../../arch/msc-registers.ts';
import { SLOT_DISABLED, SLOTS_MAX } from '../../loop/assembly/layout.ts';
import type { CacheControlFeatures } from '../msc-config.ts';
import type { PartitionSlots, SlotLimits } from './partition-slots.ts';
import type { RegulatedResource, SettingReader } from './regulated-resource.ts';
import { excludesPortions, hasLimits, portionWords, slotLimits } from './slot-limits.ts';

const REGISTERS: ReadonlySet<MscRegister> = new Set([
  MscRegister.MPAMCFG_CPBM,
  MscRegister.MPAMCFG_CMAX,
  MscRegister.MPAMCFG_CMIN,
  MscRegister.MPAMCFG_CASSOC,
]);

export class CachePartitions implements RegulatedResource {
  readonly name: string;
  /** All slots but that of disabled PARTIDs and the open one. */
  readonly ownSlotsMax = SLOTS_MAX - 2;
  readonly tellsAllApart = false;
  readonly disabledSlot = SLOT_DISABLED;
  readonly #features: CacheControlFeatures;
  readonly #slots: PartitionSlots;

  /** @param cache its name. */
  constructor(cache: string, features: CacheControlFeatures, slots: PartitionSlots) {
    this.name = `cache ${cache}`;
    this.#features = features;
    this.#slots = slots;
  }

  has(register: MscRegister): boolean {
    return REGISTERS.has(register);
  }

  isOpen(read: SettingReader): boolean {
    return !hasLimits(this.#limits(read)) && !this.#excludesPortions(portionWords(this.#features, read));
  }

  addOpenSlot(): number {
    return this.#slots.addSlot();
  }

  addSlot(read: SettingReader): number {
    const slot = this.#slots.addSlot();
    const limits = this.#limits(read);
    const portions = portionWords(this.#features, read);
    if (hasLimits(limits)) this.#slots.setLimits(slot, limits);
    if (this.#excludesPortions(portions)) this.#setPortions(slot, portions);
    return slot;
  }

  /** A partition never goes back to the open slot: its lines would have to be found again for it. */
  update(slot: number, register: MscRegister, _word: number, read: SettingReader): boolean {
    if (register === MscRegister.MPAMCFG_CPBM) this.#setPortions(slot, portionWords(this.#features, read));
    else this.#slots.setLimits(slot, this.#limits(read));
    return false;
  }

  setOwnerSlot(owner: number, slot: number): void {
    this.#slots.setOwnerSlot(owner, slot);
  }

  settle(): void {
    this.#slots.settle();
  }

  #excludesPortions(words: Uint32Array): boolean {
    return excludesPortions(words, this.#features.cpbmWd);
  }

  #limits(read: SettingReader): SlotLimits {
    return slotLimits(this.#features, read, this.#slots.sets, this.#slots.ways);
  }

  #setPortions(slot: number, words: Uint32Array): void {
    this.#slots.setPortions(slot, words, this.#features.cpbmWd, this.#features.portionKind);
  }
}
