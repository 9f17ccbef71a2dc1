/**
 * What a recorded schedule amounts to, computed from ScheduleBatch rows by plain maps: the judge of the importer.
 *
 * The rules are those of the facts files beside the recordings: time on a CPU before its first and after its last
 * switch is not counted, nor an interval whose thread is not the one that the switch before it put there.
 */
import type { Registry } from '../../../src/schedule/registry.ts';
import { type ScheduleBatch, ScheduleKind } from '../../../src/schedule/schedule-batch.ts';

export type Histogram = Record<string, number>;

export interface ThreadFacts {
  onCpuNs: number;
  switchedIn: number;
  prevState: Histogram;
  wakeups: number;
  wakeupToSwitchIn: { count: number; sum_ns: number; max_ns: number };
  migrations: number;
  entries: number;
  exits: number;
  pairs: number;
  inGuestNs: number;
  entriesWithoutExit: number;
  exitsWithoutEntry: number;
  exitReasons: Histogram;
}

export interface Stop {
  readonly cpu: number;
  readonly timeNs: number;
}

export class ScheduleFacts {
  readonly threads = new Map<number, ThreadFacts>();
  readonly rowsByKindAndCpu: Record<string, Histogram> = {};
  readonly switchTids = new Set<number>();
  readonly violationsByCpu: Histogram = {};
  readonly prevState: Histogram = {};
  readonly busyNsByCpu: Histogram = {};
  readonly idleNsByCpu: Histogram = {};
  readonly runningBeforeFirstSwitch: Histogram = {};
  readonly exitReasons: Histogram = {};
  readonly stops: Stop[] = [];
  firstNs = -1;
  lastNs = -1;
  rows = 0;
  wentBack = 0;
  readonly #registry: Registry;
  readonly #lastSwitch = new Map<number, { tid: number; timeNs: number }>();
  readonly #wokenAt = new Map<number, number>();
  readonly #enteredAt = new Map<number, number>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  add(batch: ScheduleBatch): void {
    for (let row = 0; row < batch.count; row++) this.#addRow(batch, row);
  }

  /** Facts that are not zero, by thread id. */
  byTid(of: (thread: ThreadFacts) => number): Histogram {
    const entries = [...this.threads].map(([tid, thread]) => [String(tid), of(thread)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== 0));
  }

  sum(of: (thread: ThreadFacts) => number): number {
    return [...this.threads.values()].reduce((sum, thread) => sum + of(thread), 0);
  }

  thread(tid: number): ThreadFacts {
    const known = this.threads.get(tid);
    if (known !== undefined) return known;
    const fresh: ThreadFacts = {
      onCpuNs: 0,
      switchedIn: 0,
      prevState: {},
      wakeups: 0,
      wakeupToSwitchIn: { count: 0, sum_ns: 0, max_ns: 0 },
      migrations: 0,
      entries: 0,
      exits: 0,
      pairs: 0,
      inGuestNs: 0,
      entriesWithoutExit: 0,
      exitsWithoutEntry: 0,
      exitReasons: {},
    };
    this.threads.set(tid, fresh);
    return fresh;
  }

  #addRow(batch: ScheduleBatch, row: number): void {
    const timeNs = batch.timeNs[row];
    const kind = batch.kind[row];
    const cpu = batch.cpu[row];
    if (this.firstNs === -1) this.firstNs = timeNs;
    if (timeNs < this.lastNs) this.wentBack++;
    this.lastNs = timeNs;
    this.rows++;
    const name = Object.entries(ScheduleKind).find(([, value]) => value === kind)![0];
    this.rowsByKindAndCpu[cpu] ??= {};
    increment(this.rowsByKindAndCpu[cpu], name);
    if (kind === ScheduleKind.stop) {
      this.stops.push({ cpu, timeNs });
      return;
    }
    const { tid } = this.#registry.threads[batch.thread[row]];
    if (kind === ScheduleKind.switch) {
      const next = this.#registry.threads[batch.peer[row]].tid;
      this.#switch(timeNs, cpu, tid, next, this.#registry.texts[batch.detail[row]]);
    } else if (kind === ScheduleKind.wakeup || kind === ScheduleKind.wakeupNew) {
      this.thread(tid).wakeups++;
      // A second wake-up before it runs does not make the wait shorter.
      if (!this.#wokenAt.has(tid)) this.#wokenAt.set(tid, timeNs);
    } else if (kind === ScheduleKind.migrate) {
      this.thread(tid).migrations++;
    } else if (kind === ScheduleKind.guestEntry) {
      this.#enter(timeNs, tid);
    } else if (kind === ScheduleKind.guestExit) {
      this.#exit(timeNs, tid, this.#registry.texts[batch.detail[row]]);
    }
  }

  #switch(timeNs: number, cpu: number, prev: number, next: number, state: string): void {
    const last = this.#lastSwitch.get(cpu);
    if (last === undefined) {
      this.runningBeforeFirstSwitch[cpu] = prev;
    } else if (last.tid !== prev) {
      increment(this.violationsByCpu, String(cpu));
    } else {
      const lasted = timeNs - last.timeNs;
      increment(prev === 0 ? this.idleNsByCpu : this.busyNsByCpu, String(cpu), lasted);
      if (prev !== 0) this.thread(prev).onCpuNs += lasted;
    }
    this.#lastSwitch.set(cpu, { tid: next, timeNs });
    this.switchTids.add(prev).add(next);
    increment(this.prevState, state);
    increment(this.thread(prev).prevState, state);
    this.thread(next).switchedIn++;
    this.#endWait(timeNs, next);
  }

  #endWait(timeNs: number, tid: number): void {
    const wokenAt = this.#wokenAt.get(tid);
    if (wokenAt === undefined) return;
    this.#wokenAt.delete(tid);
    const { wakeupToSwitchIn: wait } = this.thread(tid);
    wait.count++;
    wait.sum_ns += timeNs - wokenAt;
    wait.max_ns = Math.max(wait.max_ns, timeNs - wokenAt);
  }

  #enter(timeNs: number, tid: number): void {
    const thread = this.thread(tid);
    thread.entries++;
    if (this.#enteredAt.has(tid)) thread.entriesWithoutExit++;
    this.#enteredAt.set(tid, timeNs);
  }

  #exit(timeNs: number, tid: number, reason: string): void {
    const thread = this.thread(tid);
    const enteredAt = this.#enteredAt.get(tid);
    thread.exits++;
    increment(thread.exitReasons, reason);
    increment(this.exitReasons, reason);
    this.#enteredAt.delete(tid);
    if (enteredAt === undefined) {
      thread.exitsWithoutEntry++;
    } else {
      thread.pairs++;
      thread.inGuestNs += timeNs - enteredAt;
    }
  }
}

function increment(histogram: Histogram, key: string, by = 1): void {
  histogram[key] = (histogram[key] ?? 0) + by;
}
