/**
 * Turns the lines of a recording into rows of a ScheduleBatch.
 *
 * Used are sched_switch, sched_waking, sched_wakeup, sched_wakeup_new, sched_migrate_task, kvm_entry, kvm_exit,
 * kvm_userspace_exit and kvm_wfx_arm64; every event is counted. What cannot be used becomes an import issue.
 *
 * Leaves out: any model of what is not in the recording. A gap stays a gap; whoever runs the rows decides what to
 * charge to whom.
 */
import { LASTED_NS_MAX } from '../../loop/event-row.ts';
import type { ImportIssueName } from '../import-issue-kinds.ts';
import { EMPTY_TEXT, type Registry } from '../registry.ts';
import { NO_THREAD, type ScheduleBatch, ScheduleBatchBuilder, ScheduleKind } from '../schedule-batch.ts';
import { ascii, skipSpaces, startsAt, textOf } from './bytes.ts';
import { EventCounts } from './event-counts.ts';
import { EventLine } from './event-line.ts';
import { GuestPairs } from './guest-pairs.ts';
import { endOfExitReason, endOfUserspaceReason, exitReason, userspaceReason } from './kvm-reasons.ts';
import type { LineSplitter } from './line-splitter.ts';
import { otherLine } from './other-line.ts';
import { RelativeTime } from './recording-time.ts';
import { SchedSwitch } from './sched-switch.ts';
import { SchedWakeup } from './sched-wakeup.ts';
import { NO_TEXT, TextIds } from './text-ids.ts';
import { ThreadIds } from './thread-ids.ts';

export interface ScheduleImporterOptions {
  /** Absolute time on the recording's clock that becomes time 0, as in RecordingSurvey.firstTimeNs. */
  readonly originNs: number;
  /** CPUs 0 .. cpuCount - 1 are used. */
  readonly cpuCount: number;
  /** Process ids by thread id; what is known here is known from a thread's first line on. Lines that tell another win. */
  readonly tgidByTid: ReadonlyMap<number, number>;
  /** Rows per batch, at least 1; default SCHEDULE_BATCH_ROWS. */
  readonly batchRows?: number;
}

type BodyReader = (line: LineSplitter) => void;

const NO_TID = -1;
/** An issue is shown with at most this much of its line; the registry shortens it further. */
const SHOWN_BYTES_MAX = 1024;
/** An hour without any event: no host that is being recorded is as quiet. */
const GAP_NS_MAX = 3600e9;
/** kvm_wfx_arm64 prints `guest executed wfi at: 0x..`; WFE is the other one, and does not block. */
const EXECUTED_WFI = ascii('guest executed wfi');

/** All batches that it yields are one object, refilled: use it before going on. */
export class ScheduleImporter {
  readonly #batch: ScheduleBatchBuilder;
  readonly #registry: Registry;
  readonly #cpuCount: number;
  readonly #time: RelativeTime;
  readonly #threads: ThreadIds;
  readonly #counts: EventCounts;
  readonly #states: TextIds;
  readonly #exitReasons: TextIds;
  readonly #userspaceReasons: TextIds;
  readonly #guests = new GuestPairs();
  readonly #event = new EventLine();
  readonly #switch = new SchedSwitch();
  readonly #wakeup = new SchedWakeup();
  /** By number of the event in #counts; undefined for events that are only counted. */
  readonly #readers: (BodyReader | undefined)[] = [];
  readonly #readerByName: ReadonlyMap<string, BodyReader>;
  /** By CPU: TID of the thread that the last sched_switch put there. */
  readonly #runningTid: Int32Array;
  #now = 0;
  /** Whether #now is the time of a line. */
  #hasTime = false;
  #issues = 0;

