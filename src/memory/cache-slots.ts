/**
 * The slots of one cache in the block: which partition may allocate where, and how much.
 *
 * Slot 0 is that of disabled PARTIDs. A line remembers the slot that its owner was in when it came; when owners move
 * (a PARTID is disabled, narrowed otherwise, limited for the first time), all lines are gone through once (`settle`).
 */

import type { AccessLoop } from '../loop/access-loop.ts';
import {
  CACHE_FLAGS,
  CACHE_SET_PORTIONS,
  CACHE_SLOT_COUNT,
  FLAG_LIMITS,
  GROUP_WAYS,
  NO_LINE,
  OWNER_MASK,
  OWNERS,
  PRIORITY_DISABLED,
  PRIORITY_NORMAL,
  SLOT_ASSOCIATIVITY,
  SLOT_BYTES,
  SLOT_DISABLED,
  SLOT_DROP_LIMIT,
  SLOT_GROWTH_LIMIT,
  SLOT_MINIMUM,
  SLOT_OCCUPANCY,
  SLOT_PORTION_BYTES,
  SLOT_SOFT,
  SLOTS,
  SLOTS_MAX,
  UNLIMITED,
} from '../loop/assembly/layout.ts';
import type { Block } from '../loop/block.ts';
import { type CacheRegions, setShapeOf } from './cache-regions.ts';
import type { CacheConfig } from './hierarchy-config.ts';
import type { PortionKind } from './msc-config.ts';
import type { PartitionSlots, SlotLimits } from './settings/partition-slots.ts';
import { hasLimits } from './settings/slot-limits.ts';

const NO_LIMITS: SlotLimits = {
  growthLimit: UNLIMITED,
  dropLimit: UNLIMITED,
  minimum: 0,
  associativity: UNLIMITED,
  isSoft: false,
};

export class CacheSlots implements PartitionSlots {
  readonly sets: number;
  readonly ways: number;
  readonly #block: Block;
  readonly #config: CacheConfig;
  readonly #record: number;
  readonly #regions: CacheRegions;
  readonly #loop: AccessLoop;
  readonly #ownerSlots: Uint8Array;
  readonly #limited = new Set<number>();
  /** Owners that have a slot. */
  readonly #placed = new Set<number>();
  #count = 0;
  #disabledOwners = 0;

  /** @param record address of the cache's record. */
  constructor(block: Block, config: CacheConfig, record: number, regions: CacheRegions, loop: AccessLoop) {
    this.sets = config.sets;
    this.ways = config.ways;
    this.#block = block;
    this.#config = config;
    this.#record = record;
    this.#regions = regions;
    this.#loop = loop;
    this.#ownerSlots = block.uint8(regions.ownerSlots);
    this.#nameSetPortions();
    const disabled = this.addSlot();
    if (disabled !== SLOT_DISABLED) throw new Error('the first slot must be that of disabled PARTIDs');
    this.#wayMask(disabled).fill(0);
    block.uint8(regions.slotPriorities)[disabled] = PRIORITY_DISABLED;
    if (regions.slotPortions !== undefined) this.#portionBits(disabled).fill(0);
  }

