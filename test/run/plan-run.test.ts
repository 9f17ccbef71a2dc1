/** What can be wrong between a scenario and its recording. */
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { planRun } from '../../src/run/plan-run.ts';
import type { RunPlan } from '../../src/run/run-plan.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { withFile } from '../schedule/ftrace/import-recording.ts';

const EXCERPT = join(import.meta.dirname, '../fixtures/kvm-light-excerpt/kvm-light-excerpt.trace.gz');

async function planOf(extra: string, recording = EXCERPT, rules = '[]'): Promise<RunPlan> {
  const text = `schedule: { source: recorded, file: ${JSON.stringify(recording)}, rules: ${rules} }\n${extra}`;
  const checked = parseScenario(text, 'recorded.yaml');
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return planRun(checked.value);
}

describe('a recorded scenario without machine.pes', () => {
  test('has as many PEs per machine as the recording has CPUs', async () => {
    const plan = await planOf('');
    expect(plan.machines.map(({ peCount }) => peCount)).toEqual([2]);
  });

  test('is refused if its timeline names a CPU that the recording does not have', async () => {
    await expect(planOf('timeline: [{ at: 1ms, cpu_offline: 2 }]')).rejects.toThrow(
      'recorded.yaml: the scenario names CPU 2; allowed: 0 to 1, as the recording has (set machine.pes',
    );
  });

  test('is refused if its CPU defaults do', async () => {
    await expect(planOf('cpu_defaults: { 7: default }')).rejects.toThrow('the scenario names CPU 7');
  });

  test('may have as many PEs in all as events can number, and not one machine more', async () => {
    const onCpu = (cpu: number): string => `  sh-7  [${String(cpu).padStart(3, '0')}]  1.0: print: x`;
    const machines = (count: number): string =>
      `machines: { ${Array.from({ length: count }, (_, index) => `m${index}: {}`).join(', ')} }`;
    await withFile([onCpu(0), onCpu(2047)].join('\n'), async (recording) => {
      const plan = await planOf(machines(2), recording);
      expect(plan.machines.map(({ peCount }) => peCount)).toEqual([2048, 2048]);
      await expect(planOf(machines(3), recording)).rejects.toThrow(
        'recorded.yaml: 3 machines of 2048 CPUs are 6144 PEs; allowed: at most 4096 (set machine.pes',
      );
    });
  });

  test('may name CPUs beyond the recording if it says how many there are', async () => {
    const plan = await planOf('machine: { pes: 8 }\ncpu_defaults: { 7: default }');
    expect(plan.machines[0]!.peCount).toBe(8);
  });
});

test('the rules for threads of a recording that match nothing are told, without a line, once the schedule has ended', async () => {
  const plan = await planOf('tenants: { a: { vms: { web: } } }', EXCERPT, '[{ comm: "no such {vcpu}", vm: web }]');
  const { registry, schedule$ } = plan.openSchedule();
  await lastValueFrom(schedule$);
  const issues = registry.takeSideRows().flatMap((row) => (row.kind === 'issue' ? [row.issue] : []));
  expect(issues.filter(({ line }) => line === 0).map(({ kind }) => kind)).toEqual(['rule-matched-nothing']);
});
