/** Everything the engine needs, with all choices made: what a scenario comes down to. */
import type { Observable } from 'rxjs';
import type { PeFeatures } from '../arch/features.ts';
import type { KernelName } from '../kvm/kernels.ts';
import type { KvmModeName } from '../kvm/modes.ts';
import type { Registry } from '../schedule/registry.ts';
import type { ScheduleBatch } from '../schedule/schedule-batch.ts';
import type { TimedCommand } from './command.ts';

/** What UNKNOWN register fields hold after reset (design section 3). `group` is an index into the plan's groups. */
export type UnknownReset =
  | { readonly kind: 'zero' }
  /** Each label field uniformly within what the PE implements, seeded per machine and CPU. */
  | { readonly kind: 'random' }
  /** The label of a tenant's group, drawn per PE: the choice that hurts somebody. */
  | { readonly kind: 'worst-case' }
  | { readonly kind: 'group'; readonly group: number };

/** One machine; several run side by side under the same schedule. */
export interface MachinePlan {
  readonly name: string;
  readonly kernel: KernelName;
  readonly mode: KvmModeName;
  readonly peCount: number;
  readonly features: PeFeatures;
  readonly unknownReset: UnknownReset;
}

/** A control group's label; D for data, I for instruction fetch. */
export interface GroupPlan {
  readonly name: string;
  readonly partidD: number;
  readonly partidI: number;
  readonly pmgD: number;
  readonly pmgI: number;
}

export interface TenantPlan {
  readonly name: string;
  readonly group: number;
}

export interface VmPlan {
  readonly name: string;
  readonly tenant: number;
}

/** A file that the run reads, with what identifies its content. */
export interface InputFile {
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
  readonly groups: readonly GroupPlan[];
  readonly cpuDefaults: readonly { readonly cpu: number; readonly group: number }[];
  readonly tenants: readonly TenantPlan[];
  readonly vms: readonly VmPlan[];
  readonly commands: readonly TimedCommand[];
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
