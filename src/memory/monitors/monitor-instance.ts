/** What the instances of both types of monitors have in common, as the set of them meets it. */
import type { MscRegister } from '../../arch/msc-registers.ts';
import type { MonitorKind } from '../../loop/event-row.ts';
import type { MscFrontFeatures } from '../msc-config.ts';
import type { MonitorEvent, MonitorPlace, MonitorValueEvent } from './monitor-event.ts';
import type { MonitorFields } from './monitor-fields.ts';
import type { MonitorSources } from './monitor-sources.ts';

/** Nobody needs to look sooner than so long after the last look, ns: looking must not eat up time. */
export const SOONEST_NS = 1000;

/** A register's two halves, unsigned; `hi` of a 32-bit register is 0. */
export interface Halves {
  readonly lo: number;
  readonly hi: number;
}

/** What a write reaches: the lower or the upper 32 bits, or both at once. */
export type WrittenHalf = 'low' | 'high' | 'both';

export type MonitorType = 'csu' | 'mbwu';

/** Times are virtual, ns; `nowNs` never goes back. */
export interface MonitorInstance {
  /** May have something to tell before anybody looks. */
  readonly isActive: boolean;
  /** Of MSMON_MBWU or MSMON_MBWU_L. */
  readonly hasPendingOverflow: boolean;
  readonly type: MonitorType;
  readonly place: MonitorPlace;
  /** What a register holds, with `sync` behind it; zero if it has no such register. */
  read(register: MscRegister, nowNs: number): Halves;
  write(register: MscRegister, lo: number, hi: number, half: WrittenHalf, nowNs: number): void;
  /** Capture event 1 to 7 has come. */
  captureEvent(event: number, nowNs: number): void;
  /** Tell what has happened up to now. @returns true if something had. */
  sync(nowNs: number): boolean;
  /** Bytes that the value stands for. */
  exactBytes(kind: MonitorKind, nowNs: number): number;
  /** Labels of owners have changed: `sync` was called before. */
  relabel(): void;
}

/** The resource of an instance, and the parts that all of its kind share. */
export interface MonitoredResource<Features> {
  readonly features: Features;
  readonly fields: MonitorFields;
  readonly front: MscFrontFeatures;
  readonly sources: MonitorSources;
}

/** Makes the events of one instance. */
export class MonitorTeller {
  readonly #place: MonitorPlace;
  readonly #onEvent: (event: MonitorEvent) => void;

  constructor(place: MonitorPlace, onEvent: (event: MonitorEvent) => void) {
    this.#place = place;
    this.#onEvent = onEvent;
  }

  /** A register, or the upper half of one (`word` 1), got a value, which may be the one it had. Values unsigned. */
  change(register: MscRegister, word: 0 | 1, oldValue: number, newValue: number): void {
    if (oldValue === newValue) return;
    const { ris, space, instance } = this.#place;
    const change = { register, space, ris, partid: instance, word, internal: false, oldValue, newValue };
    this.#onEvent({ type: 'register', change });
  }

  /** @param hi with NRDY as bit 31. */
  value(type: MonitorValueEvent['type'], kind: MonitorKind, lo: number, hi: number, event = 0): void {
    this.#onEvent({ type, kind, lo, hi, event, ...this.#place });
  }

  overflowInterrupt(kind: MonitorKind): void {
    this.#onEvent({ type: 'overflowInterrupt', kind, ...this.#place });
  }
}
