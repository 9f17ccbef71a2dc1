/**
 * The MPAMCFG registers of a page that MPAMCFG_PART_SEL selects, and EN and DIS: which setting an access reaches, and what is
 * wrong with it.
 *
 * Source: Arm IHI 0099 B.a 5.2.1 and chapter 7 (A 2.6 codes 1 and 6 to 9, A 3.8 to 3.10, A 7 #5 and #6). Where an access is wrong
 * in several ways, the PARTID's error is reported before that of the RIS. An access that errs reads 0 and writes nothing.
 *
 * Choices where the text leaves them: EN and DIS with a PARTID out of range are error 1 with that PARTID. EN, DIS and EN_FLAGS
 * do not look at PART_SEL.INTERNAL, RIS and DEFAULT_PARTID, nor INTPARTID at RIS and DEFAULT_PARTID. The default settings
 * (DEFAULT_PARTID) need no INTERNAL.
 */
import { MscErrorCode } from '../../arch/msc/error-codes.ts';
import { INTPARTID_FIELD, INTPARTID_INTERNAL, PARTID_FIELD } from '../../arch/msc/fields.ts';
import { MSC_REGISTERS, MscRegister } from '../../arch/msc-registers.ts';
import type { MscConfig } from '../msc-config.ts';
import type { MscControls } from '../settings/msc-controls.ts';
import { keptRis, type SettingPlace, settingAt } from '../settings/setting-place.ts';
import type { ErrorReporter } from './error-registers.ts';
import type { PartSelector } from './part-selector.ts';
import type { RegisterGroup } from './register-group.ts';
import type { RegisterPresence } from './register-presence.ts';

/** What the front needs of the settings behind it. */
export type Settings = Pick<MscControls, 'read' | 'write' | 'implementedBits' | 'defaultPartid' | 'seed'>;

/** Where a write of a control goes first. */
export interface WriteInterceptor {
  /** @returns true if the write was taken; else it reaches the settings as usual. */
  stage(place: SettingPlace, value: number): boolean;
}

/** What a selection comes to that names no setting. */
const ERRED = -1;

export class ControlRegisters implements RegisterGroup {
  readonly #config: MscConfig;
  readonly #settings: Settings;
  readonly #presence: RegisterPresence;
  readonly #selector: PartSelector;
  readonly #errors: ErrorReporter;
  readonly #interceptor: WriteInterceptor | undefined;

  /** @param interceptor takes writes of controls away from the settings (T241-MPAM-1). */
  constructor(
    config: MscConfig,
    settings: Settings,
    presence: RegisterPresence,
    selector: PartSelector,
    errors: ErrorReporter,
    interceptor?: WriteInterceptor,
  ) {
    this.#config = config;
    this.#settings = settings;
    this.#presence = presence;
    this.#selector = selector;
    this.#errors = errors;
    this.#interceptor = interceptor;
  }

  read(register: MscRegister, space: number, word: number): number {
    const partid = this.#select(register, space);
    return partid === ERRED ? 0 : this.#settings.read(this.#placeOf(register, space, partid, word));
  }

  write(register: MscRegister, space: number, word: number, value: number): void {
    if (register === MscRegister.MPAMCFG_EN || register === MscRegister.MPAMCFG_DIS) {
      this.#writeOwnField(register, space, value);
      return;
    }
    const partid = this.#select(register, space);
    if (partid === ERRED) return;
    if (register === MscRegister.MPAMCFG_INTPARTID) {
      this.#map(space, partid, value);
      return;
    }
    const place = this.#placeOf(register, space, partid, word);
    if (this.#interceptor?.stage(place, value) !== true) this.#settings.write(place, value);
  }

  /** The PARTID whose copy of the register is selected, or ERRED. */
  #select(register: MscRegister, space: number): number {
    if (MSC_REGISTERS[register]!.selectedBy === 'control') return this.#selectControl(register, space);
    const partid = this.#selector.partid(space);
    if (register === MscRegister.MPAMCFG_INTPARTID && this.#selector.isInternal(space)) {
      this.#report(MscErrorCode.Unexpected_INTERNAL, space, partid);
      return ERRED;
    }
    return this.#inRange(space, partid, this.#config.features.partidMax) ? partid : ERRED;
  }

  #selectControl(register: MscRegister, space: number): number {
    const partid = this.#selectedPartid(space);
    return partid !== ERRED && this.#hasControl(register, space) ? partid : ERRED;
  }

  #selectedPartid(space: number): number {
    if (this.#selector.isDefault(space)) return this.#settings.defaultPartid ?? ERRED;
    const { partidMax, intpartidMax } = this.#config.features;
    const partid = this.#selector.partid(space);
    if (intpartidMax !== undefined && !this.#selector.isInternal(space)) {
      this.#report(MscErrorCode.intPARTID_Range, space, partid);
      return ERRED;
    }
    return this.#inRange(space, partid, intpartidMax ?? partidMax) ? partid : ERRED;
  }

  #inRange(space: number, partid: number, largest: number): boolean {
    if (partid <= largest) return true;
    this.#report(MscErrorCode.PARTID_SEL_Range, space, partid);
    return false;
  }

  /** True if the selected resource has the control; if not, error 8 or 9 (A 2.6: reporting is CU). */
  #hasControl(register: MscRegister, space: number): boolean {
    const ris = keptRis(this.#config, register, this.#selector.ris(space));
    if (this.#presence.existsIn(register, ris)) return true;
    if (this.#config.front.reportsRisErrors) {
      const isDefined = this.#presence.isDefined(ris);
      const code = isDefined ? MscErrorCode.RIS_No_Control : MscErrorCode.Undefined_RIS_PART_SEL;
      this.#report(code, space, this.#selector.partid(space));
    }
    return false;
  }

  #writeOwnField(register: MscRegister, space: number, value: number): void {
    const partid = value & PARTID_FIELD;
    if (this.#inRange(space, partid, this.#config.features.partidMax)) {
      this.#settings.write(settingAt(register, space, partid), value);
    }
  }

  #map(space: number, partid: number, value: number): void {
    const intpartid = value & INTPARTID_FIELD;
    const isInternal = (value & INTPARTID_INTERNAL) !== 0;
    if (isInternal && intpartid <= this.#config.features.intpartidMax!) {
      this.#settings.write(settingAt(MscRegister.MPAMCFG_INTPARTID, space, partid), value);
    } else {
      this.#report(MscErrorCode.intPARTID_Range, space, intpartid);
    }
  }

  #placeOf(register: MscRegister, space: number, partid: number, word: number): SettingPlace {
    return settingAt(register, space, partid, word, this.#selector.ris(space));
  }

  #report(code: MscErrorCode, space: number, partid: number): void {
    this.#errors.report(code, space, partid, { ris: this.#selector.ris(space) });
  }
}
