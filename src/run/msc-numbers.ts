/** The MSCs of a run, numbered through all machines: events and the run's header name them by these numbers. */
import { mscsOf } from '../memory/implied-mscs.ts';
import type { MachinePlan } from './run-plan.ts';

/** By machine: the number of its first MSC; the others follow in the order of `mscsOf`. */
export function firstMscNumbers(machines: readonly Pick<MachinePlan, 'hierarchy'>[]): readonly number[] {
  let next = 0;
  return machines.map(({ hierarchy }) => {
    const first = next;
    next += hierarchy === undefined ? 0 : mscsOf(hierarchy).length;
    return first;
  });
}
