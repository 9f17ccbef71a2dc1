/**
 * The caches of one machine: laid out in the block from a HierarchyConfig, driven by the access loop, asked from here.
 *
 * What an access does is in loop/assembly/hierarchy.ts. In short: a request carries its owner (label and tenant) outward,
 * a line keeps the owner that allocated it, and everything that happens is counted per owner and cache. Numbers are those
 * since the start; 64-bit counters are read as doubles, exact to 2^53.
 */

import { type AccessLoop, accessLoopFor } from '../loop/access-loop.ts';
import {
  ACCESS_BYTES,
  CACHE_BYTES,
  CACHE_FLAGS,
  DIRTY,
  FLAG_PLAIN,
  FLAG_WRITE_BACK,
  MEMORY_OWNER_BYTES,
  OWNER_BYTES,
  PE_BYTES,
  PE_WAYS,
  WAY_BYTES,
  WAY_CACHE,
  WAY_DIRT,
  WAY_FIRST_STEP,
  WAY_LINES,
  WAY_MASK,
  WAY_OWNERS,
} from '../loop/assembly/layout.ts';
import type { Block, BlockLayout, Region } from '../loop/block.ts';
import { CacheControls, type MscRegisterChange } from './cache-controls.ts';
import { initCaches, recordAddress } from './cache-record.ts';
import { type CacheRegions, reserveCache } from './cache-regions.ts';
import { CacheSlots } from './cache-slots.ts';
import type { HierarchyConfig } from './hierarchy-config.ts';
import { findLine, type LineState } from './line-state.ts';
import { type MemoryCounters, memoryCountersAt, type OwnerCounters, ownerCountersAt } from './owner-counters.ts';
import { Owners } from './owners.ts';
import { firstStepOf } from './way-to-memory.ts';

/** Accesses that the replay buffer holds. */
const REPLAY_ACCESSES = 16384;

export interface MemoryRegions {
  readonly config: HierarchyConfig;
  readonly records: Region;
  readonly caches: readonly CacheRegions[];
  readonly memory: Region;
  readonly pes: Region;
  readonly replay: Region | undefined;
}

export interface MemoryOptions {
  /** Begins the names of the regions, to tell machines of one block apart. */
  readonly prefix?: string;
  /** Make room for accesses that are made without time (memory-trace studies). */
  readonly withReplay?: boolean;
}

/** Reserve a machine's caches. */
export function reserveMemory(
  layout: BlockLayout,
  config: HierarchyConfig,
  options: MemoryOptions = {},
): MemoryRegions {
  const { prefix = '', withReplay = false } = options;
  return {
    config,
    records: layout.reserve(`${prefix}caches`, config.caches.length * CACHE_BYTES),
    caches: config.caches.map((cache) => reserveCache(layout, cache, config, prefix)),
    memory: layout.reserve(`${prefix}memory`, config.ownerCapacity * MEMORY_OWNER_BYTES),
    pes: layout.reserve(`${prefix}ports`, config.ports.length * PE_BYTES),
    replay: withReplay ? layout.reserve(`${prefix}replay`, REPLAY_ACCESSES * ACCESS_BYTES) : undefined,
  };
}

export class MemorySystem {
  readonly config: HierarchyConfig;
  readonly loop: AccessLoop;
  readonly owners: Owners;
  /** Address of the first PE record; one per port. */
  readonly pes: number;
  /** Ready accesses for `replay` (loop layout, ACCESS_*), if room was made for them. */
  readonly replayWords: Int32Array;
  readonly #block: Block;
  readonly #regions: MemoryRegions;
  readonly #slots: readonly CacheSlots[];
  readonly #controls: readonly (CacheControls | undefined)[];
  readonly #openSlots: readonly number[];
  readonly #counters: readonly Uint32Array[];
  readonly #memoryCounters: Uint32Array;
  readonly #flows: readonly (Uint32Array | undefined)[];
  readonly #causes: readonly (Uint32Array | undefined)[];

