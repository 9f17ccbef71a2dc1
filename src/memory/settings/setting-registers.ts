/**
 * The settings of one MSC as registers: which bits exist, what they hold, and what they held at reset.
 *
 * Source: Arm IHI 0099 B.a (A 2.4 fields, A 2.8 reset, A 3.8 to 3.10 which PARTID and which RIS selects what). A store of up to
 * 2^18 partitions of up to 1162 words in each of 16 resources: kept sparsely, as only what was written differs from reset. An
 * UNKNOWN reset value is drawn from a stream of its own, so it does not depend on who looked first.
 *
 * PRI resets to the highest priorities, about which the text is silent: so an unaware system has the use of everything, and it
 * is what Linux writes (K 5.3).
 *
 * MBW_WINWD has no width of its own in an ID register. Where windows are moving, a channel remembers what they hold: of longer
 * windows the longest is kept that it can remember, whether software writes them or the reset is UNKNOWN, and bits above that
 * do not exist. So what is read is what acts.
 */
import { largestWinwd } from '../../arch/accounting-window.ts';
import { EN_FLAGS_PARTIDS, INTPARTID_INTERNAL, MBW_WINWD_US, PRI_DSPRI_SHIFT } from '../../arch/msc/fields.ts';
import { MSC_REGISTERS, MscRegister } from '../../arch/msc-registers.ts';
import { randomStream } from '../../loop/random-stream.ts';
import type { MscConfig, ResourceConfig } from '../msc-config.ts';
import { alwaysOne, lowBits, resourceBits, sharedBits } from './setting-bits.ts';
import { isControl, keptRis, type SettingPlace, settingAt } from './setting-place.ts';

const WORDS_MAX = 1024;
const PARTIDS = 0x10000;
const SPACES = 4;
const RESOURCES_MAX = 16;

