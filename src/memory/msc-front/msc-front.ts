/**
 * The registers of an MSC as software meets them: feature pages, one per PARTID space, with selectors, ID registers, errors and
 * interrupts in front of the MSC's settings and monitors.
 *
 * Source: Arm IHI 0099 B.a chapters 7 to 9 (A 2). Unallocated offsets, registers and bits that the MSC does not implement, reads
 * of write-only and writes to read-only registers, accesses that are not aligned to their size, and all of the page of a
 * PARTID space that the MSC does not support are RAZ/WI. A 64-bit access to what is not a 64-bit register is two of 32 bits, the
 * lower first. Config registers that reset to UNKNOWN reset to 0 here. Not modelled: registers that a part adds of its own,
 * but for those of T241-MPAM-1; MPAMF_IMPL_IDR; allocation monitors.
 */
import { labelPartid, labelPmg, labelSpace } from '../../arch/label.ts';
import { MscErrorCode } from '../../arch/msc/error-codes.ts';
import type { RegisterHalves } from '../../arch/msc/pack-fields.ts';
import { featuresOfVersion } from '../feature-version.ts';
import type { MonitorEvent } from '../monitors/monitor-event.ts';
import type { MscConfig, MscFeatures } from '../msc-config.ts';
import { ControlRegisters, type Settings } from './control-registers.ts';
import { ErrorRegisters } from './error-registers.ts';
import type { FrontEvent } from './front-event.ts';
import { accessibleGroups, type FrontGroups } from './front-groups.ts';
import { IdRegisterGroup } from './id-register-group.ts';
import { ERROR_INTERRUPT, Interrupt, OVERFLOW_INTERRUPT } from './interrupt.ts';
import { MonitorRegisters, type Monitors } from './monitor-registers.ts';
import { MonitorSelector } from './monitor-selector.ts';
import { OverflowInterrupts } from './overflow-interrupts.ts';
import { PartSelector } from './part-selector.ts';
import type { RegisterGroup } from './register-group.ts';
import { isWide, MAPPED_BYTES, RESERVED, registerAt, wordAt } from './register-map.ts';
import { RegisterPresence } from './register-presence.ts';
import { T241ShadowRegisters } from './t241-shadow-registers.ts';
import {
  EGRESS,
  INGRESS,
  type TranslationRegisters,
  type TranslationWay,
  translationRegisters,
} from './translation-registers.ts';

/** What can be wrong with a memory request. */
export type RequestErrorCode = typeof MscErrorCode.Req_PARTID_Range | typeof MscErrorCode.Req_PMG_Range;

const NOTHING: RegisterHalves = { lo: 0, hi: 0 };

export class MscFront {
  readonly #features: MscFeatures;
  readonly #spaces: number;
  /** Who answers for a register, by its code; undefined: it is RAZ, or WI. */
  readonly #readers: readonly (RegisterGroup | undefined)[];
  readonly #writers: readonly (RegisterGroup | undefined)[];
  readonly #errors: ErrorRegisters;
  readonly #errorInterrupt: Interrupt;
  readonly #overflowInterrupt: Interrupt;
  readonly #overflows: OverflowInterrupts | undefined;
  readonly #ingress: TranslationRegisters | undefined;
  readonly #egress: TranslationRegisters | undefined;
  readonly #shadows: T241ShadowRegisters | undefined;

