/**
 * The processing elements of a run, as far as MPAM sees them: register files, Exception level and Security state, and
 * the label in force at every Exception level.
 *
 * All state is in the machine's block (design section 2), one record of words per PE (record.ts). A 64-bit register is
 * two 32-bit words and needs no BigInt. Labels lie beside the records, ready to use: an access to memory reads one
 * integer and decodes no register.
 *
 * `write` is the heart of the world switch. It allocates nothing and knows no register: what the bits mean it finds in
 * tables that profile.ts has made from the catalogue, and only consequential bits lead further.
 */

import type { PeFeatures } from '../arch/features.ts';
import { LABEL_MASK_HI, MPAM3_TRAPLOWER_HI, MPAMHCR_TRAP_MPAMIDR_EL1_LO } from '../arch/fields.ts';
import { PartidSpace, packLabel } from '../arch/label.ts';
import { type Name, REGISTER_COUNT, Reg, type RegisterValue } from '../arch/registers.ts';
import type { Block } from '../loop/block.ts';
import type { EventRing } from '../loop/event-ring.ts';
import { EventKind, World } from '../loop/event-row.ts';
import { AccessOutcome, accessRow, isTrappedToEl2, MAY_TRAP_TO_EL2, MSR } from './access.ts';
import { withHcr, withSecurity } from './context.ts';
import { applySelection, isPhysical, selectLabel, sourceOf, spaceOf } from './label-selection.ts';
import { buildProfiles, type PeProfile } from './profile.ts';
import * as record from './record.ts';
import type { PeRegions } from './regions.ts';
import { mpam1StatusHi, mpam2StatusHi } from './status-bits.ts';

export { AccessOutcome } from './access.ts';
export { type PeRegions, reserveProcessingElements } from './regions.ts';

/*
 * Local copies of imported constants: V8 folds a module's own constants into optimised code, but loads an imported one
 * at every use, which costs a world switch a third of its speed.
 */
const { RECORD_WORDS, SELECTIONS_AT, CONTEXT_AT, TABLES_AT, ACCESS_ROW_AT } = record;
const { WRITABLE, CONSEQUENTIAL, ACCESS_ROWS, LABELS_PER_PE } = record;
const MSR_HALF = MSR;
const EL2_CONTROLLED = MAY_TRAP_TO_EL2;
const REGISTERS_PER_PE = REGISTER_COUNT;
const LABEL_HI = LABEL_MASK_HI;
const TRAPLOWER_HI = MPAM3_TRAPLOWER_HI;
const TRAP_MPAMIDR_LO = MPAMHCR_TRAP_MPAMIDR_EL1_LO;
const REGISTER_CHANGE = EventKind.registerChange;
const MPAM3_HI = 2 * Reg.MPAM3_EL3 + 1;
const MPAMHCR_LO = 2 * Reg.MPAMHCR_EL2;
const LAST_LABEL_REGISTER = Reg.MPAM3_EL3;
const DONE = AccessOutcome.done;

/** Exception levels EL0 to EL3. */
const EL_COUNT = 4;

export class ProcessingElements {
  readonly count: number;
  /** Packed labels in force (arch/label.ts): at `pe * 8 + el * 2`, data first, then instruction fetches. */
  readonly labels: Int32Array;
  /** Current Exception level and World (event-row.ts) of each PE; set them by `enter`. */
  readonly contextEl: Uint8Array;
  readonly contextWorld: Uint8Array;
  /** Writes that left a register as it was, at `pe * REGISTER_COUNT + reg`. */
  readonly unchangedWrites: Float64Array;
  /** Result of the last `read` that was done. */
  valueLo = 0;
  valueHi = 0;
  readonly #ring: EventRing;
  /** Records of all PEs (record.ts). */
  readonly #state: Int32Array;
  /** Constant tables of all profiles, one after the other. */
  readonly #tables: Int32Array;
  readonly #profiles: readonly PeProfile[];

  /**
   * PEs in Non-secure state with EL2 enabled, all registers 0; `reset` makes them what hardware is after a Warm reset.
   * The ring gets a row for every register change.
   */
  constructor(block: Block, regions: PeRegions, ring: EventRing, featuresOfPe: (pe: number) => PeFeatures) {
    this.count = regions.peCount;
    this.#ring = ring;
    this.#state = block.int32(regions.records);
    this.labels = block.int32(regions.labels);
    this.contextEl = block.uint8(regions.contextEl);
    this.contextWorld = block.uint8(regions.contextWorld);
    const { byteOffset, byteLength } = regions.unchangedWrites;
    this.unchangedWrites = new Float64Array(block.memory.buffer, byteOffset, byteLength / 8);
    const { profiles, tables, tableStarts } = buildProfiles(this.count, featuresOfPe);
    this.#profiles = profiles;
    this.#tables = tables;
    for (let pe = 0; pe < this.count; pe++) {
      this.#state[pe * RECORD_WORDS + TABLES_AT] = tableStarts[pe]!;
      this.#setContext(pe, withSecurity(0, PartidSpace.nonSecure, profiles[pe]!.features.el2));
      this.#selectLabels(pe, 0, EL_COUNT - 1);
    }
  }

