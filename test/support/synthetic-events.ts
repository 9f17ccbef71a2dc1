/**
 * Seeded event streams for tests and benches of the store: world switches of a few vCPUs on two machines, with every
 * kind of event, values in all bits, and times that cross multiples of 2^32 ns. Plausible, not a model of KVM.
 */
import { PartidSpace, packLabel } from '../../src/arch/label.ts';
import type { RunHeader } from '../../src/history/run-header.ts';
import {
  EventKind,
  packArgument,
  packMeta,
  packMscSelector,
  packThread,
  ROW_WORDS,
  timeHighOf,
  World,
} from '../../src/loop/event-row.ts';
import { type RandomStream, randomStream } from '../../src/loop/random-stream.ts';
import { COMMAND_CODE_NAMES, CommandCode, RUN_CODE_NAMES, RunCode } from '../../src/run/codes.ts';
import { ROW_MISLABELLED, ROW_MODELLED } from '../../src/run/context-rows.ts';
import type { BusCommandRow } from '../../src/run/driven/bus-command-row.ts';
import type { EventBatch } from '../../src/run/event-batch.ts';
import type { SampleRow } from '../../src/run/samples.ts';
import { snakeCase } from '../../src/scenario/snake-case.ts';
import type { SideRow, Thread } from '../../src/schedule/registry.ts';
import { ScheduleKind } from '../../src/schedule/schedule-batch.ts';
import { syntheticCacheLists, syntheticSamples } from './synthetic-caches.ts';

/** One event in plain values, before it becomes a row. */
export interface SyntheticEvent {
  readonly seq: number;
  readonly timeNs: number;
  readonly kind: number;
  readonly el: number;
  readonly world: number;
  readonly code: number;
  readonly pe: number;
  /** 0 for none. */
  readonly causeSeq: number;
  /** Words 3 to 7. */
  readonly words: readonly [number, number, number, number, number];
}

export const PES_PER_MACHINE = 2;
const PE_COUNT = 4;
const IDLE = 0;
const VCPU_THREADS = [1, 2, 3, 4] as const;
const HOST_THREAD = 5;
const MPAM0_EL1 = 0;
const MPAM1_EL1 = 1;
const MPAM2_EL2 = 2;

/** Text ids of exit reasons. */
const EXIT_REASONS = [1, 2, 3] as const;

const GROUPS = [
  { id: 0, name: 'default', partidD: 0, partidI: 0, pmgD: 0, pmgI: 0 },
  { id: 1, name: 'gold', partidD: 2, partidI: 2, pmgD: 1, pmgI: 1 },
  { id: 2, name: 'silver', partidD: 5, partidI: 5, pmgD: 0, pmgI: 0 },
] as const;

/** A header in the order in which a file gives it back. */
export function syntheticHeader(name = 'synthetic'): RunHeader {
  const names = (codes: Readonly<Record<string, number>>) =>
    Object.entries(codes).map(([key, id]) => ({ id, name: snakeCase(key) }));
  const codes = (byId: Readonly<Record<number, string>>) =>
    Object.entries(byId).map(([id, text]) => ({ id: Number(id), name: text }));
  const label = [
    { name: 'PARTID_D', lowBit: 16, width: 16 },
    { name: 'PARTID_I', lowBit: 0, width: 16 },
    { name: 'PMG_D', lowBit: 40, width: 8 },
    { name: 'PMG_I', lowBit: 32, width: 8 },
  ];
  const withMpamen = [{ name: 'MPAMEN', lowBit: 63, width: 1 }, ...label];
  const fields = [label, withMpamen, withMpamen];
  return {
    name,
    description: 'A synthetic run.',
    scenarioFile: 'synthetic.yaml',
    scenarioText: 'name: synthetic\n# ünïcödé, "quotes", \'more\'\n',
    seed: 1,
    engineVersion: '0.0.0-test',
    timeOriginNs: 5_864_459_177_000,
    parent: null,
    inputs: [{ path: 'a.trace.gz', sha256: 'ab'.repeat(32), bytes: 12345 }],
    machines: [
      { id: 0, name: 'before', kernel: 'series-1-11', mode: 'vhe', unknownReset: 'zero', features: '{}' },
      { id: 1, name: 'after', kernel: 'v7.1', mode: 'vhe', unknownReset: 'zero', features: '{}' },
    ],
    pes: Array.from({ length: PE_COUNT }, (_, id) => {
      return { id, machine: Math.floor(id / PES_PER_MACHINE), cpu: id % PES_PER_MACHINE };
    }),
    registers: ['MPAM0_EL1', 'MPAM1_EL1', 'MPAM2_EL2'].map((register, id) => ({ id, name: register, encoding: 'S3' })),
    registerFields: fields.flatMap((list, register) => list.map((field) => ({ register, ...field }))),
    controlGroups: GROUPS,
    tenants: [
      { id: 0, name: 'tenant-a', controlGroup: 1 },
      { id: 1, name: 'tenant-b', controlGroup: 2 },
    ],
    vms: [
      { id: 0, name: 'vm-a', tenant: 0 },
      { id: 1, name: 'vm-b', tenant: 1 },
    ],
    worlds: names(World),
    scheduleKinds: names(ScheduleKind),
    commandCodes: codes(COMMAND_CODE_NAMES),
    runCodes: codes(RUN_CODE_NAMES),
    ...syntheticCacheLists(),
  };
}

