/** What monitors tell: changes of their registers, and what happens to them. Counting itself is no event. */
import type { MonitorKind } from '../../loop/event-row.ts';
import type { MscRegisterChange } from '../msc-register-change.ts';

/** Which instance of a type of monitor. */
export interface MonitorPlace {
  readonly ris: number;
  /** PARTID space, 0 to 3. */
  readonly space: number;
  readonly instance: number;
}

/** Something happened to the value of a monitor. */
export interface MonitorValueEvent extends MonitorPlace {
  readonly type: 'capture' | 'overflow' | 'notReady' | 'ready';
  readonly kind: MonitorKind;
  /** VALUE at that moment, unsigned halves; NRDY is bit 31 of `hi`, whatever the register's width. */
  readonly lo: number;
  readonly hi: number;
  /** The capture event that caused it, 1 to 7; 0: none did. */
  readonly event: number;
}

export type MonitorEvent =
  | { readonly type: 'register'; readonly change: MscRegisterChange }
  | MonitorValueEvent
  | (MonitorPlace & { readonly type: 'overflowInterrupt'; readonly kind: MonitorKind });
