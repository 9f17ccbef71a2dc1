/** What one machine executes, with all choices made. */
import type { TopologySpec } from '../../machine/topology.ts';
import type { HierarchyConfig } from '../../memory/hierarchy-config.ts';
import type { StreamBlueprint } from '../../workload/streams/stream-blueprint.ts';

/** Which threads make an executor run. */
export type ExecutorOf =
  | { readonly kind: 'guest'; readonly vm: number; readonly vcpu: number }
  | { readonly kind: 'vmm'; readonly vm: number }
  | { readonly kind: 'host'; readonly comm: string };

export interface ExecutionPlan {
  readonly topology: TopologySpec;
  readonly hierarchy: HierarchyConfig;
  /** By executor, as in `streams.plan.executors`. */
  readonly executors: readonly ExecutorOf[];
  readonly streams: StreamBlueprint;
}
