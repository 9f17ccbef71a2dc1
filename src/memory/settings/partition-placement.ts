/**
 * Who is in which slot of a resource, and what each slot may do: how settings reach the access loop.
 *
 * Models the lookup of controls by (PARTID space, PARTID), after narrowing and with disabled PARTIDs set apart (Arm IHI 0099
 * B.a; A 1, 3.8, 3.9). A partition that nothing regulates has no slot of its own: all such share the open one, and need not be
 * told apart. So the access loop sees no restriction before there is one, and a machine may have many more PARTIDs than
 * slots.
 */
import { packLabel } from '../../arch/label.ts';
import { INTPARTID_FIELD } from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type { RegulatedResource, SettingReader } from './regulated-resource.ts';
import { type SettingPlace, settingAt } from './setting-place.ts';
import { enFlagsBit, enFlagsGroup, type SettingRegisters } from './setting-registers.ts';

/** More partitions that need slots of their own are in use than the access loop has. */
export class TooManyPartitionsError extends Error {
  override readonly name = 'TooManyPartitionsError';

  constructor({ name, ownSlotsMax, tellsAllApart }: Pick<RegulatedResource, 'name' | 'ownSlotsMax' | 'tellsAllApart'>) {
    const inUse = `${name}: ${ownSlotsMax + 1} partitions in use`;
    super(
      tellsAllApart
        ? `${inUse} compete by the priority that comes from upstream; at most ${ownSlotsMax} can (let tenants share PARTIDs)`
        : `${inUse} have settings that limit them; at most ${ownSlotsMax} may ` +
            '(let tenants share PARTIDs, or leave the settings of some as they are after reset)',
    );
  }
}

/** Slot of an owner that has none yet. */
const NOT_PLACED = -1;

/** The requests of one owner, as the MSC processes them. */
interface Requester {
  readonly owner: number;
  space: number;
  partid: number;
  slot: number;
}

/** A slot of one partition. */
interface OwnSlot {
  readonly slot: number;
  /** Nothing regulates the partition any more: it is in the open slot, until something does. */
  isLeft: boolean;
}

export class PartitionPlacement {
  readonly ris: number;
  readonly #registers: SettingRegisters;
  readonly #resource: RegulatedResource;
  /** By owner. */
  readonly #requesters = new Map<number, Requester>();
  /** Slots of partitions that have one of their own, by packed (space, control PARTID). */
  readonly #ownSlots = new Map<number, OwnSlot>();
  #openSlot: number | undefined;

  constructor(registers: SettingRegisters, ris: number, resource: RegulatedResource) {
    this.#registers = registers;
    this.ris = ris;
    this.#resource = resource;
  }

  /**
   * Place an owner that holds no lines yet, or move it.
   * @param partid of its requests, as the MSC processes them: in range, or the one that stands for those out of range.
   * @throws TooManyPartitionsError
   */
  put(owner: number, space: number, partid: number): void {
    const known = this.#requesters.get(owner);
    const requester = known ?? { owner, space, partid, slot: NOT_PLACED };
    this.#requesters.set(owner, Object.assign(requester, { space, partid }));
    if (this.#place(requester) && known !== undefined) this.#resource.settle();
  }

  /**
   * A control of one partition changed: bring its slot in line, or give it one.
   * @throws TooManyPartitionsError
   */
  controlChanged({ register, space, partid, word }: SettingPlace): void {
    if (!this.#resource.has(register)) return;
    const own = this.#ownSlots.get(packLabel(space, partid, 0));
    if (own !== undefined) {
      const isLeft = this.#resource.update(own.slot, register, word, this.#reader(space, partid));
      if (isLeft === own.isLeft) return;
      own.isLeft = isLeft;
    }
    this.#placeAgain(space, (requestPartid) => controlPartid(this.#registers, space, requestPartid) === partid);
  }

  /**
   * What becomes of requests changed: some of 32 PARTIDs were enabled or disabled (EN_FLAGS), or one was mapped (INTPARTID).
   * @throws TooManyPartitionsError
   */
  requestsChanged({ register, space, partid }: SettingPlace): void {
    const isGroup = register === MscRegister.MPAMCFG_EN_FLAGS;
    this.#placeAgain(space, (requestPartid) => (isGroup ? enFlagsGroup(requestPartid) : requestPartid) === partid);
  }

  #placeAgain(space: number, concerns: (requestPartid: number) => boolean): void {
    let anyMoved = false;
    for (const requester of this.#requesters.values()) {
      if (requester.space === space && concerns(requester.partid) && this.#place(requester)) anyMoved = true;
    }
    if (anyMoved) this.#resource.settle();
  }

  /** @returns true if the owner is in another slot than before. */
  #place(requester: Requester): boolean {
    const slot = this.#slotOf(requester.space, requester.partid);
    if (slot === requester.slot) return false;
    requester.slot = slot;
    this.#resource.setOwnerSlot(requester.owner, slot);
    return true;
  }

  #slotOf(space: number, partid: number): number {
    if (!isEnabled(this.#registers, space, partid)) return this.#resource.disabledSlot;
    const control = controlPartid(this.#registers, space, partid);
    const own = this.#ownSlots.get(packLabel(space, control, 0));
    if (own?.isLeft === false) return own.slot;
    const read = this.#reader(space, control);
    if (own === undefined && !this.#resource.isOpen(read)) return this.#addSlot(space, control, read);
    this.#openSlot ??= this.#resource.addOpenSlot();
    return this.#openSlot;
  }

  #addSlot(space: number, partid: number, read: SettingReader): number {
    if (this.#ownSlots.size >= this.#resource.ownSlotsMax) throw new TooManyPartitionsError(this.#resource);
    const slot = this.#resource.addSlot(read);
    this.#ownSlots.set(packLabel(space, partid, 0), { slot, isLeft: false });
    return slot;
  }

  #reader(space: number, partid: number): SettingReader {
    return (register, word) => this.#registers.value(settingAt(register, space, partid, word, this.ris));
  }
}

/**
 * The PARTID whose controls a request PARTID is under: the same, with narrowing the internal one that it is mapped to (A 3.9),
 * and for those out of range that of the default settings, if there are any.
 */
export function controlPartid(registers: SettingRegisters, space: number, partid: number): number {
  const { partidMax, intpartidMax } = registers.config.features;
  if (partid > partidMax && registers.defaultPartid !== undefined) return registers.defaultPartid;
  if (intpartidMax === undefined) return partid;
  return registers.value(settingAt(MscRegister.MPAMCFG_INTPARTID, space, partid)) & INTPARTID_FIELD;
}

/** False for PARTIDs that software disabled (A 3.8). */
export function isEnabled(registers: SettingRegisters, space: number, partid: number): boolean {
  const { hasEndis, partidMax } = registers.config.features;
  if (!hasEndis || partid > partidMax) return true;
  const flags = registers.value(settingAt(MscRegister.MPAMCFG_EN_FLAGS, space, enFlagsGroup(partid)));
  return (flags & enFlagsBit(partid)) !== 0;
}
