/** Workloads and partitions mean nothing to a machine without caches. */
import type { MachineSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';

/** Does any machine have caches? If none has, that is reported with the value at `path`. */
export function requireCaches(machines: readonly MachineSpec[], path: Path, why: string, report: Report): boolean {
  if (machines.some(({ topology }) => topology !== undefined)) return true;
  report(path, `no machine has caches: ${why}`, { hint: 'e.g. machine: { topology: reference }' });
  return false;
}
