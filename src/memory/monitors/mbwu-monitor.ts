/**
 * One instance of a memory bandwidth usage monitor.
 *
 * Source: Arm IHI 0099 B.a (A 2.5, 4.1 to 4.3; K 4 for T241-MPAM-6). It counts when somebody looks: what the counters of
 * matching owners grew by since it was last brought up to date. As lines are counted one after the other, what is frozen or
 * captured at an overflow is exact however late the overflow is noticed. Another instance that a linked overflow captures
 * shows what it has counted when the overflow is noticed.
 *
 * Choices where the text leaves them. RWBW 11 (reserved) counts both directions. A frozen value counts on only when software
 * writes it; neither a reset by capture nor OFLOW_FRZ = 0 does. An overflow that a capture event stands for (CEVNT_OFLW)
 * interrupts like any other, but raises no event in turn; without OFLOW_CAPT it captures nothing. OFLOW_STATUS that software
 * sets interrupts nobody. Captures come to disabled instances, too. The T241 counts 64-byte requests at all widths.
 */
import {
  CTL_CAPT_RESET,
  CTL_CEVNT_OFLW,
  CTL_EN,
  CTL_OFLOW_FRZ,
  CTL_OFLOW_LNKG,
  CTL_OFLOW_LNKG_SHIFT,
  CTL_OFLOW_STATUS,
  MBWU_CTL_OFLOW_STATUS_L,
  MBWU_CTL_SCLEN,
  MBWU_CTL_TYPE,
  MBWU_FLT_RWBW_SHIFT,
  MSMON_NRDY,
} from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import type { MonitorKind } from '../../loop/event-row.ts';
import type { MbwuFeatures } from '../msc-config.ts';
import { MatchingOwners } from './matching-owners.ts';
import { MbwuValue } from './mbwu-value.ts';
import type { MonitorEvent, MonitorPlace } from './monitor-event.ts';
import { capturesAt, overflowInterrupts } from './monitor-fields.ts';
import {
  type Halves,
  type MonitoredResource,
  type MonitorInstance,
  MonitorTeller,
  type WrittenHalf,
} from './monitor-instance.ts';

/** What T241-MPAM-6 counts as one. */
const T241_REQUEST_BYTES = 64;
const STATUSES = CTL_OFLOW_STATUS | MBWU_CTL_OFLOW_STATUS_L;
/** RWBW: writes only, reads only. */
const RWBW_WRITES = 1;
const RWBW_READS = 2;
/** OFLOW_LNKG 7 is reserved. */
const LINKED_EVENT_MAX = 6;

export class MbwuMonitor implements MonitorInstance {
  readonly type = 'mbwu';
  readonly place: MonitorPlace;
  readonly #resource: MonitoredResource<MbwuFeatures>;
  readonly #owners: MatchingOwners;
  readonly #teller: MonitorTeller;
  readonly #onLinkedOverflow: (event: number) => void;
  readonly #onPending: (isPending: boolean) => void;
  /** The short one, and the long one if there is one. */
  readonly #values: readonly MbwuValue[];
  #filter = 0;
  /** Without TYPE. */
  #control = 0;
  /** Lines of matching owners that have been counted, or must not be. */
  #linesBefore = 0;

  /**
   * @param onLinkedOverflow is told which capture event (1 to 6) others of this space get: an overflow is linked to it.
   * @param onPending is told when the first of its overflows becomes pending, or the last one is cleared.
   */
  constructor(
    place: MonitorPlace,
    resource: MonitoredResource<MbwuFeatures>,
    onEvent: (event: MonitorEvent) => void,
    onLinkedOverflow: (event: number) => void,
    onPending: (isPending: boolean) => void,
  ) {
    const { features, front, sources } = resource;
    this.place = place;
    this.#resource = resource;
    this.#owners = new MatchingOwners(sources, place.space);
    this.#teller = new MonitorTeller(place, onEvent);
    this.#onLinkedOverflow = onLinkedOverflow;
    this.#onPending = onPending;
    const unitBytes = front.quirks.includes('T241-MPAM-6') ? T241_REQUEST_BYTES : 1;
    const widths = features.longBits === 0 ? ([0] as const) : ([0, features.longBits] as const);
    this.#values = widths.map((longBits) => new MbwuValue(longBits, sources.lineBytes, unitBytes));
  }

