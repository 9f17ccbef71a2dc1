/** `maintain`: cleans or invalidates a range of addresses in all caches (DC CVAC, IVAC, CIVAC by physical address). */
import { MAINTENANCE_OPERATIONS, type MaintenanceOperation } from '../../../memory/memory-system.ts';
import { type BusAction, type BusCommand, timed } from '../bus-command.ts';
import { memoryRange } from './memory-range.ts';

const OPERATIONS: ReadonlyMap<string, MaintenanceOperation> = new Map(
  MAINTENANCE_OPERATIONS.map((operation) => [operation, operation]),
);

export const MAINTAIN_COMMAND: BusCommand = {
  name: 'maintain',
  usage: ['maintain clean|invalidate|clean-invalidate ADDRESS +LENGTH'],
  parse: (words, world): BusAction => {
    const operation = words.choice('operation', OPERATIONS);
    const { address, bytes } = memoryRange(words, world);
    words.end();
    const { machine } = world;
    const { lineBytes } = machine.plan.hierarchy;
    const firstLine = Math.floor(address / lineBytes);
    const count = Math.floor((address + bytes - 1) / lineBytes) - firstLine + 1;
    return { pe: 0, run: () => timed(machine.maintain(firstLine, count, operation), () => `ok lines=${count}`) };
  },
};
