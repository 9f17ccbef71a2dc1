/** What can be wrong between a scenario and its recording. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planRun } from '../../src/run/plan-run.ts';
import type { RunPlan } from '../../src/run/run-plan.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';

const EXCERPT = join(import.meta.dirname, '../fixtures/kvm-light-excerpt/kvm-light-excerpt.trace.gz');

async function planOf(extra: string): Promise<RunPlan> {
  const text = `schedule: { source: recorded, file: ${JSON.stringify(EXCERPT)} }\n${extra}`;
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

  test('may name CPUs beyond the recording if it says how many there are', async () => {
    const plan = await planOf('machine: { pes: 8 }\ncpu_defaults: { 7: default }');
    expect(plan.machines[0]!.peCount).toBe(8);
  });
});
