/** Views and named queries against plain folds over the same events. */
import { beforeAll, describe, expect, it } from 'vitest';
import { NAMED_QUERIES, namedQuery } from '../../src/analysis/named-queries.ts';
import type { QueryParameters } from '../../src/analysis/query-parameters.ts';
import { runQuery } from '../../src/analysis/run-query.ts';
import { PARTID_LIMIT, PartidSpace, PMG_LIMIT, packLabel } from '../../src/arch/label.ts';
import { EventKind, World } from '../../src/loop/event-row.ts';
import { CommandCode } from '../../src/run/codes.ts';
import { ROW_MISLABELLED, ROW_MODELLED } from '../../src/run/context-rows.ts';
import { ScheduleKind } from '../../src/schedule/schedule-batch.ts';
import { storeRun } from '../support/run-files.ts';
import {
  PES_PER_MACHINE,
  type SyntheticEvent,
  syntheticEvents,
  syntheticHeader,
  syntheticThreads,
} from '../support/synthetic-events.ts';

const EVENTS = syntheticEvents(29, 30_000);
const HEADER = syntheticHeader();
const THREADS = syntheticThreads();
let path: string;

beforeAll(async () => {
  path = (await storeRun(EVENTS)).path;
});

function ask(sql: string, params: QueryParameters = {}): Record<string, unknown>[] {
  const { columns, rows } = runQuery(path, sql, { params });
  return [...rows].map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])));
}

const machineOf = (event: SyntheticEvent) => HEADER.machines[Math.floor(event.pe / PES_PER_MACHINE)]!;
const hex = (high: number, low: number) =>
  `0x${(high >>> 0).toString(16).padStart(8, '0')}${(low >>> 0).toString(16).padStart(8, '0')}`;
const scheduled = (...kinds: number[]) =>
  EVENTS.filter(({ kind, code }) => kind === EventKind.schedule && kinds.includes(code));
const isGuest = ({ kind, world }: SyntheticEvent) => kind === EventKind.schedule && world === World.guest;
const lasted = (event: SyntheticEvent) => event.words[2] >>> 0;
const isMislabelled = ({ words }: SyntheticEvent) => (((words[3] | words[4]) >>> 28) & 1) === 1;

/** Sum over events by a key made of parts. */
function sumBy(
  events: readonly SyntheticEvent[],
  keyOf: (event: SyntheticEvent) => unknown[],
  amountOf: (event: SyntheticEvent) => number,
) {
  const sums = new Map<string, number>();
  for (const event of events) {
    const key = JSON.stringify(keyOf(event));
    sums.set(key, (sums.get(key) ?? 0) + amountOf(event));
  }
  return sums;
}

function rowsAsMap(rows: Record<string, unknown>[], keys: string[], value: string): Map<string, number> {
  return new Map(rows.map((row) => [JSON.stringify(keys.map((key) => row[key])), row[value] as number]));
}

const MOVES = EVENTS.filter(({ kind, code }) => kind === EventKind.command && code === CommandCode.move);

/** The control group a thread was in when an interval began. */
function groupAt(thread: number, timeNs: number): number {
  const last = MOVES.findLast(({ words, timeNs: at }) => words[0] === thread && at <= timeNs);
  return last?.words[1] ?? THREADS[thread]!.group;
}

describe('register_change_v', () => {
  it('shows whole values, label fields, the place and the cause of every change', () => {
    const rows = ask('SELECT * FROM register_change_v ORDER BY seq');
    const changes = EVENTS.filter(({ kind }) => kind === EventKind.registerChange);
    expect(rows).toHaveLength(changes.length);
    for (const [at, change] of changes.entries()) {
      const [, oldLo, oldHi, newLo, newHi] = change.words;
      const cause = EVENTS[change.causeSeq - 1]!;
      expect(rows[at]).toMatchObject({
        seq: change.seq,
        machine: machineOf(change).name,
        cpu: change.pe % PES_PER_MACHINE,
        register: ['MPAM0_EL1', 'MPAM1_EL1', 'MPAM2_EL2'][change.code],
        old_value: hex(oldHi, oldLo),
        new_value: hex(newHi, newLo),
        new_partid_d: newLo >>> 16,
        new_partid_i: newLo & 0xffff,
        new_pmg_d: (newHi >>> 8) & 0xff,
        new_pmg_i: newHi & 0xff,
        new_mpamen: change.code === 0 ? null : newHi >>> 31,
        world: 'host',
        cause: cause.code === ScheduleKind.switch ? 'switch' : 'vcpu_load',
      });
    }
  });
});