  /** @param onChange is told of every MSC register that gets another value, with the index of the cache. */
  constructor(
    block: Block,
    regions: MemoryRegions,
    onChange: (cache: number, change: MscRegisterChange) => void = () => {},
    loop: AccessLoop = accessLoopFor(block),
  ) {
    const { config } = regions;
    this.config = config;
    this.loop = loop;
    this.#block = block;
    this.#regions = regions;
    initCaches(block, config, regions.records, regions.caches, regions.memory);
    this.pes = regions.pes.byteOffset;
    this.#connectPorts();
    this.replayWords = regions.replay === undefined ? new Int32Array(0) : block.int32(regions.replay);
    this.#slots = config.caches.map((cache, index) => {
      return new CacheSlots(block, cache, recordAddress(regions.records, index), regions.caches[index]!, loop);
    });
    this.#openSlots = this.#slots.map((slots, index) =>
      config.caches[index]!.controls === undefined ? slots.addSlot() : -1,
    );
    this.#controls = config.caches.map(({ name, controls: features }, index) => {
      if (features === undefined) return undefined;
      const identity = { name, features, seed: config.seed };
      return new CacheControls(identity, this.#slots[index]!, (change) => onChange(index, change));
    });
    this.owners = new Owners(config.ownerCapacity, (owner, label) => this.#adopt(owner, label));
    const words = (region: Region): Uint32Array =>
      new Uint32Array(block.memory.buffer, region.byteOffset, region.byteLength >> 2);
    this.#counters = regions.caches.map(({ owners }) => words(owners));
    this.#memoryCounters = words(regions.memory);
    this.#flows = regions.caches.map(({ flows }) => flows && words(flows));
    this.#causes = regions.caches.map(({ causes }) => causes && words(causes));
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
    return this.counters(cache, owner).occupancy;
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

  /** What memory served to an owner, and the write-backs that it is billed for; in lines. */
  memoryCounters(owner: number): MemoryCounters {
    return memoryCountersAt(this.#memoryCounters, (owner * MEMORY_OWNER_BYTES) >> 2);
  }

  /** The line as a cache holds it, if it does. For questions, not for the loop. */
  find(cache: number, line: number): LineState | undefined {
    return findLine(this.#block, this.config.caches[cache]!, this.#regions.caches[cache]!.lines, line);
  }

  /** Partitioning of a cache; undefined if it has none. */
  controls(cache: number): CacheControls | undefined {
    return this.#controls[cache];
  }

  #adopt(owner: number, label: number): void {
    this.#controls.forEach((controls, cache) => {
      if (controls === undefined) this.#slots[cache]!.setOwnerSlot(owner, this.#openSlots[cache]!);
      else controls.adopt(owner, label);
    });
  }

  #connectPorts(): void {
    this.config.ports.forEach(({ fetch, data }, port) => {
      const ways = this.pes + port * PE_BYTES + PE_WAYS;
      this.#connect(ways, data);
      this.#connect(ways + WAY_BYTES, fetch);
    });
  }

  /** Let a way out of a PE begin at a cache. */
  #connect(wayOut: number, index: number): void {
    const record = recordAddress(this.#regions.records, index);
    const { lines, owners } = this.#regions.caches[index]!;
    const { sets } = this.config.caches[index]!;
    const { words } = this.#block;
    const flags = words[(record + CACHE_FLAGS) >> 2]!;
    const hasShortWay = (flags & FLAG_PLAIN) !== 0 && (sets & (sets - 1)) === 0;
    words[(wayOut + WAY_CACHE) >> 2] = record;
    words[(wayOut + WAY_LINES) >> 2] = hasShortWay ? lines.byteOffset : 0;
    words[(wayOut + WAY_MASK) >> 2] = sets - 1;
    words[(wayOut + WAY_OWNERS) >> 2] = owners.byteOffset;
    words[(wayOut + WAY_FIRST_STEP) >> 2] = firstStepOf(this.config, index);
    words[(wayOut + WAY_DIRT) >> 2] = (flags & FLAG_WRITE_BACK) !== 0 ? DIRTY : 0;
  }

  #pair(matrix: Uint32Array | undefined, row: number, column: number): number {
    if (matrix === undefined) throw new Error('this cache keeps no such matrix');
    const at = 2 * (row * this.config.ownerCapacity + column);
    return matrix[at]! + matrix[at + 1]! * 2 ** 32;
  }
}
