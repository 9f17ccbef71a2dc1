/**
 * One instance of a cache storage usage monitor.
 *
 * Source: Arm IHI 0099 B.a (A 2.5, 4.1, 4.4; K 4 for CMN-650 3642720). It measures: while enabled and settled, VALUE is what
 * matching owners hold at this moment, whatever was written. While disabled or settling, VALUE is what it was last, or was
 * written since. Where hardware manages NRDY (`nrdyNs` > 0), software cannot write the bit, and every change of settings
 * sets it; capturing clears it, and the settling goes on unseen (rule of capture events). Captures come to disabled
 * instances, too.
 *
 * Left out: overflow (no cache here holds 2 GB for one label; VALUE would stay at its largest), and estimation by sampling.
 */
import { CSU_CTL_TYPE, CSU_FLT_XCL, CTL_CAPT_RESET, CTL_EN, MSMON_NRDY } from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import { MonitorKind } from '../../loop/event-row.ts';
import type { CsuFeatures } from '../msc-config.ts';
import { MatchingOwners } from './matching-owners.ts';
import type { MonitorEvent, MonitorPlace } from './monitor-event.ts';
import { capturesAt, VALUE_FIELD } from './monitor-fields.ts';
import {
  type Halves,
  type MonitoredResource,
  type MonitorInstance,
  MonitorTeller,
  SOONEST_NS,
  type WrittenHalf,
} from './monitor-instance.ts';

export class CsuMonitor implements MonitorInstance {
  readonly type = 'csu';
  readonly place: MonitorPlace;
  readonly hasPendingOverflow = false;
  readonly #resource: MonitoredResource<CsuFeatures>;
  readonly #owners: MatchingOwners;
  readonly #teller: MonitorTeller;
  readonly #isNrdyManaged: boolean;
  readonly #neverReady: boolean;
  #filter = 0;
  /** Without TYPE. */
  #control = 0;
  #capture = 0;
  #nrdy = false;
  /** VALUE while it does not follow the cache. */
  #held = 0;
  /** From when on VALUE follows the cache, ns. */
  #settledAtNs = 0;

  constructor(place: MonitorPlace, resource: MonitoredResource<CsuFeatures>, onEvent: (event: MonitorEvent) => void) {
    this.place = place;
    this.#resource = resource;
    this.#owners = new MatchingOwners(resource.sources, place.space);
    this.#teller = new MonitorTeller(place, onEvent);
    this.#isNrdyManaged = resource.front.nrdyNs > 0;
    this.#neverReady = resource.front.quirks.includes('CMN-650-3642720');
  }

  get isActive(): boolean {
    return this.#isNrdyManaged && this.#nrdy && !this.#neverReady;
  }

  read(register: MscRegister, nowNs: number): Halves {
    this.sync(nowNs);
    return { lo: this.#read(register, nowNs), hi: 0 };
  }

  write(register: MscRegister, lo: number, _hi: number, half: WrittenHalf, nowNs: number): void {
    if (half === 'high') return;
    this.sync(nowNs);
    switch (register) {
      case MscRegister.MSMON_CFG_CSU_FLT:
        this.#configure(register, nowNs, (lo & this.#resource.fields.filter) >>> 0, this.#control);
        break;
      case MscRegister.MSMON_CFG_CSU_CTL:
        this.#configure(register, nowNs, this.#filter, (lo & this.#resource.fields.control) >>> 0);
        break;
      case MscRegister.MSMON_CSU:
        if (!this.#resource.features.isReadOnly) this.#writeValue(nowNs, lo);
        break;
      case MscRegister.MSMON_CSU_CAPTURE:
        if (this.#resource.features.hasCapture) this.#setCapture(lo >>> 0);
    }
  }

  captureEvent(event: number, nowNs: number): void {
    this.sync(nowNs);
    if (!capturesAt(this.#control, event)) return;
    const value = this.#value(nowNs);
    const nrdy = this.#nrdyBit;
    this.#teller.value('capture', MonitorKind.csu, value, nrdy, event);
    this.#setCapture(value + nrdy);
    if ((this.#control & CTL_CAPT_RESET) !== 0) this.#held = 0;
    if (!this.#nrdy || this.#neverReady) return;
    this.#nrdy = false;
    this.#teller.value('ready', MonitorKind.csu, this.#value(nowNs), 0, event);
  }

  sync(nowNs: number): boolean {
    if (!this.isActive || nowNs < this.#settledAtNs) return false;
    this.#nrdy = false;
    this.#teller.value('ready', MonitorKind.csu, this.#value(nowNs), 0);
    return true;
  }

  /** The end of its settling. */
  nextDueNs(nowNs: number): number {
    if (!this.isActive) return Infinity;
    return this.#settledAtNs > nowNs ? this.#settledAtNs : nowNs + SOONEST_NS;
  }

  /** Bytes that match the filter now, whether it is enabled and settled or not. */
  exactBytes(): number {
    const { sources } = this.#resource;
    const { ris } = this.place;
    if ((this.#filter & CSU_FLT_XCL) === 0) {
      return this.#owners.sum((owner) => sources.occupancyLines(ris, owner)) * sources.lineBytes;
    }
    const dirty = sources.dirtyLines(ris);
    return this.#owners.sum((owner) => dirty[owner] ?? 0) * sources.lineBytes;
  }

  relabel(): void {
    this.#owners.select(this.#filter, this.#control);
  }

  get #nrdyBit(): number {
    return this.#nrdy ? MSMON_NRDY : 0;
  }

  #read(register: MscRegister, nowNs: number): number {
    switch (register) {
      case MscRegister.MSMON_CFG_CSU_FLT:
        return this.#filter;
      case MscRegister.MSMON_CFG_CSU_CTL:
        return this.#control + CSU_CTL_TYPE;
      case MscRegister.MSMON_CSU:
        return this.#value(nowNs) + this.#nrdyBit;
      case MscRegister.MSMON_CSU_CAPTURE:
        return this.#capture;
      default:
        return 0;
    }
  }

  #value(nowNs: number): number {
    const follows = (this.#control & CTL_EN) !== 0 && nowNs >= this.#settledAtNs;
    return follows ? Math.min(this.exactBytes(), VALUE_FIELD) : this.#held;
  }

  #configure(register: MscRegister, nowNs: number, filter: number, control: number): void {
    if (filter === this.#filter && control === this.#control) return;
    this.#held = this.#value(nowNs);
    this.#teller.change(register, 0, this.#filter, filter);
    this.#teller.change(register, 0, this.#control + CSU_CTL_TYPE, control + CSU_CTL_TYPE);
    this.#filter = filter;
    this.#control = control;
    this.#owners.select(filter, control);
    if (this.#isNrdyManaged) this.#settle(nowNs);
  }

  #settle(nowNs: number): void {
    this.#settledAtNs = nowNs + this.#resource.front.nrdyNs;
    if (this.#nrdy) return;
    this.#nrdy = true;
    this.#teller.value('notReady', MonitorKind.csu, this.#held, MSMON_NRDY);
  }

  #setCapture(capture: number): void {
    this.#teller.change(MscRegister.MSMON_CSU_CAPTURE, 0, this.#capture, capture);
    this.#capture = capture;
  }

  #writeValue(nowNs: number, value: number): void {
    const before = this.#value(nowNs) + this.#nrdyBit;
    this.#held = value & VALUE_FIELD;
    if (!this.#isNrdyManaged) this.#nrdy = (value & MSMON_NRDY) !== 0;
    this.#teller.change(MscRegister.MSMON_CSU, 0, before, this.#value(nowNs) + this.#nrdyBit);
  }
}
