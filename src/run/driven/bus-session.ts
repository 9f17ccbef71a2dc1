/**
 * The line protocol of `mpamlab bus` (docs/bus.md): a line in, its answer out, interrupts before the answer of the command
 * that led to them.
 *
 * A line is understood whole before anything happens; one that is not understood changes nothing and is no event.
 */

import { formatHex64 } from '../../arch/registers.ts';
import { InterruptCode, InterruptLevel } from '../../loop/event-row.ts';
import { TooManyOwnersError } from '../../memory/owners.ts';
import { TooManyPartitionsError } from '../../memory/settings/partition-placement.ts';
import { snakeCase } from '../../scenario/snake-case.ts';
import { closestWord } from '../../scenario/suggest.ts';
import type { TimedAnswer } from './bus-command.ts';
import { BUS_COMMANDS } from './bus-commands.ts';
import { BusProblem } from './bus-problem.ts';
import { Words } from './bus-words.ts';
import { BusWorld, spaceName } from './bus-world.ts';
import { formatHex32 } from './commands/msc-command.ts';
import type { DrivenMachine, Interrupt } from './driven-machine.ts';

/** Of the protocol. Commands, options and words of answers may be added to one version; none changes its meaning. */
const BUS_PROTOCOL_VERSION = 1;

/** Characters of a tag, with the `#`. */
const TAG_MAX = 64;
/** Lines that are about the connection: they do nothing to the machine and are no events. */
type SessionVerb = 'hello' | 'help' | 'quit';
const SESSION_VERBS: ReadonlyMap<string, SessionVerb> = new Map([
  ['hello', 'hello'],
  ['help', 'help'],
  ['quit', 'quit'],
]);
const COMMAND_NAMES = [...SESSION_VERBS.keys(), ...BUS_COMMANDS.keys()].sort();

export class BusSession {
  readonly #world: BusWorld;
  /** A command that takes time, and the tag of its line. */
  #running: { readonly work: TimedAnswer; readonly tag: string } | undefined;
  #hasQuit = false;

  constructor(machine: DrivenMachine) {
    this.#world = new BusWorld(machine);
  }

  /** The client said `quit`. */
  get hasQuit(): boolean {
    return this.#hasQuit;
  }

  /** A command takes time: `proceed` goes on with it, and no other line may begin before it is done. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Do all that a line asks for. @returns the lines to send, the answer last; none for an empty line. */
  execute(line: string): string[] {
    const lines = [...this.begin(line)];
    while (this.isRunning) lines.push(...this.proceed());
    return lines;
  }

  /**
   * Begin with a line.
   * @param line without its line end.
   * @returns the lines to send. If `isRunning` afterwards, the answer is still to come.
   */
  begin(line: string): readonly string[] {
    if (this.isRunning) throw new Error('the command before is not done');
    const { tag, text } = withoutTag(line.trim());
    if (tag.length > TAG_MAX + ' '.length) return [LONG_TAG];
    if (text === '') return tag === '' ? [] : [`${tag}error: word 2: the line ends here; allowed: a command`];
    try {
      return this.#begin(text, tag);
    } catch (error) {
      return this.#refused(error, tag);
    }
  }

  /** Go on with the command that takes time. @returns the lines to send, with the answer when it is done. */
  proceed(): readonly string[] {
    if (this.#running === undefined) throw new Error('nothing is running');
    const { work, tag } = this.#running;
    try {
      if (!work.proceed()) return this.#interruptLines();
      this.#running = undefined;
      return this.#answered(work.answer(), tag);
    } catch (error) {
      this.#running = undefined;
      return this.#refused(error, tag);
    }
  }

  #begin(text: string, tag: string): readonly string[] {
    const words = new Words(text);
    const name = words.next('a command');
    const command = BUS_COMMANDS.get(name);
    if (command === undefined) return [`${tag}${this.#sessionAnswer(words, name)}`];
    const { pe, run } = command.parse(words, this.#world);
    const { machine } = this.#world;
    machine.beginCommand(text.replaceAll('\t', ' '), pe);
    const result = run();
    if (typeof result === 'string') return this.#answered(result, tag);
    this.#running = { work: result, tag };
    return this.#interruptLines();
  }

  #answered(answer: string, tag: string): readonly string[] {
    this.#world.machine.endCommand();
    const line = `${tag}${answer}`;
    const interrupts = this.#interruptLines();
    return interrupts.length === 0 ? [line] : [...interrupts, line];
  }

