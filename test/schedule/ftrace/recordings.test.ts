/** The importer on recordings that others made, against facts that an independent program computed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasSharedData, sharedDataPath } from '../../support/shared-data.ts';
import { type ImportedRecording, importFile } from './import-recording.ts';
import type { Histogram } from './schedule-facts.ts';

interface ExpectedThread {
  readonly tid: number;
  readonly tgid: number | null;
  readonly on_cpu_ns: number;
  readonly switched_in: number;
  readonly prev_state: Histogram;
  readonly wakeups: number;
  readonly wakeup_to_switch_in: { count: number; sum_ns: number; max_ns: number };
  readonly sched_migrate_task: number;
  readonly kvm_entry: number;
  readonly kvm_exit: number;
  readonly entry_exit_pairs: number;
  readonly in_guest_ns: number;
  readonly entries_without_exit_before_next_entry: number;
  readonly exits_without_entry: number;
  readonly exit_reasons: Histogram;
}

interface ExpectedFacts {
  readonly lines: number;
  readonly event_lines: number;
  readonly lines_not_parsed: number;
  readonly first_time: number;
  readonly last_time: number;
  readonly span: number;
  readonly events: Histogram;
  readonly events_by_cpu: Record<string, Histogram>;
  readonly sched_switch: {
    readonly count: number;
    readonly not_parsed: number;
    readonly distinct_tids: number;
    readonly violations_by_cpu: Histogram;
    readonly prev_state: Histogram;
    readonly busy_ns_by_cpu: Histogram;
    readonly idle_ns_by_cpu: Histogram;
    readonly running_before_first_switch_by_cpu: Histogram;
  };
  readonly vcpu_threads: readonly ExpectedThread[];
  readonly kvm_entry: number;
  readonly kvm_exit: number;
  readonly world_switch_pairs: number;
  readonly exit_reasons: Histogram;
  readonly on_cpu_ns_by_tid?: Histogram;
  readonly switched_in_by_tid?: Histogram;
}

const RECORDINGS = [
  { file: 'kvm-schedule/kvm-overcommit.trace.gz', facts: 'kvm-schedule/kvm-overcommit.facts.json', cpus: 2 },
  { file: 'kvm-schedule/kvm-light.trace.gz', facts: 'kvm-schedule/kvm-light.facts.json', cpus: 2 },
  { file: 'kvm-entry-exit/kvm-entry-exit.trace.gz', facts: 'kvm-entry-exit/kvm-entry-exit.facts.json', cpus: 15 },
  { file: 'kvm-entry-exit/kvm-sched-host.trace.gz', facts: 'kvm-entry-exit/kvm-sched-host.facts.json', cpus: 20 },
  { file: 'ftrace-arm64/trace.txt', facts: 'ftrace-arm64/trace.facts.json', cpus: 6 },
];

describe.skipIf(!hasSharedData).each(RECORDINGS)('$file', ({ file, facts, cpus }) => {
  let got: ImportedRecording;
  let want: ExpectedFacts;

  beforeAll(async () => {
    got = await importFile(sharedDataPath(file));
    want = JSON.parse(readFileSync(sharedDataPath(facts), 'utf8'));
  });

  it('is surveyed: hash, size, time, CPUs, lines', () => {
    const stored = readFileSync(sharedDataPath(file));
    expect(got.survey).toMatchObject({
      sha256: createHash('sha256').update(stored).digest('hex'),
      byteLength: stored.length,
      firstTimeNs: want.first_time,
      lastTimeNs: want.last_time,
      cpuCount: cpus,
      lines: want.lines,
      eventLines: want.event_lines,
    });
    expect(got.survey.headerLines + got.survey.otherLines).toBe(want.lines_not_parsed);
  });

  it('has every event counted by CPU', () => {
    expect(got.eventsByCpu).toEqual(want.events_by_cpu);
  });

  it('has a row for every scheduling and KVM event, and a stop for every CPU with events, at the last time', () => {
    const kinds = {
      switch: 'sched_switch',
      waking: 'sched_waking',
      wakeup: 'sched_wakeup',
      migrate: 'sched_migrate_task',
      wakeupNew: 'sched_wakeup_new',
      guestEntry: 'kvm_entry',
      guestExit: 'kvm_exit',
    };
    for (const [cpu, events] of Object.entries(want.events_by_cpu)) {
      const rows = got.facts.rowsByKindAndCpu[cpu] ?? {};
      for (const [kind, event] of Object.entries(kinds)) expect(rows[kind] ?? 0).toBe(events[event] ?? 0);
    }
    const stops = Object.keys(want.events_by_cpu).map((cpu) => ({ cpu: Number(cpu), timeNs: want.span }));
    expect(got.facts.stops).toEqual(stops);
    expect(got.facts.wentBack).toBe(0);
  });

  it('has the same switches: threads, task states, running and idle time by CPU', () => {
    expect({
      distinct_tids: got.facts.switchTids.size,
      violations_by_cpu: got.facts.violationsByCpu,
      prev_state: got.facts.prevState,
      busy_ns_by_cpu: got.facts.busyNsByCpu,
      idle_ns_by_cpu: got.facts.idleNsByCpu,
      running_before_first_switch_by_cpu: got.facts.runningBeforeFirstSwitch,
    }).toEqual({
      distinct_tids: want.sched_switch.distinct_tids,
      violations_by_cpu: want.sched_switch.violations_by_cpu,
      prev_state: want.sched_switch.prev_state,
      busy_ns_by_cpu: want.sched_switch.busy_ns_by_cpu,
      idle_ns_by_cpu: want.sched_switch.idle_ns_by_cpu,
      running_before_first_switch_by_cpu: want.sched_switch.running_before_first_switch_by_cpu,
    });
    if (want.on_cpu_ns_by_tid !== undefined) {
      expect(got.facts.byTid((thread) => thread.onCpuNs)).toEqual(want.on_cpu_ns_by_tid);
      expect(got.facts.byTid((thread) => thread.switchedIn)).toEqual(want.switched_in_by_tid);
    }
  });

  it('has the same world switches', () => {
    expect(got.facts.sum((thread) => thread.entries)).toBe(want.kvm_entry);
    expect(got.facts.sum((thread) => thread.exits)).toBe(want.kvm_exit);
    expect(got.facts.sum((thread) => thread.pairs)).toBe(want.world_switch_pairs);
    expect(got.facts.exitReasons).toEqual(want.exit_reasons);
  });

  it('has the same facts for every vCPU thread', () => {
    for (const thread of want.vcpu_threads) {
      const facts = got.facts.thread(thread.tid);
      const index = got.registry.threadOfTid(thread.tid);
      expect({
        tid: thread.tid,
        tgid: got.registry.threads[index].tgid,
        on_cpu_ns: facts.onCpuNs,
        switched_in: facts.switchedIn,
        prev_state: facts.prevState,
        wakeups: facts.wakeups,
        wakeup_to_switch_in: facts.wakeupToSwitchIn,
        sched_migrate_task: facts.migrations,
        kvm_entry: facts.entries,
        kvm_exit: facts.exits,
        entry_exit_pairs: facts.pairs,
        in_guest_ns: facts.inGuestNs,
        entries_without_exit_before_next_entry: facts.entriesWithoutExit,
        exits_without_entry: facts.exitsWithoutEntry,
        exit_reasons: facts.exitReasons,
      }).toEqual({
        tid: thread.tid,
        tgid: thread.tgid ?? -1,
        on_cpu_ns: thread.on_cpu_ns,
        switched_in: thread.switched_in,
        prev_state: thread.prev_state,
        wakeups: thread.wakeups,
        wakeup_to_switch_in: thread.wakeup_to_switch_in,
        sched_migrate_task: thread.sched_migrate_task,
        kvm_entry: thread.kvm_entry,
        kvm_exit: thread.kvm_exit,
        entry_exit_pairs: thread.entry_exit_pairs,
        in_guest_ns: thread.in_guest_ns,
        entries_without_exit_before_next_entry: thread.entries_without_exit_before_next_entry,
        exits_without_entry: thread.exits_without_entry,
        exit_reasons: thread.exit_reasons,
      });
    }
  });

  it('has an issue for every broken switch, unpaired entry and unpaired exit, and none else', () => {
    const byKind: Histogram = {};
    for (const { kind } of got.issues) byKind[kind] = (byKind[kind] ?? 0) + 1;
    const sum = (of: (thread: ExpectedThread) => number): number => want.vcpu_threads.reduce((n, t) => n + of(t), 0);
    const expected = {
      'switch-mismatch': Object.values(want.sched_switch.violations_by_cpu).reduce((a, b) => a + b, 0),
      'entry-without-exit': sum((thread) => thread.entries_without_exit_before_next_entry),
      'exit-without-entry': sum((thread) => thread.exits_without_entry),
    };
    expect(byKind).toEqual(Object.fromEntries(Object.entries(expected).filter(([, count]) => count > 0)));
  });
});
