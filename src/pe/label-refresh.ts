/**
 * Keeps the labels of all PEs as their registers have them, in the cases that are not simple; a register that is a label
 * directly (record.ts, DIRECT) is `ProcessingElements.write`'s own affair.
 */
import { packLabel } from '../arch/label.ts';
import { applySelection, isPhysical, selectLabel, sourceOf, spaceOf } from './label-selection.ts';
import type { PeProfile } from './profile.ts';
import { CONTEXT, DIRECT, LABELS_PER_PE, NOT_DIRECT, RECORD_WORDS, SELECTIONS } from './record.ts';

/** Exception levels EL0 to EL3. */
const EL_COUNT = 4;

export class LabelRefresh {
  readonly #words: Int32Array;
  readonly #records: number;
  readonly #labels: Int32Array;
  readonly #profiles: readonly PeProfile[];

  /** Records start at word `records` of the block; `labels` as in ProcessingElements. */
  constructor(words: Int32Array, records: number, labels: Int32Array, profiles: readonly PeProfile[]) {
    this.#words = words;
    this.#records = records;
    this.#labels = labels;
    this.#profiles = profiles;
  }

  /** Work out anew where the labels of EL0 up to `lastEl` come from, and the labels. */
  select(pe: number, lastEl: number): void {
    const words = this.#words;
    const base = this.#base(pe);
    for (let el = 0; el <= lastEl; el++) {
      words[base + SELECTIONS + el] = selectLabel(this.#profiles[pe]!, words, base, words[base + CONTEXT]!, el);
      this.relabel(pe, el);
    }
    const el0IsLocked = this.#isEl0Locked(base);
    for (let el = 0; el < EL_COUNT; el++) {
      const selection = words[base + SELECTIONS + el]!;
      const isDirect = isPhysical(selection) && !(el0IsLocked && el <= 1);
      words[base + DIRECT + el] = isDirect ? packLabel(spaceOf(selection), 0, 0) : NOT_DIRECT;
    }
  }

  /** All Exception levels. */
  selectAll(pe: number): void {
    this.select(pe, EL_COUNT - 1);
  }

  /** Recompute the labels that are made from MPAM<source>_EL<source>. */
  relabelFrom(pe: number, source: number): void {
    this.relabel(pe, source);
    if (source === 1 && this.#isEl0Locked(this.#base(pe))) this.relabel(pe, 0);
  }

  /** Recompute the label of an Exception level. */
  relabel(pe: number, el: number): void {
    const base = this.#base(pe);
    const source = base + 2 * sourceOf(this.#words[base + SELECTIONS + el]!);
    const lo = this.#words[source]!;
    const hi = this.#words[source + 1]!;
    const at = pe * LABELS_PER_PE + 2 * el;
    this.#labels[at] = this.labelOf(pe, el, lo >>> 16, (hi >>> 8) & 0xff);
    this.#labels[at + 1] = this.labelOf(pe, el, lo & 0xffff, hi & 0xff);
  }

  /** The packed label at an Exception level for a PARTID and PMG, as they stand in a register. */
  labelOf(pe: number, el: number, partid: number, pmg: number): number {
    const base = this.#base(pe);
    const selection = this.#words[base + SELECTIONS + el]!;
    return applySelection(this.#profiles[pe]!, this.#words, base, selection, partid, pmg);
  }

  #base(pe: number): number {
    return this.#records + pe * RECORD_WORDS;
  }

  /** EL0 uses the label of EL1 (GSTAPP_PLK). */
  #isEl0Locked(base: number): boolean {
    return sourceOf(this.#words[base + SELECTIONS]!) === 1;
  }
}
