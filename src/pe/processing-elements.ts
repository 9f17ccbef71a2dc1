/**
 * The processing elements of a run, as far as MPAM sees them: register files, Exception level and Security state, and
 * the label in force at every Exception level.
 *
 * All state is in the machine's block (design section 2), one record of words per PE (record.ts). A 64-bit register is
 * two 32-bit words and needs no BigInt. Labels lie beside the records, ready to use: an access to memory reads one
 * integer and decodes no register.
 *
 * `write` is the heart of the world switch. It allocates nothing and knows no register: what the bits mean it finds in
 * the record, in masks that profile.ts has made from the catalogue, and only consequential bits lead further.
 */

import type { PeFeatures } from '../arch/features.ts';
import { LABEL_MASK_HI, MPAM3_TRAPLOWER_HI, MPAMHCR_TRAP_MPAMIDR_EL1_LO } from '../arch/fields.ts';
import { PartidSpace } from '../arch/label.ts';
import { type Name, REGISTER_COUNT, Reg, type RegisterValue } from '../arch/registers.ts';
import type { Block } from '../loop/block.ts';
import type { EventRing } from '../loop/event-ring.ts';
import { EventKind, metaEl, metaWorld, packMeta, World } from '../loop/event-row.ts';
import * as access from './access.ts';
import { AccessOutcome, accessRow, isTrappedToEl2, TRAPLOWER_ROWS } from './access.ts';
import { hcrBits, withHcr, withSecurity } from './context.ts';
import { LabelRefresh } from './label-refresh.ts';
import { buildProfiles, CONSEQUENTIAL, MASK_WORDS, type PeProfile, WRITABLE } from './profile.ts';
import * as record from './record.ts';
import { initRecords, type PeRegions } from './regions.ts';
import { mpam1StatusHi, mpam2StatusHi } from './status-bits.ts';

export { AccessOutcome } from './access.ts';
export { hcrBits } from './context.ts';
export { type PeRegions, reserveProcessingElements } from './regions.ts';

/*
 * Local copies of imported constants: V8 folds a module's own constants into optimised code, but loads an imported one
 * at every use, which costs a world switch a third of its speed.
 */
const { RECORD_SHIFT, LABELS_SHIFT, DIRECT, NOT_DIRECT, META, CONTEXT, ACCESS_ROWS_NOW, ACCESS_ROW } = record;
const { HIGH_BITS, HAS_ALTSP, MASKS } = record;
const WRITABLE_LO = WRITABLE;
const WRITABLE_HI = WRITABLE + 1;
const CONSEQUENTIAL_LO = CONSEQUENTIAL;
const CONSEQUENTIAL_HI = CONSEQUENTIAL + 1;
const { MRS, MAY_TRAP_TO_EL2 } = access;
const MASKS_PER_REGISTER_WORD = MASK_WORDS / 2;
const LAST_REGISTER = 2 * REGISTER_COUNT - 2;
const REGISTERS_PER_PE = REGISTER_COUNT;
const LABEL_HI = LABEL_MASK_HI;
const TRAP_MPAMIDR_LO = MPAMHCR_TRAP_MPAMIDR_EL1_LO;
const REGISTER_CHANGE = EventKind.registerChange;
const MPAMHCR_LO = 2 * Reg.MPAMHCR_EL2;
const DONE = AccessOutcome.done;
/** What a register's first word in the record is to be multiplied with to be its code in a meta word. */
const META_CODE = packMeta(0, 0, 0, 1, 0) / 2;

/**
 * `sum & INDEX` is the sum, as no block has more words; it tells V8 that the sum is an index, neither negative nor too
 * large for 32 bits, which saves checks at each of its uses.
 */
const INDEX = 0x3fffffff;

export class ProcessingElements {
  readonly count: number;
  /** Packed labels in force (arch/label.ts): at `pe * 8 + el * 2`, data first, then instruction fetches. */
  readonly labels: Int32Array;
  /** Writes that left a register as it was, at `pe * REGISTER_COUNT + reg`. */
  readonly unchangedWrites: Float64Array;
  /** Result of the last `read` that was done. */
  valueLo = 0;
  valueHi = 0;
  /*
   * The hot fields are declared and then made in the constructor, which a # field cannot be: those start out undefined,
   * so that V8 does not know their type and checks it at every use.
   */
  declare private readonly ring: EventRing;
  /** The whole block; records and labels start at these words of it. */
  declare private readonly words: Int32Array;
  declare private readonly firstRecord: number;
  declare private readonly firstLabel: number;
  readonly #profiles: readonly PeProfile[];
  readonly #refresh: LabelRefresh;

