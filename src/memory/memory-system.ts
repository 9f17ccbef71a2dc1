/**
 * The caches of one machine: laid out in the block from a HierarchyConfig, driven by the access loop, asked from here.
 *
 * What an access does is in loop/assembly/hierarchy.ts. In short: a request carries its owner (label and tenant) outward,
 * a line keeps the owner that allocated it, and everything that happens is counted per owner and cache. Numbers are those
 * since the start; 64-bit counters are read as doubles, exact to 2^53.
 *
 * Where memory has bandwidth, accesses made in time (AccessLoop.advance) wait in its channels (docs/bandwidth.md); accesses
 * made here, one by one or replayed, know no time and never do.
 */

import { type AccessLoop, accessLoopFor } from '../loop/access-loop.ts';
import {
  ACCESS_BYTES,
  CACHE_ROUTE,
  MACHINE_TRAFFIC,
  MAINTAIN_CLEAN,
  MAINTAIN_INVALIDATE,
  MEMORY_OWNER_BYTES,
  OWNER_BYTES,
} from '../loop/assembly/layout.ts';
import type { Block, Region } from '../loop/block.ts';
import { counterAt } from '../loop/counters.ts';
import { initCaches, recordAddress } from './cache-record.ts';
import { CacheSlots } from './cache-slots.ts';
import { Channels } from './channels/channels.ts';
import { ClosedForm } from './closed-form/closed-form.ts';
import { EgressOwners } from './egress-owners.ts';
import type { HierarchyConfig } from './hierarchy-config.ts';
import { findLine, type LineState } from './line-state.ts';
import { MemoryControls } from './memory-controls.ts';
import { connectPorts, type MemoryRegions } from './memory-regions.ts';
import type { MscRegisterChange } from './msc-register-change.ts';
import {
  linesFetchedAt,
  linesSentAt,
  type MemoryCounters,
  memoryCountersAt,
  type OwnerCounters,
  occupancyAt,
  ownerCountersAt,
  sumOfMemoryCounters,
} from './owner-counters.ts';
import { Owners } from './owners.ts';
import type { MscControls } from './settings/msc-controls.ts';

/** What maintenance does to lines: `clean` sends dirty data to memory, `invalidate` drops lines with all they hold. */
export const MAINTENANCE_OPERATIONS = ['clean', 'invalidate', 'clean-invalidate'] as const;
export type MaintenanceOperation = (typeof MAINTENANCE_OPERATIONS)[number];

const MAINTENANCE_BITS: Readonly<Record<MaintenanceOperation, number>> = {
  clean: MAINTAIN_CLEAN,
  invalidate: MAINTAIN_INVALIDATE,
  'clean-invalidate': MAINTAIN_CLEAN | MAINTAIN_INVALIDATE,
};

export class MemorySystem {
  readonly config: HierarchyConfig;
  readonly loop: AccessLoop;
  readonly owners: Owners;
  /** Address of the first PE record; one per port. */
  readonly pes: number;
  /** Ready accesses for `replay` (loop layout, ACCESS_*), if room was made for them. */
  readonly replayWords: Int32Array;
  /** Undefined where memory has no bandwidth: it is never busy. */
  readonly channels: Channels | undefined;
  /** Undefined but where bandwidth is modelled in closed form. */
  readonly closedForm: ClosedForm | undefined;
  readonly #block: Block;
  readonly #regions: MemoryRegions;
  readonly #controls: MemoryControls;
  readonly #counters: readonly Uint32Array[];
  /** By cache; of outermost ones. */
  readonly #memoryCounters: readonly (Uint32Array | undefined)[];
  readonly #flows: readonly (Uint32Array | undefined)[];
  readonly #causes: readonly (Uint32Array | undefined)[];
  readonly #dirtyLines: Uint32Array;
  readonly #egress: readonly (EgressOwners | undefined)[];
  readonly #onNewOwner: ((owner: number) => void)[] = [];

