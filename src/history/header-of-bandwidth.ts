/** What the header of a run says of memory bandwidth (docs/bandwidth.md): names for the numbers of channels in samples. */
import type { TopologySpec } from '../machine/topology.ts';
import type { HierarchyConfig } from '../memory/hierarchy-config.ts';
import type { RunHeader } from './run-header.ts';

/** ChannelConfig.lineTime of one second. */
const SECOND_LINE_TIME = 65536 * 1e12;

/** A machine with caches, by its number. */
interface MemorySystem {
  readonly machine: number;
  readonly hierarchy: HierarchyConfig;
  readonly topology: TopologySpec;
}

/** Empty if no machine has memory bandwidth. */
export function bandwidthLists(systems: readonly MemorySystem[]): Pick<RunHeader, 'memoryBandwidths' | 'channels'> {
  const modelled = systems.flatMap(({ machine, hierarchy, topology }) => {
    const { bandwidth, lineBytes } = hierarchy;
    return bandwidth === undefined ? [] : [{ machine, bandwidth, lineBytes, topology }];
  });
  return {
    memoryBandwidths: modelled.map(({ machine, bandwidth: { mode }, topology: { sampleIntervalNs } }) => {
      return { machine, mode, sampleIntervalNs };
    }),
    channels: modelled.flatMap(({ machine, bandwidth, lineBytes }) => {
      const { channels, memories, channelOfCache } = bandwidth;
      return channels.map(({ name, lineTime, window, turnaroundPs, starvationPs, portionPs, offsetLimit }, id) => {
        const cache = channelOfCache.indexOf(id);
        return {
          ...{ machine, id, name, accountingWindow: window, turnaroundPs, starvationPs, portionPs, offsetLimit },
          memory: memories.find((memory) => memory.channels.includes(id))?.name ?? null,
          cache: cache === -1 ? null : cache,
          bytesPerSecond: (lineBytes * SECOND_LINE_TIME) / lineTime,
        };
      });
    }),
  };
}
