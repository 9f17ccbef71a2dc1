/** Something that takes virtual time, done piece by piece, so that a long one can be left in its middle. */
export interface TimedWork {
  /** Do a piece, of some milliseconds at most. @returns whether it is done. */
  proceed(): boolean;
}
