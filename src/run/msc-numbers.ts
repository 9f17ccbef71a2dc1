/** The MSCs of a run: every cache with controls is one. Events and the run's header name them by the same numbers. */
import type { MachinePlan } from './run-plan.ts';

/** By machine and cache: the number of its MSC, counted through all machines; undefined for caches without controls. */
export function mscNumbers(
  machines: readonly Pick<MachinePlan, 'hierarchy'>[],
): readonly (readonly (number | undefined)[])[] {
  let next = 0;
  return machines.map(({ hierarchy }) =>
    (hierarchy?.caches ?? []).map(({ controls }) => (controls === undefined ? undefined : next++)),
  );
}
