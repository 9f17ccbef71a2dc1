/** What Linux' MPAM driver does with the registers of one MSC, step by step (K 5.1, 5.3, 5.7, 5.8). */
import type { MscFront } from '../../../src/memory/msc-front/msc-front.ts';
import { AT, INTERNAL, sel } from './front-fixture.ts';

interface Settings {
  readonly cpbm?: number;
  readonly mbwMax?: number;
}

export class LinuxDriver {
  readonly #front: MscFront;
  readonly #space: number;

  constructor(front: MscFront, space: number) {
    this.#front = front;
    this.#space = space;
  }

  /** Which of the resources 0 to RIS_MAX have portions, as `mpam_msc_hw_probe` finds them. */
  risWithPortions(): number[] {
    const risMax = this.#read(AT.IDR + 4) >>> 24;
    const found: number[] = [];
    for (let ris = 0; ris <= risMax; ris++) {
      this.#write(AT.PART_SEL, sel(0, ris));
      if ((this.#read(AT.IDR) & (1 << 25)) !== 0) found.push(ris);
    }
    return found;
  }

  /** K 5.3, `mpam_reprogram_ris_partid`. */
  reprogram(ris: number, partid: number, { cpbm, mbwMax }: Settings): void {
    const write = (at: number, value: number) => this.#write(at, value);
    write(AT.PART_SEL, sel(partid, ris));
    const idr = this.#read(AT.IDR);
    if (idr >>> 31 !== 0) {
      write(AT.INTPARTID, INTERNAL | partid);
      write(AT.PART_SEL, sel(partid, ris) | INTERNAL);
    }
    if ((idr & (1 << 25)) !== 0) this.#writeBitmap(AT.CPBM, this.#read(AT.CPOR_IDR) & 0xffff, cpbm);
    if ((idr & (1 << 26)) !== 0) this.#writeBandwidth(mbwMax);
    if ((idr & (1 << 24)) !== 0) {
      const ccap = this.#read(AT.CCAP_IDR);
      if ((ccap & (1 << 30)) === 0) write(AT.CMAX, 0xffff);
      if ((ccap & (1 << 29)) !== 0) write(AT.CMIN, 0);
      if ((ccap & (1 << 28)) !== 0) write(AT.CASSOC, 0xffff);
    }
    if ((idr & (1 << 27)) !== 0) this.#writePriority();
  }

  /** K 5.7: read an MBWU monitor, programming it first if it is not what is wanted. @returns bytes, or undefined if not ready. */
  readMbwu(ris: number, instance: number, partid: number, pmg: number): number | undefined {
    const filter = partid | (pmg << 16);
    const control = 0x00030042;
    this.#write(AT.MON_SEL, sel(instance, ris));
    const isSame =
      this.#read(AT.MBWU_FLT) === filter &&
      (this.#read(AT.MBWU_CTL) & ~0x04008000) >>> 0 === (control | 0x80000000) >>> 0;
    if (!isSame) {
      this.#write(AT.MBWU_FLT, filter);
      this.#write(AT.MBWU_CTL, control);
      this.#write(AT.MBWU_CTL, control | 0x80000000);
      this.#write(AT.MBWU, 0);
    }
    const value = this.#read(AT.MBWU);
    return value >>> 31 === 0 ? value : undefined;
  }

  /** K 5.7, the long counter: high, low, high again. */
  readMbwuLong(): number {
    let high = this.#read(AT.MBWU_L + 4);
    for (let attempt = 0; attempt < 3; attempt++) {
      const low = this.#read(AT.MBWU_L);
      const again = this.#read(AT.MBWU_L + 4);
      if (again === high) return (high & 0x7fffffff) * 2 ** 32 + low;
      high = again;
    }
    throw new Error('the upper half does not settle');
  }

  /** K 5.8, the handler of the error interrupt. @returns the code and what it captured, or undefined: not ours. */
  handleError():
    | { readonly code: number; readonly partid: number; readonly pmg: number; readonly ris: number }
    | undefined {
    const low = this.#read(AT.ESR);
    const high = this.#read(AT.ESR + 4);
    const code = (low >>> 24) & 0xf;
    if (code === 0) return undefined;
    this.#write(AT.ESR + 4, 0);
    this.#write(AT.ESR, 0);
    this.#write(AT.ECR, 0);
    return { code, partid: low & 0xffff, pmg: (low >>> 16) & 0xff, ris: high & 0xf };
  }

  #writeBandwidth(mbwMax: number | undefined): void {
    const idr = this.#read(AT.MBW_IDR);
    if ((idr & (1 << 12)) !== 0) this.#writeBitmap(AT.MBW_PBM, (idr >>> 16) & 0x1fff, undefined);
    if ((idr & (1 << 10)) !== 0) this.#write(AT.MBW_MIN, 0);
    if ((idr & (1 << 11)) !== 0) this.#write(AT.MBW_MAX, mbwMax ?? 0xffff);
    if ((idr & (1 << 13)) !== 0) this.#write(AT.MBW_PROP, 0);
  }

  #writePriority(): void {
    const idr = this.#read(AT.PRI_IDR);
    const intpri = (idr & 2) === 0 ? 0 : 2 ** ((idr >>> 4) & 0x3f) - 1;
    const dspri = (idr & (1 << 17)) === 0 ? 0 : 2 ** ((idr >>> 20) & 0x3f) - 1;
    this.#write(AT.PRI, intpri + dspri * 2 ** 16);
  }

  /** All ones of the width, or a map of one word. */
  #writeBitmap(at: number, width: number, map: number | undefined): void {
    for (let word = 0; word * 32 < width; word++) {
      const bits = Math.min(32, width - word * 32);
      const ones = 2 ** bits - 1;
      this.#write(at + 4 * word, map === undefined ? ones : word === 0 ? map : 0);
    }
  }

  #read(at: number): number {
    return this.#front.read32(this.#space, at);
  }

  #write(at: number, value: number): void {
    this.#front.write32(this.#space, at, value);
  }
}
