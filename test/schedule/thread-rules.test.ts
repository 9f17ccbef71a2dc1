import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commPatternProblem, compileCommPattern, matchComm } from '../../src/schedule/comm-pattern.ts';
import { ScheduleConfigError } from '../../src/schedule/config-problem.ts';
import { isSameTask, NO_OWNER, Registry } from '../../src/schedule/registry.ts';
import { ownerOfRules, type ThreadRule } from '../../src/schedule/thread-rules.ts';

describe('a pattern for thread names', () => {
  it.each([
    ['CPU {vcpu}/KVM', 'CPU 0/KVM', 0],
    ['CPU {vcpu}/KVM', 'CPU 12/KVM', 12],
    ['CPU {vcpu}/KVM', 'CPU /KVM', undefined],
    ['CPU {vcpu}/KVM', 'CPU x/KVM', undefined],
    ['CPU {vcpu}/KVM', 'CPU 1/KVM2', undefined],
    ['CPU {vcpu}/KVM', 'aCPU 1/KVM', undefined],
    ['CPU {vcpu}/KVM', 'CPU 4095/KVM', 4095],
    ['CPU {vcpu}/KVM', 'CPU 4096/KVM', undefined],
    ['vcpu{vcpu}', 'vcpu007', 7],
    ['*-{vcpu}', 'qemu-1-2', 2],
    ['fc_vcpu {vcpu}*', 'fc_vcpu 3 of a', 3],
    ['*', '', -1],
    ['*', 'anything at all', -1],
    ['qemu*', 'qemu', -1],
    ['qemu*', 'QEMU', undefined],
    ['a*b*c', 'a-b-b-c', -1],
    ['a*b*c', 'a-c-b', undefined],
    ['a**c', 'abc', -1],
    ['k.*', 'kx', undefined], // a point is a point
    ['host-08', 'host-08', -1],
    ['host-08', 'host-081', undefined],
  ])('%s on "%s" captures %s', (pattern, comm, captured) => {
    expect(matchComm(compileCommPattern(pattern), comm)).toBe(captured);
  });

  it('matches exactly what a regular expression of the same meaning matches', () => {
    const parts = fc.constantFrom('a', 'b', 'ab', '*', '1');
    const names = fc.array(fc.constantFrom('a', 'b', '1', '2'), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 7 }), names, (patternParts, letters) => {
        const comm = letters.join('');
        const expression = new RegExp(`^${patternParts.join('').replaceAll(/\*+/g, '.*')}$`);
        const matched = matchComm(compileCommPattern(patternParts.join('')), comm) !== undefined;
        expect(matched).toBe(expression.test(comm));
      }),
      { numRuns: 3000 },
    );
  });

  it('is refused if it is empty, or has a placeholder that is unknown or comes twice', () => {
    expect(commPatternProblem('')).toMatch(/empty/);
    expect(commPatternProblem('CPU {cpu}')).toMatch(/"\{cpu\}".*only placeholder is \{vcpu\}/);
    expect(commPatternProblem('CPU {vcpu')).toMatch(/unknown/);
    expect(commPatternProblem('{vcpu}{vcpu}')).toMatch(/2 times/);
    expect(commPatternProblem('CPU {vcpu}/*')).toBeUndefined();
  });

  it('does not match a name of a damaged line, however long, nor take long over it', () => {
    const pattern = compileCommPattern('*a*a*a*a*b');
    expect(matchComm(pattern, 'a'.repeat(65_536))).toBeUndefined();
  });
});

const QEMU_VCPU = { comm: 'CPU {vcpu}/KVM' };
const RULES: readonly ThreadRule[] = [
  { match: { ...QEMU_VCPU, tgid: 100 }, tenant: 0, vm: 0, group: 1 },
  { match: { tgid: 100 }, tenant: 0, vm: 0, group: 1 },
  { match: { tid: 205 }, tenant: 1, vm: 1, vcpu: 3, group: 2 },
  { match: QEMU_VCPU, tenant: 2, vm: 2, group: 0 },
  { match: { comm: 'helper*' }, tenant: 2, vm: -1, group: 0 },
];

describe('rules for threads', () => {
  it.each([
    [101, 100, 'CPU 1/KVM', { tenant: 0, vm: 0, vcpu: 1, group: 1 }],
    [102, 100, 'qemu-system-x86', { tenant: 0, vm: 0, vcpu: -1, group: 1 }],
    [205, -1, 'vcpu', { tenant: 1, vm: 1, vcpu: 3, group: 2 }],
    [300, -1, 'CPU 2/KVM', { tenant: 2, vm: 2, vcpu: 2, group: 0 }],
    [301, 300, 'helper-7', { tenant: 2, vm: -1, vcpu: -1, group: 0 }],
    [302, 300, 'bash', NO_OWNER],
  ])('give thread %i of process %i, "%s", to its owner', (tid, tgid, comm, owner) => {
    expect(ownerOfRules(RULES)(tid, tgid, comm)).toEqual(owner);
  });

  it('decide by the first match', () => {
    const both = [...RULES].reverse();
    expect(ownerOfRules(both)(101, 100, 'CPU 1/KVM').tenant).toBe(2);
  });

  it('are asked again when a registry learns the process of a thread: another owner is another index', () => {
    const registry = new Registry(ownerOfRules(RULES));
    const before = registry.internThread(101, 'CPU 1/KVM');
    const after = registry.internThread(101, 'CPU 1/KVM', 100);
    expect(registry.threads[before]!).toMatchObject({ tenant: 2, vcpu: 1, tgid: -1 });
    expect(registry.threads[after]!).toMatchObject({ tenant: 0, vcpu: 1, tgid: 100 });
    expect(registry.threadOfTid(101)).toBe(after);
    expect(isSameTask(registry.threads[before]!, registry.threads[after]!)).toBe(true);
  });

  it('leave the index of a thread alone that gets a new name and keeps its owner', () => {
    const registry = new Registry(ownerOfRules(RULES));
    const before = registry.internThread(301, 'helper-7', 300);
    expect(registry.internThread(301, 'helper-8', 300)).toBe(before);
    expect(registry.threads[before]!.comm).toBe('helper-8');
    expect(registry.threads).toHaveLength(2);
  });

  it('name every rule that cannot be used', () => {
    const bad: ThreadRule[] = [
      { match: {}, tenant: 0, vm: 0, group: 0 },
      { match: { comm: '{x}', tid: 0 }, tenant: 0, vm: 0, vcpu: 5000, group: 0 },
    ];
    expect(() => ownerOfRules(bad)).toThrow(ScheduleConfigError);
    expect(() => ownerOfRules(bad)).toThrow(/rules\[0\]\.match: has no condition/);
    expect(() => ownerOfRules(bad)).toThrow(/rules\[1\]\.match\.comm: "\{x\}"/);
    expect(() => ownerOfRules(bad)).toThrow(/rules\[1\]\.match\.tid: 0 is not an integer in 1\.\.4194304/);
    expect(() => ownerOfRules(bad)).toThrow(/rules\[1\]\.vcpu: 5000/);
  });
});
