/** A bandwidth resource of an MSC: what settings make of the slots of its channel (A 3.6, 3.7). */
import { WHOLE_NUMERATOR } from '../../arch/fractions.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import { BANDWIDTH_SLOT_DISABLED, BANDWIDTH_SLOTS_MAX } from '../../loop/assembly/traffic-layout.ts';
import type { MscConfig, ResourceConfig } from '../msc-config.ts';
import { limitsOnT241 } from '../quirks.ts';
import { bandwidthLimits, bandwidthPortionWords } from './bandwidth-limits.ts';
import type { BandwidthLimits, BandwidthSlots } from './bandwidth-slots.ts';
import type { RegulatedResource, SettingReader } from './regulated-resource.ts';
import { excludesPortions } from './slot-limits.ts';

const REGISTERS: ReadonlySet<MscRegister> = new Set([
  MscRegister.MPAMCFG_MBW_MIN,
  MscRegister.MPAMCFG_MBW_MAX,
  MscRegister.MPAMCFG_MBW_WINWD,
  MscRegister.MPAMCFG_MBW_PROP,
  MscRegister.MPAMCFG_MBW_PBM,
  MscRegister.MPAMCFG_PRI,
]);

/** What the settings of a partition come to. */
interface Partition {
  limits: BandwidthLimits;
  readonly portions: Uint32Array;
}

export class ChannelPartitions implements RegulatedResource {
  readonly name: string;
  /** All slots but that of disabled PARTIDs and the open one. */
  readonly ownSlotsMax = BANDWIDTH_SLOTS_MAX - 2;
  /** In one slot, requests that bring different priorities would be served in the order of arrival (A 3.7). */
  readonly tellsAllApart: boolean;
  readonly disabledSlot = BANDWIDTH_SLOT_DISABLED;
  readonly #resource: ResourceConfig;
  /** Erratum T241-MPAM-4 is about resources that have MBW_MIN. */
  readonly #isT241: boolean;
  readonly #slots: BandwidthSlots;
  /** Those of a partition that nothing regulates. */
  readonly #open: BandwidthLimits;
  /** By slot: a map of portions has up to 128 registers, of which software writes one at a time. */
  readonly #partitions: Partition[] = [];

  /**
   * @param resource of `msc`.
   * @param resetOf reads a register as it is after reset: priorities that are as then regulate nothing.
   * @param isUnderUpstreamPriority requests compete by the priority that they bring.
   */
  constructor(
    msc: MscConfig,
    resource: ResourceConfig,
    slots: BandwidthSlots,
    resetOf: SettingReader,
    isUnderUpstreamPriority: boolean,
  ) {
    this.name = `bandwidth of ${msc.name} (RIS ${resource.ris})`;
    this.#resource = resource;
    this.tellsAllApart = isUnderUpstreamPriority;
    this.#isT241 = msc.front.quirks.includes('T241-MPAM-4') && resource.bandwidth?.hasMin === true;
    this.#slots = slots;
    const unregulated = { minimum: 0, maximum: WHOLE_NUMERATOR, isHard: false, stride: 0 };
    this.#open = { ...bandwidthLimits(resource, resetOf), ...unregulated };
  }

  has(register: MscRegister): boolean {
    return REGISTERS.has(register);
  }

  isOpen(read: SettingReader): boolean {
    return this.#isUnregulated(this.#partitionOf(read));
  }

  addOpenSlot(): number {
    const slot = this.#slots.addSlot();
    this.#slots.setLimits(slot, this.#open);
    return slot;
  }

  addSlot(read: SettingReader): number {
    const slot = this.#slots.addSlot();
    const partition = this.#partitionOf(read);
    this.#partitions[slot] = partition;
    this.#slots.setLimits(slot, partition.limits);
    if (this.#excludesPortions(partition)) this.#slots.setPortions(slot, partition.portions, this.#portions);
    return slot;
  }

  /** Requests of all partitions that nothing regulates are served in the order of arrival: they go back to the open slot. */
  update(slot: number, register: MscRegister, word: number, read: SettingReader): boolean {
    const partition = this.#partitions[slot]!;
    if (register === MscRegister.MPAMCFG_MBW_PBM) {
      partition.portions[word] = read(register, word);
      this.#slots.setPortions(slot, partition.portions, this.#portions);
    } else {
      partition.limits = this.#limits(read);
      this.#slots.setLimits(slot, partition.limits);
    }
    return this.#isUnregulated(partition);
  }

  setOwnerSlot(owner: number, slot: number): void {
    this.#slots.setOwnerSlot(owner, slot);
  }

  settle(): void {
    // Requests that wait have moved with their owners.
  }

  #partitionOf(read: SettingReader): Partition {
    return { limits: this.#limits(read), portions: bandwidthPortionWords(this.#resource, read) };
  }

  #isUnregulated(partition: Partition): boolean {
    const { minimum, maximum, stride, priority, downstreamPriority } = partition.limits;
    return (
      !this.tellsAllApart &&
      minimum === 0 &&
      maximum === WHOLE_NUMERATOR &&
      stride === 0 &&
      priority === this.#open.priority &&
      downstreamPriority === this.#open.downstreamPriority &&
      !this.#excludesPortions(partition)
    );
  }

  #excludesPortions({ portions }: Partition): boolean {
    return excludesPortions(portions, this.#portions);
  }

  #limits(read: SettingReader): BandwidthLimits {
    const limits = bandwidthLimits(this.#resource, read);
    return this.#isT241 ? limitsOnT241(limits, this.#resource.bandwidth!.bwaWd) : limits;
  }

  get #portions(): number {
    return this.#resource.bandwidth?.bwpbmWd ?? 0;
  }
}
