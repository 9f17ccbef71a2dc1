/**
 * The judge of the caches: A 3.2 and what hierarchy-config.ts says of write policies and inclusion, one access at a time,
 * in plain recursion. Written for clarity alone; shares no code with the caches it judges.
 *
 * What those leave open is taken to be so:
 * - A store is performed in one place: the first write-back cache on its way that has or gets the line. Caches further out
 *   see a read for ownership: counted as a write, without making the line dirty. An exclusive cache that is asked to
 *   perform a store keeps the line.
 * - An exclusive cache without the line passes the request on as it is.
 * - A write-through cache has no dirty lines: what comes in dirty goes on outward at once. One that ignores stores ends them
 *   there: it forgets that what comes in is dirty.
 * - A store whose line is refused goes outward as a write-back; a line that left an exclusive cache goes back to it.
 * - Who a received line evicts is evicted by the received line's owner.
 * - Where the writer owns what it writes, a line that an inclusive cache evicts leaves under the owner of its dirty copy
 *   inside: that is who wrote it.
 */
import type { HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import { type Kind, MOVED, NaiveCache, type NaiveLine } from './naive-cache.ts';

/** As in the layout of the block: the step of what memory serves. */
export const MEMORY_STEP = 7;

interface Request {
  readonly line: number;
  readonly kind: Kind;
  readonly owner: number;
  /** A store whose data is still to be written somewhere. */
  readonly performs: boolean;
  /** Some cache inside will keep the line. */
  readonly fillsInside: boolean;
}

interface Served {
  readonly step: number;
  /** False: an inclusive cache could not take the line, so that the caches inside must not either. */
  readonly mayFill: boolean;
  /** The line as it left an exclusive cache. */
  readonly moved?: NaiveLine;
}

export interface NaiveMemoryCounters {
  reads: number;
  writes: number;
  fetches: number;
  writeBacks: number;
}

/** The ways that the random policy took, by cache and line. */
export type ChosenWays = (cache: number, line: number) => number | undefined;

export class NaiveHierarchy {
  readonly caches: readonly NaiveCache[];
  readonly #config: HierarchyConfig;
  readonly #memory = new Map<number, NaiveMemoryCounters>();

  /** @param labelOf the label of an owner's number. */
  constructor(config: HierarchyConfig, labelOf: (owner: number) => number, chosenWays: ChosenWays = () => undefined) {
    this.#config = config;
    this.caches = config.caches.map((cache, index) => {
      return new NaiveCache(cache, labelOf, (line) => chosenWays(index, line));
    });
  }

  /** One demand access. @returns the step that served it: 0 for the first cache on the way, MEMORY_STEP for memory. */
  access(port: number, line: number, kind: Kind, owner: number): number {
    const { fetch, data } = this.#config.ports[port]!;
    const request = { line, kind, owner, performs: kind === 'write', fillsInside: false };
    return this.#demand(kind === 'fetch' ? fetch : data, 0, request).step;
  }

  memory(owner: number): NaiveMemoryCounters {
    let counters = this.#memory.get(owner);
    if (counters === undefined) {
      counters = { reads: 0, writes: 0, fetches: 0, writeBacks: 0 };
      this.#memory.set(owner, counters);
    }
    return counters;
  }

  #demand(index: number | undefined, step: number, request: Request): Served {
    const { line, kind, owner } = request;
    if (index === undefined) {
      const counted = { read: 'reads', write: 'writes', fetch: 'fetches' } as const;
      this.memory(owner)[counted[kind]] += 1;
      return { step: MEMORY_STEP, mayFill: true };
    }
    const cache = this.caches[index]!;
    cache.countAccess(kind, owner);
    const held = cache.find(line);
    if (held === undefined) return this.#miss(index, step, request);
    if (cache.config.inclusion === 'exclusive' && request.fillsInside && !request.performs) {
      cache.invalidate(held, MOVED);
      return { step, mayFill: true, moved: held };
    }
    cache.touch(line);
    if (request.performs) this.#storeHit(cache, held, step, request);
    return { step, mayFill: true };
  }

  #storeHit(cache: NaiveCache, held: NaiveLine, step: number, request: Request): void {
    const { writePolicy, writeHitOwner, outer } = cache.config;
    if (writePolicy === 'ignored') return;
    if (writePolicy === 'write-back') {
      held.isDirty = true;
      if (writeHitOwner === 'writer') cache.give(held, request.owner);
      return;
    }
    this.#demand(outer, step + 1, { ...request, fillsInside: false });
  }

  #miss(index: number, step: number, request: Request): Served {
    const { line, kind, owner } = request;
    const cache = this.caches[index]!;
    const { writePolicy, inclusion, outer } = cache.config;
    cache.countMiss(kind, owner, line);

    const allocates = inclusion !== 'exclusive' && !(request.performs && writePolicy === 'write-through');
    const performsHere = request.performs && allocates && writePolicy === 'write-back';
    const served = this.#demand(outer, step + 1, {
      ...request,
      performs: request.performs && !performsHere && !(allocates && writePolicy === 'ignored'),
      fillsInside: allocates || (inclusion === 'exclusive' && request.fillsInside),
    });
    if (!allocates) return served;

    const keepsDirty = writePolicy === 'write-back';
    const isDirty = performsHere || (served.moved?.isDirty ?? false);
    const isFilled = served.mayFill && this.#fill(index, { line, owner, isDirty: isDirty && keepsDirty });
    if (isFilled && isDirty && !keepsDirty) this.#receive(outer, { line, owner, isDirty }, owner);
    if (isFilled) return { step: served.step, mayFill: true };

    if (!served.mayFill) cache.refuse(line, owner);
    if (served.moved) this.#receive(outer, { ...served.moved, isDirty }, owner);
    else if (performsHere) this.#receive(outer, { line, owner, isDirty: true }, owner);
    return { step: served.step, mayFill: served.mayFill && inclusion !== 'inclusive' };
  }

  /** A line comes in from inside: written back, or evicted into an exclusive cache. */
  #receive(index: number | undefined, arriving: NaiveLine, forcedBy: number): void {
    const { line, owner, isDirty } = arriving;
    if (index === undefined) {
      const billed = this.#config.writeBackBilledTo === 'owner' ? owner : forcedBy;
      if (isDirty) this.memory(billed).writeBacks += 1;
      return;
    }
    const cache = this.caches[index]!;
    cache.count('received', owner);
    const keepsDirty = cache.config.writePolicy === 'write-back';
    const passesOn = !keepsDirty && cache.config.writePolicy !== 'ignored';
    const held = cache.find(line);
    if (held !== undefined) {
      cache.touch(line);
      held.isDirty ||= isDirty && keepsDirty;
      if (isDirty && keepsDirty && cache.config.writeHitOwner === 'writer') cache.give(held, owner);
      if (isDirty && passesOn) this.#receive(cache.config.outer, arriving, forcedBy);
      return;
    }
    // An inclusive cache further out that had no room for the line keeps it out of the caches inside.
    const mayHold = this.#inclusiveOnesOutside(index).every((outside) => outside.find(line) !== undefined);
    if (!mayHold) cache.refuse(line, owner);
    const isFilled = mayHold && this.#fill(index, { line, owner, isDirty: isDirty && keepsDirty });
    if (isDirty && (passesOn || !isFilled)) this.#receive(cache.config.outer, arriving, forcedBy);
  }

  #inclusiveOnesOutside(index: number): NaiveCache[] {
    const { outer } = this.caches[index]!.config;
    if (outer === undefined) return [];
    const further = this.#inclusiveOnesOutside(outer);
    return this.caches[outer]!.config.inclusion === 'inclusive' ? [this.caches[outer]!, ...further] : further;
  }

  /** Put a line into a cache, if its owner may take a way there. */
  #fill(index: number, filled: NaiveLine): boolean {
    const cache = this.caches[index]!;
    const way = cache.chooseWay(filled.line, filled.owner);
    if (way === undefined) {
      cache.refuse(filled.line, filled.owner);
      return false;
    }
    const eviction = cache.evict(filled.line, way, filled.owner);
    if (eviction) this.#sendOutward(index, eviction.victim, eviction.evictor);
    cache.fill(filled, way, eviction === undefined);
    return true;
  }

  /** An evicted line: its copies inside go with an inclusive cache's; outward goes what is dirty, or has a place there. */
  #sendOutward(index: number, victim: NaiveLine, evictor: number): void {
    const cache = this.caches[index]!;
    const { outer, inclusion, writeHitOwner } = cache.config;
    const dirtyCopies = inclusion === 'inclusive' ? this.#dropInside(index, victim.line, evictor) : [];
    const isDirty = victim.isDirty || dirtyCopies.length > 0;
    const lastWriter = writeHitOwner === 'writer' ? dirtyCopies.at(-1)?.owner : undefined;
    const owner = lastWriter ?? victim.owner;
    if (isDirty) cache.count('writeBacks', owner);
    const outerIsExclusive = outer !== undefined && this.caches[outer]!.config.inclusion === 'exclusive';
    if (isDirty || outerIsExclusive) this.#receive(outer, { ...victim, owner, isDirty }, evictor);
  }

  /**
   * Back-invalidation of everything inside a cache. @returns the dirty copies. The last of them counts as the newest data:
   * caches side by side come from the last one to the first, and those further inside after the one that they are inside.
   */
  #dropInside(index: number, line: number, evictor: number): NaiveLine[] {
    const directlyInside = [...this.caches.keys()].filter((inside) => this.caches[inside]!.config.outer === index);
    return directlyInside.toReversed().flatMap((inside) => {
      const copy = this.caches[inside]!.find(line);
      if (copy !== undefined) this.caches[inside]!.invalidate(copy, evictor);
      const furtherInside = this.#dropInside(inside, line, evictor);
      return copy?.isDirty ? [copy, ...furtherInside] : furtherInside;
    });
  }

  /** Lines in caches inside an inclusive one that it does not have itself, in words. */
  brokenInclusions(): string[] {
    return this.caches.flatMap((cache, index) => {
      if (cache.config.inclusion !== 'inclusive') return [];
      const stray = this.#inside(index).flatMap((inside) => inside.lines().filter(({ line }) => !cache.find(line)));
      return stray.map(({ line }) => `${cache.config.name} is inclusive and does not have line ${line}`);
    });
  }

  /** All caches whose way to memory leads through this one. */
  #inside(index: number): NaiveCache[] {
    return this.caches.filter((cache) => {
      for (let outer = cache.config.outer; outer !== undefined; outer = this.caches[outer]!.config.outer) {
        if (outer === index) return true;
      }
      return false;
    });
  }
}
