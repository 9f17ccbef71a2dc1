/** Slots of what no MSC regulates: one for all owners, or one for each partition where requests bring priorities (A 3.7). */
import { labelPartid, labelSpace, packLabel } from '../arch/label.ts';
import { BANDWIDTH_SLOTS_MAX } from '../loop/assembly/traffic-layout.ts';
import { TooManyPartitionsError } from './settings/partition-placement.ts';

/** The slots of a cache or a channel. */
export interface OpenSlots {
  addSlot(): number;
  setOwnerSlot(owner: number, slot: number): void;
}

/** All but that of disabled PARTIDs. */
const OWN_SLOTS_MAX = BANDWIDTH_SLOTS_MAX - 1;
/** Key of the slot of all owners; labels are not negative. */
const EVERYBODY = -1;

export class UnregulatedSlots {
  readonly #name: string;
  readonly #slots: OpenSlots;
  readonly #tellsAllApart: boolean;
  /** By packed (space, PARTID), or of everybody. */
  readonly #slotOf = new Map<number, number>();

  /**
   * @param name for messages.
   * @param tellsAllApart one slot for each partition: of a channel only.
   */
  constructor(name: string, slots: OpenSlots, tellsAllApart: boolean) {
    this.#name = name;
    this.#slots = slots;
    this.#tellsAllApart = tellsAllApart;
    if (!tellsAllApart) this.#addSlot(EVERYBODY);
  }

  /** Place a new owner. @throws TooManyPartitionsError */
  adopt(owner: number, label: number): void {
    const partition = this.#tellsAllApart ? packLabel(labelSpace(label), labelPartid(label), 0) : EVERYBODY;
    const slot = this.#slotOf.get(partition) ?? this.#addSlot(partition);
    this.#slots.setOwnerSlot(owner, slot);
  }

  #addSlot(partition: number): number {
    if (this.#slotOf.size >= OWN_SLOTS_MAX) {
      throw new TooManyPartitionsError({ name: this.#name, ownSlotsMax: OWN_SLOTS_MAX, tellsAllApart: true });
    }
    const slot = this.#slots.addSlot();
    this.#slotOf.set(partition, slot);
    return slot;
  }
}
