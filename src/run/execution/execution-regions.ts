/** What one machine executes with, in the block. */
import { EXECUTOR_BYTES } from '../../loop/assembly/layout.ts';
import type { BlockLayout, Region } from '../../loop/block.ts';
import { type MemoryRegions, reserveMemory } from '../../memory/memory-regions.ts';
import { planServices, reserveServices, type ServicePlan } from '../../workload/service/service-set.ts';
import { reserveStreams } from '../../workload/streams/stream-blueprint.ts';
import type { ExecutionPlan } from './execution.ts';

export interface ExecutionRegions {
  readonly memory: MemoryRegions;
  readonly streams: Region;
  readonly executors: Region;
  readonly services: Region | undefined;
  readonly servicePlans: readonly ServicePlan[];
}

/** Reserve all that one machine executes with. */
export function reserveExecution(layout: BlockLayout, plan: ExecutionPlan, machine: string): ExecutionRegions {
  const servicePlans = planServices(plan.streams.plan.executors);
  return {
    memory: reserveMemory(layout, plan.hierarchy, { prefix: `${machine} ` }),
    streams: reserveStreams(layout, plan.streams),
    executors: layout.reserve(`${machine} executors`, Math.max(1, plan.executors.length) * EXECUTOR_BYTES),
    services: reserveServices(layout, machine, servicePlans),
    servicePlans,
  };
}