  addSlot(): number {
    if (this.#count >= SLOTS_MAX) throw new Error(`cache ${this.#config.name}: no slot left`);
    const slot = this.#count++;
    this.#block.words[(this.#record + CACHE_SLOT_COUNT) >> 2] = this.#count;
    this.#wayMask(slot).fill(0xff, 0, this.ways);
    if (this.#regions.slotPortions !== undefined) this.#portionBits(slot).fill(0xff);
    this.#block.uint8(this.#regions.slotPriorities)[slot] = PRIORITY_NORMAL;
    this.#putLimits(slot, NO_LIMITS);
    return slot;
  }

  setLimits(slot: number, limits: SlotLimits): void {
    if (hasLimits(limits)) this.#limited.add(slot);
    else this.#limited.delete(slot);
    this.#putLimits(slot, limits);
    this.#refreshFlag();
    this.#loop.judgeAll(this.#record, this.#count);
  }

  setPortions(slot: number, words: Uint32Array, count: number, kind: PortionKind): void {
    const isAllowed = (portion: number): boolean => ((words[portion >> 5]! >>> (portion & 31)) & 1) === 1;
    if (kind === 'sets') {
      const bits = this.#portionBits(slot).fill(0);
      for (let portion = 0; portion < count; portion++) {
        if (isAllowed(portion)) bits[portion >> 3]! |= 1 << (portion & 7);
      }
      this.#block.words[(this.#record + CACHE_SET_PORTIONS) >> 2] = this.#regions.setPortions!.byteOffset;
      return;
    }
    const mask = this.#wayMask(slot);
    for (let way = 0; way < this.ways; way++) {
      mask[way] = isAllowed(Math.floor((way * count) / this.ways)) ? 0xff : 0;
    }
  }

  setOwnerSlot(owner: number, slot: number): void {
    if (this.#ownerSlots[owner] === SLOT_DISABLED && this.#placed.has(owner)) this.#disabledOwners--;
    this.#placed.add(owner);
    if (slot === SLOT_DISABLED) this.#disabledOwners++;
    this.#ownerSlots[owner] = slot;
    this.#refreshFlag();
  }

  settle(): void {
    const { groups, groupBytes } = setShapeOf(this.#config);
    const lines = this.#regions.lines;
    const bytes = this.#block.uint8(lines);
    const tags = this.#block.words;
    const owners = new Uint16Array(this.#block.memory.buffer);
    const occupancies = new Int32Array(this.#count);
    for (let group = 0; group < this.sets * groups; group++) {
      const at = group * groupBytes;
      const base = lines.byteOffset + at;
      for (let lane = 0; lane < GROUP_WAYS; lane++) {
        if (tags[(base >> 2) + lane]! >>> 0 === NO_LINE) continue;
        const slot = this.#ownerSlots[owners[((base + OWNERS) >> 1) + lane]! & OWNER_MASK]!;
        bytes[at + SLOTS + lane] = slot;
        occupancies[slot]!++;
      }
    }
    occupancies.forEach((occupancy, slot) => {
      this.#block.words[this.#slotWord(slot, SLOT_OCCUPANCY)] = occupancy;
    });
    this.#loop.judgeAll(this.#record, this.#count);
  }

  occupancy(slot: number): number {
    return this.#block.words[this.#slotWord(slot, SLOT_OCCUPANCY)]!;
  }

  /** The loop takes its long way only if something is limited, or lines of disabled PARTIDs may be there. */
  #refreshFlag(): void {
    const word = (this.#record + CACHE_FLAGS) >> 2;
    const isLimited = this.#limited.size > 0 || this.#disabledOwners > 0;
    const flags = this.#block.words[word]!;
    this.#block.words[word] = isLimited ? flags | FLAG_LIMITS : flags & ~FLAG_LIMITS;
    if (isLimited && (flags & FLAG_LIMITS) === 0) this.#loop.judgeAll(this.#record, this.#count);
  }

  #putLimits(slot: number, limits: SlotLimits): void {
    const { words } = this.#block;
    words[this.#slotWord(slot, SLOT_GROWTH_LIMIT)] = limits.growthLimit;
    words[this.#slotWord(slot, SLOT_DROP_LIMIT)] = limits.dropLimit;
    words[this.#slotWord(slot, SLOT_MINIMUM)] = limits.minimum;
    words[this.#slotWord(slot, SLOT_ASSOCIATIVITY)] = limits.associativity;
    words[this.#slotWord(slot, SLOT_SOFT)] = limits.isSoft ? 1 : 0;
  }

  #slotWord(slot: number, field: number): number {
    return (this.#regions.slots.byteOffset + slot * SLOT_BYTES + field) >> 2;
  }

  #wayMask(slot: number): Uint8Array {
    const bytes = setShapeOf(this.#config).groups * GROUP_WAYS;
    return this.#block.uint8(this.#regions.slotWays).subarray(slot * bytes, (slot + 1) * bytes);
  }

  #portionBits(slot: number): Uint8Array {
    const start = slot * SLOT_PORTION_BYTES;
    return this.#block.uint8(this.#regions.slotPortions!).subarray(start, start + SLOT_PORTION_BYTES);
  }

  /** Portions of sets: which one each set is in. */
  #nameSetPortions(): void {
    const { setPortions } = this.#regions;
    if (setPortions === undefined) return;
    const portions = new Uint16Array(this.#block.memory.buffer, setPortions.byteOffset, this.sets);
    const count = this.#config.controls!.cpbmWd;
    for (let set = 0; set < this.sets; set++) portions[set] = Math.floor((set * count) / this.sets);
  }
}