describe('register_field_change', () => {
  it('has one row per field that differs', () => {
    const rows = ask('SELECT seq, field, old_value, new_value FROM register_field_change ORDER BY seq, field');
    const expected = EVENTS.filter(({ kind }) => kind === EventKind.registerChange).flatMap(({ seq, code, words }) => {
      const value = (low: number, high: number) => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      const [before, after] = [value(words[1], words[2]), value(words[3], words[4])];
      return HEADER.registerFields
        .filter(({ register }) => register === code)
        .map(({ name, lowBit, width }) => {
          const field = (of: bigint) => Number((of >> BigInt(lowBit)) & ((1n << BigInt(width)) - 1n));
          return { seq, field: name, old_value: field(before), new_value: field(after) };
        })
        .filter(({ old_value, new_value }) => old_value !== new_value)
        .sort((a, b) => (a.field < b.field ? -1 : 1));
    });
    expect(rows).toEqual(expected);
  });
});

describe('register_timeline', () => {
  it('gives each value from its change to the next one', () => {
    const rows = ask(
      "SELECT * FROM register_timeline WHERE machine = 'after' AND cpu = 1 AND register = 'MPAM1_EL1' ORDER BY seq",
    );
    const changes = EVENTS.filter(({ kind, pe, code }) => kind === EventKind.registerChange && pe === 3 && code === 1);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.map(({ from_ns, to_ns, value }) => [from_ns, to_ns, value])).toEqual(
      changes.map(({ timeNs, words }, at) => [timeNs, changes[at + 1]?.timeNs ?? null, hex(words[4], words[3])]),
    );
  });
});

describe('schedule_v', () => {
  it('shows names instead of numbers and takes labels apart', () => {
    const exit = scheduled(ScheduleKind.guestExit).find((event) => event.words[0] === 2)!;
    const [row] = ask(`SELECT * FROM schedule_v WHERE seq = ${exit.seq}`);
    expect(row).toMatchObject({
      ...{ kind: 'guest_exit', tid: 1002, comm: 'CPU 1/KVM', tenant: 'tenant-a', vm: 'vm-a', vcpu: 1, world: 'guest' },
      argument_text: ['', 'IRQ', 'TRAP WFx', 'TRAP "odd\u0000", ü \ufffd'][exit.words[1]],
      ...{ partid_d: 2, pmg_d: 1, partid_i: 2, pmg_i: 1, partid_space: 'Non-secure', label_error: 0, mislabelled: 0 },
      modelled: (exit.words[3] >>> 27) & 1,
      lasted_ns: lasted(exit),
    });
  });
});

describe('the bits of a label', () => {
  it('are taken apart by schedule_v where a run puts them together', async () => {
    const { secure, nonSecure, root, realm } = PartidSpace;
    const none = { partid_d: 0, pmg_d: 0, partid_space: 'Secure', label_error: 0, modelled: 0, mislabelled: 0 };
    const cases: readonly (readonly [label: number, shown: Partial<typeof none>])[] = [
      [packLabel(secure, PARTID_LIMIT, 0), { partid_d: 65535 }],
      [packLabel(secure, 0, PMG_LIMIT), { pmg_d: 255 }],
      [packLabel(nonSecure, 0, 0), { partid_space: 'Non-secure' }],
      [packLabel(root, 0, 0), { partid_space: 'Root' }],
      [packLabel(realm, 0, 0), { partid_space: 'Realm' }],
      [packLabel(secure, 0, 0, true), { label_error: 1 }],
      [ROW_MODELLED, { modelled: 1 }],
      [ROW_MISLABELLED, { mislabelled: 1 }],
    ];
    const schedule = EVENTS.find(({ kind }) => kind === EventKind.schedule)!;
    const events = cases.map(([label], at) => {
      return { ...schedule, seq: at + 1, causeSeq: 0, words: [0, 0, 0, label, 0] } as const;
    });
    const { rows } = runQuery(
      (await storeRun(events)).path,
      `SELECT ${Object.keys(none).join()} FROM schedule_v ORDER BY seq`,
    );
    expect([...rows]).toEqual(cases.map(([, shown]) => Object.values({ ...none, ...shown })));
  });
});

