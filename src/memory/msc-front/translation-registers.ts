/**
 * One way of PARTID translation (FEAT_MPAM_MSC_DOMAINS): of requests that come in, or of those that go on.
 *
 * Source: Arm IHI 0099 B.a 4.6 (A 2.7). Not RIS-indexed. Where the text is silent: ENABLE is one bit per PARTID space, whichever
 * entry it is written with, so that a change of it is one of every entry that is configured; an entry is configured once it was
 * written; MASK_WD resets to 16, which changes nothing, and a larger one is like 16; IN_TL is RAZ/WI while PART_SEL.INGRESS_TL
 * is 0, and OUT_TL while it is 1.
 */
import { labelPartid, labelSpace, PARTID_LIMIT } from '../../arch/label.ts';
import { MscErrorCode } from '../../arch/msc/error-codes.ts';
import { TL_ENABLE, TL_MASK_WD, TL_PARTID_TL } from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type { MscConfig, TranslationFeatures } from '../msc-config.ts';
import { BankedRegister } from './banked-register.ts';
import type { ErrorReporter } from './error-registers.ts';
import { fieldBits } from './field-bits.ts';
import type { FrontEvent } from './front-event.ts';
import type { PartSelector } from './part-selector.ts';
import type { RegisterGroup } from './register-group.ts';

const SPACES = 4;
const MASK_WD_WHOLE = 16;

/** The registers of one way. */
export interface TranslationWay {
  readonly isIngress: boolean;
  readonly entry: MscRegister;
  readonly base: MscRegister;
  readonly mask: MscRegister;
}

export const INGRESS: TranslationWay = {
  isIngress: true,
  entry: MscRegister.MPAMCFG_IN_TL,
  base: MscRegister.MPAMCFG_IN_TL_BASE,
  mask: MscRegister.MPAMCFG_IN_TL_MASK,
};

export const EGRESS: TranslationWay = {
  isIngress: false,
  entry: MscRegister.MPAMCFG_OUT_TL,
  base: MscRegister.MPAMCFG_OUT_TL_BASE,
  mask: MscRegister.MPAMCFG_OUT_TL_MASK,
};

/** (BASE & ~mask) | (PARTID & mask), with mask = 2^MASK_WD - 1. */
export function applyBaseMask(partid: number, base: number, maskWidth: number): number {
  const mask = 2 ** Math.min(maskWidth, MASK_WD_WHOLE) - 1;
  return (base & ~mask & PARTID_LIMIT) | (partid & mask);
}

/** The registers of a way, or undefined if the MSC does not translate on it. */
export function translationRegisters(
  way: TranslationWay,
  { features: { partidMax }, front: { ingress, egress } }: MscConfig,
  selector: PartSelector,
  errors: ErrorReporter,
  onEvent: (event: FrontEvent) => void,
): TranslationRegisters | undefined {
  const features = way.isIngress ? ingress : egress;
  if (features === undefined) return undefined;
  // What comes in may be any PARTID of the other side; what goes on is one of this MSC.
  const entryMax = way.isIngress ? features.partidMax : partidMax;
  return new TranslationRegisters(way, features, entryMax, selector, errors, onEvent);
}

export class TranslationRegisters implements RegisterGroup {
  readonly #way: TranslationWay;
  readonly #features: TranslationFeatures;
  readonly #entryMax: number;
  readonly #selector: PartSelector;
  readonly #errors: ErrorReporter;
  readonly #onEvent: (event: FrontEvent) => void;
  readonly #enabled = new Uint8Array(SPACES);
  readonly #base: BankedRegister;
  readonly #mask: BankedRegister;
  /** Translations by PARTID, for each space. */
  readonly #entries = Array.from({ length: SPACES }, () => new Map<number, number>());

