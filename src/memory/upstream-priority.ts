/** Where requests come with a priority from upstream that counts (A 3.7; docs/bandwidth.md, "Order"). */
import type { HierarchyConfig } from './hierarchy-config.ts';
import { mscsOf } from './implied-mscs.ts';
import type { PriorityFeatures } from './msc-config.ts';

/**
 * Channels of memories behind a cache whose memory side puts DSPRI on what goes on, unless they have INTPRI themselves: there
 * partitions differ by what their requests bring, even if nothing of their own regulates them.
 * @returns indexes in BandwidthConfig.channels.
 */
export function channelsUnderUpstreamPriority(config: HierarchyConfig): ReadonlySet<number> {
  const { bandwidth } = config;
  if (bandwidth === undefined) return new Set();
  const { memories, memoryOfCache, channelOfCache } = bandwidth;
  const priorities = prioritiesOfChannels(config);
  const reached = channelOfCache.flatMap((side, cache) => {
    const memory = memoryOfCache[cache];
    const hasDspri = side !== undefined && (priorities.get(side)?.dspriWd ?? 0) > 0;
    return hasDspri && memory !== undefined ? memories[memory]!.channels : [];
  });
  return new Set(reached.filter((channel) => (priorities.get(channel)?.intpriWd ?? 0) === 0));
}

/** By channel, of those that have any. */
function prioritiesOfChannels(config: HierarchyConfig): ReadonlyMap<number, PriorityFeatures> {
  const resources = mscsOf(config).flatMap((msc) => msc.resources);
  return new Map(
    resources.flatMap(({ channel, priority }) =>
      channel === undefined || priority === undefined ? [] : [[channel, priority] as const],
    ),
  );
}