describe('guest_label_time', () => {
  it('adds up to the time in guests, by thread, EL, label and the group that the thread was in', () => {
    const rows = ask('SELECT * FROM guest_label_time WHERE ns > 0');
    const guests = EVENTS.filter((event) => isGuest(event) && lasted(event) > 0);
    const expected = sumBy(
      guests,
      (event) => {
        const group = HEADER.controlGroups[groupAt(event.words[0], event.timeNs - lasted(event))]!;
        const label = event.words[3];
        return [
          machineOf(event).name,
          1000 + event.words[0],
          event.el,
          label & 0xffff,
          (label >>> 16) & 0xff,
          group.name,
          isMislabelled(event) ? 1 : 0,
        ];
      },
      lasted,
    );
    const keys = ['machine', 'tid', 'el', 'partid_d', 'pmg_d', 'control_group', 'mislabelled'];
    expect(rowsAsMap(rows, keys, 'ns')).toEqual(expected);
    expect(new Set(rows.map(({ control_group }) => control_group)).size).toBe(3);
  });
});

describe('the query guest-el1-label', () => {
  it('shows the defect: EL1 of the machine without the patch is mislabelled all the time, and nothing else is', () => {
    const rows = ask('guest-el1-label');
    for (const row of rows) expect(row.mislabelled).toBe(row.machine === 'before' && row.el === 1 ? 'yes' : 'no');
    const total = rows.reduce((sum, row) => sum + (row.ns as number), 0);
    expect(total).toBe(EVENTS.filter(isGuest).reduce((sum, event) => sum + lasted(event), 0));
  });

  it('can be narrowed to a machine and a tenant', () => {
    const rows = ask('guest-el1-label', { machine: 'before', tenant: 'tenant-b' });
    expect(new Set(rows.map(({ machine, tenant }) => `${machine} ${tenant}`))).toEqual(new Set(['before tenant-b']));
  });
});

describe('mislabelled_time', () => {
  it('is the mislabelled share of guest time per machine, tenant and EL', () => {
    const rows = ask('SELECT * FROM mislabelled_time');
    const keyOf = (event: SyntheticEvent) => [
      machineOf(event).name,
      HEADER.tenants[(event.words[0] - 1) >> 1]!.name,
      event.el,
    ];
    const keys = ['machine', 'tenant', 'el'];
    const guests = EVENTS.filter(isGuest);
    expect(rowsAsMap(rows, keys, 'guest_ns')).toEqual(sumBy(guests, keyOf, lasted));
    const wrong = sumBy(guests.filter(isMislabelled), keyOf, lasted);
    for (const row of rows) {
      const mislabelled = wrong.get(JSON.stringify(keys.map((key) => row[key]))) ?? 0;
      expect(row.mislabelled_ns ?? 0).toBe(mislabelled);
      expect(row.share).toBeCloseTo(mislabelled / (row.guest_ns as number), 5);
    }
  });
});

describe('label_timeline', () => {
  it('joins guest intervals in a row under one label and one own label, per machine, vCPU and EL', () => {
    const rows = ask(
      'SELECT machine, tid, el, from_ns, to_ns, guest_ns, partid_d, mislabelled FROM label_timeline ORDER BY machine, tid, el, from_ns',
    );
    const streams = Map.groupBy(EVENTS.filter(isGuest), (event) =>
      JSON.stringify([machineOf(event).name, 1000 + event.words[0], event.el]),
    );
    const expected: unknown[] = [];
    for (const key of [...streams.keys()].sort()) {
      let last: { label: string; row: unknown[] } | undefined;
      for (const event of streams.get(key)!) {
        const group = groupAt(event.words[0], event.timeNs - lasted(event));
        const label = `${event.words[3] & ~(1 << 27)} ${event.words[4]} ${group}`;
        if (last?.label !== label) {
          last = {
            label,
            row: [
              ...JSON.parse(key),
              event.timeNs - lasted(event),
              0,
              0,
              event.words[3] & 0xffff,
              isMislabelled(event) ? 1 : 0,
            ],
          };
          expected.push(last.row);
        }
        last.row[4] = event.timeNs;
        last.row[5] = (last.row[5] as number) + lasted(event);
      }
    }
    expect(rows.map((row) => Object.values(row))).toEqual(expected);
  });
});

describe('world_switches_per_second', () => {
  it('counts guest entries', () => {
    const rows = ask('SELECT * FROM world_switches_per_second');
    const expected = sumBy(
      scheduled(ScheduleKind.guestEntry),
      (event) => [machineOf(event).name, event.pe % PES_PER_MACHINE, Math.floor(event.timeNs / 1e9)],
      () => 1,
    );
    expect(rowsAsMap(rows, ['machine', 'cpu', 'second'], 'world_switches')).toEqual(expected);
  });
});

