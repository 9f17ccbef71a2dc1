/**
 * The monitors of one MSC: instances of both types, by resource instance and PARTID space, and what reaches several of them.
 *
 * Source: Arm IHI 0099 B.a (A 2.5, 4). Instances are kept from the first write on, as there may be 65,535 of each; others
 * read as after reset, with all fields 0 (A 2.8 leaves that UNKNOWN). What a resource does not have is RAZ/WI; reporting
 * that as an error, MON_SEL, and the wires of interrupts are the MSC front's. Where several instances are concerned at once,
 * CSU comes before MBWU, then the lower RIS, PARTID space and number.
 *
 * Left out: the allocation monitor (CSA), and filters on labels before or behind PARTID translation (HAS_TL_MONITORING).
 */
import type { PartidSpace } from '../../arch/label.ts';
import { CSU_CTL_TYPE, MBWU_CTL_TYPE } from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import { MonitorKind } from '../../loop/event-row.ts';
import { featuresOfVersion } from '../feature-version.ts';
import type { CsuFeatures, MbwuFeatures, MscConfig, ResourceConfig } from '../msc-config.ts';
import { captureSpaces } from './capture-spaces.ts';
import { CsuMonitor } from './csu-monitor.ts';
import { MbwuMonitor } from './mbwu-monitor.ts';
import type { MonitorEvent, MonitorPlace } from './monitor-event.ts';
import { csuFields, mbwuFields } from './monitor-fields.ts';
import type { Halves, MonitoredResource, MonitorInstance, MonitorType, WrittenHalf } from './monitor-instance.ts';
import type { MonitorSources } from './monitor-sources.ts';
import { OrderedInstances } from './ordered-instances.ts';
import { OverflowWatch } from './overflow-watch.ts';
import { PendingOverflows } from './pending-overflows.ts';

const LOCAL_EVENT = 7;
const INSTANCES_PER_OFSR = 32;
const ZERO: Halves = { lo: 0, hi: 0 };

/** Which type of monitor a register belongs to; the overflow status registers of several instances are not here. */
const TYPE_OF_REGISTER: ReadonlyMap<MscRegister, MonitorType> = new Map([
  [MscRegister.MSMON_CFG_CSU_FLT, 'csu'],
  [MscRegister.MSMON_CFG_CSU_CTL, 'csu'],
  [MscRegister.MSMON_CSU, 'csu'],
  [MscRegister.MSMON_CSU_CAPTURE, 'csu'],
  [MscRegister.MSMON_CFG_MBWU_FLT, 'mbwu'],
  [MscRegister.MSMON_CFG_MBWU_CTL, 'mbwu'],
  [MscRegister.MSMON_MBWU, 'mbwu'],
  [MscRegister.MSMON_MBWU_CAPTURE, 'mbwu'],
  [MscRegister.MSMON_MBWU_L, 'mbwu'],
  [MscRegister.MSMON_MBWU_L_CAPTURE, 'mbwu'],
]);

type Monitor = CsuMonitor | MbwuMonitor;

interface MonitoredTypes {
  readonly csu: MonitoredResource<CsuFeatures> | undefined;
  readonly mbwu: MonitoredResource<MbwuFeatures> | undefined;
}

export class MonitorSet {
  readonly #config: MscConfig;
  readonly #clock: () => number;
  readonly #onEvent: (event: MonitorEvent) => void;
  readonly #resources: ReadonlyMap<number, MonitoredTypes>;
  readonly #instances = new OrderedInstances<Monitor>();
  /** CSU instances that settle. */
  readonly #settling = new OrderedInstances<CsuMonitor>();
  /** MBWU instances that may overflow, by RIS, and those of them that others are linked to. */
  readonly #watches: ReadonlyMap<number, OverflowWatch>;
  readonly #linked = new OrderedInstances<MbwuMonitor>();
  readonly #pending = new PendingOverflows();
  /** Capture events that overflows raised and that the others have not got yet. */
  readonly #raised: { readonly from: MonitorPlace; readonly event: number }[] = [];

  /**
   * @param config what its version lacks is left out.
   * @param clock virtual time, ns, never going back.
   */
  constructor(config: MscConfig, sources: MonitorSources, clock: () => number, onEvent: (event: MonitorEvent) => void) {
    this.#config = featuresOfVersion(config);
    this.#clock = clock;
    this.#onEvent = onEvent;
    const { resources } = this.#config;
    this.#resources = new Map(resources.map((resource) => [resource.ris, typesOf(resource, this.#config, sources)]));
    this.#watches = new Map(resources.map(({ ris }) => [ris, new OverflowWatch(ris, sources)]));
  }

