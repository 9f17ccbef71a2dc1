/** A cache's record in the block, and its sets as they are before the first access. */
import {
  CACHE_BYTES,
  CACHE_CANDIDATES,
  CACHE_CAUSES,
  CACHE_FIRST_INNER,
  CACHE_FLAGS,
  CACHE_FLOWS,
  CACHE_GROUP_BYTES,
  CACHE_GROUPS,
  CACHE_HISTORY,
  CACHE_INDEX_MASK,
  CACHE_INVALID,
  CACHE_LINES,
  CACHE_MAGIC,
  CACHE_MEMORY,
  CACHE_NEXT_SIBLING,
  CACHE_OUTER,
  CACHE_OWNER_SHIFT,
  CACHE_OWNER_SLOTS,
  CACHE_OWNERS,
  CACHE_POLICY,
  CACHE_RANDOM,
  CACHE_SET_BYTES,
  CACHE_SETS,
  CACHE_SLOT_PORTIONS,
  CACHE_SLOT_PRIORITIES,
  CACHE_SLOT_WAYS,
  CACHE_SLOTS,
  CACHE_WAYS,
  FLAG_EVICTOR_PAYS,
  FLAG_EXCLUSIVE,
  FLAG_INCLUSIVE,
  FLAG_LADDER,
  FLAG_LARGE,
  FLAG_NO_WRITE_ALLOCATE,
  FLAG_PLAIN,
  FLAG_STAMPED,
  FLAG_WRITE_BACK,
  FLAG_WRITE_THROUGH,
  FLAG_WRITER_OWNS,
  NO_LINE,
  OWNERS,
  POLICY_FIFO,
  POLICY_LRU,
  POLICY_MRU,
  POLICY_RANDOM,
  POLICY_SRRIP,
  POLICY_TREE_PLRU,
  RANKS,
  TAGS,
} from '../loop/assembly/layout.ts';
import type { Block, Region } from '../loop/block.ts';
import { randomStream } from '../loop/random-stream.ts';
import { type CacheRegions, setShapeOf } from './cache-regions.ts';
import type { CacheConfig, HierarchyConfig, ReplacementPolicy, WritePolicy } from './hierarchy-config.ts';

const POLICY_CODES: Readonly<Record<ReplacementPolicy, number>> = {
  lru: POLICY_LRU,
  'tree-plru': POLICY_TREE_PLRU,
  fifo: POLICY_FIFO,
  mru: POLICY_MRU,
  random: POLICY_RANDOM,
  srrip: POLICY_SRRIP,
};

const WRITE_FLAGS: Readonly<Record<WritePolicy, number>> = {
  'write-back': FLAG_WRITE_BACK,
  'write-through': FLAG_WRITE_THROUGH | FLAG_NO_WRITE_ALLOCATE,
  'write-through-allocate': FLAG_WRITE_THROUGH,
  ignored: 0,
};

/** Rank of a way that does not exist: newer ones never push it further. */
const NO_RANK = 0xff;
/** From this size on the sets are looked at ahead (FLAG_LARGE): more than the host's own second-level cache holds. */
const LARGE_BYTES = 2 * 2 ** 20;

/** Address of the record of the machine's cache number `index`. */
export const recordAddress = (records: Region, index: number): number => records.byteOffset + index * CACHE_BYTES;

/** Write the records of all caches, and empty all sets. */
export function initCaches(
  block: Block,
  config: HierarchyConfig,
  records: Region,
  regions: readonly CacheRegions[],
): void {
  config.caches.forEach((cache, index) => {
    initRecord(block, config, index, records, regions[index]!);
    linkInside(block, config, index, records);
    emptySets(block, cache, regions[index]!.lines);
  });
}

