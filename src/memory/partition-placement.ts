/**
 * Who is in which slot of a cache, and what each slot may do: how settings reach the access loop.
 *
 * Models the lookup of controls by (PARTID space, PARTID), after narrowing and with disabled PARTIDs set apart (Arm IHI 0099
 * B.a; A 1, 3.8, 3.9). A partition that nothing limits has no slot of its own: all such share the open one, whose lines need
 * not be told apart. So the access loop sees no restriction before there is one, and a machine may have many more PARTIDs
 * than slots.
 */
import { packLabel } from '../arch/label.ts';
import { MscRegister } from '../arch/msc-registers.ts';
import { SLOT_DISABLED, SLOTS_MAX } from '../loop/assembly/layout.ts';
import type { PartitionSlots, SlotLimits } from './partition-slots.ts';
import { controlPartid, enFlagsBit, enFlagsGroup, type SettingRegisters } from './setting-registers.ts';
import { excludesPortions, hasLimits, portionWords, type SettingReader, slotLimits } from './slot-limits.ts';

/** All slots but that of disabled PARTIDs and the open one. */
const OWN_SLOTS_MAX = SLOTS_MAX - 2;

/** More partitions with limits of their own are in use than the access loop has slots for. */
export class TooManyPartitionsError extends Error {
  override readonly name = 'TooManyPartitionsError';

  constructor(cache: string) {
    super(
      `cache ${cache}: ${OWN_SLOTS_MAX + 1} partitions in use have settings that limit them; at most ${OWN_SLOTS_MAX} may ` +
        '(let tenants share PARTIDs, or leave the settings of some as they are after reset)',
    );
  }
}

/** The requests of one owner, as the MSC processes them. */
interface Requester {
  readonly owner: number;
  readonly space: number;
  readonly partid: number;
  slot: number;
}

export class PartitionPlacement {
  readonly #registers: SettingRegisters;
  readonly #slots: PartitionSlots;
  readonly #requesters: Requester[] = [];
  /** Slots of partitions that have one of their own, by packed (space, control PARTID). */
  readonly #ownSlots = new Map<number, number>();
  #openSlot: number | undefined;

  constructor(registers: SettingRegisters, slots: PartitionSlots) {
    this.#registers = registers;
    this.#slots = slots;
  }

  /**
   * Place an owner that holds no lines yet.
   * @param partid of its requests, in range.
   * @throws TooManyPartitionsError
   */
  add(owner: number, space: number, partid: number): void {
    const requester = { owner, space, partid, slot: -1 };
    this.#requesters.push(requester);
    this.#place(requester);
  }

  /** The PARTID whose controls a request PARTID is under: the same, or with narrowing its internal one. */
  controlPartid(space: number, partid: number): number {
    const registers = this.#registers;
    return controlPartid(registers.features, space, partid, (...selector) => registers.value(...selector));
  }

  /**
   * A control of one partition changed: bring its slot in line, or give it one.
   * @throws TooManyPartitionsError
   */
  controlChanged(register: MscRegister, space: number, partid: number): void {
    const slot = this.#ownSlots.get(packLabel(space, partid, 0));
    if (slot === undefined) {
      this.#placeAgain(space, (requestPartid) => this.controlPartid(space, requestPartid) === partid);
      return;
    }
    const read = this.#reader(space, partid);
    if (register === MscRegister.MPAMCFG_CPBM) this.#setPortions(slot, portionWords(this.#registers.features, read));
    else this.#slots.setLimits(slot, this.#limits(read));
  }

  /**
   * What becomes of requests changed: some of 32 PARTIDs were enabled or disabled (EN_FLAGS), or one was mapped (INTPARTID).
   * @throws TooManyPartitionsError
   */
  requestsChanged(register: MscRegister, space: number, partid: number): void {
    const isGroup = register === MscRegister.MPAMCFG_EN_FLAGS;
    this.#placeAgain(space, (requestPartid) => (isGroup ? enFlagsGroup(requestPartid) : requestPartid) === partid);
  }

  #placeAgain(space: number, concerns: (requestPartid: number) => boolean): void {
    let anyMoved = false;
    for (const requester of this.#requesters) {
      if (requester.space === space && concerns(requester.partid) && this.#place(requester)) anyMoved = true;
    }
    if (anyMoved) this.#slots.settle();
  }

  /** @returns true if the owner is in another slot than before. */
  #place(requester: Requester): boolean {
    const slot = this.#slotOf(requester.space, requester.partid);
    if (slot === requester.slot) return false;
    requester.slot = slot;
    this.#slots.setOwnerSlot(requester.owner, slot);
    return true;
  }

  #slotOf(space: number, partid: number): number {
    if (!this.#isEnabled(space, partid)) return SLOT_DISABLED;
    const control = this.controlPartid(space, partid);
    return this.#ownSlots.get(packLabel(space, control, 0)) ?? this.#slotOfNewcomer(space, control);
  }

  #isEnabled(space: number, partid: number): boolean {
    if (!this.#registers.features.hasEndis) return true;
    const flags = this.#registers.value(MscRegister.MPAMCFG_EN_FLAGS, space, enFlagsGroup(partid), 0);
    return (flags & enFlagsBit(partid)) !== 0;
  }

  /** The slot of a partition that has none of its own: the open one, or from now on its own if anything limits it. */
  #slotOfNewcomer(space: number, partid: number): number {
    const { features } = this.#registers;
    const read = this.#reader(space, partid);
    const limits = this.#limits(read);
    const portions = portionWords(features, read);
    const isExcluded = excludesPortions(portions, features.cpbmWd);
    if (!hasLimits(limits) && !isExcluded) {
      this.#openSlot ??= this.#slots.addSlot();
      return this.#openSlot;
    }
    if (this.#ownSlots.size >= OWN_SLOTS_MAX) throw new TooManyPartitionsError(this.#registers.cache);
    const slot = this.#slots.addSlot();
    this.#ownSlots.set(packLabel(space, partid, 0), slot);
    if (hasLimits(limits)) this.#slots.setLimits(slot, limits);
    if (isExcluded) this.#setPortions(slot, portions);
    return slot;
  }

  #limits(read: SettingReader): SlotLimits {
    return slotLimits(this.#registers.features, read, this.#slots.sets, this.#slots.ways);
  }

  #setPortions(slot: number, words: Uint32Array): void {
    const { cpbmWd, portionKind } = this.#registers.features;
    this.#slots.setPortions(slot, words, cpbmWd, portionKind);
  }

  #reader(space: number, partid: number): SettingReader {
    return (register, word) => this.#registers.value(register, space, partid, word);
  }
}
