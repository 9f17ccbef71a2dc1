/** What is told of rules for threads that did nothing, or too much. */
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ScheduleConfigError } from '../../src/schedule/config-problem.ts';
import { type ImportIssue, NO_OWNER, Registry } from '../../src/schedule/registry.ts';
import { RuleReport } from '../../src/schedule/rule-report.ts';
import { NO_THREAD } from '../../src/schedule/schedule-batch.ts';
import { ownerOfRules, type ThreadRule } from '../../src/schedule/thread-rules.ts';
import { type Row, sourceOf } from './schedule-rows.ts';

const VMS = [
  { name: 'web', vcpus: 2 },
  { name: 'db', vcpus: 1 },
];
const RULES: readonly ThreadRule[] = [
  { match: { comm: 'CPU {vcpu}/KVM', tgid: 100 }, tenant: 0, vm: 0, group: 1 },
  { match: { comm: 'CPU {vcpu}/KVM' }, tenant: 1, vm: 1, group: 2 },
];

/** `[time, kind, thread]`, threads as `comm:tid:tgid`. */
type Line = readonly [number, Row['kind'], string];

async function issuesOf(
  lines: readonly Line[],
  rules: readonly ThreadRule[] = RULES,
  untilNs = Number.POSITIVE_INFINITY,
  batchRows = 4096,
): Promise<ImportIssue[]> {
  const report = new RuleReport(rules, VMS);
  const registry = new Registry(report.ownerOf);
  const rows = lines.map(([timeNs, kind, text]): Row => {
    const [comm, tid, tgid] = text.split(':');
    const thread = registry.internThread(Number(tid), comm!, Number(tgid));
    return { timeNs, kind, cpu: 0, thread, peer: NO_THREAD, detail: 0, modelled: false };
  });
  await lastValueFrom(sourceOf(rows, batchRows).pipe(report.watch(registry, untilNs), toArray()));
  return registry.takeSideRows().flatMap((row) => (row.kind === 'issue' ? [row.issue] : []));
}

const BOTH_MATCH: readonly Line[] = [
  [1, 'wakeup', 'CPU 0/KVM:101:100'],
  [2, 'wakeup', 'CPU 0/KVM:201:200'],
];