const CONTROLS = Object.values(MscRegister).filter(isControl);

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
  readonly #winwdMax: number;
  /** Bits of word 0 of the controls, by RIS and register: asked for at every access. */
  readonly #bitsOfWord0: Float64Array;
  /** What differs from reset, or is known to have been set, by `#keyOf`. */
  readonly #values = new Map<number, number>();

  /**
   * @param config with its name, unique in the machine: with the seed it decides what UNKNOWN values are.
   * @param longestWindowPs the longest accounting window that all of its channels can have.
   */
  constructor(config: MscConfig, seed: number, longestWindowPs: number) {
    this.config = config;
    this.#seed = seed;
    const { partidMax, intpartidMax } = config.features;
    const beyond = (intpartidMax ?? partidMax) + 1;
    this.defaultPartid = config.front.hasDefaultPartid && beyond < PARTIDS ? beyond : undefined;
    this.#largestControlPartid = this.defaultPartid ?? beyond - 1;
    this.#resources = Array.from({ length: RESOURCES_MAX }, (_, ris) =>
      config.resources.find((resource) => resource.ris === ris),
    );
    this.#winwdMax = largestWinwd(longestWindowPs);
    this.#bitsOfWord0 = new Float64Array(RESOURCES_MAX * MSC_REGISTERS.length);
    for (const resource of config.resources) {
      for (const register of CONTROLS) {
        this.#bitsOfWord0[resource.ris * MSC_REGISTERS.length + register] = this.#bitsOf(resource, register, 0);
      }
    }
  }

  /**
   * The bits of a register that exist; the others are RAZ/WI. 0 if there is no such control, word, PARTID or RIS.
   * @param place with the PARTID that selects the copy (MscRegisterDescription.selectedBy).
   */
  implementedBits({ register, partid, word, ris }: SettingPlace): number {
    if (!isControl(register)) {
      if (word !== 0 || partid > this.config.features.partidMax) return 0;
      return sharedBits(this.config.features, register, partid);
    }
    if (partid > this.#largestControlPartid) return 0;
    const kept = keptRis(this.config, register, ris);
    if (word === 0) return this.#bitsOfWord0[kept * MSC_REGISTERS.length + register]!;
    const resource = this.#resources[kept];
    return resource === undefined ? 0 : this.#bitsOf(resource, register, word);
  }

  /** False for a register that this MSC lets software read only: MBW_WINWD without WINDWR. */
  isWritable(register: MscRegister): boolean {
    return register !== MscRegister.MPAMCFG_MBW_WINWD || this.#resourceOf(register, 0)?.bandwidth?.windwr === true;
  }

  /** What the register, which there is, holds when software writes `value`, whose bits that do not exist are ignored. */
  writtenValue(place: SettingPlace, value: number): number {
    const { register, ris } = place;
    if (register === MscRegister.MPAMCFG_MBW_WINWD) return Math.min(value & MBW_WINWD_US, this.#winwdMax);
    const resource = this.#resources[ris];
    const ones = resource === undefined ? 0 : alwaysOne(resource, register);
    return ((value & this.implementedBits(place)) | ones) >>> 0;
  }

  /** The value, unsigned. What does not exist reads as zero. */
  value(place: SettingPlace): number {
    if (!this.#exists(place)) return 0;
    return this.#values.get(this.#keyOf(place)) ?? this.#resetValue(place);
  }

  /** Keep a value, whose bits must all exist. */
  set(place: SettingPlace, value: number): void {
    this.#values.set(this.#keyOf(place), value);
  }

  /** False while the register holds what it held at reset because nobody set it. */
  isSet(place: SettingPlace): boolean {
    return this.#values.has(this.#keyOf(place));
  }

  /** What PARTID 0 holds after reset, and every other PARTID unless its reset value is UNKNOWN (A 2.8). */
  knownResetValue(place: SettingPlace): number {
    if (!this.#exists(place)) return 0;
    return this.writtenValue(place, this.#suggestedReset(place) ?? 0xffffffff);
  }

  /** Arbitrary contents for the bits of a register that exist: a function of the seed, the register and `purpose`. */
  unknownValue(place: SettingPlace, ...purpose: (string | number)[]): number {
    const { register, space, partid, word } = place;
    const ris = keptRis(this.config, register, place.ris);
    const resource = ris === 0 ? [] : ['ris', ris];
    const name = [this.config.name, register, space, partid, word, ...purpose, ...resource];
    const stream = randomStream(this.#seed, 'msc-unknown', ...name);
    if (register === MscRegister.MPAMCFG_INTPARTID) {
      return INTPARTID_INTERNAL | stream.below((this.config.features.intpartidMax ?? 0) + 1);
    }
    return this.writtenValue(place, stream.uint32());
  }

  /** All that holds the controls of a PARTID, resource by resource. */
  *controlPlaces(space: number, partid: number): Generator<SettingPlace> {
    for (const { ris } of this.config.resources) {
      for (const register of CONTROLS) {
        if (keptRis(this.config, register, ris) === ris) yield* this.#words(register, space, partid, ris);
      }
    }
  }

  *#words(register: MscRegister, space: number, partid: number, ris: number): Generator<SettingPlace> {
    const { words } = MSC_REGISTERS[register]!;
    for (let word = 0; word < words; word++) {
      const place = settingAt(register, space, partid, word, ris);
      if (!this.#exists(place)) return;
      yield place;
    }
  }

  #exists(place: SettingPlace): boolean {
    return this.implementedBits(place) !== 0;
  }

  #resourceOf(register: MscRegister, ris: number): ResourceConfig | undefined {
    return this.#resources[keptRis(this.config, register, ris)];
  }

  #bitsOf(resource: ResourceConfig, register: MscRegister, word: number): number {
    const bits = resourceBits(resource, register, word);
    return register === MscRegister.MPAMCFG_MBW_WINWD ? bits & lowBits(32 - Math.clz32(this.#winwdMax)) : bits;
  }

  #resetValue(place: SettingPlace): number {
    const { register, partid } = place;
    const known = this.knownResetValue(place);
    if (this.config.features.reset === 'defaults' || !this.isWritable(register)) return known;
    const unknown = (): number => this.unknownValue(place, 'reset');
    // The group of PARTID 0 has one known bit: PARTID 0 is enabled.
    if (register === MscRegister.MPAMCFG_EN_FLAGS) return partid === 0 ? (unknown() | 1) >>> 0 : unknown();
    return partid === 0 ? known : unknown();
  }

  #suggestedReset({ register, ris }: SettingPlace): number | undefined {
    const resource = this.#resourceOf(register, ris);
    if (register === MscRegister.MPAMCFG_MBW_WINWD) return resource!.bandwidth!.winwd;
    if (register !== MscRegister.MPAMCFG_PRI) return MSC_REGISTERS[register]!.reset;
    const { intpriWd, intpri0IsLow, dspriWd, dspri0IsLow } = resource!.priority!;
    return (intpri0IsLow ? lowBits(intpriWd) : 0) + (dspri0IsLow ? lowBits(dspriWd) : 0) * 2 ** PRI_DSPRI_SHIFT;
  }

  #keyOf({ register, space, partid, word, ris }: SettingPlace): number {
    const copy = (register * SPACES + space) * PARTIDS + partid;
    return (copy * WORDS_MAX + word) * RESOURCES_MAX + keptRis(this.config, register, ris);
  }
}

/** The PARTID that selects the EN_FLAGS register of a PARTID. */
export const enFlagsGroup = (partid: number): number => partid - (partid % EN_FLAGS_PARTIDS);

/** The bit of a PARTID in its EN_FLAGS register, unsigned. */
export const enFlagsBit = (partid: number): number => (1 << (partid % EN_FLAGS_PARTIDS)) >>> 0;
