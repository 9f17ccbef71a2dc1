/** The channels of a machine, and which memory serves which outermost cache: what memory's bandwidth comes to as numbers. */
import type { BandwidthConfig, ChannelConfig, MemoryConfig } from '../memory/bandwidth-config.ts';
import type { CacheConfig } from '../memory/hierarchy-config.ts';
import {
  LINE_TIME_UNITS_PER_PS,
  lineTimeOf,
  type MemoryBandwidthSpec,
  type MemorySharing,
  type MemorySideSpec,
  PORTION_LINES,
  type RegulationSpec,
} from './bandwidth-spec.ts';

/** A cache as it is placed in the machine, with its memory side, if it controls bandwidth. */
export interface PlacedCache {
  readonly config: Pick<CacheConfig, 'name' | 'outer'>;
  readonly memorySide: MemorySideSpec | undefined;
}

/** Caches in the order of the hierarchy. Channels are numbered as BandwidthConfig says: memory sides first. */
export function bandwidthOfHierarchy(
  bandwidth: MemoryBandwidthSpec,
  caches: readonly PlacedCache[],
  lineBytes: number,
): BandwidthConfig {
  const sides = caches.flatMap((cache) => memorySideChannel(cache, bandwidth, lineBytes));
  let nextSide = 0;
  const memoryOfCache = memoriesOf(caches, bandwidth.per);
  const memories = Array.from({ length: memoryCount(memoryOfCache) }, (_, at) =>
    memoryConfig(at, sides.length, bandwidth, lineBytes),
  );
  return {
    mode: bandwidth.mode,
    closedFormIntervalPs: bandwidth.closedFormIntervalNs * 1000,
    writeBufferLines: bandwidth.writeBufferLines,
    channels: [...sides, ...memories.flatMap((memory) => memoryChannels(memory, bandwidth, lineBytes))],
    memories,
    memoryOfCache,
    channelOfCache: caches.map(({ memorySide }) => (memorySide === undefined ? undefined : nextSide++)),
  };
}

/** By cache: which memory its requests go to; undefined for caches that are not outermost. */
function memoriesOf(caches: readonly PlacedCache[], per: MemorySharing): readonly (number | undefined)[] {
  let outermost = 0;
  return caches.map(({ config }) => {
    if (config.outer !== undefined) return undefined;
    return per === 'machine' ? 0 : outermost++;
  });
}

function memoryCount(memoryOfCache: readonly (number | undefined)[]): number {
  return memoryOfCache.reduce<number>((count, memory = -1) => Math.max(count, memory + 1), 0);
}

function memorySideChannel(
  { config, memorySide }: PlacedCache,
  { bytesPerSecond }: MemoryBandwidthSpec,
  lineBytes: number,
): readonly ChannelConfig[] {
  if (memorySide === undefined) return [];
  const lineTime = lineTimeOf(lineBytes, memorySide.bytesPerSecond ?? bytesPerSecond);
  return [channelConfig(config.name, lineTime, memorySide)];
}

function memoryConfig(
  at: number,
  firstSide: number,
  { channels, interleaveBytes }: MemoryBandwidthSpec,
  lineBytes: number,
): MemoryConfig {
  const first = firstSide + at * channels;
  return {
    name: memoryName(at),
    channels: Array.from({ length: channels }, (_, channel) => first + channel),
    interleaveLines: interleaveBytes / lineBytes,
  };
}

function memoryChannels(memory: MemoryConfig, bandwidth: MemoryBandwidthSpec, lineBytes: number): ChannelConfig[] {
  const lineTime = lineTimeOf(lineBytes, bandwidth.bytesPerSecond / bandwidth.channels);
  return memory.channels.map((_, channel) => channelConfig(`${memory.name}.${channel}`, lineTime, bandwidth));
}

function channelConfig(name: string, lineTime: number, regulation: RegulationSpec): ChannelConfig {
  const { turnaroundNs, window, starvationNs, portionNs, offsetLimit } = regulation;
  const portionLinesPs = Math.max(1, Math.floor((PORTION_LINES * lineTime) / LINE_TIME_UNITS_PER_PS));
  return {
    name,
    lineTime,
    turnaroundPs: turnaroundNs * 1000,
    window,
    starvationPs: starvationNs * 1000,
    portionPs: portionNs === undefined ? portionLinesPs : portionNs * 1000,
    offsetLimit,
  };
}

/** `mem-0`, `mem-1`: in the order of the domains. */
export function memoryName(at: number): string {
  return `mem-${at}`;
}
