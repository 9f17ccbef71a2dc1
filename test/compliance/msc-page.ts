/** A feature page of an MSC as a driver meets it: selectors are written before what they select (A 2.1). */
import type { Board } from './board.ts';

export type Space = 'ns' | 's' | 'root' | 'realm';

/** MPAMCFG_PART_SEL. */
export const INTERNAL = 1 << 16;
export const INGRESS_TL = 1 << 17;
export const DEFAULT_PARTID = 1 << 18;

/** MSMON_CFG_*_CTL (A 2.5). */
export const CTL = {
  EN: 2 ** 31,
  CAPT_RESET: 1 << 27,
  OFLOW_STATUS: 1 << 26,
  OFLOW_INTR: 1 << 25,
  OFLOW_FRZ: 1 << 24,
  MATCH_PMG: 1 << 17,
  MATCH_PARTID: 1 << 16,
  OFLOW_STATUS_L: 1 << 15,
  OFLOW_INTR_L: 1 << 14,
} as const;

/** What a monitor looks at. */
export interface Watch {
  readonly partid?: number;
  readonly pmg?: number;
  /** More bits of the filter: XCL, RWBW. */
  readonly filter?: number;
  /** More bits of the control register. */
  readonly control?: number;
  readonly ris?: number;
}

export class MscPage {
  readonly #board: Board;
  readonly #name: string;
  readonly #space: Space;

  constructor(board: Board, name: string, space: Space) {
    this.#board = board;
    this.#name = name;
    this.#space = space;
  }

  read(register: string): number {
    return Number(this.readWide(register));
  }

  readWide(register: string): bigint {
    return BigInt(this.#ask('read', register));
  }

  write(register: string, value: number | bigint): void {
    this.#ask('write', register, `0x${value.toString(16)}`);
  }

  read32(offset: number): number {
    return Number(this.#ask('read32', String(offset)));
  }

  write32(offset: number, value: number): void {
    this.#ask('write32', String(offset), String(value));
  }

  /** @param flags INTERNAL and the like. */
  select(partid: number, { ris = 0, flags = 0 } = {}): void {
    this.write('MPAMCFG_PART_SEL', partid + flags + ris * 2 ** 24);
  }

  /** Write a control of a PARTID. */
  control(partid: number, register: string, value: number, selection: { ris?: number; flags?: number } = {}): void {
    this.select(partid, selection);
    this.write(register, value);
  }

  selectMonitor(instance: number, ris = 0): void {
    this.write('MSMON_CFG_MON_SEL', instance + ris * 2 ** 24);
  }

  /** Let a cache storage usage monitor measure. It stays selected. */
  watchStorage(instance: number, watch: Watch): void {
    this.#watch('CSU', instance, watch);
  }

  /** Let a bandwidth usage monitor count from 0. It stays selected. */
  watchBandwidth(instance: number, watch: Watch): void {
    this.#watch('MBWU', instance, watch);
    this.write('MSMON_MBWU', 0);
  }

  /** Bytes that a monitor shows; it stays selected. @throws Error if it is not ready. */
  storage(instance: number): number {
    return this.#value('MSMON_CSU', instance, 0);
  }

  bandwidth(instance: number, ris = 0): number {
    return this.#value('MSMON_MBWU', instance, ris);
  }

  #watch(type: 'CSU' | 'MBWU', instance: number, { partid, pmg, filter = 0, control = 0, ris = 0 }: Watch): void {
    this.selectMonitor(instance, ris);
    this.write(`MSMON_CFG_${type}_FLT`, (partid ?? 0) + (pmg ?? 0) * 2 ** 16 + filter);
    const matches = (partid === undefined ? 0 : CTL.MATCH_PARTID) + (pmg === undefined ? 0 : CTL.MATCH_PMG);
    this.write(`MSMON_CFG_${type}_CTL`, CTL.EN + matches + control);
  }

  #value(register: string, instance: number, ris: number): number {
    this.selectMonitor(instance, ris);
    const value = this.read(register);
    if (value >= 2 ** 31) throw new Error(`${register} of ${this.#name} is not ready`);
    return value;
  }

  #ask(verb: string, ...words: readonly string[]): string {
    return this.#board.ask(`msc ${this.#name} ${verb} ${this.#space} ${words.join(' ')}`);
  }
}