  constructor(registry: Registry, options: ScheduleImporterOptions) {
    this.#batch = new ScheduleBatchBuilder(options.batchRows);
    if (!(this.#batch.capacity >= 1)) throw new Error(`a batch of ${options.batchRows} rows holds nothing`);
    this.#registry = registry;
    this.#cpuCount = options.cpuCount;
    this.#time = new RelativeTime(options.originNs);
    this.#threads = new ThreadIds(registry, options.tgidByTid, (from, to) => this.#guests.follow(from, to));
    this.#counts = new EventCounts(options.cpuCount);
    this.#states = new TextIds(registry, (raw) => raw);
    this.#exitReasons = new TextIds(registry, exitReason);
    this.#userspaceReasons = new TextIds(registry, userspaceReason);
    this.#runningTid = new Int32Array(options.cpuCount).fill(NO_TID);
    this.#readerByName = new Map<string, BodyReader>([
      ['sched_switch', (line) => this.#readSwitch(line)],
      ['sched_waking', (line) => this.#readWakeup(line, ScheduleKind.waking)],
      ['sched_wakeup', (line) => this.#readWakeup(line, ScheduleKind.wakeup)],
      ['sched_wakeup_new', (line) => this.#readWakeup(line, ScheduleKind.wakeupNew)],
      ['sched_migrate_task', (line) => this.#readMigrate(line)],
      ['kvm_entry', (line) => this.#readEntry(line)],
      ['kvm_exit', (line) => this.#readExit(line)],
      ['kvm_userspace_exit', (line) => this.#readUserspaceExit(line)],
      ['kvm_wfx_arm64', (line) => this.#readWfx(line)],
    ]);
  }

  /**
   * Reads all lines that the splitter has now. Yields the batch when it is full, or when as many issues wait in the
   * registry; then it may be empty. What remains in it stays for the next call.
   */
  *readLines(lines: LineSplitter): Generator<ScheduleBatch> {
    while (lines.next()) {
      this.#readLine(lines);
      if (this.#batch.isFull || this.#issues >= this.#batch.capacity) yield* this.#emit();
    }
  }

  /** After the last line: the `stop` rows and the counts of events, and the last batch. */
  *finish(): Generator<ScheduleBatch> {
    for (let cpu = 0; cpu < this.#cpuCount; cpu++) {
      if (!this.#counts.hasCpu(cpu)) continue;
      const tid = this.#runningTid[cpu];
      const thread = tid === NO_TID ? NO_THREAD : this.#registry.threadOfTid(tid);
      this.#batch.push(this.#now, ScheduleKind.stop, cpu, thread);
      if (this.#batch.isFull) yield* this.#emit();
    }
    this.#counts.reportTo(this.#registry);
    yield* this.#emit();
  }

  report(line: number, kind: ImportIssueName, text: string): void {
    this.#issues++;
    this.#registry.report(line, kind, text);
  }

  *#emit(): Generator<ScheduleBatch> {
    this.#issues = 0;
    yield this.#batch;
    this.#batch.clear();
  }

  #readLine(line: LineSplitter): void {
    if (line.fault !== undefined) {
      this.#reportLine(line, line.fault);
    } else if (this.#event.parse(line.bytes, line.from, line.to)) {
      this.#readEvent(line);
    } else {
      this.#readOther(line);
    }
  }

  #readOther(line: LineSplitter): void {
    const { kind } = otherLine(textOf(line.bytes, line.from, line.to));
    if (kind === 'unknown') this.#reportLine(line, 'unparsed-line');
    if (kind === 'lost-events') this.#reportLine(line, 'lost-events');
  }

  #readEvent(line: LineSplitter): void {
    if (this.#event.cpu >= this.#cpuCount) {
      this.#reportLine(line, 'unknown-cpu');
      return;
    }
    const time = this.#time.of(this.#event.seconds, this.#event.nanoseconds);
    if (time > LASTED_NS_MAX) {
      this.#reportLine(line, 'time-out-of-range');
      return;
    }
    this.#setTime(time, line);
    this.#threads.inProcess(this.#event.tid, this.#event.tgid(line.bytes));
    const event = this.#counts.count(line.bytes, this.#event);
    if (event === this.#readers.length) this.#readers.push(this.#readerByName.get(this.#counts.nameOf(event)));
    this.#readers[event]?.(line);
  }

  #setTime(time: number, line: LineSplitter): void {
    if (this.#hasTime && time - this.#now > GAP_NS_MAX) this.#reportLine(line, 'time-gap');
    if (time < this.#now) this.#reportLine(line, 'time-went-back');
    else this.#now = time;
    this.#hasTime = true;
  }

  #readSwitch(line: LineSplitter): void {
    const body = this.#switch;
    const { bytes } = line;
    if (!body.parse(bytes, this.#event.bodyFrom, line.to)) {
      this.#reportLine(line, 'unparsed-event');
      return;
    }
    const { cpu } = this.#event;
    const expectedTid = this.#runningTid[cpu];
    if (expectedTid !== NO_TID && expectedTid !== body.prevTid) this.#reportMismatch(line, expectedTid);
    const prev = this.#threads.named(body.prevTid, bytes, body.prevCommFrom, body.prevCommTo);
    const next = this.#threads.named(body.nextTid, bytes, body.nextCommFrom, body.nextCommTo);
    const state = this.#states.idOf(bytes, body.stateFrom, body.stateTo);
    this.#runningTid[cpu] = body.nextTid;
    this.#batch.push(this.#now, ScheduleKind.switch, cpu, prev, next, state);
  }

  #readWakeup(line: LineSplitter, kind: ScheduleKind): void {
    const body = this.#wakeup;
    if (!body.parseWakeup(line.bytes, this.#event.bodyFrom, line.to)) {
      this.#reportLine(line, 'unparsed-event');
      return;
    }
    const thread = this.#threads.named(body.tid, line.bytes, body.commFrom, body.commTo);
    this.#batch.push(this.#now, kind, this.#event.cpu, thread, NO_THREAD, body.toCpu);
  }

  #readMigrate(line: LineSplitter): void {
    const body = this.#wakeup;
    if (!body.parseMigrate(line.bytes, this.#event.bodyFrom, line.to)) {
      this.#reportLine(line, 'unparsed-event');
      return;
    }
    const thread = this.#threads.named(body.tid, line.bytes, body.commFrom, body.commTo);
    this.#batch.push(this.#now, ScheduleKind.migrate, this.#event.cpu, thread, body.fromCpu, body.toCpu);
  }

  #readEntry(line: LineSplitter): void {
    const thread = this.#threadOfLine(line);
    if (!this.#guests.enter(thread)) this.#reportLine(line, 'entry-without-exit');
    this.#batch.push(this.#now, ScheduleKind.guestEntry, this.#event.cpu, thread);
  }

  #readExit(line: LineSplitter): void {
    const thread = this.#threadOfLine(line);
    if (!this.#guests.exit(thread)) this.#reportLine(line, 'exit-without-entry');
    const end = endOfExitReason(line.bytes, this.#event.bodyFrom, line.to);
    const reason = this.#reasonOf(line, this.#exitReasons, end);
    this.#batch.push(this.#now, ScheduleKind.guestExit, this.#event.cpu, thread, NO_THREAD, reason);
  }

  #readUserspaceExit(line: LineSplitter): void {
    const thread = this.#threadOfLine(line);
    const reason = this.#reasonOf(line, this.#userspaceReasons, endOfUserspaceReason(this.#event.bodyFrom, line.to));
    this.#batch.push(this.#now, ScheduleKind.kvmRunExit, this.#event.cpu, thread, NO_THREAD, reason);
  }

  #readWfx(line: LineSplitter): void {
    if (!startsAt(line.bytes, this.#event.bodyFrom, EXECUTED_WFI)) return;
    this.#batch.push(this.#now, ScheduleKind.halt, this.#event.cpu, this.#threadOfLine(line));
  }

  #reasonOf(line: LineSplitter, reasons: TextIds, end: number): number {
    const reason = end === -1 ? NO_TEXT : reasons.idOf(line.bytes, this.#event.bodyFrom, end);
    if (reason !== NO_TEXT) return reason;
    this.#reportLine(line, 'unknown-exit-reason');
    return EMPTY_TEXT;
  }

  #threadOfLine(line: LineSplitter): number {
    const { tid, commFrom, commTo } = this.#event;
    return this.#threads.inColumn(tid, line.bytes, skipSpaces(line.bytes, commFrom), commTo);
  }

  #reportMismatch(line: LineSplitter, expectedTid: number): void {
    const { prevTid } = this.#switch;
    const cpu = this.#event.cpu;
    this.report(line.line, 'switch-mismatch', `CPU ${cpu}: prev_pid is ${prevTid}, but ${expectedTid} was switched in`);
  }

  #reportLine(line: LineSplitter, kind: ImportIssueName): void {
    const end = Math.min(line.to, line.from + SHOWN_BYTES_MAX);
    this.report(line.line, kind, textOf(line.bytes, line.from, end).trim());
  }
}