describe('on_cpu_time', () => {
  it('counts what a switch closes, if the thread that leaves is the one that came', () => {
    const onCpu = new Map<string, number>();
    const lastOf = new Map<number, SyntheticEvent>();
    let violations = 0;
    for (const event of scheduled(ScheduleKind.switch)) {
      const came = lastOf.get(event.pe);
      lastOf.set(event.pe, event);
      const thread = event.words[0];
      if (came === undefined) continue;
      if (came.words[1] !== thread) violations++;
      if (came.words[1] !== thread || thread === 0) continue;
      const key = JSON.stringify([machineOf(event).name, THREADS[thread]!.tid]);
      onCpu.set(key, (onCpu.get(key) ?? 0) + event.timeNs - came.timeNs);
    }
    expect(rowsAsMap(ask('SELECT * FROM on_cpu_time'), ['machine', 'tid'], 'on_cpu_ns')).toEqual(onCpu);
    expect(onCpu.size).toBe(10);
    expect(violations).toBe(0);
  });

  it('charges nobody where a recording lost a switch', async () => {
    const at = EVENTS.findIndex(
      (event, index) =>
        index > 5000 && event.code === ScheduleKind.switch && event.kind === EventKind.schedule && event.words[0] === 1,
    );
    const gap = EVENTS[at]!;
    const changed = EVENTS.with(at, { ...gap, words: gap.words.with(0, 3) as never });
    const stored = await storeRun(changed);
    const onCpu = (file: string, tid: number) =>
      [
        ...runQuery(file, 'SELECT sum(on_cpu_ns) FROM on_cpu_time WHERE tid = :tid', { params: { tid } }).rows,
      ][0]![0] as number;
    const before = EVENTS.slice(0, at).findLast(
      ({ kind, code, pe }) => kind === EventKind.schedule && code === ScheduleKind.switch && pe === gap.pe,
    )!;
    expect(onCpu(stored.path, 1001)).toBe(onCpu(path, 1001) - (gap.timeNs - before.timeNs));
    expect(onCpu(stored.path, 1003)).toBe(onCpu(path, 1003));
  });

  it('does not count a switch that the model added', async () => {
    const isSwitch = ({ kind, code }: SyntheticEvent) => kind === EventKind.schedule && code === ScheduleKind.switch;
    const at = EVENTS.findIndex((event, index) => index > 5000 && isSwitch(event) && event.words[0] === 1);
    const added = EVENTS[at]!;
    const words = added.words.with(3, added.words[3] | ROW_MODELLED) as never;
    const stored = await storeRun(EVENTS.with(at, { ...added, words }));
    const recorded = EVENTS.filter(isSwitch).filter(({ pe }) => pe === added.pe);
    const position = recorded.findIndex(({ seq }) => seq === added.seq);
    const [before, after] = [recorded[position - 1]!, recorded[position + 1]!];
    const sum = (file: string) => [...runQuery(file, 'SELECT sum(on_cpu_ns) FROM on_cpu_time').rows][0]![0] as number;
    // The time from the switch before it to the one after it is a thread's only if that one came and left.
    const own = (...switches: SyntheticEvent[]) =>
      switches.slice(1).reduce((total, { words: [prev], timeNs }, index) => {
        const from = switches[index]!;
        return from.words[1] === prev && prev !== 0 ? total + timeNs - from.timeNs : total;
      }, 0);
    expect(sum(stored.path)).toBe(sum(path) - own(before, added, after) + own(before, after));
  });
});

