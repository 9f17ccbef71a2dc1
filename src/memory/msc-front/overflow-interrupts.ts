/**
 * Overflow interrupts of monitors: one per PARTID space, up while an overflow that interrupted is pending.
 *
 * Source: Arm IHI 0099 B.a 8.3 (A 4.2). An overflow interrupts on the 0 to 1 change of OFLOW_STATUS with OFLOW_INTR = 1, which the
 * monitors find out. A level-sensitive wire goes down when no such overflow has its status and OFLOW_INTR still set.
 */
import {
  CTL_OFLOW_INTR,
  CTL_OFLOW_STATUS,
  MBWU_CTL_OFLOW_INTR_L,
  MBWU_CTL_OFLOW_STATUS_L,
} from '../../arch/msc/fields.ts';
import { MscRegister } from '../../arch/msc-registers.ts';
import { MonitorKind } from '../../loop/event-row.ts';
import type { MonitorEvent } from '../monitors/monitor-event.ts';
import type { Interrupt } from './interrupt.ts';
import type { Monitors } from './monitor-registers.ts';

type Overflow = Extract<MonitorEvent, { readonly type: 'overflowInterrupt' }>;

const SPACES = 4;
const NOBODY: ReadonlyMap<string, Overflow> = new Map();

export class OverflowInterrupts {
  readonly #interrupt: Interrupt;
  readonly #monitors: Pick<Monitors, 'read'>;
  /** Overflows that interrupted and are not known to be cleared, by space and then by monitor. */
  readonly #pending = Array.from({ length: SPACES }, () => new Map<string, Overflow>());

  constructor(interrupt: Interrupt, monitors: Pick<Monitors, 'read'>) {
    this.#interrupt = interrupt;
    this.#monitors = monitors;
  }

  raise(overflow: Overflow): void {
    const { space, ris, kind, instance } = overflow;
    this.#pending[space]!.set(`${ris} ${kind} ${instance}`, overflow);
    this.#interrupt.fire(space);
    this.#interrupt.setCause(space, true);
  }

  /** Look again at what is pending in a space. */
  settle(space: number): void {
    const pending = this.#pending[space] ?? NOBODY;
    if (pending.size === 0) return;
    const cleared = [...pending].filter(([, overflow]) => !this.#isPending(overflow));
    for (const [key] of cleared) this.#pending[space]!.delete(key);
    this.#interrupt.setCause(space, this.#pending[space]!.size > 0);
  }

  #isPending({ space, ris, kind, instance }: Overflow): boolean {
    const register = kind === MonitorKind.csu ? MscRegister.MSMON_CFG_CSU_CTL : MscRegister.MSMON_CFG_MBWU_CTL;
    const isLong = kind === MonitorKind.mbwuLong;
    const needed = isLong ? MBWU_CTL_OFLOW_STATUS_L | MBWU_CTL_OFLOW_INTR_L : CTL_OFLOW_STATUS | CTL_OFLOW_INTR;
    return (this.#monitors.read(register, space, ris, instance).lo & needed) === needed;
  }
}