  /** @param onChange is told of every MSC register that gets another value, with the index of the MSC on the machine. */
  constructor(
    block: Block,
    regions: MemoryRegions,
    onChange: (msc: number, change: MscRegisterChange) => void = () => {},
    loop: AccessLoop = accessLoopFor(block),
  ) {
    const { config } = regions;
    this.config = config;
    this.loop = loop;
    this.#block = block;
    this.#regions = regions;
    initCaches(block, config, regions.records, regions.caches);
    this.pes = regions.pes.byteOffset;
    this.channels = this.#openChannels();
    connectPorts(block, regions);
    this.replayWords = regions.replay === undefined ? new Int32Array(0) : block.int32(regions.replay);
    const cacheSlots = config.caches.map((cache, index) => {
      return new CacheSlots(block, cache, recordAddress(regions.records, index), regions.caches[index]!, loop);
    });
    const channelSlots = (config.bandwidth?.channels ?? []).map((_, index) => this.channels!.slots(index));
    this.#controls = new MemoryControls(config, cacheSlots, channelSlots, onChange);
    this.owners = new Owners(config.ownerCapacity, (owner, label) => {
      this.#controls.adopt(owner, label);
      for (const tell of this.#onNewOwner) tell(owner);
    });
    const isClosedForm = this.channels !== undefined && config.bandwidth?.mode === 'closed-form';
    this.closedForm = isClosedForm ? new ClosedForm(block, this.channels, config, () => this.owners.count) : undefined;
    const words = (region: Region): Uint32Array =>
      new Uint32Array(block.memory.buffer, region.byteOffset, region.byteLength >> 2);
    this.#counters = regions.caches.map(({ owners }) => words(owners));
    this.#memoryCounters = regions.caches.map(({ memory }) => memory && words(memory));
    this.#flows = regions.caches.map(({ flows }) => flows && words(flows));
    this.#causes = regions.caches.map(({ causes }) => causes && words(causes));
    this.#dirtyLines = words(regions.dirtyLines);
    this.#egress = regions.caches.map(
      ({ egress }, index) => egress && new EgressOwners(block, recordAddress(regions.records, index), egress),
    );
  }

  /** The number of a (label, tenant) pair (Owners.numberOf). */
  owner(label: number, tenant: number): number {
    return this.owners.numberOf(label, tenant);
  }

  /**
   * One demand access.
   * @param kind KIND_READ, KIND_WRITE or KIND_FETCH.
   * @returns the step that served it: 0 for the first cache on the port's way, STEP_MEMORY for memory.
   */
  access(port: number, line: number, kind: number, owner: number): number {
    return this.loop.access(this.pes, port, line, kind, owner);
  }

  /** The two lines of one access, counted as cachegrind does: for caches whose write policy is `ignored`. */
  accessStraddling(port: number, line: number, nextLine: number, kind: number, owner: number): number {
    return this.loop.accessStraddling(this.pes, port, line, nextLine, kind, owner);
  }

  get replayCapacity(): number {
    return (this.replayWords.length << 2) / ACCESS_BYTES;
  }

