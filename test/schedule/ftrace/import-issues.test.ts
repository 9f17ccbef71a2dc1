/** What cannot be used, or only with a repair, is told; what is normal is not. */
import { describe, expect, it } from 'vitest';
import { IMPORT_ISSUE_KINDS } from '../../../src/schedule/import-issue-kinds.ts';
import { importText } from './import-text.ts';

const at = (time: string, event: string, cpu = 0): string => `           sh-7     [00${cpu}] d..2.  ${time}: ${event}`;
const switchBody = (prev: number, next: number): string =>
  `sched_switch: prev_comm=p prev_pid=${prev} prev_prio=120 prev_state=S ==> next_comm=n next_pid=${next} next_prio=120`;
const WAKE = 'sched_wakeup: comm=x pid=9 prio=120 target_cpu=000';

function issuesOf(...lines: string[]): [number, string][] {
  return importText(lines.join('\n')).issues.map(({ line, kind }) => [line, kind]);
}

describe('import issues', () => {
  it('are none for comments, blank lines, headers of trace-cmd and events that are only counted', () => {
    const { issues, counts } = importText(
      [
        '# tracer: nop',
        '#',
        '',
        'version = 6',
        'cpus=20',
        '##### CPU 1 buffer started ####',
        at('1.0', 'print: hello'),
      ].join('\n'),
    );
    expect(issues).toEqual([]);
    expect(counts).toEqual({ 'print@0': 1 });
  });

  it.each([
    ['unparsed-line', 'what is this'],
    ['unparsed-line', at('1', WAKE)],
    ['unparsed-line', at('1.0', 'an event without a colon')],
    ['unparsed-line', '           sh-7     [000] d..2. 99999999999.0: print: x'],
    ['unparsed-event', at('1.0', 'sched_switch: nothing of the kind')],
    [
      'unparsed-event',
      at(
        '1.0',
        'sched_switch: prev_comm=a prev_pid=99999999999 prev_prio=1 prev_state=S ==> next_comm=b next_pid=1 next_prio=1',
      ),
    ],
    [
      'unparsed-event',
      at('1.0', 'sched_switch: prev_comm=a prev_pid=1 prev_prio=1 prev_other=S ==> next_comm=b next_pid=1 next_prio=1'),
    ],
    [
      'unparsed-event',
      at('1.0', 'sched_switch: prev_comm=a prev_pid=1 prev_prio=1 prev_state=S ==> next_comm=b next_pid=1'),
    ],
    ['unparsed-event', at('1.0', 'sched_switch: a:1 [120] S ==> b:2')],
    ['unparsed-event', at('1.0', 'sched_switch: a:1 [120] ==> b:2 [120]')],
    ['unparsed-event', at('1.0', 'sched_wakeup: comm=x pid=9')],
    ['unparsed-event', at('1.0', 'sched_wakeup: x [120] CPU:000')],
    ['unparsed-event', at('1.0', 'sched_migrate_task: comm=x pid=9 prio=120 orig_cpu=1')],
    ['line-too-long', at('1.0', `print: ${'x'.repeat(70_000)}`)],
    ['nul-byte', at('1.0', 'print: \0')],
    ['unknown-cpu', at('1.0', WAKE, 4)],
    ['time-out-of-range', at('2000000000.0', WAKE)],
    ['lost-events', 'CPU:1 [LOST 61 EVENTS]'],
    ['lost-events', 'CPU:1 [LOST EVENTS]'],
    ['lost-events', 'CPU:12 [61 EVENTS DROPPED]'],
  ])('%s: %s', (kind, line) => {
    expect(issuesOf(at('1.0', WAKE), line, at('1.0', WAKE))).toEqual([[2, kind]]);
  });

  it('a line that goes back in time is used, at the latest time so far', () => {
    const { rows, issues } = importText([at('2.0', WAKE), at('1.0', WAKE), at('3.0', WAKE)].join('\n'), {
      originNs: 1e9,
    });
    expect(rows.map(([timeNs]) => timeNs)).toEqual([1e9, 1e9, 2e9, 2e9]);
    expect(issues.map(({ line, kind }) => [line, kind])).toEqual([[2, 'time-went-back']]);
  });

  it('a pause of more than an hour between two lines is told, an hour is not, nor when the recording begins', () => {
    const gaps = (...times: string[]): number[] =>
      importText(times.map((time) => at(time, WAKE)).join('\n')).issues.flatMap(({ kind, line }) =>
        kind === 'time-gap' ? [line] : [],
      );
    expect(gaps('1000000.0', '1000001.0')).toEqual([]);
    expect(gaps('1.0', '3601.0', '7201.0')).toEqual([]);
    expect(gaps('1.0', '3601.000000001', '3602.0', '9000.0')).toEqual([2, 4]);
  });

  it('one time stamp far in the future is told, and so is every line after it', () => {
    const { issues } = importText([at('1.0', WAKE), at('90000.0', WAKE), at('2.0', WAKE)].join('\n'));
    expect(issues.map(({ line, kind }) => [line, kind])).toEqual([
      [2, 'time-gap'],
      [3, 'time-went-back'],
    ]);
  });

  it('a switch from a thread that was not switched in is used, and told', () => {
    const lines = [at('1.0', switchBody(1, 2)), at('2.0', switchBody(3, 4)), at('2.0', switchBody(8, 1), 1)];
    const { rows, issues } = importText(lines.join('\n'));
    expect(rows.map(([, kind]) => kind)).toEqual(['switch', 'switch', 'switch', 'stop', 'stop']);
    expect(issues).toEqual([{ line: 2, kind: 'switch-mismatch', text: 'CPU 0: prev_pid is 3, but 2 was switched in' }]);
  });

  it('entries and exits that do not pair up, by thread and across CPUs, are used, and told', () => {
    const kvm = (tid: number, event: string, cpu: number): string => `   vcpu-${tid} [00${cpu}] 1.0: ${event}`;
    const entry = 'kvm_entry: PC: 0x1';
    const exit = 'kvm_exit: IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0x1';
    const lines = [
      kvm(1, exit, 0),
      kvm(1, entry, 0),
      kvm(2, entry, 0),
      kvm(1, exit, 1),
      kvm(2, entry, 1),
      kvm(2, exit, 0),
    ];
    const { rows, issues } = importText(lines.join('\n'));
    expect(rows.filter(([, kind]) => kind !== 'stop')).toHaveLength(6);
    expect(issues.map(({ line, kind }) => [line, kind])).toEqual([
      [1, 'exit-without-entry'],
      [5, 'entry-without-exit'],
    ]);
  });

  it('show the line, shortened, with control characters escaped', () => {
    const [issue] = importText(`\x1b[31mred${'x'.repeat(500)}`).issues;
    expect(issue.text).toMatch(/^\\x1b\[31mredx+…$/);
    expect(issue.text.length).toBeLessThanOrEqual(220);
  });

  it('are all in the catalogue, with a sentence and an advice each', () => {
    for (const { meaning, advice } of Object.values(IMPORT_ISSUE_KINDS)) {
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(advice).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('never wait in the registry in greater number than a batch has rows', () => {
    const { issues, sideRowsMax } = importText('nonsense\n'.repeat(10_000), { batchRows: 100 });
    expect(issues).toHaveLength(10_000);
    // The idle task and the empty text are there from the start.
    expect(sideRowsMax).toBeLessThanOrEqual(102);
  });
});

describe('the end of a recording', () => {
  it('is one stop for each CPU that had events, with the thread that was switched in last', () => {
    const { rows } = importText(
      [at('1.0', switchBody(1, 2), 1), at('3.0', WAKE, 3), at('5.0', 'print: x', 0)].join('\n'),
    );
    expect(rows.slice(-3)).toEqual([
      [5e9, 'stop', 0, '', '', 0],
      [5e9, 'stop', 1, 'n-2', '', 0],
      [5e9, 'stop', 3, '', '', 0],
    ]);
  });

  it('is the same in batches of any size', () => {
    const text = Array.from({ length: 50 }, (_, i) => at(`${i}.0`, switchBody(1, 1), i % 4)).join('\n');
    const whole = importText(text);
    expect(whole.rows).toHaveLength(54);
    for (const batchRows of [1, 2, 7, 54]) expect(importText(text, { batchRows }).rows).toEqual(whole.rows);
  });
});

describe('time', () => {
  it('is exact on a clock that has run for years', () => {
    const { rows } = importText([at('1700000000.000000001', WAKE), at('1700000000.000000002', WAKE)].join('\n'), {
      originNs: 1_700_000_000e9,
    });
    expect(rows.map(([timeNs]) => timeNs)).toEqual([1, 2, 2]);
  });
});
