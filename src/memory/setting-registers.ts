/**
 * The settings of one MSC as registers: which bits exist, what they hold, and what they held at reset.
 *
 * Source: Arm IHI 0099 B.a (A 2.4 fields, A 2.8 reset, A 3.8 to 3.10 which PARTID and which RIS selects what). A store of up to
 * 2^18 partitions of up to 1162 words in each of 16 resources: kept sparsely, as only what was written differs from reset. An
 * UNKNOWN reset value is drawn from a stream of its own, so it does not depend on who looked first.
 *
 * PRI resets to the highest priorities, about which the text is silent: so an unaware system has the use of everything, and it
 * is what Linux writes (K 5.3).
 */
import { EN_FLAGS_PARTIDS, INTPARTID_INTERNAL, PRI_DSPRI_SHIFT } from '../arch/msc/fields.ts';
import { MSC_REGISTERS, MscRegister } from '../arch/msc-registers.ts';
import { randomStream } from '../loop/random-stream.ts';
import type { MscConfig, ResourceConfig } from './msc-config.ts';
import { alwaysOne, lowBits, resourceBits, sharedBits } from './setting-bits.ts';

const WORDS_MAX = 1024;
const PARTIDS = 0x10000;
const SPACES = 4;
const RESOURCES_MAX = 16;

/** By register: whether its copies belong to the PARTID that controls are looked up by. */
const IS_CONTROL = MSC_REGISTERS.map(({ selectedBy }) => selectedBy === 'control');
const CONTROLS = Object.values(MscRegister).filter(isControl);

/** A register of a resource, and which of its words. */
export interface ControlWord {
  readonly register: MscRegister;
  readonly word: number;
  readonly ris: number;
}

export class SettingRegisters {
  readonly config: MscConfig;
  /**
   * The PARTID that selects the default settings (MSC_DCTRL), which all PARTIDs out of range are under: the first of these.
   * Undefined where there are none.
   */
  readonly defaultPartid: number | undefined;
  readonly #largestControlPartid: number;
  readonly #seed: number;
  /** By RIS. */
  readonly #resources: readonly (ResourceConfig | undefined)[];
  /** MBW_WINWD is one for all RIS (A 7): that of the first resource with bandwidth controls. */
  readonly #windowed: ResourceConfig | undefined;
  /** Bits of word 0 of the controls, by RIS and register: asked for at every access. */
  readonly #bitsOfWord0: Float64Array;
  /** What differs from reset, or is known to have been set, by `#keyOf`. */
  readonly #values = new Map<number, number>();

