/** Every layout that an importer must read, one line each, as printed by the kernel or by trace-cmd. */
import { describe, expect, it } from 'vitest';
import { type ImportedText, importText, type Row } from './import-text.ts';

/** The rows of one line, without the stop row at the end. */
function rowsOf(line: string): readonly Row[] {
  const { rows, issues } = importText(line);
  expect(issues.filter(({ kind }) => kind !== 'exit-without-entry')).toEqual([]);
  return rows.filter(([, kind]) => kind !== 'stop');
}

const TASK = '       CPU 0/KVM-31816   ';

describe('the columns before the event', () => {
  const BODY = 'sched_waking: comm=sh pid=7 prio=120 target_cpu=002';
  const WAKING: Row = [5_894_266_918_000, 'waking', 1, 'sh-7', '', 2];

  it.each([
    ['flags and TGID', `${TASK}(  31806) [001] d.h2.  5894.266918: ${BODY}`],
    ['flags and TGID in dashes', `${TASK}(-------) [001] d.h2.  5894.266918: ${BODY}`],
    ['flags and TGID of five columns', `${TASK}(-----) [001] d.h2  5894.266918: ${BODY}`],
    ['flags only', `${TASK}[001] d.h2.  5894.266918: ${BODY}`],
    ['flags of four columns', `${TASK}[001] dNh2  5894.266918: ${BODY}`],
    ['TGID only', `${TASK}(  31806) [001]  5894.266918: ${BODY}`],
    ['neither, event padded as by trace-cmd', `${TASK}[001]  5894.266918: sched_waking:         ${BODY.slice(14)}`],
    ['no padding', `sh-7 [001] 5894.266918: ${BODY}`],
    ['nanoseconds', `${TASK}[001] 5894.266918000: ${BODY}`],
    ['a carriage return at its end', `${TASK}[001] 5894.266918: ${BODY}\r`],
  ])('may be: %s', (_, line) => {
    expect(rowsOf(line)).toEqual([WAKING]);
  });

  it.each([
    ['CPU 0/KVM', '       CPU 0/KVM-9 [000] 1.000001: kvm_entry: vcpu 0'],
    ['kworker/u12:1', '   kworker/u12:1-9 [000] 1.000001: kvm_entry: vcpu 0'],
    ['a-1-2', '           a-1-2-9 [000] 1.000001: kvm_entry: vcpu 0'],
    ['x [003] y', '       x [003] y-9 [000] 1.000001: kvm_entry: vcpu 0'],
    ['-1 [000] 1.0:', '   -1 [000] 1.0:-9 [000] 1.000001: kvm_entry: vcpu 0'],
    ['(12) [1]', '        (12) [1]-9 [000] 1.000001: kvm_entry: vcpu 0'],
    ['日本', '        日本-9 [000] 1.000001: kvm_entry: vcpu 0'],
  ])('hold the name %s', (comm, line) => {
    expect(rowsOf(line)).toEqual([[1_000_001_000, 'guestEntry', 0, `${comm}-9`, '', 0]]);
  });
});

describe('sched_switch', () => {
  const HEAD = `${TASK}[001] d..2.     1.000002: sched_switch: `;

  it.each([
    ['R+', 'prev_comm=CPU 0/KVM prev_pid=31816 prev_prio=120 prev_state=R+ ==> next_comm=sh next_pid=7 next_prio=120'],
    ['R', 'prev_comm=CPU 0/KVM prev_pid=31816 prev_prio=-1 prev_state=R ==> next_comm=sh next_pid=7 next_prio=-1'],
    ['D|K', 'prev_comm=CPU 0/KVM prev_pid=31816 prev_prio=120 prev_state=D|K ==> next_comm=sh next_pid=7 next_prio=0'],
    ['4096', 'prev_comm=CPU 0/KVM prev_pid=31816 prev_prio=120 prev_state=4096 next_comm=sh next_pid=7 next_prio=120'],
    ['S', 'CPU 0/KVM:31816 [120] S ==> sh:7 [120]'],
    ['R', 'CPU 0/KVM:31816 [-1] R ==> sh:7 [-1]  '],
  ])('with the state %s: %s', (state, body) => {
    expect(rowsOf(HEAD + body)).toEqual([[1_000_002_000, 'switch', 1, 'CPU 0/KVM-31816', 'sh-7', state]]);
  });

  it.each([
    ['a prev_pid=7', 'b next_pid=8'],
    [' prev_state=R', 'x next_comm=y'],
    ['next_comm=z', ' ==> '],
    ['k=v = w', ''],
    ['a:1 [2] R ==> b', 'c:3 [4]'],
  ])('between threads called "%s" and "%s", in both styles', (prev, next) => {
    const kernel = `prev_comm=${prev} prev_pid=3 prev_prio=120 prev_state=S ==> next_comm=${next} next_pid=4 next_prio=120`;
    const expected = [[1_000_002_000, 'switch', 1, `${prev}-3`, `${next}-4`, 'S']];
    expect(rowsOf(HEAD + kernel)).toEqual(expected);
    if (!prev.includes('==>'))
      expect(rowsOf(`${HEAD}${prev.trimStart()}:3 [120] S ==> ${next}:4 [120]`)[0][4]).toBe(`${next}-4`);
  });

  it('of the idle task is thread 0 on every CPU', () => {
    const rows = rowsOf(
      `${HEAD}prev_comm=swapper/1 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=sh next_pid=7 next_prio=120`,
    );
    expect(rows[0][3]).toBe('swapper-0');
  });
});