  /** Go to another Exception level or World. Labels of all levels stay as they are. */
  enter(pe: number, el: number, world: number): void {
    this.contextEl[pe] = el;
    this.contextWorld[pe] = world;
    this.#selectAccessRow(pe);
  }

  /** Set HCR_EL2.{E2H, TGE}. Both are remembered, and without effect, while EL2 is not enabled. */
  setHcr(pe: number, e2h: boolean, tge: boolean): void {
    const base = pe * RECORD_WORDS;
    const before = this.#state[base + CONTEXT_AT]!;
    const after = withHcr(before, e2h, tge);
    if (after === before) return;
    this.#setContext(pe, after);
    // Only the label of EL0 can depend on these two, and only where virtual PARTIDs, GSTAPP_PLK or alternative spaces
    // are in use. Every guest entry and exit comes here.
    const mpamhcrLo = this.#state[base + MPAMHCR_LO]!;
    if ((mpamhcrLo & ~TRAP_MPAMIDR_LO) !== 0 || this.#profiles[pe]!.hasAltsp) this.#selectLabels(pe, 0, 0);
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
    this.#setContext(pe, withSecurity(this.#state[pe * RECORD_WORDS + CONTEXT_AT]!, security, el2Enabled));
    this.#reconfigure(pe);
  }

  /**
   * MSR_HALF: write by name at the PE's current Exception level. What is RES0, read-only or status keeps its value; a
   * changed register becomes one row of the ring, and the labels that depend on it follow.
   */
  write(pe: number, name: Name, lo: number, hi: number): AccessOutcome {
    const state = this.#state;
    const tables = this.#tables;
    const base = pe * RECORD_WORDS;
    let reg = tables[state[base + ACCESS_ROW_AT]! + MSR_HALF + name]!;
    if (reg < 0) return -reg as AccessOutcome;
    if (reg >= EL2_CONTROLLED) {
      reg -= EL2_CONTROLLED;
      if (isTrappedToEl2(state, base, reg)) return AccessOutcome.trapToEl2;
    }
    const masks = state[base + TABLES_AT]! + 2 * reg;
    const oldLo = state[base + 2 * reg]!;
    const oldHi = state[base + 2 * reg + 1]!;
    const changedLo = (oldLo ^ lo) & tables[masks + WRITABLE]!;
    const changedHi = (oldHi ^ hi) & tables[masks + WRITABLE + 1]!;
    if ((changedLo | changedHi) === 0) {
      this.unchangedWrites[pe * REGISTERS_PER_PE + reg]!++;
      return DONE;
    }
    this.#change(pe, reg, oldLo, oldHi, oldLo ^ changedLo, oldHi ^ changedHi);
    const consequentialLo = changedLo & tables[masks + CONSEQUENTIAL]!;
    const consequentialHi = changedHi & tables[masks + CONSEQUENTIAL + 1]!;
    if ((consequentialLo | consequentialHi) !== 0) this.#follow(pe, reg, consequentialHi);
    return DONE;
  }

  /** MRS: read by name at the PE's current Exception level, into `valueLo` and `valueHi`. */
  read(pe: number, name: Name): AccessOutcome {
    const state = this.#state;
    const base = pe * RECORD_WORDS;
    let reg = this.#tables[state[base + ACCESS_ROW_AT]! + name]!;
    if (reg < 0) return -reg as AccessOutcome;
    if (reg >= EL2_CONTROLLED) {
      reg -= EL2_CONTROLLED;
      if (isTrappedToEl2(state, base, reg)) return AccessOutcome.trapToEl2;
    }
    this.valueLo = state[base + 2 * reg]!;
    this.valueHi = state[base + 2 * reg + 1]!;
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
    return this.#state[pe * RECORD_WORDS + 2 * reg]!;
  }

  /** A register's bits 63:32, without access semantics. */
  registerHi(pe: number, reg: number): number {
    return this.#state[pe * RECORD_WORDS + 2 * reg + 1]!;
  }

  /**
   * The packed label of a request of the streaming unit (SME; SVE and SIMD in streaming mode) at the current Exception
   * level: made from MPAMSM_EL1 where the PE does so, else the data label of that level (K 1.3 item 4).
   */
  streamingLabel(pe: number): number {
    const el = this.contextEl[pe]!;
    const profile = this.#profiles[pe]!;
    if (!profile.usesMpamsm) return this.labels[pe * LABELS_PER_PE + 2 * el]!;
    const selection = this.#state[pe * RECORD_WORDS + SELECTIONS_AT + el]!;
    const partid = this.registerLo(pe, Reg.MPAMSM_EL1) >>> 16;
    const pmg = (this.registerHi(pe, Reg.MPAMSM_EL1) >>> 8) & 0xff;
    return this.#selectedLabel(pe, selection, partid, pmg);
  }

  /** Store a new value and append its row. */
  #change(pe: number, reg: number, oldLo: number, oldHi: number, newLo: number, newHi: number): void {
    const at = pe * RECORD_WORDS + 2 * reg;
    this.#state[at] = newLo;
    this.#state[at + 1] = newHi;
    const el = this.contextEl[pe]!;
    const world = this.contextWorld[pe]!;
    this.#ring.append(REGISTER_CHANGE, el, world, reg, pe, 0, oldLo, oldHi, newLo, newHi);
  }

