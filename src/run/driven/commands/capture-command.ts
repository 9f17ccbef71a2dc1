/** `capture`: an external capture event reaches the monitors of an MSC (A 4.1). */
import type { BusAction, BusCommand } from '../bus-command.ts';

const EVENT_MAX = 6;
const ALL = 'all';

export const CAPTURE_COMMAND: BusCommand = {
  name: 'capture',
  usage: ['capture MSC|all 1..6'],
  parse: (words, world): BusAction => {
    const mscs = words.choice(
      'MSC',
      new Map([...[...world.mscs].map(([name, msc]) => [name, [msc]] as const), [ALL, [...world.mscs.values()]]]),
    );
    const event = words.integer('a capture event', 1, EVENT_MAX);
    words.end();
    const run = (): string => {
      for (const { monitors } of mscs) monitors.captureExternal(event);
      return 'ok';
    };
    return { pe: 0, run };
  },
};
