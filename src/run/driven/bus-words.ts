/**
 * The words of a line, taken one after the other: numbers, names, sizes. Whatever is wrong with one is a BusProblem that
 * names its place, its value and what is allowed. Registers are accessed 200,000 times a second through this, so the usual
 * forms take no detour.
 */
import type { RegisterValue } from '../../arch/registers.ts';
import { formatDuration, parseDuration } from '../../scenario/quantities.ts';
import { didYouMean, listed } from '../../scenario/suggest.ts';
import { visibleText } from '../../schedule/visible-text.ts';
import { BusProblem } from './bus-problem.ts';

const HEX = /^0x[0-9a-f]{1,16}$/i;
const DECIMAL = /^\d{1,20}$/;
const SIZE = /^(\d{1,15}|0x[0-9a-f]{1,13})(B|KiB|MiB|GiB)?$/i;
const SIZE_UNITS: Readonly<Record<string, number>> = { b: 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };
/** Characters of a word that a message quotes. */
const QUOTED_MAX = 40;

export class Words {
  readonly #words: readonly string[];
  #taken = 0;

  /** @param line without its line end; words are separated by spaces and tabs. */
  constructor(line: string) {
    const words = line.split(' ');
    this.#words = words.includes('') || line.includes('\t') ? line.split(/[ \t]+/).filter(Boolean) : words;
  }

  get isAtEnd(): boolean {
    return this.#taken === this.#words.length;
  }

  /** The next word, which is not taken; undefined at the end. */
  peek(): string | undefined {
    return this.#words[this.#taken];
  }

  /** Take the next word. @throws BusProblem at the end of the line. */
  next(what: string): string {
    const word = this.#words[this.#taken];
    if (word === undefined) throw new BusProblem(`word ${this.#taken + 1}`, 'the line ends here', what);
    this.#taken++;
    return word;
  }

  /** Take the next word if it is this one. */
  take(word: string): boolean {
    if (this.#words[this.#taken] !== word) return false;
    this.#taken++;
    return true;
  }

  /** @throws BusProblem if words are left. */
  end(): void {
    if (this.isAtEnd) return;
    this.#taken++;
    throw this.problem('one word too many', 'the end of the line');
  }

  /** Take an integer, decimal or `0x` hexadecimal. `max` is at most 2^53 - 1. */
  integer(what: string, min: number, max: number): number {
    const word = this.next(what);
    const value = HEX.test(word) || DECIMAL.test(word) ? Number(word) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = `${what}, ${min} to ${max}`;
    if (!Number.isNaN(value)) throw this.problem('out of range', range);
    throw this.problem('not a number', range, 'decimal, or hexadecimal with 0x');
  }

  /** Take a 64-bit value, as signed halves. */
  value64(what: string): RegisterValue {
    const word = this.next(what);
    if (HEX.test(word)) {
      const lowAt = Math.max(2, word.length - 8);
      const hi = lowAt === 2 ? 0 : Number.parseInt(word.slice(2, lowAt), 16);
      return { lo: Number.parseInt(word.slice(lowAt), 16) | 0, hi: hi | 0 };
    }
    const value = DECIMAL.test(word) ? BigInt(word) : -1n;
    if (value >= 0n && value < 1n << 64n) {
      return { lo: Number(BigInt.asIntN(32, value)), hi: Number(BigInt.asIntN(32, value >> 32n)) };
    }
    throw this.problem('no 64-bit value', `${what}, 0x0 to 0xffffffffffffffff`);
  }

  /** Take an unsigned 32-bit value. */
  value32(what: string): number {
    const word = this.next(what);
    const value = HEX.test(word) || DECIMAL.test(word) ? Number(word) : -1;
    if (value >= 0 && value <= 0xffffffff) return value;
    throw this.problem('no 32-bit value', `${what}, 0x0 to 0xffffffff`);
  }

  /** Take a size in bytes: a number, or one with a unit (`64KiB`). */
  bytes(what: string, min: number, max: number): number {
    return this.#size(this.next(what), what, min, max);
  }

  /** Take a length in bytes: a size after a plus sign. */
  length(max: number): number {
    const word = this.next('a length, e.g. +0x1000 or +64KiB');
    if (!word.startsWith('+')) throw this.problem('no length', 'a plus sign and a size', 'e.g. +0x1000 or +64KiB');
    return this.#size(word.slice(1), 'a length', 1, max);
  }

  /** Take a time in whole ns (`10us`). */
  duration(what: string, max: number): number {
    const ns = parseDuration(this.next(what));
    if (ns !== undefined && ns <= max) return ns;
    throw this.problem(
      'no such time',
      `${what}, 0 to ${formatDuration(max)}`,
      'a number and one of the units ns, us, ms, s, min',
    );
  }

  /** Take one of some words, in any case; gives what it stands for. */
  choice<T>(what: string, choices: ReadonlyMap<string, T>): T {
    const word = this.next(what);
    const chosen = choices.get(word) ?? choices.get(word.toLowerCase());
    if (chosen !== undefined) return chosen;
    const names = [...choices.keys()];
    const allowed = names.length === 0 ? 'none' : listed(names);
    throw this.problem(`no such ${what}`, allowed, names.length > 12 ? didYouMean(word, names) : undefined);
  }

  /** A problem of the word that was taken last. */
  problem(found: string, allowed: string, hint?: string): BusProblem {
    const word = this.#words[this.#taken - 1] ?? '';
    const quoted = visibleText(word.length > QUOTED_MAX ? `${word.slice(0, QUOTED_MAX)}…` : word);
    return new BusProblem(`word ${this.#taken} (${quoted})`, found, allowed, hint);
  }

  #size(text: string, what: string, min: number, max: number): number {
    const [, digits = '', unit = 'B'] = SIZE.exec(text) ?? [];
    const bytes = digits === '' ? Number.NaN : Number(digits) * SIZE_UNITS[unit.toLowerCase()]!;
    if (bytes >= min && bytes <= max) return bytes;
    throw this.problem(Number.isNaN(bytes) ? 'no size' : 'out of range', `${what}, ${min} to ${max} bytes`);
  }
}
