/** Who regulates what in a machine: its MSCs' controls over its caches and channels, and open slots where there are none. */
import type { CacheSlots } from './cache-slots.ts';
import type { ChannelSlots } from './channels/channel-slots.ts';
import type { HierarchyConfig } from './hierarchy-config.ts';
import { mscsOf } from './implied-mscs.ts';
import type { ResourceConfig } from './msc-config.ts';
import { MscControls } from './msc-controls.ts';
import type { MscRegisterChange } from './msc-register-change.ts';
import type { ResourceSlots } from './resource-placements.ts';

/** Slots of whatever serves owners without an MSC: one for all. */
interface OpenSlots {
  addSlot(): number;
  setOwnerSlot(owner: number, slot: number): void;
}

export class MemoryControls {
  readonly #controls: readonly MscControls[];
  /** By cache: the controls that regulate it. */
  readonly #ofCache: readonly (MscControls | undefined)[];
  readonly #open: readonly { readonly slots: OpenSlots; readonly slot: number }[];

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
    const slotsOf = ({ ris, cache, channel, cacheControls, bandwidth, priority }: ResourceConfig): ResourceSlots => ({
      ris,
      cache: cacheControls === undefined || cache === undefined ? undefined : caches[cache],
      bandwidth: (bandwidth ?? priority) === undefined || channel === undefined ? undefined : channels[channel],
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
    const unregulated: readonly OpenSlots[] = [...caches, ...channels].filter((slots) => !regulated.has(slots));
    this.#open = unregulated.map((slots) => ({ slots, slot: slots.addSlot() }));
  }

  /** Place a new owner everywhere, before it does anything. @throws TooManyPartitionsError */
  adopt(owner: number, label: number): void {
    for (const { slots, slot } of this.#open) slots.setOwnerSlot(owner, slot);
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
