/** The defect and its cure (K 3.4): which label guest EL1 runs under, per kernel, mode and UNKNOWN reset value. */
import { describe, expect, test } from 'vitest';
import type { KernelName } from '../../src/kvm/kernels.ts';
import { EventKind, World } from '../../src/loop/event-row.ts';
import { ROW_MISLABELLED } from '../../src/run/context-rows.ts';
import { ScheduleKind } from '../../src/schedule/schedule-batch.ts';
import { eventsOf } from '../support/event-log.ts';
import { type ScheduleLine, TID, testMachine, testPlan } from '../support/plans.ts';

const LINES: readonly ScheduleLine[] = [
  { atNs: 10, kind: ScheduleKind.switch, tid: TID.idle, peerTid: TID.gold },
  { atNs: 20, kind: ScheduleKind.guestEntry, tid: TID.gold },
  { atNs: 30, kind: ScheduleKind.guestEl, tid: TID.gold, detail: 0 },
  { atNs: 40, kind: ScheduleKind.guestEl, tid: TID.gold, detail: 1 },
  { atNs: 50, kind: ScheduleKind.guestExit, tid: TID.gold },
];
const SILVER = { kind: 'group', group: 2 } as const;

/** PARTID and mislabelling of guest EL1 and EL0. */
function labels(kernel: KernelName, mode: 'vhe' | 'nvhe', unknownReset: typeof SILVER | { kind: 'zero' }) {
  const machines = [testMachine({ kernel, mode, unknownReset })];
  const rows = eventsOf(testPlan(LINES, { machines })).filter(
    (event) => event.kind === EventKind.schedule && event.world === World.guest,
  );
  const describeRow = (el: number): string => {
    const label = rows.find((row) => row.el === el)!.words[3]!;
    return `${label & 0xffff}${(label & ROW_MISLABELLED) !== 0 ? ' mislabelled' : ''}`;
  };
  return { el1: describeRow(1), el0: describeRow(0) };
}

describe('guest EL1 of a tenant with PARTID 2', () => {
  test('under VHE, before the patch: the UNKNOWN reset value, here the label of another tenant', () => {
    expect(labels('series-1-11', 'vhe', SILVER)).toEqual({ el1: '5 mislabelled', el0: '2' });
  });

  test('under VHE, before the patch, with a reset value of zero: the default label', () => {
    expect(labels('series-1-11', 'vhe', { kind: 'zero' })).toEqual({ el1: '0 mislabelled', el0: '2' });
  });

  test.each(['v2-12', 'v3-12', 'v5-12', 'v7.1'] as const)('under VHE with %s: its own, as at EL0', (kernel) => {
    expect(labels(kernel, 'vhe', SILVER)).toEqual({ el1: '2', el0: '2' });
  });

  test('under nVHE the label was right already with the host switch alone', () => {
    expect(labels('series-1-11', 'nvhe', SILVER)).toEqual({ el1: '2', el0: '2' });
  });

  test('before the series altogether EL0 kept the UNKNOWN value; nVHE EL1 ran under 0', () => {
    expect(labels('v7.0', 'nvhe', SILVER)).toEqual({ el1: '0 mislabelled', el0: '5 mislabelled' });
    expect(labels('v7.0', 'vhe', SILVER)).toEqual({ el1: '5 mislabelled', el0: '5 mislabelled' });
  });
});