  get isActive(): boolean {
    return (this.#control & CTL_EN) !== 0 && this.#values.some((value) => !value.isFrozen);
  }

  /** An overflow of it makes others capture. */
  get isLinked(): boolean {
    return this.isActive && this.#linkedEvent > 0;
  }

  get hasPendingOverflow(): boolean {
    return (this.#control & STATUSES) !== 0;
  }

  /** The first of the lines to come that it overflows at, if all of them count, from 1; Infinity: it does not. */
  get linesToOverflow(): number {
    let lines = Infinity;
    for (const value of this.#values) lines = Math.min(lines, value.linesToOverflow);
    return lines;
  }

  read(register: MscRegister): Halves {
    this.sync();
    if (register === MscRegister.MSMON_CFG_MBWU_FLT) return { lo: this.#filter, hi: 0 };
    if (register === MscRegister.MSMON_CFG_MBWU_CTL) return { lo: this.#control + MBWU_CTL_TYPE, hi: 0 };
    for (const value of this.#values) {
      if (register === value.role.register) return value.shown;
      if (register === value.role.captureRegister) return value.captured;
    }
    return { lo: 0, hi: 0 };
  }

  write(register: MscRegister, lo: number, hi: number, half: WrittenHalf): void {
    this.sync();
    const { fields, features } = this.#resource;
    for (const value of this.#values) {
      if (half === 'high' && !value.isLong) continue;
      if (register === value.role.register) this.#writeValue(value, lo, hi, half);
      if (register === value.role.captureRegister && features.hasCapture) this.#writeCapture(value, lo, hi, half);
    }
    if (half === 'high') return;
    if (register === MscRegister.MSMON_CFG_MBWU_FLT) {
      this.#configure(register, (lo & fields.filter) >>> 0, this.#control);
    } else if (register === MscRegister.MSMON_CFG_MBWU_CTL) {
      this.#configure(register, this.#filter, (lo & fields.control) >>> 0);
    }
  }

  captureEvent(event: number): void {
    this.sync();
    if (!capturesAt(this.#control, event)) return;
    for (const value of this.#values) {
      if ((this.#control & CTL_CEVNT_OFLW) !== 0) this.#overflow(value, event);
      else this.#capture(value, event);
    }
  }

  sync(): boolean {
    if ((this.#control & CTL_EN) === 0) return false;
    const lines = this.#lines();
    const grown = lines - this.#linesBefore;
    this.#linesBefore = lines;
    return grown > 0 && this.#count(grown);
  }

  /** Bytes since the value was last written or reset, whatever its width, scale, unit and freezing. */
  exactBytes(kind: MonitorKind): number {
    this.sync();
    return this.#values.find((value) => value.role.kind === kind)?.exactBytes ?? 0;
  }

  relabel(): void {
    this.#owners.select(this.#filter, this.#control);
    this.#linesBefore = this.#lines();
  }

  /** The event that OFLOW_LNKG names, 1 to 6; else 0. */
  get #linkedEvent(): number {
    const event = (this.#control & CTL_OFLOW_LNKG) >>> CTL_OFLOW_LNKG_SHIFT;
    return event <= LINKED_EVENT_MAX ? event : 0;
  }

  /** Lines that matching owners have moved in the directions of RWBW, since the start. */
  #lines(): number {
    const { sources } = this.#resource;
    const { ris } = this.place;
    const direction = this.#filter >>> MBWU_FLT_RWBW_SHIFT;
    if (direction === RWBW_READS) return this.#owners.sum((owner) => sources.readLines(ris, owner));
    if (direction === RWBW_WRITES) return this.#owners.sum((owner) => sources.writtenLines(ris, owner));
    return this.#owners.sum((owner) => sources.readLines(ris, owner) + sources.writtenLines(ris, owner));
  }

  /** Count lines, and stop at each one that makes a value overflow. @returns true if one did. */
  #count(lines: number): boolean {
    let anyOverflowed = false;
    for (let left = lines; left > 0; ) {
      const counted = Math.min(left, this.linesToOverflow);
      left -= counted;
      const overflowed = this.#values.filter((value) => value.add(counted));
      for (const value of overflowed) this.#overflow(value, 0);
      anyOverflowed ||= overflowed.length > 0;
    }
    return anyOverflowed;
  }

  /** A value exceeded its width, or a capture event (1 to 7) stands for that. */
  #overflow(value: MbwuValue, event: number): void {
    const { kind, oflowStatus, oflowIntr, oflowCapt } = value.role;
    const wasPending = (this.#control & oflowStatus) !== 0;
    this.#tell('overflow', value, event);
    this.#setControl((this.#control | oflowStatus) >>> 0);
    if ((this.#control & CTL_OFLOW_FRZ) !== 0) for (const each of this.#values) each.isFrozen = true;
    if ((this.#control & oflowCapt) !== 0) this.#capture(value, event);
    if ((this.#control & oflowIntr) === 0) return;
    if (!wasPending && overflowInterrupts(this.#resource.front)) this.#teller.overflowInterrupt(kind);
    if (event === 0 && this.#linkedEvent > 0) this.#onLinkedOverflow(this.#linkedEvent);
  }

  /** Copy VALUE and NRDY, clear NRDY, and reset VALUE if so configured. */
  #capture(value: MbwuValue, event: number): void {
    this.#tell('capture', value, event);
    this.#setCapture(value, value.shown);
    const wasNotReady = value.nrdy;
    value.nrdy = false;
    if ((this.#control & CTL_CAPT_RESET) !== 0) value.set({ lo: 0, hi: 0 });
    if (wasNotReady) this.#tell('ready', value, event);
  }

  #configure(register: MscRegister, filter: number, control: number): void {
    const changed = (filter ^ this.#filter) | ((control ^ this.#control) & ~STATUSES);
    this.#teller.change(register, 0, this.#filter, filter);
    this.#filter = filter;
    this.#setControl(control);
    if (changed === 0) return;
    this.relabel();
    const scale = (control & MBWU_CTL_SCLEN) === 0 ? 0 : this.#resource.features.scale;
    for (const value of this.#values) value.rescale(scale);
    if (this.#resource.front.nrdyNs > 0) this.#becomeNotReady();
  }

  /** Settings have changed: software clears NRDY again, hardware does not (A 4.1). */
  #becomeNotReady(): void {
    for (const value of this.#values) {
      if (value.nrdy) continue;
      value.nrdy = true;
      this.#tell('notReady', value, 0);
    }
  }

  #writeValue(value: MbwuValue, lo: number, hi: number, half: WrittenHalf): void {
    const before = value.shown;
    const written = value.implemented(half === 'high' ? before.lo : lo, half === 'low' ? before.hi : hi);
    value.set(written);
    value.nrdy = written.nrdyBit === MSMON_NRDY;
    value.isFrozen = false;
    this.#tellChange(value.role.register, before, value.shown);
    this.#setControl((this.#control & ~value.role.oflowStatus) >>> 0);
  }

  #writeCapture(value: MbwuValue, lo: number, hi: number, half: WrittenHalf): void {
    const before = value.captured;
    const written = value.implemented(half === 'high' ? before.lo : lo, half === 'low' ? before.hi : hi);
    this.#setCapture(value, value.withNrdy(written, written.nrdyBit));
  }

  #setCapture(value: MbwuValue, captured: Halves): void {
    this.#tellChange(value.role.captureRegister, value.captured, captured);
    value.captured = captured;
  }

  #setControl(control: number): void {
    const before = this.#control;
    const wasPending = this.hasPendingOverflow;
    this.#control = control;
    this.#teller.change(MscRegister.MSMON_CFG_MBWU_CTL, 0, before + MBWU_CTL_TYPE, control + MBWU_CTL_TYPE);
    if (this.hasPendingOverflow !== wasPending) this.#onPending(!wasPending);
  }

  #tell(type: 'capture' | 'overflow' | 'notReady' | 'ready', value: MbwuValue, event: number): void {
    const { lo, hi } = value.value;
    this.#teller.value(type, value.role.kind, lo, hi + value.nrdyBit, event);
  }

  #tellChange(register: MscRegister, before: Halves, after: Halves): void {
    this.#teller.change(register, 0, before.lo, after.lo);
    this.#teller.change(register, 1, before.hi, after.hi);
  }
}
