/** What the engine itself reports as an issue of the run: where timeline and schedule meet. */
import { describe, expect, test } from 'vitest';
import type { TimedCommandSpec } from '../../src/scenario/scenario.ts';
import { ScheduleKind } from '../../src/schedule/schedule-batch.ts';
import { runSync } from '../support/event-log.ts';
import { type ScheduleLine, TID, testPlan } from '../support/plans.ts';

describe('where the timeline does not fit the schedule, the run goes on and tells of it', () => {
  function issueKinds(lines: readonly ScheduleLine[], commands: readonly TimedCommandSpec[]): string[] {
    const kinds: string[] = [];
    runSync(testPlan(lines, { commands, untilNs: Number.POSITIVE_INFINITY }), {}, ({ side }) => {
      for (const row of side) if (row.kind === 'issue') kinds.push(row.issue.kind);
    });
    return kinds;
  }
  const WAKEUPS: readonly ScheduleLine[] = [100, 200].map((atNs) => ({
    atNs,
    kind: ScheduleKind.wakeup,
    tid: TID.host,
  }));

  test('a command after the end of the schedule is not done', () => {
    expect(issueKinds(WAKEUPS, [{ atNs: 201, command: { kind: 'mpamDisable' } }])).toEqual(['command-after-end']);
  });

  test('a guest access whose vCPU never runs is not made', () => {
    const access = { kind: 'guestAccess', vm: 1, vcpu: 0, register: 0, isWrite: false, lo: 0, hi: 0 } as const;
    expect(issueKinds(WAKEUPS, [{ atNs: 50, command: access }])).toEqual(['guest-access-not-made']);
  });

  test('a CPU that is used while it is offline is brought online, once', () => {
    expect(issueKinds(WAKEUPS, [{ atNs: 50, command: { kind: 'cpuOffline', cpu: 0 } }])).toEqual(['offline-cpu']);
  });
});
