/** Which phase of a workload a moment is in. Phases follow the run's time, whether or not the executor gets to run. */
import type { PhaseSpec } from '../workload.ts';

export class PhaseTimetable {
  /** When each phase ends, counted from the start of the first. */
  readonly #endsNs: readonly number[];
  /** After this long the first phase begins again; Infinity if the last one stays. */
  readonly #periodNs: number;

  /** @throws Error if there are no phases, or all together last no time. */
  constructor(phases: readonly Pick<PhaseSpec, 'lengthNs'>[]) {
    let end = 0;
    this.#endsNs = phases.map((phase) => {
      end += phase.lengthNs;
      return end;
    });
    if (!(end > 0)) throw new Error(`phases that last ${end} ns`);
    this.#periodNs = end;
  }

  /** Index of the phase at a time, ns since the run's start. */
  phaseAt(timeNs: number): number {
    const time = timeNs - this.#roundStart(timeNs);
    return this.#endsNs.findIndex((end) => time < end);
  }

  /** The first time after `timeNs` at which another phase begins, ns; Infinity if none does. */
  nextChangeNs(timeNs: number): number {
    if (this.#endsNs.length === 1) return Number.POSITIVE_INFINITY;
    return this.#roundStart(timeNs) + this.#endsNs[this.phaseAt(timeNs)]!;
  }

  #roundStart(timeNs: number): number {
    return this.#periodNs === Number.POSITIVE_INFINITY ? 0 : timeNs - (timeNs % this.#periodNs);
  }
}