describe('wake-ups and migrations', () => {
  const HEAD = `${TASK}[001] d..2.     1.000003: `;

  it.each([
    ['waking', 'sched_waking: comm=CPU 1/KVM pid=9 prio=120 target_cpu=003'],
    ['wakeup', 'sched_wakeup: comm=CPU 1/KVM pid=9 prio=120 target_cpu=003'],
    ['wakeup', 'sched_wakeup: comm=CPU 1/KVM pid=9 prio=120 success=1 target_cpu=003'],
    ['wakeup', 'sched_wakeup:         CPU 1/KVM:9 [120] CPU:003'],
    ['wakeup', 'sched_wakeup:         CPU 1/KVM:9 [120] success=1 CPU:003'],
    ['waking', 'sched_waking:         CPU 1/KVM:9 [120] CPU:003'],
    ['wakeupNew', 'sched_wakeup_new: comm=CPU 1/KVM pid=9 prio=120 target_cpu=003'],
    ['wakeupNew', 'sched_wakeup_new:     CPU 1/KVM:9 [120] CPU:003'],
  ])('%s: %s', (kind, text) => {
    expect(rowsOf(HEAD + text)).toEqual([[1_000_003_000, kind, 1, 'CPU 1/KVM-9', '', 3]]);
  });

  it('sched_migrate_task has both CPUs', () => {
    const rows = rowsOf(`${HEAD}sched_migrate_task: comm=CPU 1/KVM pid=9 prio=120 orig_cpu=1 dest_cpu=3`);
    expect(rows).toEqual([[1_000_003_000, 'migrate', 1, 'CPU 1/KVM-9', 1, 3]]);
  });

  it('find the thread although its name looks like a field', () => {
    expect(rowsOf(`${HEAD}sched_wakeup: comm=x pid=1 pid=9 prio=120 target_cpu=000`)[0][3]).toBe('x pid=1-9');
    expect(rowsOf(`${HEAD}sched_wakeup: a CPU:1:9 [120] CPU:000`)[0][3]).toBe('a CPU:1-9');
  });
});