function initRecord(
  block: Block,
  config: HierarchyConfig,
  index: number,
  records: Region,
  regions: CacheRegions,
): void {
  const cache = config.caches[index]!;
  const { groups, groupBytes } = setShapeOf(cache);
  const at = recordAddress(records, index) >> 2;
  const put = (offset: number, value: number): void => {
    block.words[at + (offset >> 2)] = value;
  };
  put(CACHE_SETS, cache.sets);
  put(CACHE_WAYS, cache.ways);
  put(CACHE_GROUPS, groups);
  put(CACHE_GROUP_BYTES, groupBytes);
  put(CACHE_SET_BYTES, groups * groupBytes);
  const isPowerOfTwo = (cache.sets & (cache.sets - 1)) === 0;
  put(CACHE_INDEX_MASK, isPowerOfTwo ? cache.sets - 1 : 0);
  const magic = isPowerOfTwo ? 0n : 2n ** 64n / BigInt(cache.sets) + 1n;
  put(CACHE_MAGIC, Number(magic & 0xffffffffn));
  put(CACHE_MAGIC + 4, Number(magic >> 32n));
  put(CACHE_POLICY, POLICY_CODES[cache.policy]);
  put(CACHE_FLAGS, flagsOf(cache, config));
  put(CACHE_OUTER, cache.outer === undefined ? 0 : recordAddress(records, cache.outer));
  put(CACHE_OWNER_SHIFT, Math.log2(config.ownerCapacity));
  put(CACHE_INVALID, cache.sets * cache.ways);
  const seeds = randomStream(config.seed, 'replacement', cache.name);
  for (let word = 0; word < 4; word++) put(CACHE_RANDOM + 4 * word, seeds.uint32());
  const addresses: readonly (readonly [number, Region | undefined])[] = [
    [CACHE_LINES, regions.lines],
    [CACHE_OWNERS, regions.owners],
    [CACHE_OWNER_SLOTS, regions.ownerSlots],
    [CACHE_SLOTS, regions.slots],
    [CACHE_SLOT_WAYS, regions.slotWays],
    [CACHE_SLOT_PRIORITIES, regions.slotPriorities],
    [CACHE_CANDIDATES, regions.candidates],
    [CACHE_SLOT_PORTIONS, regions.slotPortions],
    [CACHE_FLOWS, regions.flows],
    [CACHE_CAUSES, regions.causes],
    [CACHE_HISTORY, regions.history],
    [CACHE_MEMORY, regions.memory],
  ];
  for (const [offset, region] of addresses) put(offset, region?.byteOffset ?? 0);
}

function flagsOf(cache: CacheConfig, config: HierarchyConfig): number {
  const { groups, groupBytes, isStamped } = setShapeOf(cache);
  let flags = WRITE_FLAGS[cache.writePolicy];
  if (cache.inclusion === 'inclusive') flags |= FLAG_INCLUSIVE;
  if (cache.inclusion === 'exclusive') flags |= FLAG_EXCLUSIVE;
  if (cache.writeHitOwner === 'writer') flags |= FLAG_WRITER_OWNS;
  if (config.writeBackBilledTo === 'evictor') flags |= FLAG_EVICTOR_PAYS;
  if (cache.controls?.victimPreference === 'ladder') flags |= FLAG_LADDER;
  if (isStamped) flags |= FLAG_STAMPED;
  if (isPlain(cache, config)) flags |= FLAG_PLAIN;
  if (cache.sets * groups * groupBytes >= LARGE_BYTES) flags |= FLAG_LARGE;
  return flags;
}

/** Whether the loop has its short way for it (loop/assembly/plain-cache.ts), as long as nothing is limited. */
function isPlain(cache: CacheConfig, { caches }: HierarchyConfig): boolean {
  const isInExclusive = cache.outer !== undefined && caches[cache.outer]!.inclusion === 'exclusive';
  return (
    cache.policy === 'lru' &&
    setShapeOf(cache).groups === 1 &&
    (cache.writePolicy === 'write-back' || cache.writePolicy === 'ignored') &&
    cache.inclusion === 'non-inclusive' &&
    cache.writeHitOwner === 'allocator' &&
    !(cache.controls?.portionKind === 'sets' && cache.controls.cpbmWd > 0) &&
    !isInExclusive
  );
}

/** Put the cache into the list of those inside its outer one. */
function linkInside(block: Block, config: HierarchyConfig, index: number, records: Region): void {
  const { outer } = config.caches[index]!;
  if (outer === undefined) return;
  const first = (recordAddress(records, outer) + CACHE_FIRST_INNER) >> 2;
  const own = recordAddress(records, index);
  block.words[(own + CACHE_NEXT_SIBLING) >> 2] = block.words[first]!;
  block.words[first] = own;
}

/** No way holds a line; the ways are in order, the first one being the oldest. */
function emptySets(block: Block, cache: CacheConfig, lines: Region): void {
  const { groups, groupBytes } = setShapeOf(cache);
  const hasRanks = cache.policy === 'lru' || cache.policy === 'fifo' || cache.policy === 'mru';
  const set = new Uint8Array(groups * groupBytes);
  for (let group = 0; group < groups; group++) {
    const at = group * groupBytes;
    set.fill(NO_LINE & 0xff, at + TAGS, at + OWNERS);
    for (let lane = 0; hasRanks && lane < 16; lane++) {
      const way = 16 * group + lane;
      set[at + RANKS + lane] = way < cache.ways ? Math.min(cache.ways - 1 - way, NO_RANK) : NO_RANK;
    }
  }
  const bytes = block.uint8(lines);
  bytes.set(set);
  for (let filled = set.length; filled < bytes.length; filled *= 2) {
    bytes.copyWithin(filled, 0, Math.min(filled, bytes.length - filled));
  }
}