  /**
   * @param config what the version of the MSC does not allow is left out (feature-version.ts); settings and monitors must be of
   *   the same MSC.
   * @param monitors undefined: the MSC has none.
   * @param onEvent is told of everything but changes of settings and monitors, which these tell of themselves.
   */
  constructor(
    config: MscConfig,
    settings: Settings,
    monitors: Monitors | undefined,
    onEvent: (event: FrontEvent) => void,
  ) {
    const allowed = featuresOfVersion(config);
    const { front } = allowed;
    this.#features = allowed.features;
    this.#spaces = front.spaces;
    this.#errorInterrupt = new Interrupt(ERROR_INTERRUPT, front.interrupt, onEvent);
    const overflowWire = front.hasOflowInterrupt ? front.interrupt : 'none';
    this.#overflowInterrupt = new Interrupt(OVERFLOW_INTERRUPT, overflowWire, onEvent);
    this.#overflows = monitors && new OverflowInterrupts(this.#overflowInterrupt, monitors);
    this.#errors = new ErrorRegisters(allowed, this.#errorInterrupt, onEvent);
    const hasShadows = front.quirks.includes('T241-MPAM-1');
    this.#shadows = hasShadows ? new T241ShadowRegisters(allowed, settings) : undefined;

    const presence = new RegisterPresence(allowed);
    const partSelector = new PartSelector(allowed, this.#errors, onEvent);
    const translation = (way: TranslationWay) =>
      translationRegisters(way, allowed, partSelector, this.#errors, onEvent);
    this.#ingress = translation(INGRESS);
    this.#egress = translation(EGRESS);
    const controls = new ControlRegisters(allowed, settings, presence, partSelector, this.#errors, this.#shadows);
    const monitorSelector = new MonitorSelector(allowed, this.#errors, onEvent);
    const onWritten = (space: number) => this.#overflows?.settle(space);
    const groups: FrontGroups = {
      ids: new IdRegisterGroup(allowed, partSelector),
      errors: this.#errors,
      errorMessage: this.#errorInterrupt,
      overflowMessage: this.#overflowInterrupt,
      partSelector,
      monitorSelector,
      controls,
      monitors: monitors && new MonitorRegisters(allowed, monitors, presence, monitorSelector, this.#errors, onWritten),
      ingress: this.#ingress,
      egress: this.#egress,
    };
    this.#readers = accessibleGroups(groups, presence, 'wo');
    this.#writers = accessibleGroups(groups, presence, 'ro');
  }

  /**
   * Read 32 bits of a feature page.
   * @param space PARTID space of the page, 0 to 3.
   * @param offset in bytes from the start of the page.
   * @returns unsigned; 0 where there is nothing to read.
   */
  read32(space: number, offset: number): number {
    const register = this.#registerAt(space, offset);
    if (register === RESERVED) return this.#shadowHalf(space, offset);
    return this.#readers[register]?.read(register, space, wordAt(offset)) ?? 0;
  }

  /**
   * Write 32 bits of a feature page.
   * @param value signed or unsigned; bits that do not exist are ignored.
   * @throws TooManyPartitionsError if a resource cannot tell more partitions apart.
   */
  write32(space: number, offset: number, value: number): void {
    const register = this.#registerAt(space, offset);
    if (register !== RESERVED) this.#writers[register]?.write(register, space, wordAt(offset), value);
    else if (space < this.#spaces) this.#shadows?.write(space, offset);
  }

  /** Read 64 bits, which are aligned to 8 bytes. @returns unsigned halves. */
  read64(space: number, offset: number): RegisterHalves {
    if (offset % 8 !== 0) return NOTHING;
    const register = this.#registerAt(space, offset);
    if (register === RESERVED && space < this.#spaces && this.#shadows !== undefined && offset >= MAPPED_BYTES) {
      return this.#shadows.read(space, offset);
    }
    const reader = isWide(register) ? this.#readers[register] : undefined;
    return (
      reader?.readWide?.(register, space) ?? { lo: this.read32(space, offset), hi: this.read32(space, offset + 4) }
    );
  }

  /** Write 64 bits, which are aligned to 8 bytes. @param lo bits 31:0. @throws as `write32`. */
  write64(space: number, offset: number, lo: number, hi: number): void {
    if (offset % 8 !== 0) return;
    const register = this.#registerAt(space, offset);
    const writer = isWide(register) ? this.#writers[register] : undefined;
    if (writer?.writeWide !== undefined) {
      writer.writeWide(register, space, lo, hi);
      return;
    }
    this.write32(space, offset, lo);
    this.write32(space, offset + 4, hi);
  }

  /**
   * What is wrong with a memory request that comes in with this label, if anything. While ingress translation is on, its PARTID
   * must be at most IN_PARTID_MAX, and what becomes of it at most PARTID_MAX (A 2.7).
   */
  requestErrorOf(label: number): RequestErrorCode | undefined {
    const { partidMax, pmgMax } = this.#features;
    const isKnown = this.#ingress?.knows(label) ?? true;
    if (!isKnown || labelPartid(this.translateIngress(label)) > partidMax) return MscErrorCode.Req_PARTID_Range;
    return labelPmg(label) > pmgMax ? MscErrorCode.Req_PMG_Range : undefined;
  }

  /**
   * A memory request came with a PARTID or PMG out of range. It is handled nevertheless (A 2.6).
   * @param partid as the request came in, before translation.
   */
  requestError(code: RequestErrorCode, space: number, partid: number, pmg: number): void {
    if (space < this.#spaces) this.#errors.report(code, space, partid, { pmg });
  }

  /** What monitors tell: overflows that interrupt are passed on, all else is nothing to the front. */
  monitorEvent(event: MonitorEvent): void {
    if (event.type === 'overflowInterrupt') this.#overflows?.raise(event);
  }

  /** True while the wire of a level-sensitive interrupt is up. */
  interruptLevel(kind: 'error' | 'overflow', space: number): boolean {
    return (kind === 'error' ? this.#errorInterrupt : this.#overflowInterrupt).isHigh(space);
  }

  /** The label (arch/label.ts) that controls see, of a request that comes in (A 2.7). */
  translateIngress(label: number): number {
    return this.#ingress?.translate(label) ?? label;
  }

  /** The label that egress translation makes of one that controls saw. */
  translateEgress(label: number): number {
    return this.#egress?.translate(label) ?? label;
  }

  /** The label that a request goes on with: the one that it came with, unless egress translation is on (A 1, A 2.7). */
  downstreamLabel(label: number): number {
    const isTranslated = this.#egress?.isEnabled(labelSpace(label)) === true;
    return isTranslated ? this.translateEgress(this.translateIngress(label)) : label;
  }

  /** Look at what monitors have come to; they must have been brought up to date. */
  sync(): void {
    for (let space = 0; space < this.#spaces; space++) this.#overflows?.settle(space);
  }

  /** The register there, or RESERVED. */
  #registerAt(space: number, offset: number): number {
    const isMapped = space < this.#spaces && offset >= 0 && offset < MAPPED_BYTES && (offset & 3) === 0;
    return isMapped ? registerAt(offset) : RESERVED;
  }

  #shadowHalf(space: number, offset: number): number {
    if (this.#shadows === undefined || space >= this.#spaces || offset < MAPPED_BYTES || offset % 4 !== 0) return 0;
    const isUpper = offset % 8 !== 0;
    const { lo, hi } = this.#shadows.read(space, isUpper ? offset - 4 : offset);
    return isUpper ? hi : lo;
  }
}
