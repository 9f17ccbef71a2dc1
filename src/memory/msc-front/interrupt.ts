/**
 * One of the two interrupts of an MSC, of errors or of overflows, with the registers of its message (MSI).
 *
 * Source: Arm IHI 0099 B.a chapter 8 (A 2.6). ATTR.MSIEN = 1 suppresses the wire; then, and with edge-triggered wires, each new
 * occurrence interrupts once. A level-sensitive wire is up while there is a cause. One interrupt per PARTID space.
 */
import { MSI_ATTR_MSIEN } from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import { InterruptCode, InterruptLevel } from '../../loop/event-row.ts';
import { BankedRegister } from './banked-register.ts';
import { fieldBits } from './field-bits.ts';
import type { FrontEvent } from './front-event.ts';
import type { RegisterGroup } from './register-group.ts';

/** Which registers and codes an interrupt has. */
interface InterruptKind {
  readonly wired: InterruptCode;
  readonly message: InterruptCode;
  readonly addressLow: MscRegister;
  readonly addressHigh: MscRegister;
  readonly data: MscRegister;
  readonly attributes: MscRegister;
  readonly label: MscRegister;
}

export const ERROR_INTERRUPT: InterruptKind = {
  wired: InterruptCode.errorWired,
  message: InterruptCode.errorMsi,
  addressLow: MscRegister.MPAMF_ERR_MSI_ADDR_L,
  addressHigh: MscRegister.MPAMF_ERR_MSI_ADDR_H,
  data: MscRegister.MPAMF_ERR_MSI_DATA,
  attributes: MscRegister.MPAMF_ERR_MSI_ATTR,
  label: MscRegister.MPAMF_ERR_MSI_MPAM,
};

export const OVERFLOW_INTERRUPT: InterruptKind = {
  wired: InterruptCode.overflowWired,
  message: InterruptCode.overflowMsi,
  addressLow: MscRegister.MSMON_OFLOW_MSI_ADDR_L,
  addressHigh: MscRegister.MSMON_OFLOW_MSI_ADDR_H,
  data: MscRegister.MSMON_OFLOW_MSI_DATA,
  attributes: MscRegister.MSMON_OFLOW_MSI_ATTR,
  label: MscRegister.MSMON_OFLOW_MSI_MPAM,
};

const SPACES = 4;

export class Interrupt implements RegisterGroup {
  readonly #kind: InterruptKind;
  readonly #wiring: 'level' | 'edge' | 'none';
  readonly #onEvent: (event: FrontEvent) => void;
  readonly #registers: ReadonlyMap<number, BankedRegister>;
  readonly #hasCause = new Uint8Array(SPACES);
  readonly #isHigh = new Uint8Array(SPACES);

  /** @param wiring `none`: only messages, where there are registers for them. */
  constructor(kind: InterruptKind, wiring: 'level' | 'edge' | 'none', onEvent: (event: FrontEvent) => void) {
    this.#kind = kind;
    this.#wiring = wiring;
    this.#onEvent = onEvent;
    const registers = [kind.label, kind.addressLow, kind.addressHigh, kind.data, kind.attributes];
    this.#registers = new Map(
      registers.map((register) => [register, new BankedRegister(register, fieldBits(register), onEvent)]),
    );
  }

  /** True while the wire is up. */
  isHigh(space: number): boolean {
    return this.#isHigh[space] !== 0;
  }

  /** Something new interrupts: a message or an edge. */
  fire(space: number): void {
    if (this.#sendsMessages(space)) {
      this.#tell(this.#kind.message, InterruptLevel.edge, space, {
        addressLo: this.#value(this.#kind.addressLow, space),
        addressHi: this.#value(this.#kind.addressHigh, space),
        data: this.#value(this.#kind.data, space),
      });
    } else if (this.#wiring === 'edge') {
      this.#tell(this.#kind.wired, InterruptLevel.edge, space);
    }
  }

  /** There is a cause to interrupt, or none any more: what a level-sensitive wire follows. */
  setCause(space: number, hasCause: boolean): void {
    this.#hasCause[space] = hasCause ? 1 : 0;
    this.#drive(space);
  }

  read(register: number, space: number): number {
    return this.#registers.get(register)!.get(space);
  }

  write(register: number, space: number, _word: number, value: number): void {
    this.#registers.get(register)!.set(space, value);
    this.#drive(space);
  }

  #drive(space: number): void {
    const isHigh = this.#wiring === 'level' && this.#hasCause[space] !== 0 && !this.#sendsMessages(space);
    if (isHigh === this.isHigh(space)) return;
    this.#isHigh[space] = isHigh ? 1 : 0;
    this.#tell(this.#kind.wired, isHigh ? InterruptLevel.high : InterruptLevel.low, space);
  }

  #sendsMessages(space: number): boolean {
    return (this.#value(this.#kind.attributes, space) & MSI_ATTR_MSIEN) !== 0;
  }

  #value(register: MscRegister, space: number): number {
    return this.#registers.get(register)!.get(space);
  }

  #tell(
    code: InterruptCode,
    level: InterruptLevel,
    space: number,
    message = { addressLo: 0, addressHi: 0, data: 0 },
  ): void {
    this.#onEvent({ type: 'interrupt', code, level, space, ...message });
  }
}
