/**
 * Bandwidth usage monitors that see every line at the moment it is moved: the judge of those that look later.
 *
 * Written from A 2.5 and A 4, with one BigInt per value, without regard for speed. All instances are of one PARTID space.
 */
import {
  CAPT_RESET,
  CEVNT_OFLW,
  EN,
  MATCH_PARTID,
  MATCH_PMG,
  OFLOW_CAPT,
  OFLOW_CAPT_L,
  OFLOW_FRZ,
  OFLOW_INTR,
  OFLOW_INTR_L,
  OFLOW_STATUS,
  OFLOW_STATUS_L,
  SCLEN,
} from './control-fields.ts';

export interface NaiveLine {
  readonly partid: number;
  readonly pmg: number;
  readonly isWrite: boolean;
}

interface NaiveValue {
  readonly name: 'mbwu' | 'mbwu_l';
  readonly bits: bigint;
  readonly status: number;
  readonly interrupt: number;
  readonly capture: number;
  /** Bytes since VALUE was 0, at the present scale. */
  bytes: bigint;
  nrdy: boolean;
  frozen: boolean;
  /** VALUE and NRDY as bit 63. */
  captured: bigint;
}

const NRDY = 2n ** 63n;

export class NaiveMonitor {
  readonly values: readonly NaiveValue[];
  readonly log: string[] = [];
  readonly #place: string;
  readonly #scale: bigint;
  flt = 0;
  ctl = 0;

  constructor(place: string, longBits: number, scale: number) {
    this.#place = place;
    this.#scale = BigInt(scale);
    const idle = { bytes: 0n, nrdy: false, frozen: false, captured: 0n };
    const short = {
      name: 'mbwu',
      bits: 31n,
      status: OFLOW_STATUS,
      interrupt: OFLOW_INTR,
      capture: OFLOW_CAPT,
    } as const;
    const long = {
      name: 'mbwu_l',
      bits: BigInt(longBits),
      status: OFLOW_STATUS_L,
      interrupt: OFLOW_INTR_L,
      capture: OFLOW_CAPT_L,
    } as const;
    this.values =
      longBits === 0
        ? [{ ...idle, ...short }]
        : [
            { ...idle, ...short },
            { ...idle, ...long },
          ];
  }

  has(bit: number): boolean {
    return Math.floor(this.ctl / bit) % 2 === 1;
  }

  valueOf(value: NaiveValue): bigint {
    const unit = 2n ** this.#shift(value);
    return (value.bytes + unit / 2n) / unit;
  }

  /** VALUE, with NRDY as bit 63. */
  shown(value: NaiveValue): bigint {
    return this.valueOf(value) + (value.nrdy ? NRDY : 0n);
  }

  /** @returns the capture events that overflows raised. */
  line(line: NaiveLine): number[] {
    if (!this.#matches(line)) return [];
    const overflowed = this.values.filter((value) => {
      if (value.frozen) return false;
      value.bytes += 64n;
      if (this.valueOf(value) < 2n ** value.bits) return false;
      value.bytes -= 2n ** (value.bits + this.#shift(value));
      return true;
    });
    return overflowed.flatMap((value) => this.#overflow(value, 0));
  }

  writeControl(ctl: number): void {
    const before = this.values.map((value) => this.valueOf(value));
    const wasScaled = this.has(SCLEN);
    this.ctl = ctl;
    if (this.has(SCLEN) === wasScaled) return;
    for (const [i, value] of this.values.entries()) value.bytes = before[i]! * 2n ** this.#shift(value);
  }

  /** @param written with NRDY as bit 63. */
  writeValue(value: NaiveValue, written: bigint): void {
    value.bytes = (written % 2n ** value.bits) * 2n ** this.#shift(value);
    value.nrdy = written >= NRDY;
    value.frozen = false;
    if (this.has(value.status)) this.ctl -= value.status;
  }

  captureEvent(event: number): void {
    if (Math.floor(this.ctl / 2 ** 28) % 8 !== event) return;
    for (const value of this.values) {
      if (this.has(CEVNT_OFLW)) this.#overflow(value, event);
      else this.#capture(value, event);
    }
  }

  /** Bits below the lowest one of VALUE. */
  #shift(value: NaiveValue): bigint {
    return value.name === 'mbwu' && this.has(SCLEN) ? this.#scale : 0n;
  }

  #matches({ partid, pmg, isWrite }: NaiveLine): boolean {
    if (!this.has(EN)) return false;
    if (this.has(MATCH_PARTID) && partid !== this.flt % 2 ** 16) return false;
    if (this.has(MATCH_PMG) && pmg !== Math.floor(this.flt / 2 ** 16) % 256) return false;
    const rwbw = Math.floor(this.flt / 2 ** 30);
    return rwbw === 0 || rwbw === 3 || (rwbw === 1) === isWrite;
  }

  #overflow(value: NaiveValue, event: number): number[] {
    this.#tell('overflow', value, event);
    const isNew = !this.has(value.status);
    if (isNew) this.ctl += value.status;
    if (this.has(OFLOW_FRZ)) for (const each of this.values) each.frozen = true;
    if (this.has(value.capture)) this.#capture(value, event);
    if (!this.has(value.interrupt)) return [];
    if (isNew) this.log.push(`interrupt by ${value.name} ${this.#place}`);
    const linked = Math.floor(this.ctl / 2 ** 8) % 8;
    return event === 0 && linked >= 1 && linked <= 6 ? [linked] : [];
  }

  #capture(value: NaiveValue, event: number): void {
    value.captured = this.shown(value);
    this.#tell('capture', value, event);
    const wasNotReady = value.nrdy;
    value.nrdy = false;
    if (this.has(CAPT_RESET)) value.bytes = 0n;
    if (wasNotReady) this.#tell('ready', value, event);
  }

  #tell(what: string, value: NaiveValue, event: number): void {
    const at = `${what} of ${value.name} ${this.#place} at 0x${this.shown(value).toString(16)}`;
    this.log.push(event === 0 ? at : `${at} by ${event}`);
  }
}
