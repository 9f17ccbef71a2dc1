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
import { labelPartid, labelSpace, packLabel } from '../arch/label.ts';
import { DIS_NFU, INTPARTID_FIELD, INTPARTID_INTERNAL, PARTID_FIELD } from '../arch/msc/fields.ts';
import { MscRegister } from '../arch/msc-registers.ts';
import type { MscConfig } from './msc-config.ts';
import type { MscRegisterChange } from './msc-register-change.ts';
import { controlPartid, isEnabled, type PartitionPlacement } from './partition-placement.ts';
import { processedLabel } from './request-label.ts';
import { placementsOf, type ResourceSlots } from './resource-placements.ts';
import { enFlagsBit, enFlagsGroup, isControl, SettingRegisters } from './setting-registers.ts';

/** Which MSC the controls are of. */
export interface MscIdentity {
  readonly config: MscConfig;
  /** The machine's: with the MSC's name it decides UNKNOWN values. */
  readonly seed: number;
}

export class MscControls {
  readonly config: MscConfig;
  readonly #registers: SettingRegisters;
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
    this.#registers = new SettingRegisters(config, seed);
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
    if (partid <= this.config.features.partidMax) {
      this.#showReset(MscRegister.MPAMCFG_EN_FLAGS, space, enFlagsGroup(partid), 0, 0);
      this.#showReset(MscRegister.MPAMCFG_INTPARTID, space, partid, 0, 0);
    }
    this.#showControls(space, partid);
    for (const placement of this.#placements) placement.put(owner, space, partid);
  }

  /**
   * Tell of the UNKNOWN values that the reset left in the settings of a request PARTID, as adopt does for those that turn
   * up without notice. Nothing to tell where settings reset to known values.
   */
  showReset(space: number, partid: number): void {
    const { partidMax, intpartidMax, reset } = this.config.features;
    if (reset === 'defaults' || partid > partidMax) return;
    this.#showReset(MscRegister.MPAMCFG_EN_FLAGS, space, enFlagsGroup(partid), 0, 0);
    if (intpartidMax !== undefined) this.#showReset(MscRegister.MPAMCFG_INTPARTID, space, partid, 0, 0);
    this.#showControls(space, partid);
  }

  /** The same for the settings of an internal PARTID, of an MSC that narrows PARTIDs. */
  showInternalReset(space: number, intpartid: number): void {
    const { intpartidMax } = this.config.features;
    if (intpartidMax === undefined || intpartid > intpartidMax) return;
    for (const { register, word, ris } of this.#registers.controlWords(intpartid)) {
      this.#showReset(register, space, intpartid, word, ris);
    }
  }

  /**
   * Read a register. What does not exist, and what is write-only, reads as zero.
   * @param space PARTID space, 0 to 3.
   * @param partid 0 to 65535: an internal PARTID for controls of an MSC that narrows PARTIDs; for EN_FLAGS any of the group.
   * @param word the n of MPAMCFG_CPBM<n> and MPAMCFG_MBW_PBM<n>, else 0.
   * @param ris 0 to 15; of no meaning for registers that an MSC has once.
   * @returns 32 bits, unsigned.
   */
  read(register: MscRegister, space: number, partid: number, word: number, ris = 0): number {
    return this.#registers.value(register, space, selectorOf(register, partid), word, ris);
  }

