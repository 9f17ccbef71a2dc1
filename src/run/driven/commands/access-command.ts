/** `access`, `copy`, `stop`: accesses to memory by a PE, at its Exception level and under the labels in force there. */
import { KIND_FETCH, KIND_READ, KIND_WRITE, STEP_MEMORY } from '../../../loop/assembly/layout.ts';
import { firstStepOf, wayToMemory } from '../../../memory/way-to-memory.ts';
import { type AccessRequest, type AccessStep, accessCount } from '../access-pattern.ts';
import { type BusAction, type BusCommand, timed } from '../bus-command.ts';
import type { Words } from '../bus-words.ts';
import type { BusWorld } from '../bus-world.ts';
import { memoryRange, startIn } from './memory-range.ts';

/** Accesses of one foreground command; more take minutes. */
const FOREGROUND_MAX = 2 ** 36;
const REPEATS_MAX = 2 ** 40;
const PARALLELISM_MAX = 64;

type Kind = AccessStep['kind'];
const KINDS: ReadonlyMap<string, readonly Kind[]> = new Map<string, readonly Kind[]>([
  ['read', [KIND_READ]],
  ['write', [KIND_WRITE]],
  ['fetch', [KIND_FETCH]],
  ['read-write', [KIND_READ, KIND_WRITE]],
]);

const OPTIONS = '[stride BYTES] [repeat N|forever] [mlp N | serial] [tenant NAME] [background]';

export const ACCESS_COMMAND: BusCommand = {
  name: 'access',
  usage: [`access PE read|write|fetch|read-write ADDRESS +LENGTH ${OPTIONS}`],
  parse: (words, world): BusAction => {
    const pe = freePe(words, world);
    const kinds = words.choice('kind of access', KINDS);
    const { address, bytes } = memoryRange(words, world);
    const steps = kinds.map((kind) => ({ address, kind }));
    return accessing(words, world, pe, steps, bytes);
  },
};

export const COPY_COMMAND: BusCommand = {
  name: 'copy',
  usage: [`copy PE FROM +LENGTH TO ${OPTIONS}`],
  parse: (words, world): BusAction => {
    const pe = freePe(words, world);
    const { address, bytes } = memoryRange(words, world);
    const to = startIn(words, world, bytes);
    const steps: AccessStep[] = [
      { address, kind: KIND_READ },
      { address: to, kind: KIND_WRITE },
    ];
    return accessing(words, world, pe, steps, bytes);
  },
};

export const STOP_COMMAND: BusCommand = {
  name: 'stop',
  usage: ['stop PE'],
  parse: (words, world): BusAction => {
    const pe = world.pe(words);
    if (!world.machine.isBusy(pe)) throw words.problem('the PE makes no accesses', busyPes(world));
    words.end();
    const run = (): string => {
      world.machine.stopAccesses(pe);
      return `ok ${reportText(world, pe)}`;
    };
    return { pe, run };
  },
};

/** What a PE's accesses have come to: `accesses=1024 ns=5120.5 l1d=0 l2=0 l3=0 memory=1024`. */
function reportText({ machine }: BusWorld, pe: number): string {
  const report = machine.accessReport(pe);
  if (report === undefined) return 'accesses=0';
  const { hierarchy } = machine.plan;
  const { data, fetch } = hierarchy.ports[pe]!;
  const first = report.isFetch ? fetch : data;
  const firstStep = firstStepOf(hierarchy, first);
  const served = wayToMemory(hierarchy.caches, first).map(({ level }, at) => {
    return `${level.toLowerCase()}=${report.served[firstStep + at]}`;
  });
  served.push(`memory=${report.served[STEP_MEMORY]}`);
  return `accesses=${report.accesses} ns=${report.elapsedPs / 1000} ${served.join(' ')}`;
}

function freePe(words: Words, world: BusWorld): number {
  const pe = world.pe(words);
  if (!world.machine.isBusy(pe)) return pe;
  throw words.problem('the PE makes accesses already', 'a PE that makes none', `first: stop ${pe}, or wait done ${pe}`);
}

function busyPes({ machine, lastPe }: BusWorld): string {
  const busy = Array.from({ length: lastPe + 1 }, (_, pe) => pe).filter((pe) => machine.isBusy(pe));
  return busy.length === 0 ? 'none now' : busy.join(', ');
}

function accessing(words: Words, world: BusWorld, pe: number, steps: readonly AccessStep[], bytes: number): BusAction {
  const { machine } = world;
  const { isBackground, ...request } = requestIn(words, world, steps, bytes);
  words.end();
  if (!isBackground && accessCount(request) > FOREGROUND_MAX) {
    const hint = 'add background, and let time pass with wait';
    const count = request.repeats === Number.POSITIVE_INFINITY ? 'endless' : accessCount(request);
    throw words.problem(`${count} accesses in the foreground`, `at most ${FOREGROUND_MAX}`, hint);
  }
  const begin = (): void => machine.beginAccesses(pe, request);
  if (isBackground) {
    return {
      pe,
      run: () => {
        begin();
        return 'ok';
      },
    };
  }
  return {
    pe,
    run: () => {
      begin();
      return timed(machine.waitForPes([pe]), () => `ok ${reportText(world, pe)}`);
    },
  };
}

function requestIn(
  words: Words,
  world: BusWorld,
  steps: readonly AccessStep[],
  bytes: number,
): AccessRequest & { readonly isBackground: boolean } {
  let strideBytes = world.machine.plan.hierarchy.lineBytes;
  let repeats = 1;
  let parallelism = 1;
  let isSerial = false;
  let tenant = -1;
  let isBackground = false;
  const given = new Set<Option>();
  while (!words.isAtEnd) {
    switch (optionIn(words, given)) {
      case 'stride':
        strideBytes = words.bytes('a stride', 1, world.machine.plan.memoryBytes);
        break;
      case 'repeat':
        repeats = words.take('forever') ? Number.POSITIVE_INFINITY : words.integer('repeats', 1, REPEATS_MAX);
        break;
      case 'mlp':
        parallelism = words.integer('accesses under way', 1, PARALLELISM_MAX);
        break;
      case 'serial':
        isSerial = true;
        break;
      case 'tenant':
        tenant = words.choice('tenant', world.tenants);
        break;
      case 'background':
        isBackground = true;
    }
  }
  return { steps, bytes, strideBytes, repeats, parallelism, isSerial, tenant, isBackground };
}

/** Take the next option, and add it to those that were given before. */
function optionIn(words: Words, given: Set<Option>): Option {
  const option = words.choice('option', OPTION_WORDS);
  if (given.has(option)) throw words.problem('given twice', 'each option once');
  given.add(option);
  if (given.has('serial') && given.has('mlp')) {
    throw words.problem('serial accesses wait for each other: none other is under way', 'serial or mlp');
  }
  return option;
}

type Option = 'stride' | 'repeat' | 'mlp' | 'serial' | 'tenant' | 'background';
const OPTION_WORDS: ReadonlyMap<string, Option> = new Map(
  (['stride', 'repeat', 'mlp', 'serial', 'tenant', 'background'] as const).map((option) => [option, option]),
);
