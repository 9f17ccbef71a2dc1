/** A TID that comes to belong to somebody else: what was read before stays with the former owner. */
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../../src/schedule/ftrace/line-splitter.ts';
import { ScheduleImporter } from '../../../src/schedule/ftrace/schedule-importer.ts';
import { type OwnerOf, Registry } from '../../../src/schedule/registry.ts';
import { type ScheduleBatch, ScheduleKind } from '../../../src/schedule/schedule-batch.ts';
import { ownerOfRules } from '../../../src/schedule/thread-rules.ts';
import { importText } from './import-text.ts';

const BY_NAME = ownerOfRules([
  { match: { comm: 'CPU {vcpu}/A' }, tenant: 0, vm: 0, group: 1 },
  { match: { comm: 'a*' }, tenant: 0, vm: -1, group: 1 },
  { match: { comm: 'CPU {vcpu}/B' }, tenant: 1, vm: 1, group: 2 },
]);
const BY_PROCESS = ownerOfRules([
  { match: { comm: 'CPU {vcpu}/KVM', tgid: 100 }, tenant: 0, vm: 0, group: 1 },
  { match: { comm: 'CPU {vcpu}/KVM', tgid: 200 }, tenant: 1, vm: 1, group: 2 },
]);

/** A switch at whole seconds; `prev` and `next` are `comm:tid`, and the first columns name the one that leaves. */
function switchLine(time: number, prev: string, next: string, tgid = '-------'): string {
  const tid = prev.split(':')[1];
  return `  column-${tid} (${tgid}) [000] d..2. ${time}.0: sched_switch: ${prev} [120] S ==> ${next} [120]`;
}

interface Imported {
  readonly registry: Registry;
  /** `[time in s, kind, thread index, peer index]`. */
  readonly rows: readonly (readonly [number, number, number, number])[];
}

/** Reads all of it before anybody looks at the rows' owners, as a source that reads ahead may. */
function imported(lines: readonly string[], ownerOf: OwnerOf, batchRows: number): Imported {
  const registry = new Registry(ownerOf);
  const tgidByTid = new Map([[7, 100]]);
  const importer = new ScheduleImporter(registry, { originNs: 0, cpuCount: 1, tgidByTid, batchRows });
  const splitter = new LineSplitter();
  const rows: [number, number, number, number][] = [];
  const take = (batches: Iterable<ScheduleBatch>): void => {
    for (const { count, timeNs, kind, thread, peer } of batches) {
      for (let at = 0; at < count; at++) rows.push([timeNs[at] / 1e9, kind[at], thread[at], peer[at]]);
    }
  };
  splitter.push(Buffer.from(`${lines.join('\n')}\n`));
  take(importer.readLines(splitter));
  take(importer.finish());
  return { registry, rows };
}

/** On-CPU time by tenant, in s. */
function secondsByTenant({ registry, rows }: Imported): Record<number, number> {
  const seconds: Record<number, number> = {};
  let running = 0;
  let since = rows[0]![0];
  for (const [time, kind, , peer] of rows) {
    if (kind !== ScheduleKind.switch && kind !== ScheduleKind.stop) continue;
    const { tenant } = registry.threads[running]!;
    seconds[tenant] = (seconds[tenant] ?? 0) + time - since;
    running = peer;
    since = time;
  }
  return seconds;
}

describe.each([1, 2, 3, 4096])('a recording read in batches of %i rows', (batchRows) => {
  it('gives each tenant its own time where a TID is used again under another name', () => {
    const lines = [
      switchLine(1, 'swapper:0', 'CPU 0/A:7'),
      switchLine(4, 'CPU 0/A:7', 'swapper:0'),
      switchLine(6, 'swapper:0', 'CPU 0/B:7'),
      switchLine(16, 'CPU 0/B:7', 'swapper:0'),
      switchLine(17, 'swapper:0', 'kworker:8'),
    ];
    expect(secondsByTenant(imported(lines, BY_NAME, batchRows))).toEqual({ [-1]: 3, 0: 3, 1: 10 });
  });

  it('gives each tenant its own time where the process of a TID changes and the name does not', () => {
    const lines = [
      switchLine(1, 'swapper:0', 'CPU 0/KVM:7'),
      switchLine(4, 'CPU 0/KVM:7', 'swapper:0', '    100'),
      '  column-7 (    200) [000] d..2. 5.0: print: first line of the next one',
      switchLine(6, 'swapper:0', 'CPU 0/KVM:7'),
      switchLine(16, 'CPU 0/KVM:7', 'swapper:0', '    200'),
      switchLine(17, 'swapper:0', 'CPU 0/KVM:7'),
      switchLine(18, 'CPU 0/KVM:7', 'swapper:0'),
    ];
    expect(secondsByTenant(imported(lines, BY_PROCESS, batchRows))).toEqual({ [-1]: 3, 0: 3, 1: 11 });
  });

  it('has a row under the new index from the line on that names it', () => {
    const lines = [
      switchLine(1, 'swapper:0', 'a-vmm:7'),
      switchLine(2, 'CPU 3/A:7', 'swapper:0'),
      switchLine(3, 'swapper:0', 'CPU 3/A:7'),
    ];
    const { registry, rows } = imported(lines, BY_NAME, batchRows);
    expect(rows.map(([, , thread, peer]) => [thread, peer])).toEqual([
      [0, 1],
      [2, 0],
      [0, 2],
      [2, -1],
    ]);
    expect(registry.threads.slice(1)).toEqual([
      { index: 1, tid: 7, tgid: 100, comm: 'a-vmm', tenant: 0, vm: -1, vcpu: -1, group: 1 },
      { index: 2, tid: 7, tgid: 100, comm: 'CPU 3/A', tenant: 0, vm: 0, vcpu: 3, group: 1 },
    ]);
  });

  it('keeps the index of a thread that is renamed within the same owner', () => {
    const lines = [
      switchLine(1, 'swapper:0', 'a-vmm:7'),
      switchLine(2, 'another:7', 'swapper:0'),
      switchLine(3, 'swapper:0', 'a3:7'),
    ];
    const { registry, rows } = imported(lines, BY_NAME, batchRows);
    expect(rows.map(([, , thread, peer]) => [thread, peer])).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
      [1, -1],
    ]);
    expect(registry.threads.map(({ comm }) => comm)).toEqual(['swapper', 'a3']);
  });
});

describe('a vCPU thread that gets its name while it is in the guest', () => {
  it('leaves the guest under its new index, and no entry or exit is missed', () => {
    const kvm = (event: string): string => `   <...>-7 [000] 1.0: ${event}`;
    const text = [
      kvm('kvm_entry: PC: 0x1'),
      '   other-9 [001] 1.0: sched_waking: comm=CPU 0/A pid=7 prio=120 target_cpu=000',
      kvm('kvm_exit: IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0x1'),
    ].join('\n');
    const { issues, rows } = importText(text, { ownerOf: BY_NAME });
    expect(issues).toEqual([]);
    expect(rows.slice(0, 3).map(([, kind, , thread]) => [kind, thread])).toEqual([
      ['guestEntry', '<...>-7'],
      ['waking', 'CPU 0/A-7'],
      ['guestExit', 'CPU 0/A-7'],
    ]);
  });
});
