import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Registry } from '../../src/schedule/registry.ts';
import { HostTask } from '../../src/schedule/simulated/host-task.ts';
import { checkHostSchedule, longestWaitNs, onCpuNs } from './schedule-checkers.ts';
import { ALWAYS, hostConfig, hostTask, simulate } from './simulated-host.ts';

describe('fairness', () => {
  it('shares one CPU by weight, to within one slice of the lightest task', () => {
    const weight = fc.integer({ min: 15, max: 9548 });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 2, maxLength: 8 }), (weights) => {
        const tasks = weights.map((each, at) => hostTask(at + 1, { weight: each }));
        const config = hostConfig(1, 20_000_000_000, tasks);
        const { rows, registry } = simulate(config);
        checkHostSchedule(rows, { registry, cpuCount: 1, isAllowed: () => true });
        const ran = onCpuNs(rows);
        const virtual = weights.map((each, at) => ((ran.get(at + 1) ?? 0) * 1024) / each);
        const sliceNs = (config.timeSliceNs * 1024) / Math.min(...weights);
        expect(Math.max(...virtual) - Math.min(...virtual)).toBeLessThanOrEqual(sliceNs + 1);
      }),
      { numRuns: 30 },
    );
  });

  it('loses no virtual time to rounding, however small the pieces', () => {
    const task = new HostTask(0, hostTask(1, { weight: 88_761 }), 1, new Registry(), 1);
    for (let ns = 0; ns < 100_000; ns++) task.charge(1);
    expect(task.vruntimeNs).toBe(Math.floor((100_000 * 1024) / 88_761));
  });

  it('gives nice 0 three times nice 5 (weights 1024 and 335)', () => {
    const config = hostConfig(1, 10_000_000_000, [hostTask(1), hostTask(2, { weight: 335 })]);
    const ran = onCpuNs(simulate(config).rows);
    expect(ran.get(1)! / ran.get(2)!).toBeCloseTo(1024 / 335, 2);
  });

  it('starves nobody: tasks that sleep and wake cannot keep others waiting for long', () => {
    const tasks = fc.array(
      fc.record({
        weight: fc.integer({ min: 100, max: 5000 }),
        behaviour: fc.constantFrom(
          ALWAYS,
          { kind: 'periodic', distribution: 'exponential', busyNs: 100_000, sleepNs: 1_000_000 } as const,
          { kind: 'periodic', distribution: 'fixed', busyNs: 10_000_000, sleepNs: 10_000 } as const,
        ),
      }),
      { minLength: 2, maxLength: 6 },
    );
    fc.assert(
      fc.property(tasks, fc.integer(), (mixed, seed) => {
        const config = hostConfig(
          1,
          2_000_000_000,
          mixed.map((rest, at) => hostTask(at + 1, rest)),
        );
        const { rows, registry } = simulate(config, seed);
        // While one waits, another may come up from half a slice behind it to one slice of its own ahead.
        const sliceNs = (weight: number): number => (config.timeSliceNs * 1024) / weight;
        const ahead = Math.max(...mixed.map(({ weight }) => sliceNs(weight))) + config.timeSliceNs;
        const boundNs = mixed.reduce((sum, { weight }) => sum + ((2 * ahead + sliceNs(weight)) * weight) / 1024, 0);
        expect(longestWaitNs(rows, registry)).toBeLessThanOrEqual(boundNs);
      }),
      { numRuns: 30 },
    );
  });
});
