/**
 * A resource of an MSC as PartitionPlacement sees it: slots that owners are put into, and what settings make of a slot.
 *
 * A cache is one (cache-partitions.ts), and so is a bandwidth resource
 * (channel-partitions.ts).
 */
import type { MscRegister } from '../../arch/msc-registers.ts';

/** The value of word `word` of a register of the partition that is asked about. */
export type SettingReader = (register: MscRegister, word: number) => number;

export interface RegulatedResource {
  /** For messages: `cache l3-0`, `bandwidth of mem-0 (RIS 1)`. */
  readonly name: string;
  /** Slots that partitions can have of their own. */
  readonly ownSlotsMax: number;
  /** Every partition has a slot of its own, whatever its settings. */
  readonly tellsAllApart: boolean;
  /** The slot of partitions that software disabled. */
  readonly disabledSlot: number;
  /** True if settings of that register concern this resource. */
  has(register: MscRegister): boolean;
  /** True if nothing in the settings of the partition regulates it here. */
  isOpen(read: SettingReader): boolean;
  /** A slot for all partitions that nothing regulates. */
  addOpenSlot(): number;
  /** A slot for one partition. */
  addSlot(read: SettingReader): number;
  /**
   * A register of the slot's partition got another value.
   * @returns true if the partition should go (or stay) back to the open slot, as nothing in its settings regulates it any more.
   */
  update(slot: number, register: MscRegister, word: number, read: SettingReader): boolean;
  setOwnerSlot(owner: number, slot: number): void;
  /** After a batch of setOwnerSlot calls that moved owners. */
  settle(): void;
}
