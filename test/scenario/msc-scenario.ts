/** A machine with memories and caches to be set, watched and written to, as a scenario to add to. */
import { PartidSpace } from '../../src/arch/label.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';

/** Two memories of two channels with all bandwidth controls and MBWU, two L3 with CSU, and an L2 that is no MSC. */
export const MSC_BASE = `until: 5ms
machine: { pes: 4, topology: { l2: { size: 1MiB }, l3: { size: 4MiB, pes: 2, monitors: { csu: { num_mon: 2, has_xcl: true } } },
  memory: { bandwidth: 8GB/s, channels: 2, per: domain, window: moving, monitors: { mbwu: { num_mon: 4, long_bits: 0 } },
  controls: { partid_max: 63, bwa_wd: 8, bwpbm_wd: 40, has_prop: true, windwr: true, intpri_wd: 3 } } } }
groups: { gold: { partid: 5, pmg: 1 }, split: { partid_d: 6, partid_i: 7 } }
tenants: { a: { vms: { web: } } }
`;

export function mscScenario(text: string, base = MSC_BASE): Scenario {
  const result = parseScenario(base + text, 's.yaml');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.value;
}

/** Problems without their places, which other tests look at. */
export function mscProblems(text: string): string[] {
  const result = parseScenario(MSC_BASE + text, 's.yaml');
  return result.ok ? [] : result.problems.map((problem) => formatProblem(problem).replace(/^\S+ /, ''));
}

/** What names no machine and no resource means. */
export const NON_SECURE = { machine: undefined, ris: undefined, space: PartidSpace.nonSecure };
