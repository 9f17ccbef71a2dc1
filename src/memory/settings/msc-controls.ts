/**
 * The partitioning controls of one MSC as registers that software writes, for all of its resources.
 *
 * Models CPBM, CMAX, CMIN, CASSOC, MBW_MIN, MBW_MAX, MBW_WINWD, MBW_PROP, MBW_PBM and PRI of each resource, and for the MSC as a
 * whole PARTID enable and disable, PARTID narrowing, and the default settings of PARTIDs out of range (Arm IHI 0099 B.a; A 2.4,
 * 2.8, 3.3, 3.4, 3.6 to 3.10, 3.12). Registers are written here as a feature page passes them on, with the selector already
 * taken apart; PART_SEL, the pages, and the reporting of errors are not modelled here.
 *
 * A write acts on new allocations and new requests only: no line is moved or dropped (A 3.3, 3.4).
 */
import { labelPartid, labelSpace, packLabel } from '../../arch/label.ts';
import { DIS_NFU, INTPARTID_FIELD, INTPARTID_INTERNAL, PARTID_FIELD } from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type { MscConfig } from '../msc-config.ts';
import type { MscRegisterChange } from '../msc-register-change.ts';
import { controlPartid, isEnabled, type PartitionPlacement } from './partition-placement.ts';
import { processedLabel } from './request-label.ts';
import { ResetValues } from './reset-values.ts';
import { placementsOf, type ResourceSlots } from './resource-placements.ts';
import { isControl, keptRis, type SettingPlace, settingAt } from './setting-place.ts';
import { enFlagsBit, enFlagsGroup, SettingRegisters } from './setting-registers.ts';

/** Which MSC the controls are of. */
export interface MscIdentity {
  readonly config: MscConfig;
  /** The machine's: with the MSC's name it decides UNKNOWN values. */
  readonly seed: number;
}

export class MscControls {
  readonly config: MscConfig;
  /** Decides what is UNKNOWN or left to chance in this MSC, with its name. */
  readonly seed: number;
  readonly #registers: SettingRegisters;
  readonly #resets: ResetValues;
  readonly #placements: readonly PartitionPlacement[];
  readonly #onChange: (change: MscRegisterChange) => void;
  #ingress: (label: number) => number = (label) => label;
  /** Request PARTIDs that software mapped, by packed (space, PARTID). */
  readonly #mapped = new Set<number>();
  #unchangedWrites = 0;
  #ignoredWrites = 0;

  /**
   * @param onChange is told of every register that gets another value. Where reset values are UNKNOWN, a register shows its
   *   own when its partition is first used, or itself first written: as a change from the value that PARTID 0 has.
   */
  constructor(
    { config, seed }: MscIdentity,
    slots: readonly ResourceSlots[],
    onChange: (change: MscRegisterChange) => void,
  ) {
    this.config = config;
    this.seed = seed;
    const longestWindowPs = Math.min(...slots.map(({ bandwidth }) => bandwidth?.longestWindowPs ?? Infinity));
    this.#registers = new SettingRegisters(config, seed, longestWindowPs);
    this.#resets = new ResetValues(this.#registers, (place, before, after) => this.#tell(place, before, after));
    this.#placements = slots.flatMap((resource) => placementsOf(this.#registers, resource));
    this.#onChange = onChange;
  }

  /** Writes that left the register as it was. */
  get unchangedWrites(): number {
    return this.#unchangedWrites;
  }

  /** Writes without effect: to a control, a word or a PARTID that the resource does not have, or of an invalid INTPARTID. */
  get ignoredWrites(): number {
    return this.#ignoredWrites;
  }

  /**
   * Where there are default settings (MSC_DCTRL): the `partid` that reads and writes them, which is the first one out of range.
   * Undefined where there are none.
   */
  get defaultPartid(): number | undefined {
    return this.#registers.defaultPartid;
  }

  /**
   * Translate the PARTIDs of requests as they come in (A 2.7). Owners that are here already have to be adopted again whenever
   * the translation changes.
   */
  translateBy(ingress: (label: number) => number): void {
    this.#ingress = ingress;
  }

