/**
 * Where the addresses of recorded traces lie in the machine's physical memory.
 *
 * A trace has virtual addresses of 64 bits; caches know line numbers of 32 bits that all tenants share. Placement is by
 * first touch and by page colouring: a page of 64 lines gets the next free frame of its own colour, where two pages have
 * the same colour if they fall into the same sets of every cache. So
 *
 * - tenants never collide: a frame belongs to one page of one tenant;
 * - every line keeps the set index, in every cache of the machine, that its virtual address would have: the caches behave as
 *   if indexed by the addresses in the trace, which is what recorders of caches (cachegrind) and other models assume.
 *
 * Colours repeat with the least common multiple of the caches' numbers of sets, which need not be powers of two. Leaves
 * out: memory that tenants share, and pages that are given back.
 */
import { greatestCommonDivisor } from '../greatest-common-divisor.ts';
import { NO_FRAME, PageTable } from './page-table.ts';
import { PlacementError } from './placement-error.ts';

/** log2 of the lines of a page. */
const PAGE_SHIFT = 6;
const PAGE_LINES = 1 << PAGE_SHIFT;
const TWO_TO_32 = 2 ** 32;

export interface PlacementConfig {
  /** Number of sets of every cache. */
  readonly setCounts: readonly number[];
  /** Line numbers are 0 to physicalLines - 1; at most 2^32 - 1. */
  readonly physicalLines: number;
  /** Number of address spaces. */
  readonly tenants: number;
}

/**
 * Lines after which the set indexes of all caches repeat, in whole pages.
 * @throws PlacementError if it is more than `limit`: then there is no room for a page of every colour.
 */
export function colourPeriod(setCounts: readonly number[], limit: number): number {
  let period = PAGE_LINES;
  for (const sets of setCounts) {
    period *= sets / greatestCommonDivisor(period, sets);
    if (period > limit) {
      throw new PlacementError(
        `caches of ${[...new Set(setCounts)].join(', ')} sets have their indexes in common only every ${period} lines` +
          ` or more; memory has ${limit}. Choose numbers of sets that divide each other, or more memory`,
      );
    }
  }
  return period;
}

export class ColouredPlacement {
  readonly #tables: readonly PageTable[];
  readonly #colours: number;
  /** 2^32 mod colours. */
  readonly #highWeight: number;
  /** By colour: frames handed out. */
  readonly #used: Uint32Array;
  readonly #framesPerColour: number;
  /** By tenant: the page of the last access, and its first line. Accesses come in runs on a page. */
  readonly #lastLow: Uint32Array;
  readonly #lastHigh: Uint32Array;
  readonly #lastLine: Uint32Array;

  /** @throws PlacementError if memory has no room for a page of every colour. */
  constructor({ setCounts, physicalLines, tenants }: PlacementConfig) {
    const period = colourPeriod(setCounts, physicalLines);
    this.#colours = period / PAGE_LINES;
    this.#highWeight = TWO_TO_32 % this.#colours;
    this.#used = new Uint32Array(this.#colours);
    this.#framesPerColour = Math.floor(physicalLines / period);
    this.#tables = Array.from({ length: tenants }, () => new PageTable());
    this.#lastLow = new Uint32Array(tenants).fill(NO_FRAME);
    this.#lastHigh = new Uint32Array(tenants).fill(NO_FRAME);
    this.#lastLine = new Uint32Array(tenants);
  }

  /**
   * Physical line of a tenant's line `high` * 2^32 + `low` (address / bytes of a line, below 2^62).
   * @throws PlacementError when a page is touched and all frames of its colour are taken.
   */
  lineOf(tenant: number, low: number, high: number): number {
    const pageLow = ((low >>> PAGE_SHIFT) | (high << (32 - PAGE_SHIFT))) >>> 0;
    const pageHigh = high >>> PAGE_SHIFT;
    if (this.#lastLow[tenant] !== pageLow || this.#lastHigh[tenant] !== pageHigh) {
      this.#lastLine[tenant] = this.#frameOf(tenant, pageLow, pageHigh) * PAGE_LINES;
      this.#lastLow[tenant] = pageLow;
      this.#lastHigh[tenant] = pageHigh;
    }
    return this.#lastLine[tenant] + (low & (PAGE_LINES - 1));
  }

  /** Pages that a tenant has touched. */
  pagesOf(tenant: number): number {
    return this.#tables[tenant].count;
  }

  #frameOf(tenant: number, pageLow: number, pageHigh: number): number {
    const table = this.#tables[tenant];
    const known = table.frameOf(pageLow, pageHigh);
    if (known !== NO_FRAME) return known;
    const frame = this.#newFrame(pageLow, pageHigh);
    table.map(pageLow, pageHigh, frame);
    return frame;
  }

  #newFrame(pageLow: number, pageHigh: number): number {
    // Exact: the product is below 2^52, as there are at most 2^26 colours.
    const colour = ((pageHigh % this.#colours) * this.#highWeight + pageLow) % this.#colours;
    const nth = this.#used[colour];
    if (nth === this.#framesPerColour) {
      throw new PlacementError(
        `memory is full: all ${nth} frames (of ${PAGE_LINES} lines) of one of ${this.#colours} colours are in use,` +
          ` ${this.#framesInUse()} of ${this.#framesPerColour * this.#colours} altogether. Give the machine more memory`,
      );
    }
    this.#used[colour]++;
    return nth * this.#colours + colour;
  }

  #framesInUse(): number {
    return this.#used.reduce((sum, used) => sum + used, 0);
  }
}
