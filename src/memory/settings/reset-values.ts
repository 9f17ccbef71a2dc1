/**
 * UNKNOWN values that the reset left in the settings of an MSC (Arm IHI 0099 B.a; A 2.8), as its log shows them: each is told
 * once, when its partition turns up or it is first written, as a change from the value that PARTID 0 has.
 */
import { MscRegister } from '../../arch/msc-registers.ts';
import { controlPartid } from './partition-placement.ts';
import { type SettingPlace, settingAt } from './setting-place.ts';
import { enFlagsGroup, type SettingRegisters } from './setting-registers.ts';

export class ResetValues {
  readonly #registers: SettingRegisters;
  readonly #tell: (place: SettingPlace, oldValue: number, newValue: number) => void;
  readonly #areKnown: boolean;

  constructor(registers: SettingRegisters, tell: (place: SettingPlace, oldValue: number, newValue: number) => void) {
    this.#registers = registers;
    this.#tell = tell;
    this.#areKnown = registers.config.features.reset === 'defaults';
  }

  /** Of one register. */
  show(place: SettingPlace): void {
    const registers = this.#registers;
    if (this.#areKnown || registers.isSet(place)) return;
    const known = registers.knownResetValue(place);
    const value = registers.value(place);
    registers.set(place, value);
    if (value !== known) this.#tell(place, known, value);
  }

  /** Of all that decides about requests with a PARTID: one in range, or the one that stands for all that are not. */
  showRequest(space: number, partid: number): void {
    const { partidMax, intpartidMax } = this.#registers.config.features;
    if (this.#areKnown) return;
    if (partid <= partidMax) {
      this.show(settingAt(MscRegister.MPAMCFG_EN_FLAGS, space, enFlagsGroup(partid)));
      if (intpartidMax !== undefined) this.show(settingAt(MscRegister.MPAMCFG_INTPARTID, space, partid));
    }
    this.showControls(space, controlPartid(this.#registers, space, partid));
  }

  /** Of the controls of a PARTID that they are looked up by. */
  showControls(space: number, partid: number): void {
    if (this.#areKnown) return;
    for (const place of this.#registers.controlPlaces(space, partid)) this.show(place);
  }
}