describe('other named queries', () => {
  it('register-churn and top-writers count the same changes', () => {
    const changes = EVENTS.filter(({ kind }) => kind === EventKind.registerChange);
    const registerOf = (event: SyntheticEvent) => ['MPAM0_EL1', 'MPAM1_EL1', 'MPAM2_EL2'][event.code]!;
    const churn = sumBy(
      changes,
      (event) => [machineOf(event).name, registerOf(event)],
      () => 1,
    );
    expect(rowsAsMap(ask('register-churn'), ['machine', 'register'], 'changes')).toEqual(churn);
    const writers = sumBy(
      changes,
      (event) => [
        machineOf(event).name,
        registerOf(event),
        EVENTS[event.causeSeq - 1]!.code === ScheduleKind.switch ? 'switch' : 'vcpu_load',
      ],
      () => 1,
    );
    expect(rowsAsMap(ask('top-writers'), ['machine', 'register', 'cause'], 'changes')).toEqual(writers);
  });

  it('exit-reasons counts exits by tenant and reason', () => {
    const reasons = ['', 'IRQ', 'TRAP WFx', 'TRAP "odd\u0000", ü \ufffd'];
    const expected = sumBy(
      scheduled(ScheduleKind.guestExit),
      (event) => [machineOf(event).name, HEADER.tenants[(event.words[0] - 1) >> 1]!.name, reasons[event.words[1]]!],
      () => 1,
    );
    expect(rowsAsMap(ask('exit-reasons'), ['machine', 'tenant', 'reason'], 'exits')).toEqual(expected);
  });

  it('import-issues and import_summary show what was wrong with the recording', () => {
    expect(ask('import-issues')).toEqual([
      { kind: 'unparsed-line', issues: 2, first_line: 17, first_text: 'what is this?' },
    ]);
    expect(ask('SELECT * FROM import_summary')).toEqual([
      { what: 'event', name: 'sched_switch', cpu: 0, count: 1234 },
      { what: 'issue', name: 'unparsed-line', cpu: null, count: 2 },
    ]);
  });

  it('exit-reasons adds up the whole stay from entry to exit, and nobody’s time apart', async () => {
    const stored = await storeRun(guestStays());
    const { columns, rows } = runQuery(stored.path, 'exit-reasons');
    expect(columns).toEqual(['machine', 'tenant', 'vm', 'reason', 'exits', 'guest_ns']);
    expect([...rows]).toEqual([
      ['before', null, null, 'IRQ', 1, 5],
      // 10 + 20 + 30 and 7, without the 500 of a stay that has no exit.
      ['before', 'tenant-a', 'vm-a', 'IRQ', 2, 67],
      ['before', 'tenant-a', 'vm-a', 'TRAP WFx', 1, 100],
    ]);
  });

  it('exit-reasons gives all the guest time of stays that have an entry and an exit', () => {
    const total = ask('exit-reasons').reduce((sum, row) => sum + (row.guest_ns as number), 0);
    expect(total).toBe(EVENTS.filter(isGuest).reduce((sum, event) => sum + lasted(event), 0));
  });

  it('guest-el1-label leaves the own label of nobody’s guest time empty', async () => {
    const { path: file } = await storeRun(guestStays());
    const { rows } = runQuery(file, `SELECT tenant, own_label, label_in_force FROM (${sqlOf('guest-el1-label')})`, {
      params: { machine: null, tenant: null },
    });
    expect(new Set([...rows].map((row) => JSON.stringify(row)))).toEqual(
      new Set(['[null,null,"0/0"]', '["tenant-a","2/1","0/0"]']),
    );
  });

  it('list machines in the order of the scenario', () => {
    for (const name of ['label-timeline', 'register-timeline', 'world-switches', 'on-cpu']) {
      expect([...new Set(ask(name).map(({ machine }) => machine))]).toEqual(['before', 'after']);
    }
  });

  it.each(NAMED_QUERIES)('$name takes all of its filters, and refuses what is not there', ({ name, parameters }) => {
    expect(ask(name).length).toBeGreaterThan(0);
    for (const parameter of parameters) {
      expect(() => ask(name, { [parameter]: 'no such thing' })).toThrow(/no such thing"; it (has|must be a whole)/);
    }
  });
});

const sqlOf = (name: string): string => namedQuery(name)!.sql;

/** On one PE: stays of a vCPU of tenant-a with changes of EL inside, one without an exit, and one of nobody's. */
function guestStays(): SyntheticEvent[] {
  const { guestEntry, guestEl, guestExit, relabel } = ScheduleKind;
  const [irq, wfx] = [1, 2];
  const rows: readonly (readonly [kind: number, thread: number, argument: number, lastedNs: number])[] = [
    [guestEntry, 1, 0, 1000],
    [guestEl, 1, 0, 10],
    [guestEl, 1, 1, 20],
    [guestExit, 1, irq, 30],
    [guestEntry, 1, 0, 1000],
    [relabel, 1, 0, 60],
    [guestExit, 1, wfx, 40],
    [guestEntry, 1, 0, 1000],
    [guestEl, 1, 0, 500],
    [guestEntry, -1, 0, 1000],
    [guestExit, -1, irq, 5],
    [guestEntry, 1, 0, 1000],
    [guestExit, 1, irq, 7],
  ];
  let timeNs = 0;
  return rows.map(([code, thread, argument, lastedNs], at) => {
    timeNs += lastedNs;
    const world = code === guestEntry ? World.host : World.guest;
    const words = [thread, argument, lastedNs, 0, 0] as const;
    return { seq: at + 1, timeNs, kind: EventKind.schedule, el: 1, world, code, pe: 0, causeSeq: 0, words };
  });
}
