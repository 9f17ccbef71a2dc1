/** What a command of the protocol is made of. */

import type { Words } from './bus-words.ts';
import type { BusWorld } from './bus-world.ts';
import type { TimedWork } from './timed-work.ts';

/** A command that takes virtual time, and what it is answered with at its end. */
export interface TimedAnswer extends TimedWork {
  answer(): string;
}

/** A line that was understood: nothing has happened yet. */
export interface BusAction {
  /** The PE that it is about, 0 if none. */
  readonly pe: number;
  /** Do it. @returns the answer, or what it takes time for. */
  readonly run: () => string | TimedAnswer;
}

export interface BusCommand {
  readonly name: string;
  /** Its forms, for `help`. */
  readonly usage: readonly string[];
  /** Understand the words after the name. @throws BusProblem */
  readonly parse: (words: Words, world: BusWorld) => BusAction;
}

/** A timed command from its work and its answer. */
export function timed(work: TimedWork, answer: () => string): TimedAnswer {
  return { proceed: () => work.proceed(), answer };
}