  /**
   * Write a register; parameters as of `read`. EN and DIS take the PARTID from the value (A 2.4).
   * @param value 32 bits, signed or unsigned. Bits that do not exist are ignored.
   * @throws TooManyPartitionsError
   */
  write(register: MscRegister, space: number, partid: number, word: number, value: number, ris = 0): void {
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
        this.#write(register, space, selectorOf(register, partid), word, ris, value);
    }
  }

  /** The bits of a register that exist, as of `read`; 0: it is RAZ/WI. */
  implementedBits(register: MscRegister, partid: number, word: number, ris = 0): number {
    return this.#registers.implementedBits(register, selectorOf(register, partid), word, ris);
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
    const group = enFlagsGroup(partid);
    const flags = this.#registers.value(MscRegister.MPAMCFG_EN_FLAGS, space, group, 0, 0);
    if (!this.#canDisable(partid)) this.#ignoredWrites++;
    else this.#write(MscRegister.MPAMCFG_EN_FLAGS, space, group, 0, 0, flags | enFlagsBit(partid));
  }

  #disable(space: number, value: number): void {
    const partid = value & PARTID_FIELD;
    const group = enFlagsGroup(partid);
    const flags = this.#registers.value(MscRegister.MPAMCFG_EN_FLAGS, space, group, 0, 0);
    if (!this.#canDisable(partid)) {
      this.#ignoredWrites++;
      return;
    }
    this.#write(MscRegister.MPAMCFG_EN_FLAGS, space, group, 0, 0, flags & ~enFlagsBit(partid));
    if (this.config.features.hasNfu && (value & DIS_NFU) !== 0) this.#forgetControls(space, partid);
  }

  #canDisable(partid: number): boolean {
    const flags = this.#registers.implementedBits(MscRegister.MPAMCFG_EN_FLAGS, enFlagsGroup(partid), 0, 0);
    return (flags & enFlagsBit(partid)) !== 0;
  }

  /** The controls of a PARTID become UNKNOWN (NFU, which no MSC with narrowing has). */
  #forgetControls(space: number, partid: number): void {
    for (const { register, word, ris } of this.#registers.controlWords(partid)) {
      if (!this.#registers.isWritable(register)) continue;
      const oldValue = this.#registers.value(register, space, partid, word, ris);
      const unknown = this.#registers.unknownValue(register, space, partid, word, ris, 'nfu', oldValue);
      this.#set(register, space, partid, word, ris, unknown);
    }
  }

  /** Errors 6 of A 2.6: a mapping that is not marked INTERNAL, or to a PARTID out of range, has no effect. */
  #map(space: number, partid: number, word: number, value: number): void {
    const { intpartidMax = -1 } = this.config.features;
    if ((value & INTPARTID_INTERNAL) === 0 || (value & INTPARTID_FIELD) > intpartidMax) {
      this.#ignoredWrites++;
      return;
    }
    if (this.#write(MscRegister.MPAMCFG_INTPARTID, space, partid, word, 0, value)) {
      this.#mapped.add(packLabel(space, partid, 0));
    }
  }

  /** @returns false if there is no such register. */
  #write(register: MscRegister, space: number, partid: number, word: number, ris: number, value: number): boolean {
    const registers = this.#registers;
    if (registers.implementedBits(register, partid, word, ris) === 0 || !registers.isWritable(register)) {
      this.#ignoredWrites++;
      return false;
    }
    const newValue = registers.writtenValue(register, partid, word, ris, value);
    if (!this.#set(register, space, partid, word, ris, newValue)) this.#unchangedWrites++;
    return true;
  }

  /** @returns true if the register got another value. */
  #set(register: MscRegister, space: number, partid: number, word: number, ris: number, newValue: number): boolean {
    this.#showReset(register, space, partid, word, ris);
    const oldValue = this.#registers.value(register, space, partid, word, ris);
    if (newValue === oldValue) return false;
    this.#registers.set(register, space, partid, word, ris, newValue);
    this.#tell(register, space, partid, word, ris, oldValue, newValue);
    if (register === MscRegister.MPAMCFG_INTPARTID) this.#showControls(space, partid);
    this.#act(register, space, partid, ris);
    return true;
  }

  /** Let a change reach the resources that it concerns. */
  #act(register: MscRegister, space: number, partid: number, ris: number): void {
    for (const placement of this.#placements) {
      if (!isControl(register)) placement.requestsChanged(register, space, partid);
      else if (register === MscRegister.MPAMCFG_MBW_WINWD || placement.ris === ris) {
        placement.controlChanged(register, space, partid);
      }
    }
  }

  #tell(
    register: MscRegister,
    space: number,
    partid: number,
    word: number,
    ris: number,
    oldValue: number,
    newValue: number,
  ): void {
    const internal = this.config.features.intpartidMax !== undefined && isControl(register);
    const keptRis = this.#registers.keptRis(register, ris);
    this.#onChange({ register, space, ris: keptRis, partid, word, internal, oldValue, newValue });
  }

  /** Show the UNKNOWN reset values of the controls that a request PARTID is under. */
  #showControls(space: number, requestPartid: number): void {
    if (this.config.features.reset === 'defaults') return;
    const partid = this.controlPartid(space, requestPartid);
    for (const { register, word, ris } of this.#registers.controlWords(partid)) {
      this.#showReset(register, space, partid, word, ris);
    }
  }

  /** Tell of a reset value that is not the known one, once, and keep it. */
  #showReset(register: MscRegister, space: number, partid: number, word: number, ris: number): void {
    const registers = this.#registers;
    if (this.config.features.reset === 'defaults' || registers.isSet(register, space, partid, word, ris)) return;
    const known = registers.knownResetValue(register, partid, word, ris);
    const value = registers.value(register, space, partid, word, ris);
    registers.set(register, space, partid, word, ris, value);
    if (value !== known) this.#tell(register, space, partid, word, ris, known, value);
  }
}

/** The PARTID that selects the register's copy: EN_FLAGS are selected by groups. */
function selectorOf(register: MscRegister, partid: number): number {
  return register === MscRegister.MPAMCFG_EN_FLAGS ? enFlagsGroup(partid) : partid;
}
