/**
 * A scenario with all choices made: checked, defaults filled in, names turned into indexes. What the YAML file says is
 * in scenario-schema.ts; this is what the rest of the program sees.
 */
import type { PeFeatures } from '../arch/features.ts';
import type { PartidSpace } from '../arch/label.ts';
import type { MscRegister } from '../arch/msc-registers.ts';
import type { Name, RegisterValue } from '../arch/registers.ts';
import type { KernelName } from '../kvm/kernels.ts';
import type { KvmModeName } from '../kvm/modes.ts';
import type { TopologySpec } from '../machine/topology.ts';
import type { PartitionSettings } from '../memory/settings/partition-settings.ts';
import type { GuestActivityRates } from '../schedule/guest-activity/rates.ts';
import type { SimulatedScheduleConfig } from '../schedule/simulated/config.ts';
import type { ThreadRule } from '../schedule/thread-rules.ts';
import type { WorkloadSpec } from '../workload/workload.ts';

export interface Scenario {
  readonly name: string;
  readonly description: string;
  /** As the user named it; the files that it mentions are relative to its folder. */
  readonly file: string;
  /** YAML that gives this same scenario without any override: what a replay starts from. */
  readonly text: string;
  /** 0 to 2^32 - 1. */
  readonly seed: number;
  /** End of the run in ns; Infinity for the end of the recording. */
  readonly untilNs: number;
  /** CPUs of the host, hence PEs of each machine; undefined: as many as the recording has. */
  readonly peCount: number | undefined;
  /** At least one; all are driven by the same schedule. */
  readonly machines: readonly MachineSpec[];
  /** Group 0 is the default group, label 0/0. */
  readonly groups: readonly GroupSpec[];
  /** CPUs whose default-group tasks have another label than 0/0, in CPU order. */
  readonly cpuDefaults: readonly CpuDefault[];
  readonly tenants: readonly TenantSpec[];
  readonly vms: readonly VmSpec[];
  /** What the host's own threads execute; those that execute nothing are left out. */
  readonly hostTasks: readonly HostTaskSpec[];
  readonly workloads: readonly WorkloadSpec[];
  /** Settings of MSCs that are made before the run's first access, in the file's order. */
  readonly partitions: readonly PartitionSpec[];
  readonly monitors: readonly MonitorSpec[];
  readonly schedule: ScheduleSpec;
  /** In order of time; equal times keep the file's order. */
  readonly timeline: readonly TimedCommandSpec[];
}

export interface MachineSpec {
  readonly name: string;
  readonly mode: KvmModeName;
  readonly kernel: KernelName;
  readonly unknownReset: UnknownResetSpec;
  readonly features: PeFeatures;
  /** Caches and memory, with the scale factor applied; undefined: none, and nothing executes. */
  readonly topology: TopologySpec | undefined;
}

/** What UNKNOWN register fields hold after reset. `group` is an index into the groups. */
export type UnknownResetSpec =
  | { readonly kind: 'zero' }
  | { readonly kind: 'random' }
  | { readonly kind: 'worst-case' }
  | { readonly kind: 'group'; readonly group: number };

/** A control group and its label. */
export interface GroupSpec {
  readonly name: string;
  readonly partidD: number;
  readonly partidI: number;
  readonly pmgD: number;
  readonly pmgI: number;
}

export interface CpuDefault {
  readonly cpu: number;
  readonly group: number;
}

export interface TenantSpec {
  readonly name: string;
  readonly group: number;
}

export interface VmSpec {
  readonly name: string;
  readonly tenant: number;
  readonly group: number;
  readonly vcpus: number;
  /** How its guest lives where the schedule does not say. */
  readonly guestActivity: GuestActivityRates;
  /** What its guest executes, as an index into the workloads; undefined: no accesses. */
  readonly workload: number | undefined;
  /** What its threads execute outside the guest, in the VMM and in the host kernel. */
  readonly vmmWorkload: number | undefined;
}

/** Threads with this comm that belong to no VM execute this workload, an index. */
export interface HostTaskSpec {
  readonly comm: string;
  readonly workload: number;
}

