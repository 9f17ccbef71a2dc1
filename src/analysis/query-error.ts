/** A question that cannot be answered as it was put. The message says why, and what to try. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}
