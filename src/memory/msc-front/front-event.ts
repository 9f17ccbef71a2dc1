/** What the front of an MSC tells: its own registers that change, errors, and interrupts. */
import type { MscErrorCode } from '../../arch/msc/error-codes.ts';
import type { InterruptCode, InterruptLevel } from '../../loop/event-row.ts';
import type { MscRegisterChange } from '../msc-register-change.ts';

/** An error was recorded in MPAMF_ESR (A 2.6). What the code does not capture is 0. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly code: MscErrorCode;
  readonly space: number;
  readonly ris: number;
  /** PARTID, or the instance of the monitor. */
  readonly partid: number;
  readonly pmg: number;
  /** An error that nobody had cleared was overwritten. */
  readonly overwrote: boolean;
}

/** A wire went up or down, an edge came, or a message was sent. */
export interface InterruptEvent {
  readonly type: 'interrupt';
  readonly code: InterruptCode;
  readonly level: InterruptLevel;
  readonly space: number;
  /** Of messages, else 0: address bits 31:0 and 51:32, and data. */
  readonly addressLo: number;
  readonly addressHi: number;
  readonly data: number;
}

/** Controls tell of their changes themselves (MscControls), and so do monitors. */
export type FrontEvent =
  | { readonly type: 'register'; readonly change: MscRegisterChange }
  | ErrorEvent
  | InterruptEvent;
