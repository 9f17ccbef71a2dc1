/**
 * The judge of cache partitioning: A 2.6, 3.1, 3.3 to 3.5, 3.8 and 3.12 written down once more, slowly.
 *
 * Fractions are never turned into numbers of lines here: occupancy and limit are compared by cross-multiplication.
 */
import { labelPartid, labelPmg, labelSpace } from '../../src/arch/label.ts';
import type { CacheControlFeatures } from '../../src/memory/msc-config.ts';

/** The registers of one partition, as 16-bit fields and as a list of allowed portions. */
export interface NaiveSettings {
  readonly portions?: readonly boolean[];
  readonly cmax?: number;
  readonly softlim?: boolean;
  readonly cmin?: number;
  readonly cassoc?: number;
}

/** Who may not allocate at all. */
const DISABLED = 'disabled';

/** A way as the filter sees it: which partition holds it, undefined for an invalid way. */
export type Holder = string | undefined;

/** What the filter must know of the moment of a miss. */
export interface FilterInput {
  readonly requester: string;
  readonly set: number;
  /** By way of the set. */
  readonly holders: readonly Holder[];
  /** Lines of a partition in the whole cache. */
  occupancy(partition: string): number;
}

const ALL_ONES = 0xffff;
/** Priority of an unallocated way (A 3.5). */
const INVALID = 0;
/** A 16-bit field read as an integer of its `width` implemented upper bits. */
const raw = (field: number, width: number): number => Math.floor(field / 2 ** (16 - width));

export class NaivePartitions {
  readonly #features: CacheControlFeatures;
  readonly #sets: number;
  readonly #ways: number;
  readonly #settings = new Map<string, NaiveSettings>();
  readonly #disabled = new Set<string>();
  readonly #internal = new Map<string, number>();

  constructor(features: CacheControlFeatures, sets: number, ways: number) {
    this.#features = features;
    this.#sets = sets;
    this.#ways = ways;
  }

  /** Change registers of a partition; with narrowing `partid` is an intPARTID. */
  set(space: number, partid: number, settings: NaiveSettings): void {
    const partition = `${space}/${partid}`;
    this.#settings.set(partition, { ...this.#settings.get(partition), ...settings });
  }

  /** Enable or disable a request PARTID. */
  setEnabled(space: number, partid: number, isEnabled: boolean): void {
    if (isEnabled) this.#disabled.delete(`${space}/${partid}`);
    else this.#disabled.add(`${space}/${partid}`);
  }

  setInternal(space: number, partid: number, intpartid: number): void {
    this.#internal.set(`${space}/${partid}`, intpartid);
  }

  /** The partition whose settings a request with this label is subject to. */
  partitionOf(label: number): string {
    const f = this.#features;
    const space = labelSpace(label);
    let partid = labelPartid(label);
    if (f.outOfRange === 'modulo') partid %= f.partidMax + 1;
    else if (partid > f.partidMax || labelPmg(label) > f.pmgMax) partid = 0;
    if (f.hasEndis && this.#disabled.has(`${space}/${partid}`)) return DISABLED;
    if (f.intpartidMax !== undefined) partid = this.#internal.get(`${space}/${partid}`) ?? 0;
    return `${space}/${partid}`;
  }

  /** The ways that may be taken, ascending; none: the miss is served uncached. */
  candidates(input: FilterInput): number[] {
    const { requester, holders } = input;
    if (requester === DISABLED) return [];
    const isOwn = (way: number): boolean => holders[way] === requester;
    const isFree = (way: number): boolean => holders[way] === undefined || holders[way] === DISABLED;

    let candidates = holders.map((_, way) => way).filter((way) => this.#mayUse(requester, input.set, way));
    if (this.#isAtMaximum(requester, input.occupancy(requester))) {
      const isSoft = this.#features.hasSoftlim && (this.#settings.get(requester)?.softlim ?? false);
      candidates = candidates.filter((way) => isOwn(way) || (isSoft && isFree(way)));
    }
    if (this.#isAtAssociativity(requester, holders.filter((holder) => holder === requester).length)) {
      candidates = candidates.filter(isOwn);
    }
    const priorityOf = new Map([requester, ...holders].map((holder) => [holder, this.#priority(holder, input)]));
    const priority = (way: number): number => priorityOf.get(holders[way])!;
    candidates = candidates.filter((way) => priority(way) <= priorityOf.get(requester)!);
    return this.#preferred(candidates, priority);
  }

  /** Invalid ways first, the lowest of them; or, by the ladder, the ways of the lowest priority. */
  #preferred(candidates: number[], priority: (way: number) => number): number[] {
    const invalid = candidates.filter((way) => priority(way) === INVALID);
    if (invalid.length > 0) return invalid.slice(0, 1);
    if (this.#features.victimPreference === 'invalid') return candidates;
    const lowest = Math.min(...candidates.map(priority));
    return candidates.filter((way) => priority(way) === lowest);
  }

  #mayUse(partition: string, set: number, way: number): boolean {
    const count = this.#features.cpbmWd;
    const allowed = this.#settings.get(partition)?.portions;
    if (count === 0 || allowed === undefined) return true;
    if (this.#features.portionKind === 'sets') return allowed[Math.floor((set * count) / this.#sets)] ?? false;
    return allowed[Math.floor((way * count) / this.#ways)] ?? false;
  }

  #isAtMaximum(partition: string, occupancy: number): boolean {
    const { hasCmax, cmaxWd } = this.#features;
    if (!hasCmax || cmaxWd === 0) return false;
    return occupancy * 2 ** cmaxWd >= this.#cmaxPlusOne(partition) * this.#sets * this.#ways;
  }

  #isAtAssociativity(partition: string, inSet: number): boolean {
    const width = this.#features.cassocWd;
    if (width === 0) return false;
    const field = this.#settings.get(partition)?.cassoc ?? ALL_ONES;
    return inSet * 2 ** width >= (raw(field, width) + 1) * this.#ways;
  }

  #priority(holder: Holder, input: FilterInput): number {
    if (holder === undefined) return INVALID;
    if (holder === DISABLED) return 1;
    const { hasCmax, hasCmin, cmaxWd } = this.#features;
    if (cmaxWd === 0) return 3;
    const occupied = input.occupancy(holder) * 2 ** cmaxWd;
    const lines = this.#sets * this.#ways;
    if (hasCmax && occupied > this.#cmaxPlusOne(holder) * lines) return 2;
    if (hasCmin && occupied < raw(this.#settings.get(holder)?.cmin ?? 0, cmaxWd) * lines) return 4;
    return 3;
  }

  /** The top of CMAX's band, in units of 2^-CMAX_WD. */
  #cmaxPlusOne(partition: string): number {
    return raw(this.#settings.get(partition)?.cmax ?? ALL_ONES, this.#features.cmaxWd) + 1;
  }
}
