/** `capture`: an external capture event reaches the monitors of an MSC (A 4.1). */
import type { Msc } from '../../../memory/msc.ts';
import type { BusAction, BusCommand } from '../bus-command.ts';

const ALL = 'all';
const EVENT_MAX = 6;

export const CAPTURE_COMMAND: BusCommand = {
  name: 'capture',
  usage: ['capture MSC|all 1..6'],
  parse: (words, world): BusAction => {
    const target = words.choice('MSC', new Map<string, Msc | typeof ALL>([...world.mscs, [ALL, ALL]]));
    const event = words.integer('a capture event', 1, EVENT_MAX);
    words.end();
    const mscs = target === ALL ? [...world.mscs.values()] : [target];
    const run = (): string => {
      for (const { monitors } of mscs) monitors.captureExternal(event);
      return 'ok';
    };
    return { pe: 0, run };
  },
};
