/**
 * What monitors look at: exact counters of the memory system, by owner. They are read when somebody looks at a monitor,
 * never kept up per access.
 */
export interface MonitorSources {
  /** Owners are FIRST_OWNER (loop/assembly/layout.ts) to `ownerCount()` - 1. */
  ownerCount(): number;
  /** The label that this MSC processes the owner's requests under, packed as in arch/label.ts. */
  label(owner: number): number;
  /** Lines of the owner that the cache of a RIS holds. */
  occupancyLines(ris: number, owner: number): number;
  /** The same, modified lines only, by owner. */
  dirtyLines(ris: number): Uint32Array;
  /** Lines that went upstream through a RIS for the owner, since the start. */
  readLines(ris: number, owner: number): number;
  /** Lines that went downstream. */
  writtenLines(ris: number, owner: number): number;
  /** A power of two. */
  readonly lineBytes: number;
  /** The most lines that a RIS moves in a second; undefined: nobody knows. */
  linesPerSecondMax(ris: number): number | undefined;
}
