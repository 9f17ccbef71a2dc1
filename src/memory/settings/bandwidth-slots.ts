/**
 * The bandwidth slots of one channel: what the access loop knows of bandwidth partitioning.
 *
 * A slot is one partition (PARTID space and PARTID, after narrowing) that something regulates, or the open one that all others
 * share. Slot 0 is that of disabled PARTIDs. MscControls decide who is in which slot; ChannelSlots put it into the block.
 */
export interface BandwidthLimits {
  /** MBW_MIN, 0 to 65535 over 65536: the bottom of the band; 0: no guarantee. */
  readonly minimum: number;
  /** MBW_MAX, 1 to 65536 over 65536: the top of the band; 65536: no limit. */
  readonly maximum: number;
  readonly isHard: boolean;
  /** MBW_PROP: STRIDEM1 + 1, or 0 where EN is 0. */
  readonly stride: number;
  /** Urgency by INTPRI, larger is more urgent; undefined: the resource has no INTPRI. */
  readonly priority: number | undefined;
  /** Urgency that DSPRI puts on requests that go on; undefined: the resource has no DSPRI. */
  readonly downstreamPriority: number | undefined;
  /** Accounting window, ps. */
  readonly windowPs: number;
}

export interface BandwidthSlots {
  /** The longest accounting window that there can be, ps: where windows are moving, what they hold must be remembered. */
  readonly longestWindowPs: number;
  /** A new slot without limits, all portions allowed. @throws Error beyond BANDWIDTH_SLOTS_MAX. */
  addSlot(): number;
  /** @throws Error for a window longer than `longestWindowPs`. */
  setLimits(slot: number, limits: BandwidthLimits): void;
  /** MBW_PBM: bit p of word p >> 5, none beyond `count` portions. All zero: served when nobody else may be. */
  setPortions(slot: number, words: Uint32Array, count: number): void;
  /** Put an owner into a slot; its requests that wait go along, and keep their age. */
  setOwnerSlot(owner: number, slot: number): void;
}
