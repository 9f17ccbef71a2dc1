/** Memory that cannot hold what is placed in it: the caller's sizes do not fit together, or a trace touches too much. */
export class PlacementError extends Error {
  override readonly name = 'PlacementError';
}
