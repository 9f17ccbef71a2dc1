/** Whoever wants to know how far a simulation or a replay has come. */
export interface ProgressListener {
  /** Told once, before the first event: the virtual end in ns, or Infinity. */
  planned(endNs: number): void;
  /** Told after every batch: virtual time of its last event in ns, and how many events there are by now. */
  progressed(timeNs: number, events: number): void;
}
