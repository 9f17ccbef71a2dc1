/** What a driven machine has in its block. */
import type { BlockLayout, Region } from '../../loop/block.ts';
import { reserveEventRing } from '../../loop/event-ring.ts';
import type { HierarchyConfig } from '../../memory/hierarchy-config.ts';
import { type MemoryRegions, reserveMemory } from '../../memory/memory-regions.ts';
import { type PeRegions, reserveProcessingElements } from '../../pe/processing-elements.ts';
import { reserveDrivenStreams, type StreamRegions } from './driven-streams.ts';

interface DrivenRegions {
  readonly pes: PeRegions;
  readonly ring: Region;
  readonly memory: MemoryRegions;
  readonly streams: StreamRegions;
}

/** @param batchRows events that are gathered before they are published. */
export function reserveDriven(layout: BlockLayout, hierarchy: HierarchyConfig, batchRows: number): DrivenRegions {
  const peCount = hierarchy.ports.length;
  return {
    pes: reserveProcessingElements(layout, peCount),
    ring: reserveEventRing(layout, batchRows),
    memory: reserveMemory(layout, hierarchy),
    streams: reserveDrivenStreams(layout, peCount),
  };
}
