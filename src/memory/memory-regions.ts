/** How much of the block the caches of a machine need, and where; and where its PEs' ways to them begin. */
import {
  ACCESS_BYTES,
  CACHE_BYTES,
  CACHE_FLAGS,
  DIRTY,
  FLAG_PLAIN,
  FLAG_WRITE_BACK,
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
import { recordAddress } from './cache-record.ts';
import { type CacheRegions, reserveCache } from './cache-regions.ts';
import { reserveChannels, type TrafficRegions } from './channels/channel-regions.ts';
import type { HierarchyConfig } from './hierarchy-config.ts';
import { firstStepOf } from './way-to-memory.ts';

/** Accesses that the replay buffer holds. */
const REPLAY_ACCESSES = 16384;

export interface MemoryRegions {
  readonly config: HierarchyConfig;
  readonly records: Region;
  readonly caches: readonly CacheRegions[];
  readonly channels: TrafficRegions | undefined;
  /** A u32 per owner, for counting. */
  readonly dirtyLines: Region;
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
    channels: config.bandwidth === undefined ? undefined : reserveChannels(layout, config, { prefix }),
    dirtyLines: layout.reserve(`${prefix}dirty-lines`, config.ownerCapacity * 4),
    pes: layout.reserve(`${prefix}ports`, config.ports.length * PE_BYTES),
    replay: withReplay ? layout.reserve(`${prefix}replay`, REPLAY_ACCESSES * ACCESS_BYTES) : undefined,
  };
}

/** Let the ways of all PEs begin at their caches, whose records are written. */
export function connectPorts(block: Block, regions: MemoryRegions): void {
  regions.config.ports.forEach(({ fetch, data }, port) => {
    const ways = regions.pes.byteOffset + port * PE_BYTES + PE_WAYS;
    connect(block, regions, ways, data);
    connect(block, regions, ways + WAY_BYTES, fetch);
  });
}

/** Let a way out of a PE begin at a cache. */
function connect({ words }: Block, { config, records, caches }: MemoryRegions, wayOut: number, index: number): void {
  const record = recordAddress(records, index);
  const { lines, owners } = caches[index]!;
  const { sets } = config.caches[index]!;
  const flags = words[(record + CACHE_FLAGS) >> 2]!;
  const hasShortWay = (flags & FLAG_PLAIN) !== 0 && (sets & (sets - 1)) === 0;
  words[(wayOut + WAY_CACHE) >> 2] = record;
  words[(wayOut + WAY_LINES) >> 2] = hasShortWay ? lines.byteOffset : 0;
  words[(wayOut + WAY_MASK) >> 2] = sets - 1;
  words[(wayOut + WAY_OWNERS) >> 2] = owners.byteOffset;
  words[(wayOut + WAY_FIRST_STEP) >> 2] = firstStepOf(config, index);
  words[(wayOut + WAY_DIRT) >> 2] = (flags & FLAG_WRITE_BACK) !== 0 ? DIRTY : 0;
}
