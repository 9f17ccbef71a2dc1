/**
 * MPAMCFG_PART_SEL: which PARTID and resource the MPAMCFG registers of a page are about.
 *
 * Source: Arm IHI 0099 B.a 7.2.1 (A 2.4; A 2.6 code 1). INTERNAL, INGRESS_TL, DEFAULT_PARTID and RIS are RAZ/WI in an MSC
 * without what they select. An undefined RIS is stored, and found when it is used.
 */

import { MscErrorCode } from '../../arch/msc/error-codes.ts';
import {
  PART_SEL_DEFAULT_PARTID,
  PART_SEL_INGRESS_TL,
  PART_SEL_INTERNAL,
  PART_SEL_PARTID_SEL,
  SEL_RIS,
} from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type { MscConfig } from '../msc-config.ts';
import { BankedRegister } from './banked-register.ts';
import type { ErrorReporter } from './error-registers.ts';
import type { FrontEvent } from './front-event.ts';
import type { RegisterGroup } from './register-group.ts';
import { selectedRis } from './selected-ris.ts';

export class PartSelector implements RegisterGroup {
  readonly #config: MscConfig;
  readonly #errors: ErrorReporter;
  readonly #register: BankedRegister;
  readonly #mask: number;

  constructor(config: MscConfig, errors: ErrorReporter, onEvent: (event: FrontEvent) => void) {
    this.#config = config;
    this.#errors = errors;
    this.#mask = implementedBits(config);
    this.#register = new BankedRegister(MscRegister.MPAMCFG_PART_SEL, this.#mask, onEvent);
  }

  partid(space: number): number {
    return this.#register.get(space) & PART_SEL_PARTID_SEL;
  }

  ris(space: number): number {
    return selectedRis(this.#register.get(space));
  }

  /** PARTID_SEL is an internal PARTID. */
  isInternal(space: number): boolean {
    return (this.#register.get(space) & PART_SEL_INTERNAL) !== 0;
  }

  /** PARTID_SEL selects an entry of the ingress translation. */
  isIngress(space: number): boolean {
    return (this.#register.get(space) & PART_SEL_INGRESS_TL) !== 0;
  }

  /** The settings of out-of-range requests are selected, whatever PARTID_SEL is. */
  isDefault(space: number): boolean {
    return (this.#register.get(space) & PART_SEL_DEFAULT_PARTID) !== 0;
  }

  read(_register: number, space: number): number {
    return this.#register.get(space);
  }

  write(_register: number, space: number, _word: number, value: number): void {
    const written = value & this.#mask;
    const partid = written & PART_SEL_PARTID_SEL;
    if (this.#config.front.outOfRangeSelector === 'dropped' && partid > this.#largest(written)) {
      const ris = selectedRis(written);
      this.#errors.report(MscErrorCode.PARTID_SEL_Range, space, partid, { ris });
      return;
    }
    this.#register.set(space, value);
  }

  /** The largest PARTID_SEL that means something with the other fields of a value. */
  #largest(value: number): number {
    const { features, front } = this.#config;
    if ((value & PART_SEL_DEFAULT_PARTID) !== 0) return PART_SEL_PARTID_SEL;
    if ((value & PART_SEL_INGRESS_TL) !== 0) return front.ingress?.partidMax ?? features.partidMax;
    return (value & PART_SEL_INTERNAL) === 0 ? features.partidMax : (features.intpartidMax ?? features.partidMax);
  }
}

function implementedBits({ features, front, resources }: MscConfig): number {
  let bits = PART_SEL_PARTID_SEL;
  if (features.intpartidMax !== undefined) bits |= PART_SEL_INTERNAL;
  if (front.ingress !== undefined) bits |= PART_SEL_INGRESS_TL;
  if (front.hasDefaultPartid) bits |= PART_SEL_DEFAULT_PARTID;
  if (resources.some(({ ris }) => ris > 0)) bits |= SEL_RIS;
  return bits;
}
