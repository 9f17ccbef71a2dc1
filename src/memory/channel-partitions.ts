/** A bandwidth resource of an MSC: what settings make of the slots of its channel (A 3.6, 3.7). */
import { WHOLE_NUMERATOR } from '../arch/fractions.ts';
import { MscRegister } from '../arch/msc-registers.ts';
import { BANDWIDTH_SLOTS_MAX } from '../loop/assembly/traffic-layout.ts';
import { bandwidthLimits, bandwidthPortionWords } from './bandwidth-limits.ts';
import type { BandwidthLimits, BandwidthSlots } from './bandwidth-slots.ts';
import type { MscConfig, ResourceConfig } from './msc-config.ts';
import { limitsOnT241 } from './msc-front/quirks.ts';
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

export class ChannelPartitions implements RegulatedResource {
  readonly name: string;
  /** All slots but that of disabled PARTIDs and the open one. */
  readonly ownSlotsMax = BANDWIDTH_SLOTS_MAX - 2;
  /** Requests of all partitions that nothing regulates are served in the order of arrival. */
  readonly rejoinsOpenSlot = true;
  readonly #resource: ResourceConfig;
  /** Erratum T241-MPAM-4 is about resources that have MBW_MIN. */
  readonly #isT241: boolean;
  readonly #slots: BandwidthSlots;
  /** Those of a partition that nothing regulates. */
  readonly #open: BandwidthLimits;

  /**
   * @param resource of `msc`.
   * @param resetOf reads a register as it is after reset: priorities that are as then regulate nothing.
   */
  constructor(msc: MscConfig, resource: ResourceConfig, slots: BandwidthSlots, resetOf: SettingReader) {
    this.name = `bandwidth of ${msc.name} (RIS ${resource.ris})`;
    this.#resource = resource;
    this.#isT241 = msc.front.quirks.includes('T241-MPAM-4') && resource.bandwidth?.hasMin === true;
    this.#slots = slots;
    const unregulated = { minimum: 0, maximum: WHOLE_NUMERATOR, isHard: false, stride: 0 };
    this.#open = { ...bandwidthLimits(resource, resetOf), ...unregulated };
  }

  has(register: MscRegister): boolean {
    return REGISTERS.has(register);
  }

  isOpen(read: SettingReader): boolean {
    const { minimum, maximum, stride, priority, downstreamPriority } = this.#limits(read);
    return (
      minimum === 0 &&
      maximum === WHOLE_NUMERATOR &&
      stride === 0 &&
      priority === this.#open.priority &&
      downstreamPriority === this.#open.downstreamPriority &&
      !excludesPortions(bandwidthPortionWords(this.#resource, read), this.#portions)
    );
  }

  addOpenSlot(): number {
    const slot = this.#slots.addSlot();
    this.#slots.setLimits(slot, this.#open);
    return slot;
  }

  addSlot(read: SettingReader): number {
    const slot = this.#slots.addSlot();
    this.#slots.setLimits(slot, this.#limits(read));
    const portions = bandwidthPortionWords(this.#resource, read);
    if (excludesPortions(portions, this.#portions)) this.#slots.setPortions(slot, portions, this.#portions);
    return slot;
  }

  update(slot: number, register: MscRegister, read: SettingReader): void {
    if (register === MscRegister.MPAMCFG_MBW_PBM) {
      this.#slots.setPortions(slot, bandwidthPortionWords(this.#resource, read), this.#portions);
    } else {
      this.#slots.setLimits(slot, this.#limits(read));
    }
  }

  setOwnerSlot(owner: number, slot: number): void {
    this.#slots.setOwnerSlot(owner, slot);
  }

  settle(): void {
    // Requests that wait stay in the slot that they came into.
  }

  #limits(read: SettingReader): BandwidthLimits {
    const limits = bandwidthLimits(this.#resource, read);
    return this.#isT241 ? limitsOnT241(limits, this.#resource.bandwidth!.bwaWd) : limits;
  }

  get #portions(): number {
    return this.#resource.bandwidth?.bwpbmWd ?? 0;
  }
}
