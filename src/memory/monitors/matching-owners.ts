/**
 * The owners whose lines a monitor instance counts: those whose label matches its filter.
 *
 * Source: Arm IHI 0099 B.a (A 2.5, 4.1). MATCH_PMG without MATCH_PARTID matches the PMG of any PARTID, for MBWU by the
 * register page, for CSU by our choice (A 7 #3). A filter that names what the MSC does not have matches nobody.
 */
import { labelSpace } from '../../arch/label.ts';
import { CTL_MATCH_PARTID, CTL_MATCH_PMG, FLT_PARTID, FLT_PMG } from '../../arch/msc/fields.ts';
import { FIRST_OWNER } from '../../loop/assembly/layout.ts';
import type { MonitorSources } from './monitor-sources.ts';

export class MatchingOwners {
  readonly #sources: MonitorSources;
  readonly #space: number;
  readonly #owners: number[] = [];
  /** Owners below have been looked at. */
  #seen = FIRST_OWNER;
  /** Bits of a label that must be as in `#wanted`. */
  #compared = 0;
  #wanted = 0;

  constructor(sources: MonitorSources, space: number) {
    this.#sources = sources;
    this.#space = space;
  }

  /** Look at all owners again, under these settings. */
  select(filter: number, control: number): void {
    const partid = (control & CTL_MATCH_PARTID) === 0 ? 0 : FLT_PARTID;
    const pmg = (control & CTL_MATCH_PMG) === 0 ? 0 : FLT_PMG;
    this.#compared = partid | pmg;
    this.#wanted = filter & this.#compared;
    this.#owners.length = 0;
    this.#seen = FIRST_OWNER;
  }

  /** The sum of something over them, including owners that are new. */
  sum(of: (owner: number) => number): number {
    this.#lookAtNewOwners();
    let sum = 0;
    for (const owner of this.#owners) sum += of(owner);
    return sum;
  }

  #lookAtNewOwners(): void {
    for (const count = this.#sources.ownerCount(); this.#seen < count; this.#seen++) {
      const label = this.#sources.label(this.#seen);
      if (labelSpace(label) === this.#space && (label & this.#compared) === this.#wanted) this.#owners.push(this.#seen);
    }
  }
}
