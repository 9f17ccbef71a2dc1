/** What a run was told from outside, one row per command, with the events of each. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runQuery } from '../../src/analysis/run-query.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { EventKind, World } from '../../src/loop/event-row.ts';
import { CommandCode, RunCode } from '../../src/run/codes.ts';
import type { BusCommandRow } from '../../src/run/driven/bus-command-row.ts';
import { NO_SUMMARY, temporaryFolder } from '../support/run-files.ts';
import { rowsOf, type SyntheticEvent, syntheticHeader } from '../support/synthetic-events.ts';

interface Happening {
  readonly timeNs: number;
  readonly kind: number;
  readonly code: number;
  readonly argument?: number;
}

const told = (timeNs: number, number: number): Happening => {
  return { timeNs, kind: EventKind.command, code: CommandCode.busCommand, argument: number };
};
const trap = (timeNs: number): Happening => ({ timeNs, kind: EventKind.registerTrap, code: 0 });
const run = (timeNs: number, code: number): Happening => ({ timeNs, kind: EventKind.run, code });

async function storeDriven(happenings: readonly Happening[], side: readonly BusCommandRow[]): Promise<string> {
  const events = happenings.map(({ timeNs, kind, code, argument = 0 }, at): SyntheticEvent => {
    return {
      seq: at + 1,
      timeNs,
      kind,
      code,
      el: 0,
      world: World.host,
      pe: 0,
      causeSeq: 0,
      words: [argument, 0, 0, 0, 0],
    };
  });
  const store = createRunStore(join(temporaryFolder(), 'run.db'), syntheticHeader(), { thread: false });
  store.append({ firstSeq: 1, count: events.length, timeHigh: 0, rows: rowsOf(events), side });
  return (await store.finish('completed', NO_SUMMARY)).path;
}

const TEXTS: readonly BusCommandRow[] = [
  { kind: 'busCommand', number: 1, timeNs: 0, text: 'pe 0 el 1' },
  { kind: 'busCommand', number: 2, timeNs: 0, text: 'pe 0 write MPAM1_EL1 0x1\n#\'ü\\n" wait\nwait 5us' },
  { kind: 'busCommand', number: 5, timeNs: 5000, text: 'counters l3-0' },
];

describe('the query bus-commands', () => {
  it('gives each command a row, with its event, and the time and the events up to the next one', async () => {
    const path = await storeDriven(
      [
        ...[run(0, RunCode.start), told(0, 1), told(0, 2), trap(0), trap(0), told(0, 3), told(0, 4), trap(4000)],
        ...[told(5000, 5), trap(5000), run(5000, RunCode.end)],
      ],
      TEXTS,
    );
    const { columns, rows, note } = runQuery(path, 'bus-commands');
    expect(columns).toEqual(['number', 'seq', 'time_ns', 'took_ns', 'events', 'text']);
    expect([...rows]).toEqual([
      [1, 2, 0, 0, 0, 'pe 0 el 1'],
      [2, 3, 0, 0, 2, 'pe 0 write MPAM1_EL1 0x1'],
      [3, 6, 0, 0, 0, '#\'ü\\n" wait'],
      [4, 7, 0, 5000, 1, 'wait 5us'],
      [5, 9, 5000, null, 1, 'counters l3-0'],
    ]);
    expect(note).toBeUndefined();
  });

  it('counts the events of the last command of a run that was left in its middle', async () => {
    const path = await storeDriven([run(0, RunCode.start), told(0, 1), trap(0), trap(0)], TEXTS.slice(0, 1));
    expect([...runQuery(path, 'bus-commands').rows]).toEqual([[1, 2, 0, null, 2, 'pe 0 el 1']]);
  });

  it('finds the events of many commands without reading all of them for each', async () => {
    const path = await storeDriven([run(0, RunCode.start)], []);
    const { rows } = runQuery(path, 'EXPLAIN QUERY PLAN SELECT seq FROM bus_command_v');
    expect([...rows].map((row) => String(row[3]))).toContainEqual(expect.stringContaining('INDEX (number=?)'));
  });
});
