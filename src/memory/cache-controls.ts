/**
 * The partitioning controls of one cache (one resource instance of an MSC) as registers that software writes.
 *
 * Models CPBM, CMAX, CMIN, CASSOC, PARTID enable and disable, and PARTID narrowing (Arm IHI 0099 B.a; A 2.4, 2.8, 3.3, 3.4,
 * 3.8, 3.9, 3.12). Registers are written here as a feature page passes them on, with the selector already taken apart;
 * PART_SEL, the pages, and the reporting of errors are not modelled here.
 *
 * A write acts on new allocations only: no line is moved or dropped (A 3.3, 3.4).
 */
import { labelPartid, labelSpace, packLabel } from '../arch/label.ts';
import {
  DIS_NFU,
  INTPARTID_FIELD,
  INTPARTID_INTERNAL,
  MSC_REGISTERS,
  MscRegister,
  PARTID_FIELD,
} from '../arch/msc-registers.ts';
import type { CacheControlFeatures } from './msc-config.ts';
import { PartitionPlacement } from './partition-placement.ts';
import type { PartitionSlots } from './partition-slots.ts';
import { processedLabel } from './request-label.ts';
import { enFlagsBit, enFlagsGroup, SettingRegisters } from './setting-registers.ts';

/** One register of an MSC got another value. */
export interface MscRegisterChange {
  readonly register: MscRegister;
  /** PARTID space, 0 to 3. */
  readonly space: number;
  /** What selects the copy; for EN_FLAGS the first PARTID of the group. */
  readonly partid: number;
  /** The n of MPAMCFG_CPBM<n>, else 0. */
  readonly word: number;
  /** `partid` is an internal PARTID. */
  readonly internal: boolean;
  /** Unsigned, 32 bits. */
  readonly oldValue: number;
  readonly newValue: number;
}

/** Which cache the controls are of. */
export interface ControlledCache {
  /** Unique in the machine. */
  readonly name: string;
  readonly features: CacheControlFeatures;
  /** The machine's: with the name it decides UNKNOWN values. */
  readonly seed: number;
}

export class CacheControls {
  readonly features: CacheControlFeatures;
  readonly #registers: SettingRegisters;
  readonly #placement: PartitionPlacement;
  readonly #onChange: (change: MscRegisterChange) => void;
  /** Request PARTIDs that software mapped, by packed (space, PARTID). */
  readonly #mapped = new Set<number>();
  #unchangedWrites = 0;
  #ignoredWrites = 0;

  /**
   * @param onChange is told of every register that gets another value. Where reset values are UNKNOWN, a register shows its
   *   own when its partition is first used, or itself first written: as a change from the value that PARTID 0 has.
   */
  constructor(cache: ControlledCache, slots: PartitionSlots, onChange: (change: MscRegisterChange) => void) {
    this.features = cache.features;
    this.#registers = new SettingRegisters(cache.name, cache.features, cache.seed);
    this.#placement = new PartitionPlacement(this.#registers, slots);
    this.#onChange = onChange;
  }

  /** Writes that left the register as it was. */
  get unchangedWrites(): number {
    return this.#unchangedWrites;
  }

  /** Writes without effect: to a control, a word or a PARTID that this cache does not have, or of an invalid INTPARTID. */
  get ignoredWrites(): number {
    return this.#ignoredWrites;
  }

  /** The label that monitors of this MSC compare, and whose PARTID selects its controls. */
  effectiveLabel(label: number): number {
    return processedLabel(this.features, label);
  }

  /**
   * Place a new owner of lines; it must not hold any yet.
   * @param label as packed in arch/label.ts: what the owner's requests carry.
   * @throws TooManyPartitionsError
   */
  adopt(owner: number, label: number): void {
    const processed = this.effectiveLabel(label);
    const space = labelSpace(processed);
    const partid = labelPartid(processed);
    this.#showReset(MscRegister.MPAMCFG_EN_FLAGS, space, enFlagsGroup(partid), 0);
    this.#showReset(MscRegister.MPAMCFG_INTPARTID, space, partid, 0);
    this.#showControls(space, partid);
    this.#placement.add(owner, space, partid);
  }

  /**
   * Tell of the UNKNOWN values that the reset left in the settings of a request PARTID, as adopt does for those that turn
   * up without notice. Nothing to tell where settings reset to known values.
   */
  showReset(space: number, partid: number): void {
    if (this.features.reset === 'defaults' || partid > this.features.partidMax) return;
    this.#showReset(MscRegister.MPAMCFG_EN_FLAGS, space, enFlagsGroup(partid), 0);
    if (this.features.intpartidMax !== undefined) this.#showReset(MscRegister.MPAMCFG_INTPARTID, space, partid, 0);
    this.#showControls(space, partid);
  }

  /** The same for the settings of an internal PARTID, of a cache that narrows PARTIDs. */
  showInternalReset(space: number, intpartid: number): void {
    const { intpartidMax } = this.features;
    if (intpartidMax === undefined || intpartid > intpartidMax) return;
    for (const [register, word] of this.#registers.controlWords(intpartid)) {
      this.#showReset(register, space, intpartid, word);
    }
  }

  /**
   * Read a register. What does not exist, and what is write-only, reads as zero.
   * @param space PARTID space, 0 to 3.
   * @param partid 0 to 65535: an internal PARTID for controls of a cache that narrows PARTIDs; for EN_FLAGS any of the group.
   * @param word the n of MPAMCFG_CPBM<n>, else 0.
   * @returns 32 bits, unsigned.
   */
  read(register: MscRegister, space: number, partid: number, word: number): number {
    return this.#registers.value(register, space, selectorOf(register, partid), word);
  }

