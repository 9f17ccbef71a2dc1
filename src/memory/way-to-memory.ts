/** The caches on a PE's ways to memory, and the steps that they are. */
import type { CacheConfig, HierarchyConfig } from './hierarchy-config.ts';

/** From the first cache outward. */
export function wayToMemory(caches: readonly CacheConfig[], first: number): readonly CacheConfig[] {
  const way: CacheConfig[] = [];
  for (let at: number | undefined = first; at !== undefined; at = caches[at]!.outer) way.push(caches[at]!);
  return way;
}

/**
 * The step that a first cache is: steps count so that a cache that both ways out of a PE share is the same step of either. The
 * longest way of the machine begins at 0; the data's way begins at 1 where there is an L1I and no L1D.
 */
export function firstStepOf({ caches, ports }: HierarchyConfig, first: number): number {
  const lengths = ports.flatMap(({ data, fetch }) => [data, fetch].map((at) => wayToMemory(caches, at).length));
  return Math.max(...lengths) - wayToMemory(caches, first).length;
}
