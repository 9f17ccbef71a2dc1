/** The small tables that are shown after a run. */
import { expect, it } from 'vitest';
import { runOverview } from '../../src/analysis/run-overview.ts';
import { EventKind, World } from '../../src/loop/event-row.ts';
import { ROW_MODELLED } from '../../src/run/context-rows.ts';
import { ScheduleKind } from '../../src/schedule/schedule-batch.ts';
import { storeRun } from '../support/run-files.ts';
import { PES_PER_MACHINE, type SyntheticEvent } from '../support/synthetic-events.ts';

type Words = SyntheticEvent['words'];

function event(seq: number, kind: number, code: number, words: Words): SyntheticEvent {
  return { seq, timeNs: seq, kind, el: 1, world: World.guest, code, pe: 0, causeSeq: 0, words };
}

it('an access that was done is no trapped access', async () => {
  const outcomes = [0, 1, 2, 3, 0];
  const events = outcomes.map((outcome, at) => event(at + 1, EventKind.registerTrap, 0, [0, outcome, 0, 0, 0]));
  const { machines } = runOverview((await storeRun(events)).path);
  const at = machines.columns.indexOf('trapped_accesses');
  expect(machines.rows.map((row) => row[at])).toEqual([3, 0]);
});

it('guest entries of a recorded run are counted by where they come from', async () => {
  const modelled = [true, false, true, true];
  const events = modelled.map((isModelled, at) =>
    event(at + 1, EventKind.schedule, ScheduleKind.guestEntry, [1, 0, 0, isModelled ? ROW_MODELLED : 0, 0]),
  );
  // The same on the other machine, which is driven by the same schedule.
  events.push(...events.map((entry, at) => ({ ...entry, pe: PES_PER_MACHINE, seq: 5 + at, timeNs: 5 + at })));
  const { guestEntries } = runOverview((await storeRun(events)).path);
  expect(guestEntries).toEqual({ columns: ['modelled', 'recorded'], rows: [[3, 1]] });
});