  /** @param config with its name, unique in the machine: with the seed it decides what UNKNOWN values are. */
  constructor(config: MscConfig, seed: number) {
    this.config = config;
    this.#seed = seed;
    const { partidMax, intpartidMax } = config.features;
    const beyond = (intpartidMax ?? partidMax) + 1;
    this.defaultPartid = config.front.hasDefaultPartid && beyond < PARTIDS ? beyond : undefined;
    this.#largestControlPartid = this.defaultPartid ?? beyond - 1;
    this.#resources = Array.from({ length: RESOURCES_MAX }, (_, ris) =>
      config.resources.find((resource) => resource.ris === ris),
    );
    this.#windowed = config.resources.find(({ bandwidth }) => bandwidth !== undefined);
    this.#bitsOfWord0 = new Float64Array(RESOURCES_MAX * MSC_REGISTERS.length);
    for (const resource of config.resources) {
      for (const register of CONTROLS) {
        this.#bitsOfWord0[resource.ris * MSC_REGISTERS.length + register] = resourceBits(resource, register, 0);
      }
    }
  }

  /**
   * The bits of a register that exist; the others are RAZ/WI. 0 if there is no such control, word, PARTID or RIS.
   * @param partid the one that selects the copy (MscRegisterDescription.selectedBy).
   */
  implementedBits(register: MscRegister, partid: number, word: number, ris: number): number {
    if (!isControl(register)) {
      if (word !== 0 || partid > this.config.features.partidMax) return 0;
      return sharedBits(this.config.features, register, partid);
    }
    if (partid > this.#largestControlPartid) return 0;
    if (word === 0) return this.#bitsOfWord0[ris * MSC_REGISTERS.length + register]!;
    const resource = this.#resources[ris];
    return resource === undefined ? 0 : resourceBits(resource, register, word);
  }

  /** False for a register that this MSC lets software read only: MBW_WINWD without WINDWR. */
  isWritable(register: MscRegister): boolean {
    return register !== MscRegister.MPAMCFG_MBW_WINWD || this.#windowed?.bandwidth?.windwr === true;
  }

  /** What the register holds when software writes `value`, whose bits that do not exist are ignored. */
  writtenValue(register: MscRegister, partid: number, word: number, ris: number, value: number): number {
    const implemented = this.implementedBits(register, partid, word, ris);
    return ((value & implemented) | this.#alwaysOne(register, ris)) >>> 0;
  }

  /** The value, unsigned. What does not exist reads as zero. */
  value(register: MscRegister, space: number, partid: number, word: number, ris: number): number {
    if (!this.#exists(register, partid, word, ris)) return 0;
    const kept = this.#values.get(this.#keyOf(register, space, partid, word, ris));
    return kept ?? this.#resetValue(register, space, partid, word, this.keptRis(register, ris));
  }

  /** Keep a value, whose bits must all exist. */
  set(register: MscRegister, space: number, partid: number, word: number, ris: number, value: number): void {
    this.#values.set(this.#keyOf(register, space, partid, word, ris), value);
  }

  /** False while the register holds what it held at reset because nobody set it. */
  isSet(register: MscRegister, space: number, partid: number, word: number, ris: number): boolean {
    return this.#values.has(this.#keyOf(register, space, partid, word, ris));
  }

  /** What PARTID 0 holds after reset, and every other PARTID unless its reset value is UNKNOWN (A 2.8). */
  knownResetValue(register: MscRegister, partid: number, word: number, ris: number): number {
    const implemented = this.implementedBits(register, partid, word, ris);
    if (implemented === 0) return 0;
    const reset = this.#suggestedReset(register, ris) ?? 0xffffffff;
    return ((reset & implemented) | this.#alwaysOne(register, ris)) >>> 0;
  }

  /** Arbitrary contents for the bits of a register that exist: a function of the seed, the register and `purpose`. */
  unknownValue(
    register: MscRegister,
    space: number,
    partid: number,
    word: number,
    ris: number,
    ...purpose: (string | number)[]
  ): number {
    const resource = ris === 0 ? [] : ['ris', ris];
    const name = [this.config.name, register, space, partid, word, ...purpose, ...resource];
    const stream = randomStream(this.#seed, 'msc-unknown', ...name);
    if (register === MscRegister.MPAMCFG_INTPARTID) {
      return INTPARTID_INTERNAL | stream.below((this.config.features.intpartidMax ?? 0) + 1);
    }
    return this.writtenValue(register, partid, word, ris, stream.uint32());
  }

  /** The RIS that a register is kept under and told of: for one that all RIS share, that of the first resource with it. */
  keptRis(register: MscRegister, ris: number): number {
    if (register === MscRegister.MPAMCFG_MBW_WINWD) return this.#windowed?.ris ?? 0;
    return isControl(register) ? ris : 0;
  }

  /** All that holds the controls of a PARTID, resource by resource. */
  *controlWords(partid: number): Generator<ControlWord> {
    for (const resource of this.config.resources) {
      for (const register of CONTROLS) {
        const isShared = register === MscRegister.MPAMCFG_MBW_WINWD;
        if (!isShared || resource === this.#windowed) yield* this.#words(register, partid, resource.ris);
      }
    }
  }

  *#words(register: MscRegister, partid: number, ris: number): Generator<ControlWord> {
    const { words } = MSC_REGISTERS[register]!;
    for (let word = 0; word < words && this.#exists(register, partid, word, ris); word++) {
      yield { register, word, ris };
    }
  }

  #exists(register: MscRegister, partid: number, word: number, ris: number): boolean {
    return this.implementedBits(register, partid, word, ris) !== 0;
  }

  #resetValue(register: MscRegister, space: number, partid: number, word: number, ris: number): number {
    const known = this.knownResetValue(register, partid, word, ris);
    if (this.config.features.reset === 'defaults' || !this.isWritable(register)) return known;
    const unknown = (): number => this.unknownValue(register, space, partid, word, ris, 'reset');
    // The group of PARTID 0 has one known bit: PARTID 0 is enabled.
    if (register === MscRegister.MPAMCFG_EN_FLAGS) return partid === 0 ? (unknown() | 1) >>> 0 : unknown();
    return partid === 0 ? known : unknown();
  }

  #suggestedReset(register: MscRegister, ris: number): number | undefined {
    if (register === MscRegister.MPAMCFG_MBW_WINWD) return this.#windowed!.bandwidth!.winwd;
    if (register !== MscRegister.MPAMCFG_PRI) return MSC_REGISTERS[register]!.reset;
    const { intpriWd, intpri0IsLow, dspriWd, dspri0IsLow } = this.#resources[ris]!.priority!;
    return (intpri0IsLow ? lowBits(intpriWd) : 0) + (dspri0IsLow ? lowBits(dspriWd) : 0) * 2 ** PRI_DSPRI_SHIFT;
  }

  #alwaysOne(register: MscRegister, ris: number): number {
    const resource = this.#resources[ris];
    return resource === undefined ? 0 : alwaysOne(resource, register);
  }

  #keyOf(register: MscRegister, space: number, partid: number, word: number, ris: number): number {
    const copy = (register * SPACES + space) * PARTIDS + partid;
    return (copy * WORDS_MAX + word) * RESOURCES_MAX + this.keptRis(register, ris);
  }
}

/** True if the copies of the register belong to the PARTID that controls are looked up by. */
export function isControl(register: MscRegister): boolean {
  return IS_CONTROL[register]!;
}

/** The PARTID that selects the EN_FLAGS register of a PARTID. */
export const enFlagsGroup = (partid: number): number => partid - (partid % EN_FLAGS_PARTIDS);

/** The bit of a PARTID in its EN_FLAGS register, unsigned. */
export const enFlagsBit = (partid: number): number => (1 << (partid % EN_FLAGS_PARTIDS)) >>> 0;