/** Threads of the stream: idle, two vCPUs for each of two tenants, one host thread. */
export function syntheticThreads(): Thread[] {
  const vcpus = VCPU_THREADS.map((index) => {
    const tenant = (index - 1) >> 1;
    const owner = { tenant, vm: tenant, vcpu: (index - 1) & 1, group: tenant + 1 };
    return { index, tid: 1000 + index, tgid: 900 + tenant, comm: `CPU ${owner.vcpu}/KVM`, ...owner };
  });
  const nobody = { tenant: -1, vm: -1, vcpu: -1, group: 0 };
  return [
    { index: IDLE, tid: 0, tgid: -1, comm: 'swapper', ...nobody },
    ...vcpus,
    { index: HOST_THREAD, tid: 77, tgid: 77, comm: 'kworker/0:1', ...nobody },
  ];
}

/** Side rows in order: threads and texts, a thread that becomes known better, an issue, a count, samples. */
function syntheticSideRows(): (SideRow | SampleRow | BusCommandRow)[] {
  const [idle, first, ...others] = syntheticThreads();
  const unknown = { ...first!, tgid: -1, comm: '<...>', tenant: -1, vm: -1, vcpu: -1, group: 0 };
  return [
    { kind: 'thread', thread: idle! },
    { kind: 'thread', thread: unknown },
    ...['', 'IRQ', 'TRAP WFx', 'TRAP "odd\u0000", ü \ud800'].map((text, id) => ({ kind: 'text', id, text }) as const),
    ...others.map((thread) => ({ kind: 'thread', thread }) as const),
    { kind: 'thread', thread: first! },
    { kind: 'issue', issue: { line: 17, kind: 'unparsed-line', text: 'what is this?' } },
    { kind: 'issue', issue: { line: 99, kind: 'unparsed-line', text: 'and this?' } },
    { kind: 'importCount', event: 'sched_switch', cpu: 0, count: 1234 },
    { kind: 'busCommand', number: 1, timeNs: 7, text: 'pe 0 read MPAM1_EL1\nwait 1us' },
    ...syntheticSamples(),
  ];
}

/** At least `count` events of a run, in order. The same seed gives the same events, a longer run the same start. */
export function syntheticEvents(seed: number, count: number): SyntheticEvent[] {
  const life = new SyntheticLife(randomStream(seed, 'synthetic-events'));
  while (life.events.length < count) life.step();
  return life.events;
}

/** One PE: who runs on it, and since when. */
interface PeLife {
  thread: number;
  sinceNs: number;
}

class SyntheticLife {
  readonly events: SyntheticEvent[] = [];
  readonly #random: RandomStream;
  readonly #pes: PeLife[] = Array.from({ length: PE_COUNT }, () => ({ thread: IDLE, sinceNs: 0 }));
  readonly #registers = new Map<string, readonly [number, number]>();
  #timeNs = 0;

  constructor(random: RandomStream) {
    this.#random = random;
    this.#add(EventKind.run, 0, 0, World.host, 2, [0, 0, 0, 0, 0], RunCode.start);
  }

  /** Something happens on a PE: a vCPU is switched in and lives through a few guest entries, or the host does something. */
  step(): void {
    const pe = this.#random.below(PE_COUNT);
    const choice = this.#random.below(1024);
    if (choice < 6) this.#command(pe);
    else if (choice < 12) this.#timeNs += 1_500_000_000;
    else if (choice < 18) this.#setPartition();
    else if (choice < 24) this.#mscEvents();
    else if (choice < 80) this.#wakeUp(pe);
    else this.#switchTo(pe);
  }