  /** @param entryMax the largest PARTID that can have an entry. */
  constructor(
    way: TranslationWay,
    features: TranslationFeatures,
    entryMax: number,
    selector: PartSelector,
    errors: ErrorReporter,
    onEvent: (event: FrontEvent) => void,
  ) {
    this.#way = way;
    this.#features = features;
    this.#entryMax = entryMax;
    this.#selector = selector;
    this.#errors = errors;
    this.#onEvent = onEvent;
    const bits = (register: MscRegister) => (features.hasBaseMask ? fieldBits(register) : 0);
    this.#base = new BankedRegister(way.base, bits(way.base), onEvent);
    this.#mask = new BankedRegister(way.mask, bits(way.mask), onEvent);
    this.#mask.reset(MASK_WD_WHOLE);
  }

  /** ENABLE, of a PARTID space. */
  isEnabled(space: number): boolean {
    return this.#enabled[space] !== 0;
  }

  /** False, while translation is on, for a PARTID that no entry can be about. */
  knows(label: number): boolean {
    return !this.isEnabled(labelSpace(label)) || !this.#features.hasDirect || labelPartid(label) <= this.#entryMax;
  }

  /** The label with its PARTID translated; PMG and PARTID space stay. */
  translate(label: number): number {
    const space = labelSpace(label);
    if (!this.isEnabled(space)) return label;
    const partid = labelPartid(label);
    return (label & ~PARTID_LIMIT) | (this.#entries[space]!.get(partid) ?? this.#computed(space, partid));
  }

  read(register: number, space: number): number {
    if (register === this.#way.base) return this.#base.get(space);
    if (register === this.#way.mask) return this.#mask.get(space);
    return this.#isSelected(space) ? this.#entryValue(space, this.#selector.partid(space)) : 0;
  }

  write(register: number, space: number, _word: number, value: number): void {
    if (register === this.#way.base) this.#base.set(space, value);
    else if (register === this.#way.mask) this.#mask.set(space, value & TL_MASK_WD);
    else if (this.#isSelected(space)) this.#writeEntry(space, this.#selector.partid(space), value);
  }

  #computed(space: number, partid: number): number {
    return this.#features.hasBaseMask ? applyBaseMask(partid, this.#base.get(space), this.#mask.get(space)) : partid;
  }

  /** True if PART_SEL selects an entry of this way; error 1 for one that cannot be. */
  #isSelected(space: number): boolean {
    if (!this.#features.hasDirect) return true;
    if (this.#selector.isIngress(space) !== this.#way.isIngress) return false;
    const partid = this.#selector.partid(space);
    if (partid <= this.#entryMax) return true;
    this.#errors.report(MscErrorCode.PARTID_SEL_Range, space, partid, { ris: this.#selector.ris(space) });
    return false;
  }

  #entryValue(space: number, partid: number): number {
    const translation = this.#features.hasDirect ? (this.#entries[space]!.get(partid) ?? 0) : 0;
    return (translation | (this.#enabled[space] === 0 ? 0 : TL_ENABLE)) >>> 0;
  }

  #writeEntry(space: number, partid: number, value: number): void {
    const written = this.#features.hasDirect ? partid : 0;
    const oldValue = this.#entryValue(space, written);
    if (this.#features.hasDirect) this.#entries[space]!.set(written, value & TL_PARTID_TL);
    const wasEnabled = this.#enabled[space];
    this.#enabled[space] = (value & TL_ENABLE) === 0 ? 0 : 1;
    this.#tell(space, written, oldValue);
    if (this.#enabled[space] === wasEnabled) return;
    for (const other of [...this.#entries[space]!.keys()].toSorted((a, b) => a - b)) {
      if (other !== written) this.#tell(space, other, (this.#entryValue(space, other) ^ TL_ENABLE) >>> 0);
    }
  }

  /** An entry reads as it did not before, unless it does. */
  #tell(space: number, partid: number, oldValue: number): void {
    const newValue = this.#entryValue(space, partid);
    if (newValue === oldValue) return;
    const place = { register: this.#way.entry, space, ris: 0, partid, word: 0, internal: false };
    this.#onEvent({ type: 'register', change: { ...place, oldValue, newValue } });
  }
}
