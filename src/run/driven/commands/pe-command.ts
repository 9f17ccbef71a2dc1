/** `pe`: the registers and the state of one PE. */
import type { PeFeatures } from '../../../arch/features.ts';
import { PartidSpace } from '../../../arch/label.ts';
import { formatHex64, NAMES, type Name } from '../../../arch/registers.ts';
import { World } from '../../../loop/event-row.ts';
import { AccessOutcome } from '../../../pe/processing-elements.ts';
import type { BusAction, BusCommand } from '../bus-command.ts';
import type { Words } from '../bus-words.ts';
import { type BusWorld, labelText, SPACES, spaceName, WORLDS, worldName } from '../bus-world.ts';
import type { PeState } from '../pe-state.ts';

const REGISTERS: ReadonlyMap<string, Name> = new Map(NAMES.map(({ name }, index) => [name, index as Name]));
/** Root is the state of EL3 alone, and not to be chosen. */
const SECURITY_STATES: ReadonlyMap<string, PartidSpace> = new Map(
  [...SPACES].filter(([, space]) => space !== PartidSpace.root),
);
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['0', false],
  ['1', true],
]);

type Verb = (words: Words, world: BusWorld, pe: number) => () => string;

const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['read', readRegister],
  ['write', writeRegister],
  ['el', enterLevel],
  ['security', setSecurity],
  ['hcr', setHcr],
  ['reset', reset],
  ['state', tellState],
]);

export const PE_COMMAND: BusCommand = {
  name: 'pe',
  usage: [
    'pe PE read REGISTER',
    'pe PE write REGISTER VALUE',
    'pe PE el 0|1|2|3 [host|guest|hyp|firmware]',
    'pe PE security ns|s|realm [el2 0|1]',
    'pe PE hcr e2h 0|1 tge 0|1',
    'pe PE reset',
    'pe PE state',
  ],
  parse: (words, world): BusAction => {
    const pe = world.pe(words);
    const verb = words.choice('verb of pe', VERBS);
    const run = verb(words, world, pe);
    words.end();
    return { pe, run };
  },
};

function readRegister(words: Words, { machine }: BusWorld, pe: number): () => string {
  const name = words.choice('register', REGISTERS);
  return () => {
    const outcome = machine.readRegister(pe, name);
    const { valueLo, valueHi } = machine.pes;
    return outcome === AccessOutcome.done ? `ok ${formatHex64(valueLo, valueHi)}` : outcomeText(outcome);
  };
}

function writeRegister(words: Words, { machine }: BusWorld, pe: number): () => string {
  const name = words.choice('register', REGISTERS);
  const { lo, hi } = words.value64('a value');
  return () => outcomeText(machine.writeRegister(pe, name, lo, hi));
}

/** The PE does not take the exception: that is for whoever drives it to do (`pe 0 el 2`). */
function outcomeText(outcome: AccessOutcome): string {
  switch (outcome) {
    case AccessOutcome.done:
      return 'ok';
    case AccessOutcome.trapToEl2:
      return 'trap EL2';
    case AccessOutcome.trapToEl3:
      return 'trap EL3';
    case AccessOutcome.undefined:
      return 'undef';
  }
}

function enterLevel(words: Words, { machine }: BusWorld, pe: number): () => string {
  const { features } = machine.plan.machine;
  const el = words.integer('an Exception level', 0, 3);
  const missing = whyMissing(el, features, machine.peState(pe));
  if (missing !== undefined) throw words.problem(missing.found, missing.allowed, missing.hint);
  const present = machine.pes.world(pe);
  const leavesFirmware = present === World.firmware ? World.host : present;
  const world = words.isAtEnd ? (el === 3 ? World.firmware : leavesFirmware) : words.choice('world', WORLDS);
  return () => {
    machine.enter(pe, el, world);
    return 'ok';
  };
}

/** Why a PE cannot be at an Exception level; undefined if it can. */
function whyMissing(
  el: number,
  { el2, el3 }: PeFeatures,
  { el2Enabled, security }: PeState,
): { readonly found: string; readonly allowed: string; readonly hint?: string } | undefined {
  const allowed = [0, 1, ...(el2Enabled ? [2] : []), ...(el3 ? [3] : [])].join(', ');
  if (el === 3 && !el3) return { found: 'the PE has no EL3', allowed };
  if (el !== 2 || el2Enabled) return undefined;
  if (!el2) return { found: 'the PE has no EL2', allowed };
  return { found: 'EL2 is not enabled', allowed, hint: `pe PE security ${spaceName(security)} el2 1` };
}

function setSecurity(words: Words, { machine }: BusWorld, pe: number): () => string {
  const { features } = machine.plan.machine;
  const security = words.choice('Security state', SECURITY_STATES);
  if (security === PartidSpace.realm && !features.sp4) throw words.problem('the PE has no such state (sp4)', 'ns, s');
  if (security === PartidSpace.secure && !features.el3)
    throw words.problem('the PE has no EL3, hence no such state', 'ns');
  let el2Enabled = features.el2;
  if (words.take('el2')) {
    el2Enabled = words.choice('flag', FLAGS);
    if (el2Enabled && !features.el2) throw words.problem('the PE has no EL2', '0');
    if (!el2Enabled && security !== PartidSpace.secure) {
      throw words.problem('EL2 can be disabled in Secure state only', '1');
    }
  }
  if (!el2Enabled && machine.pes.el(pe) === 2) {
    throw words.problem('the PE is at EL2', 'EL2 enabled', `first: pe ${pe} el 1`);
  }
  return () => setState(machine, pe, { security, el2Enabled });
}

function setHcr(words: Words, { machine }: BusWorld, pe: number): () => string {
  let { e2h, tge } = machine.peState(pe);
  do {
    const bit = words.choice('bit of HCR_EL2', HCR_BITS);
    const value = words.choice('flag', FLAGS);
    if (bit === 'e2h') e2h = value;
    else tge = value;
  } while (!words.isAtEnd);
  return () => setState(machine, pe, { e2h, tge });
}

const HCR_BITS: ReadonlyMap<string, 'e2h' | 'tge'> = new Map([
  ['e2h', 'e2h'],
  ['tge', 'tge'],
]);

function setState(machine: BusWorld['machine'], pe: number, change: Partial<PeState>): string {
  machine.setPeState(pe, { ...machine.peState(pe), ...change });
  return 'ok';
}

function reset(_words: Words, { machine }: BusWorld, pe: number): () => string {
  return () => {
    machine.resetPe(pe);
    return 'ok';
  };
}

function tellState(_words: Words, { machine }: BusWorld, pe: number): () => string {
  return () => {
    const { pes } = machine;
    const el = pes.el(pe);
    const { security, el2Enabled, e2h, tge } = machine.peState(pe);
    const flags = `el2=${Number(el2Enabled)} e2h=${Number(e2h)} tge=${Number(tge)}`;
    const labels = `data=${labelText(pes.dataLabel(pe, el))} instruction=${labelText(pes.instructionLabel(pe, el))}`;
    return `ok el=${el} world=${worldName(pes.world(pe))} security=${spaceName(security)} ${flags} ${labels}`;
  };
}
