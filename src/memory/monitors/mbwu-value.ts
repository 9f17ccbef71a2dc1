/**
 * One of the two value registers of a bandwidth usage monitor instance, MSMON_MBWU or MSMON_MBWU_L, with its capture register.
 *
 * Source: Arm IHI 0099 B.a (A 2.5, 4.1 to 4.3). The short one shows bytes >> SCALE when scaled, rounded to nearest, halves
 * up: it keeps the bytes below its lowest bit, and half a unit more. When scaling is switched on or off VALUE stays as it
 * is, and the bytes below are forgotten.
 */
import {
  CTL_OFLOW_CAPT,
  CTL_OFLOW_INTR,
  CTL_OFLOW_STATUS,
  MBWU_CTL_OFLOW_CAPT_L,
  MBWU_CTL_OFLOW_INTR_L,
  MBWU_CTL_OFLOW_STATUS_L,
  MSMON_NRDY,
} from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import { MonitorKind } from '../../loop/event-row.ts';
import { VALUE_FIELD } from './monitor-fields.ts';
import { WideCounter } from './wide-counter.ts';

const SHORT_BITS = 31;

/** What of the control register belongs to this value, and its registers. */
interface ValueRole {
  readonly kind: MonitorKind;
  readonly register: MscRegister;
  readonly captureRegister: MscRegister;
  readonly oflowStatus: number;
  readonly oflowIntr: number;
  readonly oflowCapt: number;
}

const SHORT: ValueRole = {
  kind: MonitorKind.mbwu,
  register: MscRegister.MSMON_MBWU,
  captureRegister: MscRegister.MSMON_MBWU_CAPTURE,
  oflowStatus: CTL_OFLOW_STATUS,
  oflowIntr: CTL_OFLOW_INTR,
  oflowCapt: CTL_OFLOW_CAPT,
};

const LONG: ValueRole = {
  kind: MonitorKind.mbwuLong,
  register: MscRegister.MSMON_MBWU_L,
  captureRegister: MscRegister.MSMON_MBWU_L_CAPTURE,
  oflowStatus: MBWU_CTL_OFLOW_STATUS_L,
  oflowIntr: MBWU_CTL_OFLOW_INTR_L,
  oflowCapt: MBWU_CTL_OFLOW_CAPT_L,
};

/** VALUE in halves, unsigned, without NRDY: of the short register all of it is in `lo`. */
interface ValueHalves {
  readonly lo: number;
  readonly hi: number;
}

export class MbwuValue {
  readonly role: ValueRole;
  readonly isLong: boolean;
  /** Largest upper half of VALUE: 0 of the short register. */
  readonly #highField: number;
  readonly #unitBytes: number;
  readonly #lineBytes: number;
  readonly #unitsPerLine: number;
  #counter: WideCounter;
  /** Bits by which the short value is scaled now. */
  #scale = 0;
  #exactBytes = 0;
  nrdy = false;
  isFrozen = false;
  /** As the capture register shows it, with NRDY. */
  captured: ValueHalves = { lo: 0, hi: 0 };

  /**
   * @param longBits 44 or 63; 0: the short register.
   * @param lineBytes bytes of a line, a power of two.
   * @param unitBytes bytes that it counts as one, a power of two; what is smaller counts as one, too.
   */
  constructor(longBits: 0 | 44 | 63, lineBytes: number, unitBytes: number) {
    this.isLong = longBits > 0;
    this.role = this.isLong ? LONG : SHORT;
    this.#highField = this.isLong ? 2 ** (longBits - 32) - 1 : 0;
    this.#unitBytes = unitBytes;
    this.#lineBytes = lineBytes;
    this.#unitsPerLine = Math.ceil(lineBytes / unitBytes);
    this.#counter = this.isLong ? new WideCounter(longBits - 32, 32) : new WideCounter(SHORT_BITS, 0);
  }

  get value(): ValueHalves {
    const { high, low } = this.#counter;
    return this.isLong ? { lo: low, hi: high } : { lo: high, hi: 0 };
  }

  /** NRDY as bit 31. */
  get nrdyBit(): number {
    return this.nrdy ? MSMON_NRDY : 0;
  }

  /** The register: NRDY is its uppermost bit. */
  get shown(): ValueHalves {
    return this.withNrdy(this.value, this.nrdyBit);
  }

  /** VALUE and NRDY as a register holds them. */
  withNrdy({ lo, hi }: ValueHalves, nrdyBit: number): ValueHalves {
    return this.isLong ? { lo, hi: hi + nrdyBit } : { lo: lo + nrdyBit, hi };
  }

  /** A register's contents without what it does not have; bits that are VALUE, and NRDY as bit 31. */
  implemented(lo: number, hi: number): ValueHalves & { readonly nrdyBit: number } {
    const top = this.isLong ? hi : lo;
    const value = this.isLong ? { lo: lo >>> 0, hi: hi & this.#highField } : { lo: lo & VALUE_FIELD, hi: 0 };
    return { ...value, nrdyBit: (top & MSMON_NRDY) >>> 0 };
  }

  /** What VALUE would be without width, scale, unit and freezing, in bytes: since it was last written or reset. */
  get exactBytes(): number {
    return this.#exactBytes;
  }

  /** Go on counting from a VALUE. */
  set({ lo, hi }: ValueHalves): void {
    if (this.isLong) this.#counter.set(hi, lo);
    else this.#counter.set(lo, Math.floor(2 ** this.#scale / 2));
    this.#exactBytes = (this.isLong ? hi * 2 ** 32 + lo : lo * 2 ** this.#scale) * this.#unitBytes;
  }

  /** Scale the short value from now on; VALUE stays. @param scale 0: not. */
  rescale(scale: number): void {
    if (this.isLong || scale === this.#scale) return;
    const { high } = this.#counter;
    this.#scale = scale;
    this.#counter = new WideCounter(SHORT_BITS, scale);
    this.#counter.set(high, Math.floor(2 ** scale / 2));
  }

  /** The first of the lines to come that makes it overflow, from 1; exact unless it is beyond 2^40. */
  get linesToOverflow(): number {
    return this.isFrozen ? Infinity : Math.ceil(this.#counter.untilOverflow / this.#unitsPerLine);
  }

  /** Count lines. @returns true if it overflowed. */
  add(lines: number): boolean {
    this.#exactBytes += lines * this.#lineBytes;
    return this.isFrozen ? false : this.#counter.add(lines * this.#unitsPerLine);
  }
}
