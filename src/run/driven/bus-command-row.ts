/** What a run that is driven from outside was told: stored beside its events, so that the run can be replayed. */

/** Lines of the client, as they were accepted: one, or several in a row that acted at the same time. */
export interface BusCommandRow {
  readonly kind: 'busCommand';
  /** The place of the first among the lines of the run, from 1. */
  readonly number: number;
  /** Virtual time at which they acted, ns. */
  readonly timeNs: number;
  /** Separated by line feeds. */
  readonly text: string;
}
