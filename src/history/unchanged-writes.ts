/**
 * Writes that left a register as it was are no events; how many there were is kept per PE and register, and per MSC of the
 * settings of its partitions. An MSC ignores what is not implemented or out of range, too.
 */
import { REGISTERS } from '../arch/registers.ts';
import type { Msc } from '../memory/msc.ts';
import type { ProcessingElements } from '../pe/processing-elements.ts';
import type { MachinePlan } from '../run/run-plan.ts';
import type { Counter } from './finish-run.ts';

/** @param pes of all machines, in order. */
export function unchangedWrites(
  machines: readonly Pick<MachinePlan, 'peCount'>[],
  pes: Pick<ProcessingElements, 'unchangedWrites'>,
): Counter[] {
  const counters: Counter[] = [];
  let pe = 0;
  for (const [machine, { peCount }] of machines.entries()) {
    for (const end = pe + peCount; pe < end; pe++) {
      for (const [register, { name }] of REGISTERS.entries()) {
        const value = pes.unchangedWrites[pe * REGISTERS.length + register]!;
        if (value > 0) counters.push({ name: `unchanged writes of ${name}`, machine, pe, value });
      }
    }
  }
  return counters;
}

/** What the controls of an MSC count. */
type WriteCounts = Pick<Msc['controls'], 'unchangedWrites' | 'ignoredWrites'>;

/** @param machines MSCs by machine. */
export function writesWithoutEffect(
  machines: readonly (readonly { readonly config: Pick<Msc['config'], 'name'>; readonly controls: WriteCounts }[])[],
): Counter[] {
  return machines.flatMap((mscs, machine) =>
    mscs.flatMap(({ config: { name }, controls: { unchangedWrites, ignoredWrites } }) => {
      const counters = [
        { name: `unchanged writes of MSC ${name}`, machine, pe: null, value: unchangedWrites },
        { name: `ignored writes of MSC ${name}`, machine, pe: null, value: ignoredWrites },
      ];
      return counters.filter(({ value }) => value > 0);
    }),
  );
}