/** MSCs of one machine, or of all. */
export interface MscTargetSpec {
  /** Index into the machines; undefined: every machine that has such an MSC. */
  readonly machine: number | undefined;
  /** MscConfig.name, the CacheConfig.level of caches, or `memory`: all memories. Those that are no MSC are passed over. */
  readonly msc: string;
  /** undefined: every resource of the MSC. */
  readonly ris: number | undefined;
  readonly space: PartidSpace;
}

/** Settings of one PARTID. */
export interface PartitionSpec extends MscTargetSpec {
  readonly partid: number;
  readonly settings: PartitionSettings;
}

/** A monitor that is programmed before the run's first access, and sampled. */
export interface MonitorSpec extends MscTargetSpec {
  readonly type: 'csu' | 'mbwu';
  readonly instance: number;
  /** MATCH_PARTID and MATCH_PMG with these; undefined: the filter does not look at it. */
  readonly partid: number | undefined;
  readonly pmg: number | undefined;
  /** Index of the group that the filter is meant for; undefined: it names none. */
  readonly group: number | undefined;
  /** MBWU_FLT.RWBW. */
  readonly traffic: 'both' | 'reads' | 'writes';
  /** CSU_FLT.XCL: modified lines only. */
  readonly isModifiedOnly: boolean;
  /** MSMON_MBWU_L is read, else MSMON_MBWU. */
  readonly isLong: boolean;
}

export type ScheduleSpec =
  | { readonly source: 'simulated'; readonly config: SimulatedScheduleConfig }
  | {
      readonly source: 'recorded';
      /** As the scenario names it. */
      readonly file: string;
      /** Where it is from here: beside the scenario file. */
      readonly path: string;
      readonly rules: readonly ThreadRule[];
      /** Guest entries and exits as recorded or modelled; `auto` models them if none is recorded. */
      readonly guestActivity: 'auto' | 'modelled' | 'recorded';
    };

export interface TimedCommandSpec {
  readonly atNs: number;
  readonly command: CommandSpec;
}

/** Which threads a command means. */
export type ThreadsSpec =
  | { readonly by: 'vcpu'; readonly vm: number; readonly vcpu: number }
  | { readonly by: 'vm'; readonly vm: number }
  | { readonly by: 'tenant'; readonly tenant: number }
  | { readonly by: 'tid'; readonly tid: number }
  | { readonly by: 'comm'; readonly comm: string };

/** `lo` and `hi` are the value of a write. */
interface GuestAccessSpec extends RegisterValue {
  readonly kind: 'guestAccess';
  readonly vm: number;
  readonly vcpu: number;
  readonly register: Name;
  readonly isWrite: boolean;
}

/** `lo` and `hi` are the new value. */
interface PokeSpec extends RegisterValue {
  readonly kind: 'poke';
  readonly cpu: number;
  readonly register: Name;
}

interface SetPartitionSpec extends PartitionSpec {
  readonly kind: 'setPartition';
}

/** `lo` and `hi` are the value written; `hi` is 0 for registers of 32 bits. */
interface WriteMscSpec extends MscTargetSpec, RegisterValue {
  readonly kind: 'writeMsc';
  readonly register: MscRegister;
  /** The n of registers of which there are several, such as MPAMCFG_CPBM<n>. */
  readonly word: number;
  /** What selects the copy, where something does, else 0: the PARTID that controls are looked up by, or the monitor instance. */
  readonly partid: number;
  readonly instance: number;
}

interface CaptureSpec extends MscTargetSpec {
  readonly kind: 'capture';
  /** 1 to 6: an external event, which reaches all PARTID spaces; local: MSMON_CAPT_EVNT.NOW in the space. */
  readonly event: number | 'local';
  /** MSMON_CAPT_EVNT.ALL. */
  readonly isForAll: boolean;
}

export type CommandSpec =
  | { readonly kind: 'mpamDisable' }
  | { readonly kind: 'move'; readonly threads: ThreadsSpec; readonly group: number }
  | { readonly kind: 'cpuDefault'; readonly cpu: number; readonly group: number }
  | { readonly kind: 'cpuOffline'; readonly cpu: number }
  | { readonly kind: 'cpuOnline'; readonly cpu: number }
  | { readonly kind: 'cpuPm'; readonly cpu: number; readonly losesRegisters: boolean }
  | GuestAccessSpec
  | PokeSpec
  | SetPartitionSpec
  | WriteMscSpec
  | CaptureSpec;