  /**
   * PEs in Non-secure state with EL2 enabled, all registers 0; `reset` makes them what hardware is after a Warm reset.
   * The ring, which is in the same block, gets a row for every register change.
   */
  constructor(block: Block, regions: PeRegions, ring: EventRing, featuresOfPe: (pe: number) => PeFeatures) {
    const { records, labels, unchangedWrites } = regions;
    this.count = regions.peCount;
    this.ring = ring;
    this.words = block.words;
    this.firstRecord = records.byteOffset >> 2;
    this.firstLabel = labels.byteOffset >> 2;
    this.labels = block.int32(labels);
    this.unchangedWrites = new Float64Array(
      block.memory.buffer,
      unchangedWrites.byteOffset,
      this.count * REGISTER_COUNT,
    );
    this.#profiles = buildProfiles(this.count, featuresOfPe);
    this.#refresh = new LabelRefresh(this.words, this.firstRecord, this.labels, this.#profiles);
    initRecords(this.words, regions, this.#profiles);
    this.#profiles.forEach(({ features }, pe) => {
      this.#setContext(pe, withSecurity(0, PartidSpace.nonSecure, features.el2));
      this.#refresh.selectAll(pe);
    });
  }

  /** Present Exception level; set by `enter`. */
  el(pe: number): number {
    return metaEl(this.words[this.#base(pe) + META]!);
  }

  /** Present World (event-row.ts); set by `enter`. */
  world(pe: number): number {
    return metaWorld(this.words[this.#base(pe) + META]!);
  }

  /** Packed label in force for data accesses at an Exception level. */
  dataLabel(pe: number, el: number): number {
    return this.labels[(pe << LABELS_SHIFT) + 2 * el]!;
  }

  /** The same for instruction fetches. */
  instructionLabel(pe: number, el: number): number {
    return this.labels[(pe << LABELS_SHIFT) + 2 * el + 1]!;
  }

  /** Go to another Exception level or World. Labels of all levels stay as they are. */
  enter(pe: number, el: number, world: number): void {
    const base = this.#base(pe);
    this.words[base + META] = packMeta(REGISTER_CHANGE, el, world, 0, pe);
    this.#selectAccessRow(base, el, this.words[base + CONTEXT]!);
  }

  /** Set HCR_EL2.{E2H, TGE}. Both are remembered, and without effect, while EL2 is not enabled. */
  setHcr(pe: number, e2h: boolean, tge: boolean): void {
    this.enterWithHcr(pe, this.el(pe), this.world(pe), hcrBits(e2h, tge));
  }

  /** `enter` and `setHcr` at once, as every guest entry and exit needs them; `hcr` is from `hcrBits`. */
  enterWithHcr(pe: number, el: number, world: number, hcr: number): void {
    const words = this.words;
    const base = this.#base(pe);
    const before = words[base + CONTEXT]!;
    const after = withHcr(before, hcr);
    words[base + META] = packMeta(REGISTER_CHANGE, el, world, 0, pe);
    words[base + CONTEXT] = after;
    this.#selectAccessRow(base, el, after);
    if (after === before) return;
    // Only the label of EL0 can depend on these two, and only where virtual PARTIDs, GSTAPP_PLK or alternative spaces
    // are in use.
    const decidesLabels = (words[base + MPAMHCR_LO]! & ~TRAP_MPAMIDR_LO) | words[base + HAS_ALTSP]!;
    if (decidesLabels !== 0) this.#refresh.select(pe, 0);
  }

  /**
   * Set the Security state of EL2, EL1 and EL0 (as EL3 does by SCR_EL3.{NSE, NS}), named by its primary PARTID space,
   * and whether EL2 is enabled in it (SCR_EL3.EEL2 in Secure state).
   * @throws RangeError if the PE has no such state.
   */
  setSecurity(pe: number, security: PartidSpace, el2Enabled: boolean): void {
    const { features } = this.#profiles[pe]!;
    if (security === PartidSpace.root) throw new RangeError('Root is the state of EL3 only');
    if (security === PartidSpace.realm && !features.sp4) throw new RangeError(`PE ${pe} has no Realm state (sp4)`);
    if (el2Enabled && !features.el2) throw new RangeError(`PE ${pe} has no EL2 to enable`);
    this.#setContext(pe, withSecurity(this.words[this.#base(pe) + CONTEXT]!, security, el2Enabled));
    this.#reconfigure(pe);
  }

  /**
   * MSR: write by name at the PE's current Exception level. What is RES0, read-only or status keeps its value; a
   * changed register becomes one row of the ring, and the labels that depend on it follow.
   *
   * All that a world switch does in here is in this one function, because a call would cost as much as a third of it;
   * what it rarely does is elsewhere.
   */
  write(pe: number, name: Name, lo: number, hi: number): AccessOutcome {
    const words = this.words;
    const base = this.#base(pe);
    const reached = this.#reach(words, base, name);
    if (reached < 0) return -reached as AccessOutcome;
    const at = reached & LAST_REGISTER;
    const masks = base + MASKS + at * MASKS_PER_REGISTER_WORD;
    const oldLo = words[base + at]!;
    const oldHi = words[base + at + 1]!;
    const changedLo = (oldLo ^ lo) & words[masks + WRITABLE_LO]!;
    const changedHi = (oldHi ^ hi) & words[masks + WRITABLE_HI]!;
    if ((changedLo | changedHi) === 0) {
      this.unchangedWrites[pe * REGISTERS_PER_PE + (at >> 1)]!++;
      return DONE;
    }
    const newLo = oldLo ^ changedLo;
    const newHi = oldHi ^ changedHi;
    words[base + at] = newLo;
    words[base + at + 1] = newHi;
    this.ring.appendTo(words, words[base + META]! | (at * META_CODE), 0, oldLo, oldHi, newLo, newHi);

    const consequentialHi = changedHi & words[masks + CONSEQUENTIAL_HI]!;
    if (((changedLo & words[masks + CONSEQUENTIAL_LO]!) | consequentialHi) === 0) return DONE;
    const space = words[base + DIRECT + (at >> 1)]!;
    // As packLabel has them: PMG next to PARTID, for data from the upper parts of the fields.
    const data = (newLo >>> 16) | ((newHi & 0xff00) << 8);
    const instruction = (newLo & 0xffff) | ((newHi & 0xff) << 16);
    const beyondLabel = ((data | instruction) & words[base + HIGH_BITS]!) | (consequentialHi & ~LABEL_HI);
    if (beyondLabel !== 0 || space === NOT_DIRECT) {
      this.#follow(pe, at >> 1, consequentialHi);
      return DONE;
    }
    const label = (this.firstLabel + (pe << LABELS_SHIFT) + at) & INDEX;
    words[label] = data | space;
    words[label + 1] = instruction | space;
    return DONE;
  }

  /** MRS: read by name at the PE's current Exception level, into `valueLo` and `valueHi`. */
  read(pe: number, name: Name): AccessOutcome {
    const words = this.words;
    const base = this.#base(pe);
    const reached = this.#reach(words, base, MRS + name);
    if (reached < 0) return -reached as AccessOutcome;
    const at = reached & LAST_REGISTER;
    this.valueLo = words[base + at]!;
    this.valueHi = words[base + at + 1]!;
    return DONE;
  }

  /**
   * Warm reset, by the catalogue's rules: the PE is at its highest Exception level, in Non-secure state below EL3, with
   * HCR_EL2.{E2H, TGE} 0. `unknown` is asked once per register, in order of identity, for the bits that the
   * architecture leaves UNKNOWN; other bits of what it returns are dropped.
   */
  reset(pe: number, unknown: (reg: Reg) => RegisterValue): void {
    const profile = this.#profiles[pe]!;
    this.enter(pe, profile.highestEl, profile.features.el3 ? World.firmware : World.host);
    this.#setContext(pe, withSecurity(0, PartidSpace.nonSecure, profile.features.el2));
    for (let reg = 0; reg < REGISTERS_PER_PE; reg++) {
      const { lo, hi } = unknown(reg as Reg);
      const newLo = this.#resetHalf(pe, 2 * reg, lo);
      const newHi = this.#resetHalf(pe, 2 * reg + 1, hi);
      const oldLo = this.registerLo(pe, reg);
      const oldHi = this.registerHi(pe, reg);
      if (newLo !== oldLo || newHi !== oldHi) this.#change(pe, reg, oldLo, oldHi, newLo, newHi);
    }
    this.#reconfigure(pe);
  }

  /** A register's bits 31:0, without access semantics. */
  registerLo(pe: number, reg: number): number {
    return this.words[this.#base(pe) + 2 * reg]!;
  }

  /** A register's bits 63:32, without access semantics. */
  registerHi(pe: number, reg: number): number {
    return this.words[this.#base(pe) + 2 * reg + 1]!;
  }

  /**
   * The packed label of a request of the streaming unit (SME; SVE and SIMD in streaming mode) at the current Exception
   * level: made from MPAMSM_EL1 where the PE does so, else the data label of that level (K 1.3 item 4).
   */
  streamingLabel(pe: number): number {
    const el = this.el(pe);
    if (!this.#profiles[pe]!.usesMpamsm) return this.dataLabel(pe, el);
    const partid = this.registerLo(pe, Reg.MPAMSM_EL1) >>> 16;
    const pmg = (this.registerHi(pe, Reg.MPAMSM_EL1) >>> 8) & 0xff;
    return this.#refresh.labelOf(pe, el, partid, pmg);
  }

  /** Where the PE's record starts. */
  #base(pe: number): number {
    return (this.firstRecord + (pe << RECORD_SHIFT)) & INDEX;
  }

  /** What an access reaches, by its entry of the present access row: a register's first word, or a negated outcome. */
  #reach(words: Int32Array, base: number, entryOfRow: number): number {
    const entry = words[(words[base + ACCESS_ROW]! + entryOfRow) & INDEX]!;
    return entry > LAST_REGISTER ? this.#underEl2Control(base, entry) : entry;
  }

  #underEl2Control(base: number, entry: number): number {
    const at = entry - MAY_TRAP_TO_EL2;
    return isTrappedToEl2(this.words, base, at >> 1) ? -AccessOutcome.trapToEl2 : at;
  }

  /** Store a new value and append its row, without consequences. */
  #change(pe: number, reg: number, oldLo: number, oldHi: number, newLo: number, newHi: number): void {
    const base = this.#base(pe);
    this.words[base + 2 * reg] = newLo;
    this.words[base + 2 * reg + 1] = newHi;
    this.ring.append(REGISTER_CHANGE, this.el(pe), this.world(pe), reg, pe, 0, oldLo, oldHi, newLo, newHi);
  }

  /** Bring up to date what depends on a register of which consequential bits have changed. */
  #follow(pe: number, reg: number, changedHi: number): void {
    if (reg <= Reg.MPAM3_EL3) {
      if ((changedHi & ~LABEL_HI) !== 0) this.#reconfigure(pe);
      else this.#refresh.relabelFrom(pe, reg);
    } else if (reg === Reg.MPAMHCR_EL2) {
      this.#refresh.select(pe, 1);
    } else {
      // The virtual PARTID map.
      this.#refresh.relabel(pe, 0);
      this.#refresh.relabel(pe, 1);
    }
  }

  /** Recompute everything that depends on configuration: access rights, status bits, selections, labels. */
  #reconfigure(pe: number): void {
    const profile = this.#profiles[pe]!;
    const words = this.words;
    const base = this.#base(pe);
    const context = words[base + CONTEXT]!;
    const traplower = (this.registerHi(pe, Reg.MPAM3_EL3) & MPAM3_TRAPLOWER_HI) !== 0;
    words[base + ACCESS_ROWS_NOW] = words[base + record.ACCESS_ROWS]! + (traplower ? TRAPLOWER_ROWS : 0);
    this.#selectAccessRow(base, this.el(pe), context);
    this.#setStatus(pe, Reg.MPAM2_EL2, mpam2StatusHi(profile, words, base));
    this.#setStatus(pe, Reg.MPAM1_EL1, mpam1StatusHi(profile, words, base, context));
    this.#refresh.selectAll(pe);
  }

  #setStatus(pe: number, reg: number, statusHi: number): void {
    const mask = this.#profiles[pe]!.status[2 * reg + 1]!;
    const oldHi = this.registerHi(pe, reg);
    const newHi = (oldHi & ~mask) | (statusHi & mask);
    const lo = this.registerLo(pe, reg);
    if (newHi !== oldHi) this.#change(pe, reg, lo, oldHi, lo, newHi);
  }

  #setContext(pe: number, context: number): void {
    const base = this.#base(pe);
    this.words[base + CONTEXT] = context;
    this.#selectAccessRow(base, this.el(pe), context);
  }

  #selectAccessRow(base: number, el: number, context: number): void {
    this.words[base + ACCESS_ROW] = this.words[base + ACCESS_ROWS_NOW]! + accessRow(el, context);
  }

  /** A half of a register after reset; status bits follow when everything else is in place. */
  #resetHalf(pe: number, word: number, unknown: number): number {
    const profile = this.#profiles[pe]!;
    const status = this.words[this.#base(pe) + word]! & profile.status[word]!;
    return status | (unknown & profile.resetUnknown[word]!) | profile.resetOnes[word]!;
  }
}
