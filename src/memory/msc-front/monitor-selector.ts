/**
 * MSMON_CFG_MON_SEL: which monitor instance and resource the monitor registers of a page are about.
 *
 * Source: Arm IHI 0099 B.a 7.2.9 (A 2.5; A 2.6 code 5). As NUM_MON may differ by type, a value is out of range at the write only
 * if no type of monitor of that resource has so many instances; otherwise it is found out when it is used.
 */
import { MscErrorCode } from '../../arch/msc/error-codes.ts';
import { MON_SEL_MON_SEL, SEL_RIS } from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type { MscConfig } from '../msc-config.ts';
import { BankedRegister } from './banked-register.ts';
import type { ErrorReporter } from './error-registers.ts';
import type { FrontEvent } from './front-event.ts';
import type { RegisterGroup } from './register-group.ts';
import { selectedRis } from './selected-ris.ts';

export class MonitorSelector implements RegisterGroup {
  readonly #config: MscConfig;
  readonly #errors: ErrorReporter;
  readonly #register: BankedRegister;
  readonly #mask: number;

  constructor(config: MscConfig, errors: ErrorReporter, onEvent: (event: FrontEvent) => void) {
    this.#config = config;
    this.#errors = errors;
    this.#mask = MON_SEL_MON_SEL | (config.resources.some(({ ris }) => ris > 0) ? SEL_RIS : 0);
    this.#register = new BankedRegister(MscRegister.MSMON_CFG_MON_SEL, this.#mask, onEvent);
  }

  instance(space: number): number {
    return this.#register.get(space) & MON_SEL_MON_SEL;
  }

  ris(space: number): number {
    return selectedRis(this.#register.get(space));
  }

  read(_register: number, space: number): number {
    return this.#register.get(space);
  }

  write(_register: number, space: number, _word: number, value: number): void {
    const instance = value & MON_SEL_MON_SEL;
    const ris = selectedRis(value & this.#mask);
    if (this.#config.front.outOfRangeSelector === 'dropped' && instance >= this.#instances(ris)) {
      this.#errors.report(MscErrorCode.Monitor_Range, space, instance, { ris });
      return;
    }
    this.#register.set(space, value);
  }

  /** Instances of the type that has most; where there is no monitor, the use of the selector is what errs. */
  #instances(ris: number): number {
    const monitors = this.#config.resources.find((resource) => resource.ris === ris)?.monitors;
    const largest = Math.max(monitors?.csu?.numMon ?? 0, monitors?.mbwu?.numMon ?? 0);
    return largest === 0 ? Number.POSITIVE_INFINITY : largest;
  }
}
