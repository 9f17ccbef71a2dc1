/**
 * MPAMF_ESR and MPAMF_ECR: the last error of each PARTID space, and whether errors interrupt.
 *
 * Source: Arm IHI 0099 B.a chapter 7 (A 2.6). A new error always overwrites the syndrome; what its code does not capture is
 * written as 0. OVRWR becomes 1 when ERRCODE was not 0, and stays 1 until software clears it.
 */
import { MSC_ERRORS, type MscErrorCode } from '../../arch/msc/error-codes.ts';
import {
  ECR_INTEN,
  ESR_ERRCODE,
  ESR_ERRCODE_SHIFT,
  ESR_OVRWR,
  ESR_PARTID_MON,
  ESR_PMG_SHIFT,
} from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type { MscConfig } from '../msc-config.ts';
import { BankedRegister } from './banked-register.ts';
import { fieldBits } from './field-bits.ts';
import type { FrontEvent } from './front-event.ts';
import type { Interrupt } from './interrupt.ts';
import type { RegisterGroup } from './register-group.ts';

/** Whoever detects errors. */
export interface ErrorReporter {
  /**
   * @param partid PARTID, or the instance of a monitor.
   * @param syndrome more of what was found; the code decides what of it is captured.
   */
  report(
    code: MscErrorCode,
    space: number,
    partid: number,
    syndrome?: { readonly ris?: number; readonly pmg?: number },
  ): void;
}

export class ErrorRegisters implements RegisterGroup, ErrorReporter {
  readonly #hasEsr: boolean;
  readonly #interrupt: Interrupt;
  readonly #onEvent: (event: FrontEvent) => void;
  readonly #control: BankedRegister;
  readonly #low: BankedRegister;
  readonly #high: BankedRegister;

  /** @param interrupt what errors raise. */
  constructor({ front, resources }: MscConfig, interrupt: Interrupt, onEvent: (event: FrontEvent) => void) {
    this.#hasEsr = front.hasEsr;
    this.#interrupt = interrupt;
    this.#onEvent = onEvent;
    const { MPAMF_ESR, MPAMF_ECR } = MscRegister;
    const hasRis = front.hasExtdEsr && resources.some(({ ris }) => ris > 0);
    this.#control = new BankedRegister(MPAMF_ECR, fieldBits(MPAMF_ECR), onEvent);
    this.#low = new BankedRegister(MPAMF_ESR, fieldBits(MPAMF_ESR, 0), onEvent, 0);
    this.#high = new BankedRegister(MPAMF_ESR, hasRis ? fieldBits(MPAMF_ESR, 1) : 0, onEvent, 1);
  }

  /** Record an error; without MPAMF_ESR nothing is, nor does it interrupt. The access or request goes on regardless. */
  report(
    code: MscErrorCode,
    space: number,
    partid: number,
    syndrome: { readonly ris?: number; readonly pmg?: number } = {},
  ): void {
    if (!this.#hasEsr) return;
    const { capturesPmg, capturesRis } = MSC_ERRORS[code]!;
    const ris = capturesRis ? (syndrome.ris ?? 0) : 0;
    const pmg = capturesPmg ? (syndrome.pmg ?? 0) : 0;
    const before = this.#low.get(space);
    const overwrote = (before & ESR_ERRCODE) !== 0;
    this.#onEvent({ type: 'error', code, space, ris, partid, pmg, overwrote });
    const captured = (partid & ESR_PARTID_MON) | (pmg << ESR_PMG_SHIFT) | (code << ESR_ERRCODE_SHIFT);
    this.#low.set(space, captured | (overwrote ? ESR_OVRWR : before & ESR_OVRWR));
    this.#high.set(space, ris);
    if (this.#isEnabled(space)) this.#interrupt.fire(space);
    this.#update(space);
  }

  read(register: number, space: number, word: number): number {
    return this.#bank(register, word).get(space);
  }

  /** Software may write an ERRCODE and so raise a level-sensitive interrupt, but not an edge (A 2.6). */
  write(register: number, space: number, word: number, value: number): void {
    this.#bank(register, word).set(space, value);
    this.#update(space);
  }

  #bank(register: number, word: number): BankedRegister {
    if (register === MscRegister.MPAMF_ECR) return this.#control;
    return word === 0 ? this.#low : this.#high;
  }

  #isEnabled(space: number): boolean {
    return (this.#control.get(space) & ECR_INTEN) !== 0;
  }

  #update(space: number): void {
    this.#interrupt.setCause(space, this.#isEnabled(space) && (this.#low.get(space) & ESR_ERRCODE) !== 0);
  }
}
