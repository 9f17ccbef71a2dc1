/** What an access costs a PE by the step that serves it: the latencies of its caches and of memory, ps. */
import { STEP_MEMORY, STEPS } from '../loop/assembly/layout.ts';
import type { HierarchyConfig } from '../memory/hierarchy-config.ts';
import { firstStepOf, wayToMemory } from '../memory/way-to-memory.ts';

/** From a PE's first cache on; steps without a cache take 0. */
export function latenciesBySteps(hierarchy: HierarchyConfig, firstCache: number): number[] {
  const latencies = new Array<number>(STEPS).fill(0);
  const firstStep = firstStepOf(hierarchy, firstCache);
  for (const [at, { latencyPs }] of wayToMemory(hierarchy.caches, firstCache).entries()) {
    latencies[firstStep + at] = latencyPs;
  }
  latencies[STEP_MEMORY] = hierarchy.memoryLatencyPs;
  return latencies;
}

/** Stalls of instruction fetches: one that the first cache serves costs nothing, any other waits for the whole latency. */
export function fetchStallsBySteps(hierarchy: HierarchyConfig, firstCache: number): number[] {
  const stalls = latenciesBySteps(hierarchy, firstCache);
  stalls[firstStepOf(hierarchy, firstCache)] = 0;
  return stalls;
}