describe('KVM events', () => {
  const HEAD = `${TASK}[001] d..1.     1.000004: `;
  const row = (kind: string, detail: string | number): Row => [1_000_004_000, kind, 1, 'CPU 0/KVM-31816', '', detail];

  it.each(['PC: 0xffff800010a3f2c4', 'vcpu 0 rip 0xffffffffbb51c00b', 'vcpu 0, rip 0xffffffffbb51c00b', 'vcpu 0'])(
    'kvm_entry: %s belongs to the thread in the first column',
    (body) => {
      expect(rowsOf(`${HEAD}kvm_entry: ${body}`)).toEqual([row('guestEntry', 0)]);
    },
  );

  it.each([
    ['IRQ', 'IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0xffff800010081c2c'],
    ['IRQ', 'IRQ: HSR_EC: 0x0024 (DABT_LOW), PC: 0xffff800010081c2c'],
    ['DABT_LOW', 'TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0xffff800010a3f2c4'],
    ['WFx', 'TRAP: HSR_EC: 0x0001 (WFx), PC: 0xffff800010a3f2c4'],
    ['SYS64', 'TRAP: ESR_EC: 0x0018 (SYS64), PC: 0xffff800010a3f2c4'],
    ['SERROR', 'SERROR: HSR_EC: 0x0000 (UNKNOWN), PC: 0xffff800010a3f2c4'],
    ['HYP_GONE', 'HYP_GONE: HSR_EC: 0x0000 (UNKNOWN), PC: 0xffff800010a3f2c4'],
    ['HLT', 'reason HLT rip 0xffffffffbb51c00a info 0 0'],
    ['HLT', '            reason HLT rip 0xffffffffbb51c00a info 0 0'],
    ['MSR_WRITE', 'vcpu 3 reason MSR_WRITE rip 0x1 info1 0x0 info2 0x0 intr_info 0x00000000 error_code 0x00000000'],
    ['EXCEPTION_NMI FAILED_VMENTRY', 'reason EXCEPTION_NMI FAILED_VMENTRY rip 0x1 info 0 0'],
    ['UNKNOWN (77)', 'reason UNKNOWN (77) rip 0x1 info 0 0'],
  ])('kvm_exit for %s: %s', (reason, body) => {
    expect(rowsOf(`${HEAD}kvm_exit: ${body}`)).toEqual([row('guestExit', reason)]);
  });

  it.each([
    ['KVM_EXIT_MMIO', 'reason KVM_EXIT_MMIO (6)'],
    ['restart', 'reason restart (4)'],
    ['error', 'reason error (-14)'],
  ])('kvm_userspace_exit for %s is a return from KVM_RUN', (reason, body) => {
    expect(rowsOf(`${HEAD}kvm_userspace_exit: ${body}`)).toEqual([row('kvmRunExit', reason)]);
  });

  it('kvm_wfx_arm64 is a halt if the guest executed WFI, and nothing if it executed WFE', () => {
    expect(rowsOf(`${HEAD}kvm_wfx_arm64: guest executed wfi at: 0xffff800010a3f2c4`)).toEqual([row('halt', 0)]);
    expect(rowsOf(`${HEAD}kvm_wfx_arm64: guest executed wfe at: 0xffff800010a3f2c4`)).toEqual([]);
  });

  it('an exit whose reason cannot be read is an exit nevertheless', () => {
    const { rows, issues } = importText(`${HEAD}kvm_exit: PC: 0x00001000`);
    expect(rows[0]).toEqual(row('guestExit', ''));
    expect(issues.map(({ kind }) => kind)).toEqual(['exit-without-entry', 'unknown-exit-reason']);
  });
});

describe('names', () => {
  const wake = (comm: string): string =>
    `${TASK}[001] 1.000001: sched_wakeup: comm=${comm} pid=9 prio=120 target_cpu=0`;
  const entry = (comm: string): string => `${comm.padStart(16)}-9 [001] 1.000001: kvm_entry: PC: 0x1`;
  const commAfter = (...lines: string[]): string => {
    const { registry }: ImportedText = importText(lines.join('\n'));
    return registry.threads[registry.threadOfTid(9)].comm;
  };

  it('in bodies are the names of that moment: a later one replaces an earlier one', () => {
    expect(commAfter(wake('qemu'), wake('CPU 0/KVM'))).toBe('CPU 0/KVM');
    expect(commAfter(wake('qemu'), wake('a-name-longer-than-the-kernel-has'))).toBe(
      'a-name-longer-than-the-kernel-has',
    );
  });

  it('in the first column only name a thread that has no name yet', () => {
    expect(commAfter(entry('CPU 0/KVM'))).toBe('CPU 0/KVM');
    expect(commAfter(wake('CPU 0/KVM'), entry('later'))).toBe('CPU 0/KVM');
    expect(commAfter(wake('CPU 0/KVM'), entry('<...>'))).toBe('CPU 0/KVM');
    expect(commAfter(entry('<...>'), entry('<...>'), entry('CPU 0/KVM'))).toBe('CPU 0/KVM');
  });

  it('come with the process id from the first line on, if it is known at all', () => {
    const { registry } = importText(wake('CPU 0/KVM'), { tgidByTid: new Map([[9, 5]]) });
    expect(registry.threads[registry.threadOfTid(9)].tgid).toBe(5);
  });
});