  /**
   * Read a monitor register.
   * @param instance MON_SEL; of the OFSR registers any of the 32 that they are about, of OFLOW_SR it does not matter, nor does `ris`.
   * @returns halves, unsigned. Zero: what does not exist, or is no monitor register.
   */
  read(register: MscRegister, space: number, ris: number, instance: number): Halves {
    const type = TYPE_OF_REGISTER.get(register);
    if (type === undefined) return { lo: this.#overflowStatus(register, space, ris, instance), hi: 0 };
    if (!this.#exists(type, ris, instance)) return ZERO;
    const nowNs = this.#syncLinked();
    return this.#instances.get(type, space, ris, instance)?.read(register, nowNs) ?? resetValue(register);
  }

  /**
   * Write a monitor register; parameters as of `read`. What does not exist or is read-only stays as it is.
   * @param lo bits 31:0. @param hi bits 63:32, of 64-bit registers. Signed or unsigned.
   * @param half what of the register is written: of a 32-bit one `low` or `both`.
   */
  write(
    register: MscRegister,
    space: number,
    ris: number,
    instance: number,
    lo: number,
    hi: number,
    half: WrittenHalf,
  ): void {
    const type = TYPE_OF_REGISTER.get(register);
    if (type === undefined || !this.#exists(type, ris, instance)) return;
    const nowNs = this.#syncLinked();
    const monitor = this.#instanceAt(type, { ris, space, instance });
    monitor.write(register, lo, hi, half, nowNs);
    this.#watch(monitor);
  }

  /** One of the system's capture events, 1 to 6, has come: it reaches all PARTID spaces (A 4.1). */
  captureExternal(event: number): void {
    this.#captureIn([0, 1, 2, 3], event);
  }

  /**
   * MSMON_CAPT_EVNT.NOW was written in the page of a space. Nothing happens in an MSC without HAS_LOCAL_CAPT_EVNT.
   * @param all MSMON_CAPT_EVNT.ALL.
   */
  captureLocal(space: number, all: boolean): void {
    if (this.#config.front.hasLocalCaptEvnt) this.#captureIn(captureSpaces(space as PartidSpace, all), LOCAL_EVENT);
  }

  /** Tell of what has happened up to now: settling that is over, and overflows. */
  sync(nowNs: number): void {
    for (const monitor of this.#settling.all) this.#syncOne(monitor, nowNs);
    for (const watch of this.#watches.values()) {
      const suspects = watch.suspects(nowNs);
      for (const monitor of suspects) this.#syncOne(monitor, nowNs);
      if (suspects.length > 0) watch.settle();
    }
  }

  /** The earliest time at which `sync` may have something to tell, ns, after `nowNs`; Infinity: only when somebody looks. */
  nextDueNs(nowNs: number): number {
    let dueNs = Infinity;
    for (const monitor of this.#settling.all) dueNs = Math.min(dueNs, monitor.nextDueNs(nowNs));
    for (const watch of this.#watches.values()) dueNs = Math.min(dueNs, watch.nextDueNs(nowNs));
    return dueNs;
  }

  /**
   * The truth beside what a monitor shows, bytes. CSU: what its filter matches now. MBWU: what it has counted since its value
   * was last written or reset, and would show without width, scale, unit and freezing.
   */
  exactBytes(kind: MonitorKind, space: number, ris: number, instance: number): number {
    const type = kind === MonitorKind.csu ? 'csu' : 'mbwu';
    const nowNs = this.#syncLinked();
    const monitor: MonitorInstance | undefined = this.#instances.get(type, space, ris, instance);
    return monitor?.exactBytes(kind, nowNs) ?? 0;
  }

  /** Do what gives owners other labels (PARTID translation): what was counted stays, what comes is matched anew. */
  relabel(change: () => void): void {
    const nowNs = this.#clock();
    for (const monitor of this.#instances.all) this.#syncOne(monitor, nowNs);
    change();
    for (const monitor of this.#instances.all) monitor.relabel();
  }

  #exists(type: MonitorType, ris: number, instance: number): boolean {
    const features = this.#resources.get(ris)?.[type]?.features;
    return features !== undefined && instance < features.numMon;
  }

  #instanceAt(type: MonitorType, place: MonitorPlace): Monitor {
    const known = this.#instances.get(type, place.space, place.ris, place.instance);
    if (known !== undefined) return known;
    const { csu, mbwu } = this.#resources.get(place.ris)!;
    const made = type === 'csu' ? new CsuMonitor(place, csu!, this.#onEvent) : this.#mbwuMonitor(place, mbwu!);
    this.#instances.include(made, true);
    return made;
  }

  #mbwuMonitor(place: MonitorPlace, resource: MonitoredResource<MbwuFeatures>): MbwuMonitor {
    const onLinkedOverflow = (event: number) => this.#raised.push({ from: place, event });
    const onPending = (isPending: boolean) => this.#pending.change(place, isPending);
    return new MbwuMonitor(place, resource, this.#onEvent, onLinkedOverflow, onPending);
  }

  #captureIn(spaces: readonly number[], event: number): void {
    const nowNs = this.#clock();
    this.sync(nowNs);
    for (const monitor of this.#instances.all) {
      if (spaces.includes(monitor.place.space)) this.#capture(monitor, event, nowNs);
    }
  }

  /** Overflows of others change an instance only if they are linked; else it brings itself up to date. @returns the time. */
  #syncLinked(): number {
    const nowNs = this.#clock();
    if (this.#linked.size > 0) this.sync(nowNs);
    return nowNs;
  }

  /** Bring what overflows raised to the other instances; these may overflow and raise more. */
  #passOn(nowNs: number): void {
    for (let raised = this.#raised.shift(); raised !== undefined; raised = this.#raised.shift()) {
      const { from, event } = raised;
      for (const other of this.#instances.all) {
        if (other.place.space === from.space && other.place !== from) this.#capture(other, event, nowNs);
      }
    }
  }

  /** Bring one instance up to date. */
  #syncOne(monitor: Monitor, nowNs: number): void {
    const hasHappened = monitor.sync(nowNs);
    if (!hasHappened && monitor.isActive) return;
    this.#passOn(nowNs);
    this.#watch(monitor);
  }

  #capture(monitor: Monitor, event: number, nowNs: number): void {
    monitor.captureEvent(event, nowNs);
    this.#watch(monitor);
  }

  /** Keep in mind who may have something to tell. An instance that nothing comes from any more is found at the next `sync`. */
  #watch(monitor: Monitor): void {
    if (monitor.type === 'csu') {
      this.#settling.include(monitor, monitor.isActive);
    } else {
      this.#watches.get(monitor.place.ris)!.include(monitor);
      this.#linked.include(monitor, monitor.isLinked);
    }
  }

  /** MSMON_CSU_OFSR, MSMON_MBWU_OFSR or MSMON_OFLOW_SR. CSU monitors never overflow. */
  #overflowStatus(register: MscRegister, space: number, ris: number, instance: number): number {
    const { front } = this.#config;
    if (register === MscRegister.MSMON_OFLOW_SR && front.hasOflowSr) return this.#pendingResources(space);
    const hasOfsr = this.#resources.get(ris)?.mbwu?.features.hasOfsr;
    return register === MscRegister.MSMON_MBWU_OFSR && hasOfsr ? this.#pendingInstances(space, ris, instance) : 0;
  }

  #pendingResources(space: number): number {
    this.sync(this.#clock());
    return this.#pending.status(space);
  }

  #pendingInstances(space: number, ris: number, instance: number): number {
    this.sync(this.#clock());
    const first = instance - (instance % INSTANCES_PER_OFSR);
    let status = 0;
    for (let bit = 0; bit < INSTANCES_PER_OFSR; bit++) {
      const monitor = this.#instances.get('mbwu', space, ris, first + bit);
      if (monitor?.hasPendingOverflow) status |= 1 << bit;
    }
    return status >>> 0;
  }
}

function typesOf({ monitors }: ResourceConfig, { front }: MscConfig, sources: MonitorSources): MonitoredTypes {
  const { csu, mbwu } = monitors;
  return {
    csu: csu && { features: csu, fields: csuFields(csu), front, sources },
    mbwu: mbwu && { features: mbwu, fields: mbwuFields(mbwu, front), front, sources },
  };
}

/** What a register of an instance that was never written holds. */
function resetValue(register: MscRegister): Halves {
  if (register === MscRegister.MSMON_CFG_CSU_CTL) return { lo: CSU_CTL_TYPE, hi: 0 };
  return register === MscRegister.MSMON_CFG_MBWU_CTL ? { lo: MBWU_CTL_TYPE, hi: 0 } : ZERO;
}
