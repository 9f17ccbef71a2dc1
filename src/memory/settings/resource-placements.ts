/** What a resource of an MSC regulates, and who decides there which owner is in which slot. */
import type { BandwidthSlots } from './bandwidth-slots.ts';
import { CachePartitions } from './cache-partitions.ts';
import { ChannelPartitions } from './channel-partitions.ts';
import { PartitionPlacement } from './partition-placement.ts';
import type { PartitionSlots } from './partition-slots.ts';
import type { SettingReader } from './regulated-resource.ts';
import { settingAt } from './setting-place.ts';
import type { SettingRegisters } from './setting-registers.ts';

/** The slots of a resource of an MSC. */
export interface ResourceSlots {
  readonly ris: number;
  /** Of its cache, if that has controls. */
  readonly cache?: PartitionSlots | undefined;
  /** Of its channel. */
  readonly bandwidth?: BandwidthSlots | undefined;
  /** Requests of the channel compete by the priority that they bring (channelsUnderUpstreamPriority). */
  readonly isUnderUpstreamPriority?: boolean;
}

/**
 * One placement for the cache and one for the channel of a resource, as far as it has them.
 * @throws Error if the MSC has no such resource.
 */
export function placementsOf(
  registers: SettingRegisters,
  { ris, cache, bandwidth, isUnderUpstreamPriority = false }: ResourceSlots,
): readonly PartitionPlacement[] {
  const { config } = registers;
  const resource = config.resources.find((candidate) => candidate.ris === ris);
  if (resource === undefined) throw new Error(`${config.name} has no RIS ${ris}`);
  const placements: PartitionPlacement[] = [];
  if (cache !== undefined && resource.cacheControls !== undefined) {
    const partitions = new CachePartitions(config.name, resource.cacheControls, cache);
    placements.push(new PartitionPlacement(registers, ris, partitions));
  }
  if (bandwidth !== undefined) {
    const resetOf: SettingReader = (register, word) => registers.knownResetValue(settingAt(register, 0, 0, word, ris));
    const partitions = new ChannelPartitions(config, resource, bandwidth, resetOf, isUnderUpstreamPriority);
    placements.push(new PartitionPlacement(registers, ris, partitions));
  }
  return placements;
}
