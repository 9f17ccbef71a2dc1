/** A memory-trace study that cannot be done as it was asked for. The message says what to change. */
export class TraceStudyError extends Error {
  override readonly name = 'TraceStudyError';
}