describe('rules for threads', () => {
  it('that all match, each vCPU once, are not worth a word', async () => {
    expect(await issuesOf(BOTH_MATCH)).toEqual([]);
  });

  it('are named if they match nothing', async () => {
    const rules: ThreadRule[] = [...RULES, { match: { comm: 'vcpu', tid: 7 }, tenant: 0, vm: 0, vcpu: 1, group: 0 }];
    expect(await issuesOf(BOTH_MATCH, rules)).toEqual([
      {
        line: 0,
        kind: 'rule-matched-nothing',
        text: 'schedule.rules.2 { comm: "vcpu", tid: 7, vcpu: 1 } matched no thread (or only threads that an earlier rule gave away)',
      },
    ]);
  });

  it('are named if an earlier one takes all that they match', async () => {
    const rules = [RULES[1]!, RULES[0]!];
    const issues = await issuesOf([[1, 'wakeup', 'CPU 0/KVM:101:100']], rules);
    expect(issues.map(({ kind, text }) => [kind, text.slice(0, 16)])).toEqual([
      ['rule-matched-nothing', 'schedule.rules.1'],
    ]);
  });

  it('that make two living threads the same vCPU are told with the threads', async () => {
    const lines: Line[] = [...BOTH_MATCH, [3, 'wakeup', 'CPU 0/KVM:301:300'], [4, 'wakeup', 'CPU 0/KVM:201:200']];
    expect(await issuesOf(lines)).toEqual([
      {
        line: 0,
        kind: 'duplicate-vcpu',
        text: '2 threads: 201 (CPU 0/KVM), 301 (CPU 0/KVM) are all vCPU 0 of VM "db"',
      },
    ]);
  });

  it('name four of many rivals, and only those that live at the same time', async () => {
    const lines: Line[] = [[0, 'wakeup', 'CPU 0/KVM:150:150'], ...BOTH_MATCH];
    for (let tid = 301; tid < 309; tid++) lines.push([3, 'wakeup', `CPU 0/KVM:${tid}:${tid}`]);
    lines.push([4, 'wakeup', 'CPU 0/KVM:201:200']);
    const [issue] = await issuesOf(lines);
    expect(issue!.text).toMatch(/^9 threads: 201 .*, 301 .*, 302 .*, 303 .*, \.\.\. are all vCPU 0 of VM "db"$/);
  });

  it('may make one thread after the other the same vCPU, as when a VM is started again', async () => {
    const lines: Line[] = [...BOTH_MATCH, [3, 'wakeup', 'CPU 0/KVM:301:300'], [4, 'wakeup', 'CPU 0/KVM:401:400']];
    expect(await issuesOf(lines)).toEqual([]);
  });

  it('that make a thread a vCPU that the VM does not have are told', async () => {
    const issues = await issuesOf([
      ...BOTH_MATCH,
      [3, 'wakeup', 'CPU 2/KVM:103:100'],
      [3, 'wakeup', 'CPU 1/KVM:102:100'],
    ]);
    expect(issues).toEqual([
      {
        line: 0,
        kind: 'vcpu-out-of-range',
        text: 'thread 103 (CPU 2/KVM) would be vCPU 2 of VM "web"; the VM has vCPUs 0 to 1',
      },
    ]);
  });

  it('that leave out threads which enter a guest are told how many, and the first', async () => {
    const lines: Line[] = [
      ...BOTH_MATCH,
      [3, 'guestEntry', 'CPU 0/KVM:101:100'],
      [3, 'guestEntry', 'fc_vcpu 0:501:500'],
    ];
    expect((await issuesOf(lines)).map(({ kind, text }) => [kind, text])).toEqual([
      ['unmatched-guest', 'thread 501 (fc_vcpu 0) enters a guest and belongs to no VM'],
    ]);
    const more: Line[] = [...lines, [4, 'guestEntry', 'fc_vcpu 1:502:500'], [5, 'guestEntry', 'fc_vcpu 0:501:500']];
    expect((await issuesOf(more)).map(({ text }) => text)).toEqual([
      '2 threads: 501 (fc_vcpu 0), 502 (fc_vcpu 1) enter guests and belong to no VM',
    ]);
  });

  it.each([1, 3, 4096])('are judged up to the end of the run only, in batches of %i rows', async (batchRows) => {
    const lines: Line[] = [
      ...BOTH_MATCH,
      [3, 'wakeup', 'CPU 0/KVM:301:300'],
      [10, 'guestEntry', 'fc_vcpu 0:501:500'],
      [11, 'wakeup', 'CPU 0/KVM:201:200'],
    ];
    expect(await issuesOf(lines, RULES, 9, batchRows)).toEqual([]);
    expect((await issuesOf(lines, RULES, 10, batchRows)).map(({ kind }) => kind)).toEqual(['unmatched-guest']);
    const kinds = (await issuesOf(lines, RULES, 11, batchRows)).map(({ kind }) => kind);
    expect(kinds).toEqual(['duplicate-vcpu', 'unmatched-guest']);
  });

  it('give owners as they do without a report, and are refused likewise', () => {
    const { ownerOf } = new RuleReport(RULES, VMS);
    expect(ownerOf(101, 100, 'CPU 1/KVM')).toEqual(ownerOfRules(RULES)(101, 100, 'CPU 1/KVM'));
    expect(ownerOf(1, 1, 'init')).toEqual(NO_OWNER);
    expect(() => new RuleReport([{ match: {}, tenant: 0, vm: 0, group: 0 }], VMS)).toThrow(ScheduleConfigError);
  });
});
