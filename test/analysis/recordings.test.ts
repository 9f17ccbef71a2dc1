/**
 * Real recordings, all the way: imported, driven through a machine, stored, and asked by SQL. The numbers must be those
 * that an independent program counted in the same files (the *.facts.json beside them).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { runQuery } from '../../src/analysis/run-query.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { headerOfPlan } from '../../src/history/header-of-plan.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { runEvents } from '../../src/run/run-events.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { NO_SUMMARY, temporaryFolder } from '../support/run-files.ts';
import { hasSharedData, sharedDataPath } from '../support/shared-data.ts';

interface VcpuThreadFacts {
  readonly tid: number;
  readonly on_cpu_ns: number;
  readonly kvm_entry: number;
  readonly kvm_exit: number;
  readonly entry_exit_pairs: number;
  readonly in_guest_ns: number;
}

interface Facts {
  readonly events_by_cpu: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly sched_switch: { readonly violations_by_cpu: Readonly<Record<string, number>> };
  readonly vcpu_threads: readonly VcpuThreadFacts[];
  readonly on_cpu_ns_by_tid: Readonly<Record<string, number>>;
  readonly span: number;
}

const RECORDINGS = [
  ['kvm-schedule/kvm-overcommit.trace.gz', 'kvm-schedule/kvm-overcommit.facts.json'],
  ['kvm-schedule/kvm-light.trace.gz', 'kvm-schedule/kvm-light.facts.json'],
  ['kvm-entry-exit/kvm-entry-exit.trace.gz', 'kvm-entry-exit/kvm-entry-exit.facts.json'],
  ['kvm-entry-exit/kvm-sched-host.trace.gz', 'kvm-entry-exit/kvm-sched-host.facts.json'],
  ['ftrace-arm64/trace.txt', 'ftrace-arm64/trace.facts.json'],
] as const;

describe.skipIf(!hasSharedData).each(RECORDINGS)('the stored run of %s', (recording, factsFile) => {
  let path: string;
  let facts: Facts;

  beforeAll(async () => {
    facts = JSON.parse(readFileSync(sharedDataPath(factsFile), 'utf8')) as Facts;
    path = await storedRunOf(sharedDataPath(recording));
  });

  test.each([
    ['sched_switch', 'switch'],
    ['kvm_entry', 'guest_entry'],
    ['kvm_exit', 'guest_exit'],
  ])('has every %s of every CPU, and no other', (event, kind) => {
    const sql = `SELECT cpu, count(*) FROM schedule_v WHERE kind = '${kind}' AND modelled = 0 GROUP BY cpu`;
    const perCpu = Object.entries(facts.events_by_cpu).map(([cpu, counts]) => [Number(cpu), counts[event] ?? 0]);
    expect(rowsOf(path, sql)).toEqual(perCpu.filter(([, count]) => count !== 0));
  });

  test('gives each thread its time on a CPU, and lost switches to nobody', () => {
    const sql = 'SELECT tid, on_cpu_ns FROM on_cpu_time WHERE on_cpu_ns > 0 ORDER BY tid';
    const expected = Object.entries(facts.on_cpu_ns_by_tid).map(([tid, ns]) => [Number(tid), ns]);
    expect(rowsOf(path, sql)).toEqual(expected.filter(([, ns]) => ns !== 0).sort(([a = 0], [b = 0]) => a - b));
  });

  test('reports every switch that was not recorded', () => {
    const sql = "SELECT count(*) FROM import_issue WHERE kind = 'switch-mismatch'";
    const violations = Object.values(facts.sched_switch.violations_by_cpu).reduce((sum, count) => sum + count, 0);
    expect(rowsOf(path, sql)).toEqual([[violations]]);
  });

  test('has the entries, exits, world switches and guest time of each vCPU thread', () => {
    // A pair is an entry whose thread's next event of the two is an exit.
    const sql = `WITH e AS (SELECT seq, tid, kind, time_ns, lag(kind) OVER w AS before, lag(time_ns) OVER w AS since
        FROM schedule_v WHERE modelled = 0 AND kind IN ('guest_entry', 'guest_exit')
        WINDOW w AS (PARTITION BY tid ORDER BY seq))
      SELECT tid, count(*) FILTER (WHERE kind = 'guest_entry'), count(*) FILTER (WHERE kind = 'guest_exit'),
        count(*) FILTER (WHERE kind = 'guest_exit' AND before = 'guest_entry'),
        sum(time_ns - since) FILTER (WHERE kind = 'guest_exit' AND before = 'guest_entry')
      FROM e GROUP BY tid`;
    const expected = facts.vcpu_threads
      .filter((thread) => thread.kvm_entry + thread.kvm_exit > 0)
      .map((t) => [t.tid, t.kvm_entry, t.kvm_exit, t.entry_exit_pairs, t.in_guest_ns]);
    expect(rowsOf(path, sql)).toEqual(expected.sort(([a = 0], [b = 0]) => a - b));
  });

  test('charges a thread with guest time only between an entry and its exit on one CPU', () => {
    const charged = `SELECT tid, sum(lasted_ns) FROM schedule_v
      WHERE world = 'guest' AND tid IS NOT NULL AND lasted_ns > 0 GROUP BY tid`;
    const pairs = `WITH e AS (SELECT tid, cpu, kind, time_ns, lag(kind) OVER w AS before, lag(time_ns) OVER w AS since,
          lag(cpu) OVER w AS since_cpu
        FROM schedule_v WHERE modelled = 0 AND kind IN ('guest_entry', 'guest_exit')
        WINDOW w AS (PARTITION BY tid ORDER BY seq))
      SELECT tid, sum(time_ns - since) FROM e
      WHERE kind = 'guest_exit' AND before = 'guest_entry' AND cpu = since_cpu AND time_ns > since GROUP BY tid`;
    expect(rowsOf(path, charged)).toEqual(rowsOf(path, pairs));
  });

  test('lasts as long as the recording', () => {
    expect(rowsOf(path, 'SELECT max(time_ns) FROM run_event')).toEqual([[facts.span]]);
  });
});

/** One machine, no rules: nobody's labels, everybody's schedule. Guest activity as recorded, or none. */
async function storedRunOf(recording: string): Promise<string> {
  const text = `schedule: { source: recorded, guest_activity: recorded, file: ${JSON.stringify(recording)} }`;
  const checked = parseScenario(text, 'recording.yaml');
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const plan = await planRun(checked.value);
  const path = join(temporaryFolder(), 'run.db');
  const store = createRunStore(path, headerOfPlan(plan), { thread: false });
  await lastValueFrom(runEvents(plan).pipe(tap((batch) => store.append(batch))));
  await store.finish('completed', NO_SUMMARY);
  return path;
}

function rowsOf(path: string, sql: string): unknown[] {
  return [...runQuery(path, sql).rows].map((row) => [...row]);
}
