/** Everything the engine needs, with all choices made: what a scenario comes down to. */
import type { Observable } from 'rxjs';
import type { CpuDefault, GroupSpec, MachineSpec, TenantSpec, TimedCommandSpec, VmSpec } from '../scenario/scenario.ts';
import type { Registry } from '../schedule/registry.ts';
import type { ScheduleBatch } from '../schedule/schedule-batch.ts';

/** One machine of the run, with its number of PEs known. */
export interface MachinePlan extends MachineSpec {
  readonly peCount: number;
}

/** A file that the run reads, with what identifies its content. */
interface InputFile {
  /** As the scenario names it. */
  readonly path: string;
  readonly sha256: string;
  readonly byteLength: number;
}

export interface RunPlan {
  readonly name: string;
  readonly description: string;
  /** The scenario's text, after `--set`: what a replay starts from. */
  readonly scenarioText: string;
  /** Where the scenario was read from; inputs are relative to its folder. */
  readonly scenarioFile: string;
  readonly seed: number;
  readonly machines: readonly MachinePlan[];
  /** Group 0 is the default group, label 0/0. */
  readonly groups: readonly GroupSpec[];
  readonly cpuDefaults: readonly CpuDefault[];
  readonly tenants: readonly TenantSpec[];
  readonly vms: readonly Pick<VmSpec, 'name' | 'tenant'>[];
  readonly commands: readonly TimedCommandSpec[];
  readonly inputs: readonly InputFile[];
  /** Time of the run's 0 on the recording's clock, in ns; 0 for a simulated schedule. */
  readonly timeOriginNs: number;
  /** End of the run in ns; Infinity to run to the end of the recording. */
  readonly untilNs: number;
  /** Last time of the schedule as far as known beforehand, for progress; at most untilNs. */
  readonly expectedEndNs: number;
  /** True when every CPU runs its idle task at time 0; false when a recording starts in the middle of things. */
  readonly startsIdle: boolean;
  /** Make the registry and the schedule afresh; called once per execution. */
  readonly openSchedule: () => { readonly registry: Registry; readonly schedule$: Observable<ScheduleBatch> };
}
