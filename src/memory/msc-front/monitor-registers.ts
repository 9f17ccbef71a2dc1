/**
 * The MSMON registers of a page: which monitor an access reaches, and what is wrong with it.
 *
 * Source: Arm IHI 0099 B.a chapter 7 (A 2.6 codes 3, 5, 10 and 11). An access to a monitor that is not there reads 0 and writes
 * nothing; where a RIS lacks a type of monitor that other RIS have, `missingMonitor` says which of the permitted
 * behaviours is taken: 0xFFFFFFFE is read from values and captures only. A filter with a PARTID or PMG out of range is stored
 * and reported when it is written, whether or not it is matched.
 */

import { MscErrorCode } from '../../arch/msc/error-codes.ts';
import { CAPT_EVNT_ALL, CAPT_EVNT_NOW, FLT_PARTID, FLT_PMG, FLT_PMG_SHIFT } from '../../arch/msc/fields.ts';
import type { RegisterHalves } from '../../arch/msc/pack-fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type { MonitorSet } from '../monitors/monitor-set.ts';
import type { CsuFeatures, MbwuFeatures, MscConfig } from '../msc-config.ts';
import type { ErrorReporter } from './error-registers.ts';
import type { MonitorSelector } from './monitor-selector.ts';
import type { RegisterGroup } from './register-group.ts';
import type { RegisterPresence } from './register-presence.ts';

/** What the front needs of the monitors behind it. */
export type Monitors = Pick<MonitorSet, 'read' | 'write' | 'captureLocal'>;

/** What a selection comes to that names no monitor: read as 0, or as a value that no monitor shows. */
const NONE = -1;
const MISSING = -2;
const MISSING_VALUE = 0xfffffffe;

const {
  MSMON_CFG_CSU_FLT,
  MSMON_CFG_CSU_CTL,
  MSMON_CFG_MBWU_FLT,
  MSMON_CSU,
  MSMON_CSU_CAPTURE,
  MSMON_CSU_OFSR,
  MSMON_MBWU,
  MSMON_MBWU_CAPTURE,
  MSMON_MBWU_L,
  MSMON_MBWU_L_CAPTURE,
} = MscRegister;

const CSU_REGISTERS: ReadonlySet<MscRegister> = new Set([
  MSMON_CFG_CSU_FLT,
  MSMON_CFG_CSU_CTL,
  MSMON_CSU,
  MSMON_CSU_CAPTURE,
  MSMON_CSU_OFSR,
]);
/** MSMON_<type> and MSMON_<type>_CAPTURE. */
const VALUE_REGISTERS: ReadonlySet<MscRegister> = new Set([
  MSMON_CSU,
  MSMON_CSU_CAPTURE,
  MSMON_MBWU,
  MSMON_MBWU_CAPTURE,
  MSMON_MBWU_L,
  MSMON_MBWU_L_CAPTURE,
]);

export class MonitorRegisters implements RegisterGroup {
  readonly #config: MscConfig;
  readonly #monitors: Monitors;
  readonly #presence: RegisterPresence;
  readonly #selector: MonitorSelector;
  readonly #errors: ErrorReporter;
  readonly #onWritten: (space: number) => void;

  /** @param onWritten is told after a monitor of a space was written: its overflow may be cleared. */
  constructor(
    config: MscConfig,
    monitors: Monitors,
    presence: RegisterPresence,
    selector: MonitorSelector,
    errors: ErrorReporter,
    onWritten: (space: number) => void,
  ) {
    this.#config = config;
    this.#monitors = monitors;
    this.#presence = presence;
    this.#selector = selector;
    this.#errors = errors;
    this.#onWritten = onWritten;
  }

  read(register: MscRegister, space: number, word: number): number {
    const { lo, hi } = this.readWide(register, space);
    return word === 0 ? lo : hi;
  }

  readWide(register: MscRegister, space: number): RegisterHalves {
    if (register === MscRegister.MSMON_OFLOW_SR) return this.#monitors.read(register, space, 0, 0);
    const instance = this.#select(register, space);
    if (instance === MISSING) return { lo: MISSING_VALUE, hi: MISSING_VALUE };
    if (instance === NONE) return { lo: 0, hi: 0 };
    return this.#monitors.read(register, space, this.#selector.ris(space), instance);
  }

  write(register: MscRegister, space: number, word: number, value: number): void {
    if (register === MscRegister.MSMON_CAPT_EVNT) {
      this.#capture(space, value);
      return;
    }
    const lo = word === 0 ? value >>> 0 : 0;
    const hi = word === 0 ? 0 : value >>> 0;
    this.#write(register, space, lo, hi, word === 0 ? 'low' : 'high');
  }

  writeWide(register: MscRegister, space: number, lo: number, hi: number): void {
    this.#write(register, space, lo, hi, 'both');
  }

  #write(register: MscRegister, space: number, lo: number, hi: number, half: 'low' | 'high' | 'both'): void {
    const instance = this.#select(register, space);
    if (instance < 0) return;
    this.#monitors.write(register, space, this.#selector.ris(space), instance, lo, hi, half);
    if (register === MSMON_CFG_CSU_FLT || register === MSMON_CFG_MBWU_FLT) this.#checkFilter(space, lo);
    this.#onWritten(space);
  }

  /** How far ALL reaches is up to the monitors: in the Non-secure page it is RAZ/WI (A 4.1). */
  #capture(space: number, value: number): void {
    if ((value & CAPT_EVNT_NOW) === 0) return;
    this.#monitors.captureLocal(space, (value & CAPT_EVNT_ALL) !== 0);
    this.#onWritten(space);
  }

  #checkFilter(space: number, value: number): void {
    const { partidMax, pmgMax } = this.#config.features;
    const partid = value & FLT_PARTID;
    const pmg = (value & FLT_PMG) >>> FLT_PMG_SHIFT;
    if (partid <= partidMax && pmg <= pmgMax) return;
    const ris = this.#selector.ris(space);
    this.#errors.report(MscErrorCode.MSMONCFG_ID_RANGE, space, partid, { pmg, ris });
  }

  /** The selected instance, or NONE or MISSING. */
  #select(register: MscRegister, space: number): number {
    const ris = this.#selector.ris(space);
    const instance = this.#selector.instance(space);
    if (!this.#presence.isDefined(ris)) {
      if (this.#config.front.reportsRisErrors) this.#report(MscErrorCode.Undefined_RIS_MON_SEL, space);
      return NONE;
    }
    const type = this.#typeOf(register, ris);
    if (type === undefined) return this.#missing(register, space);
    if (!this.#presence.existsIn(register, ris)) return NONE;
    if (instance < type.numMon) return instance;
    this.#report(MscErrorCode.Monitor_Range, space);
    return NONE;
  }

  #typeOf(register: MscRegister, ris: number): CsuFeatures | MbwuFeatures | undefined {
    const monitors = this.#config.resources.find((resource) => resource.ris === ris)?.monitors;
    return CSU_REGISTERS.has(register) ? monitors?.csu : monitors?.mbwu;
  }

  #missing(register: MscRegister, space: number): number {
    const { missingMonitor } = this.#config.front;
    if (missingMonitor === 'error') this.#report(MscErrorCode.RIS_No_Monitor, space);
    return missingMonitor === 'fffffffe' && VALUE_REGISTERS.has(register) ? MISSING : NONE;
  }

  #report(code: MscErrorCode, space: number): void {
    this.#errors.report(code, space, this.#selector.instance(space), { ris: this.#selector.ris(space) });
  }
}