  /** Make the first `count` accesses of `replayWords`. The last one must not be the first half of a straddling pair. */
  replay(count: number): void {
    if (this.#regions.replay === undefined) throw new Error('no room for replay was reserved');
    this.loop.replay(this.pes, this.#regions.replay.byteOffset, count);
  }

  /** What one owner did and had in a cache. */
  counters(cache: number, owner: number): OwnerCounters {
    return ownerCountersAt(this.#counters[cache]!, (owner * OWNER_BYTES) >> 2);
  }

  /** Lines that an owner holds. */
  occupancy(cache: number, owner: number): number {
    return occupancyAt(this.#counters[cache]!, (owner * OWNER_BYTES) >> 2);
  }

  /** Lines that passed the memory side of a cache upstream for an owner, since the start (A 4.3). */
  linesFetched(cache: number, owner: number): number {
    const ofMemory = this.#memoryCounters[cache];
    if (ofMemory === undefined) return linesFetchedAt(this.#counters[cache]!, (owner * OWNER_BYTES) >> 2);
    const { reads, writes, fetches } = memoryCountersAt(ofMemory, (owner * MEMORY_OWNER_BYTES) >> 2);
    return reads + writes + fetches;
  }

  /** Lines that passed it downstream. */
  linesSent(cache: number, owner: number): number {
    const ofMemory = this.#memoryCounters[cache];
    if (ofMemory === undefined) return linesSentAt(this.#counters[cache]!, (owner * OWNER_BYTES) >> 2);
    return memoryCountersAt(ofMemory, (owner * MEMORY_OWNER_BYTES) >> 2).writeBacks;
  }

  /** Lines of `victim` that fills of `evictor` took the place of. @throws Error where flows are not kept. */
  flow(cache: number, evictor: number, victim: number): number {
    return this.#pair(this.#flows[cache], evictor, victim);
  }

  /**
   * Misses of `requester` on lines with that history: HISTORY_NEVER (cold), HISTORY_REFUSED, HISTORY_MOVED, or the owner
   * who evicted the line last. @throws Error where miss classes are not kept.
   */
  missesBecauseOf(cache: number, requester: number, history: number): number {
    return this.#pair(this.#causes[cache], requester, history);
  }

  /** What memory served to an owner, and the write-backs that it is billed for; in lines, from all outermost caches. */
  memoryCounters(owner: number): MemoryCounters {
    const all = this.#memoryCounters.flatMap((counters) => (counters === undefined ? [] : [counters]));
    return sumOfMemoryCounters(all.map((counters) => memoryCountersAt(counters, (owner * MEMORY_OWNER_BYTES) >> 2)));
  }

  /** The same of one outermost cache. @throws Error for a cache further in: it sends nothing to memory. */
  memoryCountersOf(cache: number, owner: number): MemoryCounters {
    const counters = this.#memoryCounters[cache];
    if (counters === undefined) throw new Error(`cache ${this.config.caches[cache]!.name} is not an outermost one`);
    return memoryCountersAt(counters, (owner * MEMORY_OWNER_BYTES) >> 2);
  }

  /** Dirty lines that each owner has in a cache, by owner: one pass over all sets. Valid until the next call. */
  dirtyLines(cache: number): Uint32Array {
    this.#dirtyLines.fill(0);
    this.loop.countDirtyLines(recordAddress(this.#regions.records, cache), this.#dirtyLines.byteOffset);
    return this.#dirtyLines;
  }

  /**
   * Cache maintenance: clean or invalidate `count` lines from `firstLine` on, in all caches. It takes no time; what is
   * written to memory waits in its channels from the present time on.
   * @returns lines done: fewer than `count` if channels have no room for more writes. Let time pass, and go on.
   */
  maintain(firstLine: number, count: number, operation: MaintenanceOperation): number {
    const { records } = this.#regions;
    const traffic = this.channels?.address ?? 0;
    const { length } = this.config.caches;
    return this.loop.maintain(records.byteOffset, length, traffic, firstLine, count, MAINTENANCE_BITS[operation]);
  }

  /** Be told of every owner from now on, before its first request. */
  tellNewOwners(onNewOwner: (owner: number) => void): void {
    this.#onNewOwner.push(onNewOwner);
  }

  /** From now on requests of `owner` leave an outermost cache as those of `translated` (A 2.7). @throws Error if it cannot. */
  setEgress(cache: number, owner: number, translated: number): void {
    const egress = this.#egress[cache];
    if (egress === undefined)
      throw new Error(`cache ${this.config.caches[cache]!.name} translates nothing at its egress`);
    egress.set(owner, translated);
  }

  /** Let what advances on a machine record (MACHINE_) wait for memory's channels, if it has any. */
  connectTraffic(machineAddress: number): void {
    this.#block.words[(machineAddress + MACHINE_TRAFFIC) >>> 2] = this.channels?.address ?? 0;
  }

  /** The line as a cache holds it, if it does. For questions, not for the loop. */
  find(cache: number, line: number): LineState | undefined {
    return findLine(this.#block, this.config.caches[cache]!, this.#regions.caches[cache]!.lines, line);
  }

  /** The controls of the MSC that regulates a cache; undefined if none does. */
  controls(cache: number): MscControls | undefined {
    return this.#controls.ofCache(cache);
  }

  /** The controls of an MSC, by its index on the machine (mscsOf). */
  mscControls(msc: number): MscControls {
    return this.#controls.ofMsc(msc);
  }

  #openChannels(): Channels | undefined {
    const { channels: regions, records } = this.#regions;
    if (regions === undefined) return undefined;
    const channels = new Channels(this.#block, regions, { config: this.config, loop: this.loop });
    channels.connect(this.pes);
    for (let cache = 0; cache < this.config.caches.length; cache++) {
      this.#block.words[(recordAddress(records, cache) + CACHE_ROUTE) >>> 2] = channels.routeOf(cache);
    }
    return channels;
  }

  #pair(matrix: Uint32Array | undefined, row: number, column: number): number {
    if (matrix === undefined) throw new Error('this cache keeps no such matrix');
    return counterAt(matrix, 2 * (row * this.config.ownerCapacity + column));
  }
}