  /** What is wrong with a line, or what the machine has no room for; any other error is ours. */
  #refused(error: unknown, tag: string): readonly string[] {
    if (error instanceof BusProblem) return [`${tag}error: ${error.message}`];
    if (!(error instanceof TooManyOwnersError || error instanceof TooManyPartitionsError)) throw error;
    this.#world.machine.stopAllAccesses();
    return this.#answered(`error: ${error.message}; all accesses are stopped`, tag);
  }

  #interruptLines(): readonly string[] {
    const interrupts = this.#world.machine.takeInterrupts();
    return interrupts.length === 0 ? NO_LINES : interrupts.map(interruptLine);
  }

  #sessionAnswer(words: Words, name: string): string {
    const verb = SESSION_VERBS.get(name);
    if (verb === undefined) throw words.problem('no such command', COMMAND_NAMES.join(', '), closest(name));
    if (verb === 'help') return helpText(words);
    words.end();
    if (verb === 'hello') return this.#hello();
    this.#hasQuit = true;
    return 'ok';
  }

  #hello(): string {
    const { machine, mscs, caches, lastPe } = this.#world;
    const { hierarchy, memoryBytes } = machine.plan;
    const names = `mscs=${[...mscs.keys()].join(',')} caches=${[...caches.keys()].join(',')}`;
    const sizes = `line=${hierarchy.lineBytes} memory=${memoryBytes}`;
    const { name } = machine.plan.machine;
    return `ok mpamlab-bus ${BUS_PROTOCOL_VERSION} machine=${name} pes=${lastPe + 1} ${names} ${sizes} time=${machine.nowNs}`;
  }
}

const NO_LINES: readonly string[] = [];
/** Without the tag: its beginning may be the tag of another line. */
const LONG_TAG = `error: word 1: the tag is too long; allowed: # and up to ${TAG_MAX - 1} characters`;

/** A line's tag with a space after it, as it goes before the answer; empty if it has none. */
function withoutTag(line: string): { readonly tag: string; readonly text: string } {
  if (!line.startsWith('#')) return { tag: '', text: line };
  const [tag = ''] = line.split(/[ \t]/, 1);
  return { tag: `${tag} `, text: line.slice(tag.length).trim() };
}

function closest(name: string): string | undefined {
  const word = closestWord(name, COMMAND_NAMES);
  return word === undefined ? undefined : `did you mean ${word}?`;
}

function helpText(words: Words): string {
  if (words.isAtEnd) return `ok commands: ${COMMAND_NAMES.join(', ')}; help COMMAND tells the forms of one`;
  const { usage } = words.choice('command', BUS_COMMANDS);
  words.end();
  return `ok ${usage.join(' ; ')}`;
}

const codeNames = (codes: Readonly<Record<string, number>>): Map<number, string> =>
  new Map(Object.entries(codes).map(([name, code]) => [code, snakeCase(name).replaceAll('_', '-')]));
const INTERRUPT_NAMES = codeNames(InterruptCode);
const LEVEL_NAMES = codeNames(InterruptLevel);

function interruptLine({ msc, code, level, space, addressLo, addressHi, data, timeNs }: Interrupt): string {
  const kind = `kind=${INTERRUPT_NAMES.get(code)} level=${LEVEL_NAMES.get(level)} space=${spaceName(space)}`;
  const message = `address=${formatHex64(addressLo, addressHi)} data=${formatHex32(data)}`;
  const isMessage = code === InterruptCode.errorMsi || code === InterruptCode.overflowMsi;
  return `! interrupt msc=${msc} ${kind}${isMessage ? ` ${message}` : ''} time=${timeNs}`;
}