  #command(pe: number): void {
    const thread = VCPU_THREADS[this.#random.below(VCPU_THREADS.length)]!;
    const group = this.#random.below(GROUPS.length);
    const words = [thread, group, -1, -2147483648, 2147483647] as const;
    this.#add(EventKind.command, pe, 0, World.host, 2, words, CommandCode.move);
  }

  /** A setting of an MSC is changed by the last command, or at the start. */
  #setPartition(): void {
    const random = this.#random;
    const selector = packMscSelector({
      ...{
        partid: random.below(0x10000),
        space: random.below(4),
        ris: random.below(16),
        internal: random.below(2) === 1,
      },
    });
    const cause = this.events.findLast(({ kind }) => kind === EventKind.command || kind === EventKind.run)!.seq;
    const words = [selector, random.below(1024), random.below(2 ** 32) | 0, random.below(2 ** 32) | 0, 0] as const;
    this.#add(EventKind.mscRegisterChange, random.below(2), cause, World.host, 0, words, random.below(8));
  }

  /** A monitor, an error and an interrupt of an MSC, one because of the other. */
  #mscEvents(): void {
    const random = this.#random;
    const [msc, space, value] = [random.below(4), random.below(4), random.below(2 ** 32) | 0];
    const place = { partid: random.below(0x10000), space, ris: random.below(16), internal: false };
    const selector = packMscSelector(place);
    const monitor = [selector, random.below(3), value, ~value, random.below(8)] as const;
    const error = [selector, random.below(256), random.below(2), 0, 0] as const;
    const interrupt = [packMscSelector({ ...place, partid: 0, ris: 0 }), random.below(3), value, ~value, 5] as const;
    const seq = this.#add(EventKind.monitor, msc, 0, World.host, 0, monitor, 1 + random.below(4));
    this.#add(EventKind.mscError, msc, seq, World.host, 0, error, 1 + random.below(11));
    this.#add(EventKind.interrupt, msc, seq + 1, World.host, 0, interrupt, 1 + random.below(4));
  }

  #wakeUp(pe: number): void {
    this.#add(EventKind.schedule, pe, 0, World.host, 2, [HOST_THREAD, 1, 0, ROW_MODELLED, 0], ScheduleKind.wakeup);
  }

  #switchTo(pe: number): void {
    const isVcpu = this.#random.below(4) > 0;
    const next = isVcpu ? VCPU_THREADS[this.#random.below(VCPU_THREADS.length)]! : HOST_THREAD;
    const life = this.#pes[pe]!;
    const cause = this.#interval(pe, World.host, 2, ScheduleKind.switch, life.thread, next, 0);
    life.thread = next;
    const label = isVcpu ? this.#labelOf(next) : { lo: 0, hi: 0 };
    this.#change(pe, MPAM2_EL2, label.lo, label.hi | 0x80000000, cause);
    this.#change(pe, MPAM0_EL1, label.lo, label.hi, cause);
    if (isVcpu) this.#runGuest(pe, next, cause);
  }

  #runGuest(pe: number, thread: number, cause: number): void {
    const load = this.#interval(pe, World.host, 2, ScheduleKind.vcpuLoad, thread, 0, cause);
    const label = this.#labelOf(thread);
    const isFixed = pe >= PES_PER_MACHINE;
    if (isFixed) this.#change(pe, MPAM1_EL1, label.lo, label.hi | 0x80000000, load);
    for (let entries = this.#random.below(4); entries > 0; entries--) {
      const entry = this.#interval(pe, World.host, 2, ScheduleKind.guestEntry, thread, 0, 0);
      this.#interval(pe, World.guest, 1, ScheduleKind.guestEl, thread, 0, entry, isFixed ? 0 : ROW_MISLABELLED);
      const reason = EXIT_REASONS[this.#random.below(EXIT_REASONS.length)]!;
      const exit = this.#interval(pe, World.guest, 0, ScheduleKind.guestExit, thread, reason, entry);
      if (this.#random.below(16) === 0) {
        this.#add(EventKind.registerTrap, pe, exit, World.guest, 1, [1, 0, -1, 7, 0], MPAM0_EL1);
      }
    }
    this.#interval(pe, World.host, 2, ScheduleKind.vcpuPut, thread, 0, 0);
  }

  #labelOf(thread: number): { readonly lo: number; readonly hi: number } {
    const group = GROUPS[((thread - 1) >> 1) + 1]!;
    return { lo: (group.partidD << 16) | group.partidI, hi: (group.pmgD << 8) | group.pmgI };
  }

  /** A schedule event that ends what the PE was doing; returns its seq. */
  #interval(
    pe: number,
    world: number,
    el: number,
    code: number,
    thread: number,
    argument: number,
    cause: number,
    flags = 0,
  ): number {
    this.#timeNs += 1 + this.#random.below(20_000);
    const life = this.#pes[pe]!;
    const lasted = Math.min(this.#timeNs - life.sinceNs, 0xffffffff);
    life.sinceNs = this.#timeNs;
    const group = world === World.guest && flags === 0 ? GROUPS[((thread - 1) >> 1) + 1]! : GROUPS[0];
    const label = packLabel(PartidSpace.nonSecure, group.partidD, group.pmgD) | flags;
    const modelled = world === World.guest && this.#random.below(2) === 0 ? ROW_MODELLED : 0;
    const subject = thread === IDLE && this.#random.below(8) === 0 ? -1 : thread;
    const words = [subject, argument, lasted | 0, label | modelled, label] as const;
    return this.#add(EventKind.schedule, pe, cause, world, el, words, code);
  }

  #change(pe: number, register: number, lo: number, hi: number, cause: number): void {
    const key = `${pe} ${register}`;
    const [oldLo, oldHi] = this.#registers.get(key) ?? [0, 0];
    if (oldLo === (lo | 0) && oldHi === (hi | 0)) return;
    this.#registers.set(key, [lo | 0, hi | 0]);
    this.#add(EventKind.registerChange, pe, cause, World.host, 2, [0, oldLo, oldHi, lo | 0, hi | 0], register);
  }

  #add(
    kind: number,
    pe: number,
    causeSeq: number,
    world: number,
    el: number,
    words: SyntheticEvent['words'],
    code: number,
  ): number {
    const seq = this.events.length + 1;
    this.events.push({ seq, timeNs: this.#timeNs, kind, el, world, code, pe, causeSeq, words });
    return seq;
  }
}

/**
 * The events as the engine would publish them: batches of at most `batchRows` rows, none across a multiple of 2^32 ns.
 * Names come with the first batch, the other side rows with the last. The row buffer is used again, as the engine's.
 */
export function* batchesOf(events: readonly SyntheticEvent[], batchRows: number): IterableIterator<EventBatch> {
  const rows = new Int32Array(batchRows * ROW_WORDS);
  const side = syntheticSideRows();
  const names = side.filter(({ kind }) => kind === 'thread' || kind === 'text');
  const rest = side.filter(({ kind }) => kind !== 'thread' && kind !== 'text');
  let at = 0;
  while (at < events.length) {
    const timeHigh = timeHighOf(events[at]!.timeNs);
    let count = 0;
    while (count < batchRows && at + count < events.length) {
      const event = events[at + count]!;
      if (timeHighOf(event.timeNs) !== timeHigh) break;
      writeRow(rows, count * ROW_WORDS, event);
      count++;
    }
    const isLast = at + count === events.length;
    yield { firstSeq: at + 1, count, timeHigh, rows, side: [...(at === 0 ? names : []), ...(isLast ? rest : [])] };
    at += count;
  }
}

/** The canonical words of an event (loop/event-row.ts). */
function writeRow(rows: Int32Array, word: number, event: SyntheticEvent): void {
  rows[word] = event.timeNs;
  rows[word + 1] = packMeta(event.kind, event.el, event.world, event.code, event.pe);
  rows[word + 2] = event.causeSeq === 0 ? 0 : event.seq - event.causeSeq;
  rows.set(event.kind === EventKind.schedule ? scheduleWords(event.words) : event.words, word + 3);
}

/** Thread and argument are 24 bits in a row, and share their words with the upper bits of the duration. */
function scheduleWords([thread, argument, lasted, data, instruction]: SyntheticEvent['words']): number[] {
  return [packThread(thread, 0), packArgument(argument, 0), lasted, data, instruction];
}

/** The rows of a list of events, in one array. */
export function rowsOf(events: readonly SyntheticEvent[]): Int32Array {
  const rows = new Int32Array(events.length * ROW_WORDS);
  for (const [at, event] of events.entries()) writeRow(rows, at * ROW_WORDS, event);
  return rows;
}