  /**
   * The label that monitors of this MSC compare, and whose PARTID selects its controls, but for PARTIDs that are under the
   * default settings.
   */
  effectiveLabel(label: number): number {
    return processedLabel(this.config.features, this.#ingress(label));
  }

  /**
   * Place an owner. One that was placed before, under a label that has become another one (A 2.7), moves with its lines.
   * @param requestLabel as packed in arch/label.ts: what the owner's requests come in with.
   * @throws TooManyPartitionsError
   */
  adopt(owner: number, requestLabel: number): void {
    const label = this.#ingress(requestLabel);
    const space = labelSpace(label);
    const partid = this.#requestPartid(label);
    this.#resets.showRequest(space, partid);
    for (const placement of this.#placements) placement.put(owner, space, partid);
  }

  /**
   * Tell of the UNKNOWN values that the reset left in the settings of a request PARTID, as adopt does for those that turn
   * up without notice. Nothing to tell where settings reset to known values.
   */
  showReset(space: number, partid: number): void {
    if (partid <= this.config.features.partidMax) this.#resets.showRequest(space, partid);
  }

  /** The same for the settings of an internal PARTID, of an MSC that narrows PARTIDs. */
  showInternalReset(space: number, intpartid: number): void {
    const { intpartidMax } = this.config.features;
    if (intpartidMax !== undefined && intpartid <= intpartidMax) this.#resets.showControls(space, intpartid);
  }

  /** Read a register: 32 bits, unsigned. What does not exist, and what is write-only, reads as zero. */
  read(place: SettingPlace): number {
    return this.#registers.value(copyOf(place));
  }

  /**
   * Write a register. EN and DIS take the PARTID from the value (A 2.4).
   * @param value 32 bits, signed or unsigned. Bits that do not exist are ignored.
   * @throws TooManyPartitionsError
   */
  write(place: SettingPlace, value: number): void {
    switch (place.register) {
      case MscRegister.MPAMCFG_EN:
        this.#enable(place.space, value & PARTID_FIELD);
        break;
      case MscRegister.MPAMCFG_DIS:
        this.#disable(place.space, value);
        break;
      case MscRegister.MPAMCFG_INTPARTID:
        this.#map(place, value);
        break;
      default:
        this.#write(copyOf(place), value);
    }
  }

  /** The bits of a register that exist; 0: it is RAZ/WI. */
  implementedBits(place: SettingPlace): number {
    return this.#registers.implementedBits(copyOf(place));
  }

  /** False for a request PARTID that software disabled. */
  isEnabled(space: number, partid: number): boolean {
    return isEnabled(this.#registers, space, partid);
  }

  /** True if an internal PARTID was written for this request PARTID. */
  isMapped(space: number, partid: number): boolean {
    return this.#mapped.has(packLabel(space, partid, 0));
  }

  /** The PARTID whose controls a request PARTID is under: the same, or with narrowing its internal one. */
  controlPartid(space: number, partid: number): number {
    return controlPartid(this.#registers, space, partid);
  }

  /** The PARTID of requests with this label, once translated: in range, or one that stands for all that are not. */
  #requestPartid(label: number): number {
    const { partidMax } = this.config.features;
    const isUnderDefault = this.defaultPartid !== undefined && labelPartid(label) > partidMax;
    return isUnderDefault ? partidMax + 1 : labelPartid(processedLabel(this.config.features, label));
  }

  #enable(space: number, partid: number): void {
    const flags = flagsOf(space, partid);
    if (this.#canDisable(space, partid)) this.#write(flags, this.#registers.value(flags) | enFlagsBit(partid));
    else this.#ignoredWrites++;
  }

  #disable(space: number, value: number): void {
    const partid = value & PARTID_FIELD;
    if (!this.#canDisable(space, partid)) {
      this.#ignoredWrites++;
      return;
    }
    const flags = flagsOf(space, partid);
    this.#write(flags, this.#registers.value(flags) & ~enFlagsBit(partid));
    if (this.config.features.hasNfu && (value & DIS_NFU) !== 0) this.#forgetControls(space, partid);
  }

  #canDisable(space: number, partid: number): boolean {
    return (this.#registers.implementedBits(flagsOf(space, partid)) & enFlagsBit(partid)) !== 0;
  }

  /** The controls of a PARTID become UNKNOWN (NFU, which no MSC with narrowing has). */
  #forgetControls(space: number, partid: number): void {
    for (const place of this.#registers.controlPlaces(space, partid)) {
      if (!this.#registers.isWritable(place.register)) continue;
      const oldValue = this.#registers.value(place);
      this.#set(place, this.#registers.unknownValue(place, 'nfu', oldValue));
    }
  }

  /** Errors 6 of A 2.6: a mapping that is not marked INTERNAL, or to a PARTID out of range, has no effect. */
  #map(place: SettingPlace, value: number): void {
    const { intpartidMax = -1 } = this.config.features;
    if ((value & INTPARTID_INTERNAL) === 0 || (value & INTPARTID_FIELD) > intpartidMax) {
      this.#ignoredWrites++;
      return;
    }
    if (this.#write(place, value)) this.#mapped.add(packLabel(place.space, place.partid, 0));
  }

  /** @returns false if there is no such register. */
  #write(place: SettingPlace, value: number): boolean {
    const registers = this.#registers;
    if (registers.implementedBits(place) === 0 || !registers.isWritable(place.register)) {
      this.#ignoredWrites++;
      return false;
    }
    if (!this.#set(place, registers.writtenValue(place, value))) this.#unchangedWrites++;
    return true;
  }

  /** @returns true if the register got another value. */
  #set(place: SettingPlace, newValue: number): boolean {
    this.#resets.show(place);
    const oldValue = this.#registers.value(place);
    if (newValue === oldValue) return false;
    this.#registers.set(place, newValue);
    this.#tell(place, oldValue, newValue);
    const { register, space, partid } = place;
    if (register === MscRegister.MPAMCFG_INTPARTID) {
      this.#resets.showControls(space, this.controlPartid(space, partid));
    }
    this.#act(place);
    return true;
  }

  /** Let a change reach the resources that it concerns. */
  #act(place: SettingPlace): void {
    const { register, ris } = place;
    const kept = keptRis(this.config, register, ris);
    for (const placement of this.#placements) {
      if (!isControl(register)) placement.requestsChanged(place);
      else if (keptRis(this.config, register, placement.ris) === kept) placement.controlChanged(place);
    }
  }

  #tell({ register, space, partid, word, ris }: SettingPlace, oldValue: number, newValue: number): void {
    const internal = this.config.features.intpartidMax !== undefined && isControl(register);
    const kept = keptRis(this.config, register, ris);
    this.#onChange({ register, space, ris: kept, partid, word, internal, oldValue, newValue });
  }
}

/** The place of the register's copy itself: EN_FLAGS are selected by groups. */
function copyOf(place: SettingPlace): SettingPlace {
  const { register, space, partid } = place;
  return register === MscRegister.MPAMCFG_EN_FLAGS ? flagsOf(space, partid) : place;
}

/** Where the enable flag of a PARTID is. */
function flagsOf(space: number, partid: number): SettingPlace {
  return settingAt(MscRegister.MPAMCFG_EN_FLAGS, space, enFlagsGroup(partid));
}
