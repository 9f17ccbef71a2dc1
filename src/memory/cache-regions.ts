/** How much of the block one cache needs, and where: the regions behind the addresses of its record (loop layout). */
import {
  GROUP_BYTES,
  GROUP_WAYS,
  MEMORY_OWNER_BYTES,
  OWNER_BYTES,
  SLOT_BYTES,
  SLOT_PORTION_BYTES,
  SLOTS_MAX,
  STAMPED_GROUP_BYTES,
  WAYS_MAX_RANKED,
} from '../loop/assembly/layout.ts';
import type { BlockLayout, Region } from '../loop/block.ts';
import { brokenCacheRules } from './cache-rules.ts';
import { canTranslateEgress, EGRESS_OWNER_BYTES } from './egress-owners.ts';
import type { CacheConfig, HierarchyConfig } from './hierarchy-config.ts';

export interface CacheRegions {
  readonly lines: Region;
  readonly owners: Region;
  readonly ownerSlots: Region;
  readonly slots: Region;
  readonly slotWays: Region;
  readonly slotPriorities: Region;
  readonly candidates: Region;
  readonly setPortions: Region | undefined;
  readonly slotPortions: Region | undefined;
  readonly flows: Region | undefined;
  readonly causes: Region | undefined;
  readonly history: Region | undefined;
  /** Of outermost caches: what they send to memory, by owner; and as whom it goes on, if that can be another. */
  readonly memory: Region | undefined;
  readonly egress: Region | undefined;
}

/** The shape of a set in the block. */
export interface SetShape {
  readonly groups: number;
  readonly groupBytes: number;
  readonly isStamped: boolean;
}

/** Ranks fit in a byte up to WAYS_MAX_RANKED ways; a PLRU tree needs one for every node, so its ways are rounded up. */
export function setShapeOf({ ways, policy }: Pick<CacheConfig, 'ways' | 'policy'>): SetShape {
  const isStamped = ways > WAYS_MAX_RANKED && (policy === 'lru' || policy === 'fifo' || policy === 'mru');
  const room = policy === 'tree-plru' ? 2 ** Math.ceil(Math.log2(ways)) : ways;
  return {
    groups: Math.ceil(room / GROUP_WAYS),
    groupBytes: isStamped ? STAMPED_GROUP_BYTES : GROUP_BYTES,
    isStamped,
  };
}

/** Bytes of the table of a cache's lines: whole groups of 16 ways (loop/assembly/layout.ts). */
export function lineTableBytes(cache: Pick<CacheConfig, 'sets' | 'ways' | 'policy'>): number {
  const { groups, groupBytes } = setShapeOf(cache);
  return cache.sets * groups * groupBytes;
}

/** Reserve everything of one cache. @throws RangeError for choices that no cache can have together. */
export function reserveCache(
  layout: BlockLayout,
  config: CacheConfig,
  machine: HierarchyConfig,
  prefix: string,
): CacheRegions {
  refuseBrokenRules(config);
  const reserve = (name: string, bytes: number): Region => layout.reserve(`${prefix}${config.name}-${name}`, bytes);
  const reserveIf = (wanted: boolean, name: string, bytes: number): Region | undefined =>
    wanted ? reserve(name, bytes) : undefined;
  const { groups } = setShapeOf(config);
  const pairs = machine.ownerCapacity ** 2;
  const isOutermost = config.outer === undefined;
  const translates = canTranslateEgress(machine, machine.caches.indexOf(config));
  const bySets = config.controls?.portionKind === 'sets' && config.controls.cpbmWd > 0;
  return {
    lines: reserve('lines', lineTableBytes(config)),
    owners: reserve('owners', machine.ownerCapacity * OWNER_BYTES),
    ownerSlots: reserve('owner-slots', machine.ownerCapacity),
    slots: reserve('slots', SLOTS_MAX * SLOT_BYTES),
    slotWays: reserve('slot-ways', SLOTS_MAX * groups * GROUP_WAYS),
    slotPriorities: reserve('slot-priorities', SLOTS_MAX),
    candidates: reserve('candidates', groups * GROUP_WAYS),
    setPortions: reserveIf(bySets, 'set-portions', config.sets * 2),
    slotPortions: reserveIf(bySets, 'slot-portions', SLOTS_MAX * SLOT_PORTION_BYTES),
    flows: reserveIf(config.flows, 'flows', pairs * 8),
    causes: reserveIf(config.missClasses, 'causes', pairs * 8),
    history: reserveIf(config.missClasses, 'history', machine.physicalLines * 2),
    memory: reserveIf(isOutermost, 'memory', machine.ownerCapacity * MEMORY_OWNER_BYTES),
    egress: reserveIf(isOutermost && translates, 'egress', machine.ownerCapacity * EGRESS_OWNER_BYTES),
  };
}

function refuseBrokenRules(config: CacheConfig): void {
  const [broken] = brokenCacheRules(config);
  if (broken === undefined) return;
  const { member, value, allowed, hint } = broken;
  throw new RangeError(`cache ${config.name}: ${member}: ${value}; expected ${allowed} (${hint})`);
}
