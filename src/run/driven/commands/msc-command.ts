/** `msc`: the memory-mapped registers of an MSC, as software reaches them: plain accesses, nothing is selected beforehand. */

import { PartidSpace } from '../../../arch/label.ts';
import { MSC_REGISTERS } from '../../../arch/msc-registers.ts';
import { formatHex64 } from '../../../arch/registers.ts';
import type { Msc } from '../../../memory/msc.ts';
import { didYouMean } from '../../../scenario/suggest.ts';
import type { BusAction, BusCommand } from '../bus-command.ts';
import type { Words } from '../bus-words.ts';
import { SPACES, spaceName } from '../bus-world.ts';

/** Bytes that an MSC may have at its address: the pages of A 2.1, and what is implementation defined behind them. */
const PAGE_BYTES = 2 ** 32;

/** Where a register is, and how wide. */
interface Place {
  readonly offset: number;
  readonly width: 32 | 64;
}

const NAMED_PLACES: ReadonlyMap<string, Place> = new Map(
  MSC_REGISTERS.map(({ name, offset, width }) => [name, { offset, width }]),
);
/** `MPAMCFG_CPBM3` is register MPAMCFG_CPBM<n> with its number. */
const NUMBERED = /^(.+?)(\d{1,4})$/;
const NUMBERED_PLACES = new Map(
  MSC_REGISTERS.filter(({ words }) => words > 1).map((register) => [register.name.replace('<n>', ''), register]),
);

type Verb = (words: Words, msc: Msc) => () => string;

const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['read32', (words, msc) => reading(words, msc, { ...offsetIn(words), width: 32 })],
  ['read64', (words, msc) => reading(words, msc, { ...offsetIn(words), width: 64 })],
  ['write32', (words, msc) => writing(words, msc, { ...offsetIn(words), width: 32 })],
  ['write64', (words, msc) => writing(words, msc, { ...offsetIn(words), width: 64 })],
  ['read', (words, msc) => reading(words, msc, registerIn(words))],
  ['write', (words, msc) => writing(words, msc, registerIn(words))],
  ['wires', tellWires],
]);

export const MSC_COMMAND: BusCommand = {
  name: 'msc',
  usage: [
    'msc MSC read32|read64 [ns|s|root|realm] OFFSET',
    'msc MSC write32|write64 [ns|s|root|realm] OFFSET VALUE',
    'msc MSC read [SPACE] REGISTER',
    'msc MSC write [SPACE] REGISTER VALUE',
    'msc MSC wires',
  ],
  parse: (words, world): BusAction => {
    const msc = words.choice('MSC', world.mscs);
    const verb = words.choice('verb of msc', VERBS);
    const run = verb(words, msc);
    words.end();
    return { pe: 0, run };
  },
};

interface PlaceInPage extends Place {
  readonly space: PartidSpace;
}

function spaceIn(words: Words): PartidSpace {
  return SPACES.has(words.peek() ?? '') ? words.choice('PARTID space', SPACES) : PartidSpace.nonSecure;
}

function offsetIn(words: Words): Omit<PlaceInPage, 'width'> {
  const space = spaceIn(words);
  return { space, offset: words.integer('an offset', 0, PAGE_BYTES - 1) };
}

function registerIn(words: Words): PlaceInPage {
  const space = spaceIn(words);
  const name = words.next('the name of a register').toUpperCase();
  const place = NAMED_PLACES.get(name) ?? numberedPlace(name);
  if (place !== undefined) return { space, offset: place.offset, width: place.width };
  throw words.problem(
    'no such register',
    'a register of an MSC, as Arm spells it',
    didYouMean(name, [...NAMED_PLACES.keys()]),
  );
}

function numberedPlace(name: string): Place | undefined {
  const [, stem = '', number = ''] = NUMBERED.exec(name) ?? [];
  const register = NUMBERED_PLACES.get(stem);
  if (register === undefined || Number(number) >= register.words) return undefined;
  return { offset: register.offset + 4 * Number(number), width: 32 };
}

function reading(_words: Words, { front }: Msc, { space, offset, width }: PlaceInPage): () => string {
  if (width === 32) return () => `ok ${formatHex32(front.read32(space, offset))}`;
  return () => {
    const { lo, hi } = front.read64(space, offset);
    return `ok ${formatHex64(lo, hi)}`;
  };
}

function writing(words: Words, { front }: Msc, { space, offset, width }: PlaceInPage): () => string {
  if (width === 32) {
    const value = words.value32('a value');
    return () => {
      front.write32(space, offset, value);
      return 'ok';
    };
  }
  const { lo, hi } = words.value64('a value');
  return () => {
    front.write64(space, offset, lo >>> 0, hi >>> 0);
    return 'ok';
  };
}

/** Levels of the wired interrupts by page: `error-ns=0 overflow-ns=1 ...`. */
function tellWires(_words: Words, { config, front }: Msc): () => string {
  const spaces = [...SPACES.values()].filter((space) => space < config.front.spaces);
  return () => {
    const levels = spaces.flatMap((space) =>
      (['error', 'overflow'] as const).map((kind) => {
        return `${kind}-${spaceName(space)}=${Number(front.interruptLevel(kind, space))}`;
      }),
    );
    return `ok ${levels.join(' ')}`;
  };
}

export function formatHex32(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
}
