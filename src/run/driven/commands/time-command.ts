/** `wait`: virtual time passes. */
import { type BusAction, type BusCommand, timed } from '../bus-command.ts';
import type { Words } from '../bus-words.ts';
import type { BusWorld } from '../bus-world.ts';

/** 30 days: times stay far below 2^53 ns however often one waits. */
const WAIT_MAX_NS = 30 * 24 * 3600 * 1e9;
const TIME_MAX_NS = 2 ** 52;

export const WAIT_COMMAND: BusCommand = {
  name: 'wait',
  usage: ['wait TIME', 'wait done [PE]'],
  parse: (words, world): BusAction => {
    const { machine } = world;
    const answer = (): string => `ok time=${machine.nowNs}`;
    if (words.take('done')) {
      const pes = pesIn(words, world);
      words.end();
      return { pe: 0, run: () => timed(machine.waitForPes(pes), answer) };
    }
    const ns = words.duration('a time, or done', Math.min(WAIT_MAX_NS, TIME_MAX_NS - machine.nowNs));
    words.end();
    return { pe: 0, run: () => timed(machine.waitUntil(machine.nowNs + ns), answer) };
  },
};

/** The PE that is named, or all that are busy; none may be busy for ever. */
function pesIn(words: Words, world: BusWorld): number[] {
  const { machine, lastPe } = world;
  const all = Array.from({ length: lastPe + 1 }, (_, pe) => pe);
  const pes = words.isAtEnd ? all : [world.pe(words)];
  const endless = pes.find((pe) => machine.isEndless(pe));
  if (endless === undefined) return pes;
  throw words.problem(`PE ${endless} repeats for ever`, 'PEs whose accesses end', `stop ${endless}, or wait TIME`);
}
