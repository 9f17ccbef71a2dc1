/** Everything the engine needs, with all choices made: what a scenario comes down to. */
import type { Observable } from 'rxjs';
import type { HierarchyConfig } from '../memory/hierarchy-config.ts';
import type {
  CpuDefault,
  GroupSpec,
  MachineSpec,
  MonitorSpec,
  PartitionSpec,
  TenantSpec,
  TimedCommandSpec,
  VmSpec,
} from '../scenario/scenario.ts';
import type { Registry } from '../schedule/registry.ts';
import type { ScheduleBatch } from '../schedule/schedule-batch.ts';
import type { ArrivalFile } from '../workload/service/arrival-file.ts';
import type { InputFile } from '../workload/workload-files.ts';
import type { ExecutionPlan } from './execution/execution.ts';

/** One machine of the run, with its number of PEs known. */
export interface MachinePlan extends MachineSpec {
  readonly peCount: number;
  /** Its caches; undefined: none, and nothing is executed. */
  readonly hierarchy: HierarchyConfig | undefined;
  /** What it executes; undefined as the hierarchy. */
  readonly execution: ExecutionPlan | undefined;
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
  /** Settings of caches made when the machines come up. */
  readonly partitions: readonly PartitionSpec[];
  /** Monitors that are programmed when the machines come up, and sampled. */
  readonly monitors: readonly MonitorSpec[];
  readonly commands: readonly TimedCommandSpec[];
  /** Arrival times of services that have them from a file, by path. */
  readonly arrivals: ReadonlyMap<string, ArrivalFile>;
  /** The recording, and what workloads are read from. */
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
