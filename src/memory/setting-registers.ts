/**
 * The settings of one cache as registers: which bits exist, what they hold, and what they held at reset.
 *
 * Source: Arm IHI 0099 B.a (A 2.4 fields, A 2.8 reset, A 3.8 and 3.9 which PARTID selects what). A store of up to 2^18
 * partitions of up to 1027 words: kept sparsely, as only what was written differs from reset. An UNKNOWN reset value is
 * drawn from a stream of its own, so it does not depend on who looked first.
 *
 * CMIN resets to 0, about which the text is silent: it is the setting that does not limit (A 3.11), and what Linux writes.
 */
import { fractionMask } from '../arch/fractions.ts';
import {
  CMAX_SOFTLIM,
  EN_FLAGS_PARTIDS,
  INTPARTID_FIELD,
  INTPARTID_INTERNAL,
  MSC_REGISTERS,
  MscRegister,
} from '../arch/msc-registers.ts';
import { randomStream } from '../loop/random-stream.ts';
import type { CacheControlFeatures } from './msc-config.ts';

const WORDS_MAX = 1024;
const PARTIDS = 0x10000;
const SPACES = 4;

/** The registers whose copies belong to the PARTID that controls are looked up by. */
const CONTROLS = Object.values(MscRegister).filter((register) => MSC_REGISTERS[register]?.selectedBy === 'control');

export class SettingRegisters {
  /** Name of the cache. */
  readonly cache: string;
  readonly features: CacheControlFeatures;
  readonly #seed: number;
  /** What differs from reset, or is known to have been set, by `keyOf`. */
  readonly #values = new Map<number, number>();

  /** @param cache its name, unique in the machine: with the seed it decides what UNKNOWN values are. */
  constructor(cache: string, features: CacheControlFeatures, seed: number) {
    this.cache = cache;
    this.features = features;
    this.#seed = seed;
  }

  /**
   * The bits of a register that exist; the others are RAZ/WI. 0 if there is no such control, word or PARTID.
   * @param partid the one that selects the copy (MscRegisterDescription.selectedBy).
   */
  implementedBits(register: MscRegister, partid: number, word: number): number {
    if (partid > this.#largestSelector(register)) return 0;
    if (register === MscRegister.MPAMCFG_CPBM) return lowBits(this.features.cpbmWd - 32 * word);
    return word === 0 ? this.#implementedBitsOfWord0(register, partid) : 0;
  }

  /** The value, unsigned. What does not exist reads as zero. */
  value(register: MscRegister, space: number, partid: number, word: number): number {
    return this.#values.get(keyOf(register, space, partid, word)) ?? this.#resetValue(register, space, partid, word);
  }

  /** Keep a value, whose bits must all exist. */
  set(register: MscRegister, space: number, partid: number, word: number, value: number): void {
    this.#values.set(keyOf(register, space, partid, word), value);
  }

  /** False while the register holds what it held at reset because nobody set it. */
  isSet(register: MscRegister, space: number, partid: number, word: number): boolean {
    return this.#values.has(keyOf(register, space, partid, word));
  }

  /** What PARTID 0 holds after reset, and every other PARTID unless its reset value is UNKNOWN (A 2.8). */
  knownResetValue(register: MscRegister, partid: number, word: number): number {
    const implemented = this.implementedBits(register, partid, word);
    switch (register) {
      case MscRegister.MPAMCFG_CMAX:
        return implemented & 0xffff;
      case MscRegister.MPAMCFG_CMIN:
        return 0;
      case MscRegister.MPAMCFG_INTPARTID:
        return implemented & INTPARTID_INTERNAL;
      default:
        return implemented;
    }
  }

  /** Arbitrary contents for the bits of a register that exist: a function of the seed, the register and `purpose`. */
  unknownValue(
    register: MscRegister,
    space: number,
    partid: number,
    word: number,
    ...purpose: (string | number)[]
  ): number {
    const stream = randomStream(this.#seed, 'msc-unknown', this.cache, register, space, partid, word, ...purpose);
    if (register === MscRegister.MPAMCFG_INTPARTID) {
      return INTPARTID_INTERNAL | stream.below((this.features.intpartidMax ?? 0) + 1);
    }
    return (stream.uint32() & this.implementedBits(register, partid, word)) >>> 0;
  }

  /** The registers and words that hold the controls of a PARTID in this cache. */
  *controlWords(partid: number): Generator<readonly [MscRegister, number]> {
    for (const register of CONTROLS) {
      const { words } = MSC_REGISTERS[register]!;
      for (let word = 0; word < words && this.implementedBits(register, partid, word) !== 0; word++) {
        yield [register, word];
      }
    }
  }

  #resetValue(register: MscRegister, space: number, partid: number, word: number): number {
    const known = this.knownResetValue(register, partid, word);
    const exists = this.implementedBits(register, partid, word) !== 0;
    if (!exists || this.features.reset === 'defaults') return known;
    // The group of PARTID 0 has one known bit: PARTID 0 is enabled.
    if (register === MscRegister.MPAMCFG_EN_FLAGS) {
      const unknown = this.unknownValue(register, space, partid, word, 'reset');
      return partid === 0 ? (unknown | 1) >>> 0 : unknown;
    }
    return partid === 0 ? known : this.unknownValue(register, space, partid, word, 'reset');
  }

  #largestSelector(register: MscRegister): number {
    const { partidMax, intpartidMax } = this.features;
    return MSC_REGISTERS[register]!.selectedBy === 'control' ? (intpartidMax ?? partidMax) : partidMax;
  }

