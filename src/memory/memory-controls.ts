/** Who regulates what in a machine: its MSCs' controls over its caches and channels, and open slots where there are none. */
import type { CacheSlots } from './cache-slots.ts';
import type { ChannelSlots } from './channels/channel-slots.ts';
import type { HierarchyConfig } from './hierarchy-config.ts';
import { mscsOf } from './implied-mscs.ts';
import type { ResourceConfig } from './msc-config.ts';
import type { MscRegisterChange } from './msc-register-change.ts';
import { MscControls } from './settings/msc-controls.ts';
import type { ResourceSlots } from './settings/resource-placements.ts';
import { type OpenSlots, UnregulatedSlots } from './unregulated-slots.ts';
import { channelsUnderUpstreamPriority } from './upstream-priority.ts';

export class MemoryControls {
  readonly #controls: readonly MscControls[];
  /** By cache: the controls that regulate it. */
  readonly #ofCache: readonly (MscControls | undefined)[];
  readonly #unregulated: readonly UnregulatedSlots[];

  /**
   * @param caches and channels: the slots of each.
   * @param onChange is told of every MSC register that gets another value, with the index of the MSC on the machine.
   */
  constructor(
    config: HierarchyConfig,
    caches: readonly CacheSlots[],
    channels: readonly ChannelSlots[],
    onChange: (msc: number, change: MscRegisterChange) => void,
  ) {
    const mscs = mscsOf(config);
    // A channel without controls is regulated, too: a PARTID that software disabled is served there when no one else waits.
    const underUpstreamPriority = channelsUnderUpstreamPriority(config);
    const slotsOf = ({ ris, cache, channel, cacheControls }: ResourceConfig): ResourceSlots => ({
      ris,
      cache: cacheControls === undefined || cache === undefined ? undefined : caches[cache],
      bandwidth: channel === undefined ? undefined : channels[channel],
      isUnderUpstreamPriority: channel !== undefined && underUpstreamPriority.has(channel),
    });
    const resources = mscs.map((msc) => msc.resources.map(slotsOf));
    this.#controls = mscs.map((msc, index) => {
      const identity = { config: msc, seed: config.seed };
      return new MscControls(identity, resources[index]!, (change) => onChange(index, change));
    });
    this.#ofCache = caches.map((slots) => {
      const msc = resources.findIndex((own) => own.some(({ cache }) => cache === slots));
      return this.#controls[msc];
    });
    const regulated = new Set<unknown>(resources.flat().flatMap(({ cache, bandwidth }) => [cache, bandwidth]));
    const unregulated = (name: string, slots: OpenSlots, tellsApart: boolean): UnregulatedSlots[] =>
      regulated.has(slots) ? [] : [new UnregulatedSlots(name, slots, tellsApart)];
    this.#unregulated = [
      ...caches.flatMap((slots, cache) => unregulated(config.caches[cache]!.name, slots, false)),
      ...channels.flatMap((slots, channel) =>
        unregulated(config.bandwidth!.channels[channel]!.name, slots, underUpstreamPriority.has(channel)),
      ),
    ];
  }

  /** Place a new owner everywhere, before it does anything. @throws TooManyPartitionsError */
  adopt(owner: number, label: number): void {
    for (const slots of this.#unregulated) slots.adopt(owner, label);
    for (const controls of this.#controls) controls.adopt(owner, label);
  }

  ofMsc(msc: number): MscControls {
    return this.#controls[msc]!;
  }

  /** Undefined for a cache that nobody regulates. */
  ofCache(cache: number): MscControls | undefined {
    return this.#ofCache[cache];
  }
}
