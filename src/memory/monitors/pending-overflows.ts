/** How many monitor instances have an overflow pending, by PARTID space and RIS: what MSMON_OFLOW_SR shows (A 2.5, 4.2). */
import { OFLOW_SR_MBWU_OFLOW_PND } from '../../arch/msc/fields.ts';
import type { MonitorPlace } from './monitor-event.ts';

const SPACES = 4;
const RIS_COUNT = 16;

export class PendingOverflows {
  readonly #counts = new Uint32Array(SPACES * RIS_COUNT);

  /** An instance has got a pending overflow, or has none any more. */
  change({ space, ris }: MonitorPlace, isPending: boolean): void {
    this.#counts[space * RIS_COUNT + ris]! += isPending ? 1 : -1;
  }

  /** MSMON_OFLOW_SR of a space. */
  status(space: number): number {
    let status = 0;
    for (let ris = 0; ris < RIS_COUNT; ris++) {
      if (this.#counts[space * RIS_COUNT + ris]! > 0) status |= OFLOW_SR_MBWU_OFLOW_PND | (1 << ris);
    }
    return status;
  }
}
