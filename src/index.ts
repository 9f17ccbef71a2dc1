/**
 * The library: what the commands do, as calls. A scenario becomes a plan, a plan a stream of event batches, the stream a
 * run file; a run file is queried, verified, and read at any moment. Memory traces are studied without a run file, and
 * the caches of a topology can be driven access by access.
 */
export { NAMED_QUERIES } from './analysis/named-queries.ts';
export type { NamedQuery } from './analysis/named-query.ts';
export { QueryError } from './analysis/query-error.ts';
export type { QueryParameters } from './analysis/query-parameters.ts';
export { type OverviewTable, type RunOverview, runOverview } from './analysis/run-overview.ts';
export { type QueryOptions, type QueryResult, type QueryValue, runQuery } from './analysis/run-query.ts';
export { labelPartid, labelPmg, labelSpace, PartidSpace, packLabel } from './arch/label.ts';
export { MscRegister } from './arch/msc-registers.ts';
export { type CacheHolder, type CacheSnapshot, cacheStates } from './history/cache-states.ts';
export { checkIntegrity, type IntegrityProblem, type IntegrityReport } from './history/check-integrity.ts';
export { compareWithReplay, type ReplayResult } from './history/compare-with-replay.ts';
export { createRunStore, type RunStoreOptions } from './history/create-run-store.ts';
export { DrivenRun } from './history/driven-run.ts';
export type { StoredRows } from './history/event-reader.ts';
export type { Counter, FinalStatus, JsonValue, RunStatus, RunSummary } from './history/finish-run.ts';
export { headerOfPlan } from './history/header-of-plan.ts';
export { type ListedRun, listRuns } from './history/list-runs.ts';
export { type MscSetting, type MscSnapshot, mscStates } from './history/msc-states.ts';
export { type LabelInForce, type PeSnapshot, peStates, type RegisterSnapshot } from './history/pe-states.ts';
export type { ProgressListener } from './history/progress-listener.ts';
export type { RunHeader } from './history/run-header.ts';
export {
  type Moment,
  type MscSettingAt,
  type OccupancyAt,
  openRun,
  type RegisterAt,
  RunReader,
} from './history/run-reader.ts';
export type { RunStore, StoredRun } from './history/run-store.ts';
export type { SimulationTarget } from './history/run-target.ts';
export { type SimulationOptions, type SimulationResult, simulateScenario } from './history/simulate-scenario.ts';
export { StoreError, type StoreErrorCode } from './history/store-error.ts';
export { ReplayError, type Verification, type VerifyOptions, verifyRun } from './history/verify-run.ts';
export {
  HISTORY_MOVED,
  HISTORY_NEVER,
  HISTORY_REFUSED,
  KIND_FETCH,
  KIND_READ,
  KIND_WRITE,
  STEP_MEMORY,
} from './loop/assembly/layout.ts';
export { type Block, BlockLayout } from './loop/block.ts';
export {
  EventKind,
  joinTime,
  metaCode,
  metaEl,
  metaKind,
  metaUnit,
  metaWorld,
  ROW_WORDS,
  World,
} from './loop/event-row.ts';
export { hierarchyOf } from './machine/hierarchy-of.ts';
export type { Preset } from './machine/presets/preset.ts';
export { PRESETS, presetPeCount } from './machine/presets.ts';
export { scaled } from './machine/scaled.ts';
export type { TopologySpec } from './machine/topology.ts';
export type { TopologyDraft } from './machine/topology-draft.ts';
export { type TopologyResult, topologyOf } from './machine/topology-of.ts';
export type { TopologyProblem } from './machine/topology-problem.ts';
export type { CacheConfig, HierarchyConfig } from './memory/hierarchy-config.ts';
export type { LineState } from './memory/line-state.ts';
export { type MemoryOptions, reserveMemory } from './memory/memory-regions.ts';
export { MemorySystem } from './memory/memory-system.ts';
export type { CacheControlFeatures } from './memory/msc-config.ts';
export type { MscRegisterChange } from './memory/msc-register-change.ts';
export type { MemoryCounters, OwnerCounters } from './memory/owner-counters.ts';
export { TooManyOwnersError } from './memory/owners.ts';
export { applySettings } from './memory/settings/apply-settings.ts';
export type { MscControls } from './memory/settings/msc-controls.ts';
export { TooManyPartitionsError } from './memory/settings/partition-placement.ts';
export type { PartitionSettings, SettingsProblem } from './memory/settings/partition-settings.ts';
export { BusSession } from './run/driven/bus-session.ts';
export { DrivenMachine, type DrivenOptions, type Interrupt } from './run/driven/driven-machine.ts';
export { type DrivenPlan, planDrivenRun } from './run/driven/driven-plan.ts';
export type { EventBatch } from './run/event-batch.ts';
export { PlanError } from './run/plan-error.ts';
export { planRun } from './run/plan-run.ts';
export { type RunOptions, runEvents } from './run/run-events.ts';
export type { RunPlan } from './run/run-plan.ts';
export type { SampleRow } from './run/samples.ts';
export { runTraceStudy } from './run/trace-study/run-trace-study.ts';
export { TraceStudyError } from './run/trace-study/trace-study-error.ts';
export type { StudyTenant, TraceStudyOptions } from './run/trace-study/trace-study-options.ts';
export type { TraceStudyResult } from './run/trace-study/trace-study-result.ts';
export { loadScenario } from './scenario/load-scenario.ts';
export { parseScenario } from './scenario/parse-scenario.ts';
export type { Scenario } from './scenario/scenario.ts';
export { type Checked, formatProblem, type ScenarioProblem } from './scenario/scenario-problem.ts';
export { scenarioJsonSchema } from './scenario/scenario-schema.ts';
export { loadHierarchy, parseHierarchy } from './scenario/study/load-hierarchy.ts';
export type { StudyHierarchy } from './scenario/study/study-hierarchy.ts';
export { type ConfigProblem, ScheduleConfigError } from './schedule/config-problem.ts';
export { RecordingError } from './schedule/ftrace/recording-error.ts';
export type { ImportIssue, SideRow, Thread } from './schedule/registry.ts';
export { MemoryTraceError } from './workload/memory-trace/memory-trace-error.ts';
export {
  type MemoryTrace,
  type MemoryTraceOptions,
  openMemoryTrace,
} from './workload/memory-trace/open-memory-trace.ts';
export { type TraceBatch, TraceKind } from './workload/memory-trace/trace-batch.ts';
export { TRACE_FORMATS } from './workload/memory-trace/trace-formats.ts';
export { PlacementError } from './workload/placement/placement-error.ts';
export { WorkloadFileError } from './workload/workload-file-error.ts';