  /**
   * Write a register; parameters as of `read`. EN and DIS take the PARTID from the value (A 2.4).
   * @param value 32 bits, signed or unsigned. Bits that do not exist are ignored.
   * @throws TooManyPartitionsError
   */
  write(register: MscRegister, space: number, partid: number, word: number, value: number): void {
    switch (register) {
      case MscRegister.MPAMCFG_EN:
        this.#enable(space, value & PARTID_FIELD);
        break;
      case MscRegister.MPAMCFG_DIS:
        this.#disable(space, value);
        break;
      case MscRegister.MPAMCFG_INTPARTID:
        this.#map(space, partid, word, value);
        break;
      default:
        this.#write(register, space, selectorOf(register, partid), word, value);
    }
  }

  /** True if an internal PARTID was written for this request PARTID. */
  isMapped(space: number, partid: number): boolean {
    return this.#mapped.has(packLabel(space, partid, 0));
  }

  #enable(space: number, partid: number): void {
    const group = enFlagsGroup(partid);
    const flags = this.#registers.value(MscRegister.MPAMCFG_EN_FLAGS, space, group, 0);
    if (!this.#canDisable(partid)) this.#ignoredWrites++;
    else this.#write(MscRegister.MPAMCFG_EN_FLAGS, space, group, 0, flags | enFlagsBit(partid));
  }

  #disable(space: number, value: number): void {
    const partid = value & PARTID_FIELD;
    const group = enFlagsGroup(partid);
    const flags = this.#registers.value(MscRegister.MPAMCFG_EN_FLAGS, space, group, 0);
    if (!this.#canDisable(partid)) {
      this.#ignoredWrites++;
      return;
    }
    this.#write(MscRegister.MPAMCFG_EN_FLAGS, space, group, 0, flags & ~enFlagsBit(partid));
    if (this.features.hasNfu && (value & DIS_NFU) !== 0) this.#forgetControls(space, partid);
  }

  #canDisable(partid: number): boolean {
    const flags = this.#registers.implementedBits(MscRegister.MPAMCFG_EN_FLAGS, enFlagsGroup(partid), 0);
    return (flags & enFlagsBit(partid)) !== 0;
  }

  /** The controls of a PARTID become UNKNOWN (NFU, which no MSC with narrowing has). */
  #forgetControls(space: number, partid: number): void {
    for (const [register, word] of this.#registers.controlWords(partid)) {
      const oldValue = this.#registers.value(register, space, partid, word);
      const unknown = this.#registers.unknownValue(register, space, partid, word, 'nfu', oldValue);
      this.#set(register, space, partid, word, unknown);
    }
  }

  /** Errors 6 of A 2.6: a mapping that is not marked INTERNAL, or to a PARTID out of range, has no effect. */
  #map(space: number, partid: number, word: number, value: number): void {
    const { intpartidMax = -1 } = this.features;
    if ((value & INTPARTID_INTERNAL) === 0 || (value & INTPARTID_FIELD) > intpartidMax) {
      this.#ignoredWrites++;
      return;
    }
    if (this.#write(MscRegister.MPAMCFG_INTPARTID, space, partid, word, value)) {
      this.#mapped.add(packLabel(space, partid, 0));
    }
  }

  /** @returns false if there is no such register. */
  #write(register: MscRegister, space: number, partid: number, word: number, value: number): boolean {
    const implemented = this.#registers.implementedBits(register, partid, word);
    if (implemented === 0) {
      this.#ignoredWrites++;
      return false;
    }
    if (!this.#set(register, space, partid, word, (value & implemented) >>> 0)) this.#unchangedWrites++;
    return true;
  }

  /** @returns true if the register got another value. */
  #set(register: MscRegister, space: number, partid: number, word: number, newValue: number): boolean {
    this.#showReset(register, space, partid, word);
    const oldValue = this.#registers.value(register, space, partid, word);
    if (newValue === oldValue) return false;
    this.#registers.set(register, space, partid, word, newValue);
    this.#tell(register, space, partid, word, oldValue, newValue);
    if (isControl(register)) {
      this.#placement.controlChanged(register, space, partid);
      return true;
    }
    if (register === MscRegister.MPAMCFG_INTPARTID) this.#showControls(space, partid);
    this.#placement.requestsChanged(register, space, partid);
    return true;
  }

  #tell(register: MscRegister, space: number, partid: number, word: number, oldValue: number, newValue: number): void {
    const internal = this.features.intpartidMax !== undefined && isControl(register);
    this.#onChange({ register, space, partid, word, internal, oldValue, newValue });
  }

  /** Show the UNKNOWN reset values of the controls that a request PARTID is under. */
  #showControls(space: number, requestPartid: number): void {
    if (this.features.reset === 'defaults') return;
    const partid = this.#placement.controlPartid(space, requestPartid);
    for (const [register, word] of this.#registers.controlWords(partid)) this.#showReset(register, space, partid, word);
  }

  /** Tell of a reset value that is not the known one, once, and keep it. */
  #showReset(register: MscRegister, space: number, partid: number, word: number): void {
    if (this.features.reset === 'defaults' || this.#registers.isSet(register, space, partid, word)) return;
    const known = this.#registers.knownResetValue(register, partid, word);
    const value = this.#registers.value(register, space, partid, word);
    this.#registers.set(register, space, partid, word, value);
    if (value !== known) this.#tell(register, space, partid, word, known, value);
  }
}

/** The PARTID that selects the register's copy: EN_FLAGS are selected by groups. */
function selectorOf(register: MscRegister, partid: number): number {
  return register === MscRegister.MPAMCFG_EN_FLAGS ? enFlagsGroup(partid) : partid;
}

function isControl(register: MscRegister): boolean {
  return MSC_REGISTERS[register]!.selectedBy === 'control';
}