  /** Bring up to date what depends on a register of which consequential bits have changed. */
  #follow(pe: number, reg: number, changedHi: number): void {
    if (reg <= LAST_LABEL_REGISTER) {
      if ((changedHi & ~LABEL_HI) !== 0) this.#reconfigure(pe);
      else this.#relabelFrom(pe, reg);
    } else if (reg === Reg.MPAMHCR_EL2) {
      this.#selectLabels(pe, 0, 1);
    } else {
      // The virtual PARTID map.
      this.#relabel(pe, 0);
      this.#relabel(pe, 1);
    }
  }

  /** Recompute everything that depends on configuration: access rights, status bits, selections, labels. */
  #reconfigure(pe: number): void {
    const profile = this.#profiles[pe]!;
    const base = pe * RECORD_WORDS;
    const context = this.#state[base + CONTEXT_AT]!;
    this.#selectAccessRow(pe);
    this.#setStatus(pe, Reg.MPAM2_EL2, mpam2StatusHi(profile, this.#state, base));
    this.#setStatus(pe, Reg.MPAM1_EL1, mpam1StatusHi(profile, this.#state, base, context));
    this.#selectLabels(pe, 0, EL_COUNT - 1);
  }

  #setStatus(pe: number, reg: number, statusHi: number): void {
    const mask = this.#profiles[pe]!.status[2 * reg + 1]!;
    const oldHi = this.registerHi(pe, reg);
    const newHi = (oldHi & ~mask) | (statusHi & mask);
    const lo = this.registerLo(pe, reg);
    if (newHi !== oldHi) this.#change(pe, reg, lo, oldHi, lo, newHi);
  }

  #setContext(pe: number, context: number): void {
    this.#state[pe * RECORD_WORDS + CONTEXT_AT] = context;
    this.#selectAccessRow(pe);
  }

  #selectAccessRow(pe: number): void {
    const base = pe * RECORD_WORDS;
    const traplower = (this.#state[base + MPAM3_HI]! & TRAPLOWER_HI) !== 0;
    const row = accessRow(this.contextEl[pe]!, this.#state[base + CONTEXT_AT]!, traplower);
    this.#state[base + ACCESS_ROW_AT] = this.#state[base + TABLES_AT]! + ACCESS_ROWS + row;
  }

  #selectLabels(pe: number, fromEl: number, toEl: number): void {
    const profile = this.#profiles[pe]!;
    const base = pe * RECORD_WORDS;
    const context = this.#state[base + CONTEXT_AT]!;
    for (let el = fromEl; el <= toEl; el++) {
      this.#state[base + SELECTIONS_AT + el] = selectLabel(profile, this.#state, base, context, el);
      this.#relabel(pe, el);
    }
  }

  /** Recompute the labels that are made from MPAM<source>_EL<source>. */
  #relabelFrom(pe: number, source: number): void {
    this.#relabel(pe, source);
    // EL0 may be locked to the label of EL1 (GSTAPP_PLK).
    if (source === 1 && sourceOf(this.#state[pe * RECORD_WORDS + SELECTIONS_AT]!) === 1) this.#relabel(pe, 0);
  }

  #relabel(pe: number, el: number): void {
    const { partidMax, pmgMax } = this.#profiles[pe]!;
    const base = pe * RECORD_WORDS;
    const selection = this.#state[base + SELECTIONS_AT + el]!;
    const source = base + 2 * sourceOf(selection);
    const lo = this.#state[source]!;
    const hi = this.#state[source + 1]!;
    const partidD = lo >>> 16;
    const partidI = lo & 0xffff;
    const pmgD = (hi >>> 8) & 0xff;
    const pmgI = hi & 0xff;
    const isInRange = partidD <= partidMax && partidI <= partidMax && pmgD <= pmgMax && pmgI <= pmgMax;
    const at = pe * LABELS_PER_PE + 2 * el;
    if (isPhysical(selection) && isInRange) {
      this.labels[at] = packLabel(spaceOf(selection), partidD, pmgD);
      this.labels[at + 1] = packLabel(spaceOf(selection), partidI, pmgI);
    } else {
      this.labels[at] = this.#selectedLabel(pe, selection, partidD, pmgD);
      this.labels[at + 1] = this.#selectedLabel(pe, selection, partidI, pmgI);
    }
  }

  #selectedLabel(pe: number, selection: number, partid: number, pmg: number): number {
    return applySelection(this.#profiles[pe]!, this.#state, pe * RECORD_WORDS, selection, partid, pmg);
  }

  /** A half of a register after reset; status bits follow when everything else is in place. */
  #resetHalf(pe: number, word: number, unknown: number): number {
    const profile = this.#profiles[pe]!;
    const status = this.#state[pe * RECORD_WORDS + word]! & profile.status[word]!;
    return status | (unknown & profile.resetUnknown[word]!) | profile.resetOnes[word]!;
  }
}
