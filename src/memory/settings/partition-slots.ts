/**
 * The slots of one cache: what the access loop knows of partitioning.
 *
 * A slot is one partition (PARTID space and PARTID, after narrowing) that has limits of its own, or the open one that all
 * others share. Slot 0 is that of disabled PARTIDs: it may allocate nowhere. msc-controls.ts decides which owner is in
 * which slot and what a slot may do; cache-slots.ts puts it into the block.
 */
export interface SlotLimits {
  /** Lines at which it may not grow any more (CMAX): ceil(fraction * lines); UNLIMITED for none. */
  readonly growthLimit: number;
  /** Lines above which its priority drops: floor(fraction * lines). */
  readonly dropLimit: number;
  /** Lines below which its priority is raised (CMIN): ceil(fraction * lines); 0 for none. */
  readonly minimum: number;
  /** Ways of a set at which it may not grow there (CASSOC): ceil(fraction * ways). */
  readonly associativity: number;
  readonly isSoft: boolean;
}

export interface PartitionSlots {
  readonly sets: number;
  readonly ways: number;
  /** A new slot without limits, all portions allowed. @throws Error beyond SLOTS_MAX. */
  addSlot(): number;
  setLimits(slot: number, limits: SlotLimits): void;
  /** Which portions the slot may allocate: bit p of word p >> 5. `count` portions of the given kind. */
  setPortions(slot: number, words: Uint32Array, count: number, kind: 'ways' | 'sets' | 'way-groups'): void;
  /** Put an owner into a slot; its lines and their occupancy move along at the next `settle`. */
  setOwnerSlot(owner: number, slot: number): void;
  /** After a batch of setOwnerSlot calls that moved owners which may hold lines: lines' slots and occupancies are made anew. */
  settle(): void;
  occupancy(slot: number): number;
}