  #implementedBitsOfWord0(register: MscRegister, partid: number): number {
    const features = this.features;
    switch (register) {
      case MscRegister.MPAMCFG_CMAX:
        if (!features.hasCmax) return 0;
        return fractionMask(features.cmaxWd) + (features.hasSoftlim ? CMAX_SOFTLIM : 0);
      case MscRegister.MPAMCFG_CMIN:
        return features.hasCmin ? fractionMask(features.cmaxWd) : 0;
      case MscRegister.MPAMCFG_CASSOC:
        return fractionMask(features.cassocWd);
      case MscRegister.MPAMCFG_EN_FLAGS:
        return features.hasEndis ? lowBits(features.partidMax + 1 - partid) : 0;
      case MscRegister.MPAMCFG_INTPARTID:
        return features.intpartidMax === undefined ? 0 : INTPARTID_INTERNAL | INTPARTID_FIELD;
      default:
        return 0; // MPAMCFG_EN and MPAMCFG_DIS are write-only: their state is EN_FLAGS.
    }
  }
}

/**
 * The PARTID whose controls a request PARTID is under: the same, or with narrowing the internal one that it is mapped to (A 3.9).
 * @param read reads a register of the cache.
 */
export function controlPartid(
  { intpartidMax }: CacheControlFeatures,
  space: number,
  partid: number,
  read: (register: MscRegister, space: number, partid: number, word: number) => number,
): number {
  return intpartidMax === undefined ? partid : read(MscRegister.MPAMCFG_INTPARTID, space, partid, 0) & INTPARTID_FIELD;
}

/** The PARTID that selects the EN_FLAGS register of a PARTID. */
export const enFlagsGroup = (partid: number): number => partid - (partid % EN_FLAGS_PARTIDS);

/** The bit of a PARTID in its EN_FLAGS register, unsigned. */
export const enFlagsBit = (partid: number): number => (1 << (partid % EN_FLAGS_PARTIDS)) >>> 0;

function keyOf(register: number, space: number, partid: number, word: number): number {
  return ((register * SPACES + space) * PARTIDS + partid) * WORDS_MAX + word;
}

/** The lowest `count` bits of a word, unsigned: none at 0 or less, all from 32 on. */
function lowBits(count: number): number {
  if (count <= 0) return 0;
  return count >= 32 ? 0xffffffff : 2 ** count - 1;
}
